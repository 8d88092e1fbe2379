// SPDX-License-Identifier: EUPL-1.2
//! The files that the editor holds open, and the way to all others.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hub_mapping::{Beside, Loaded, Mapping, SchemaPlaces, Wanted};
use hub_message::{Finding, SchemaId};

use super::Surroundings;
use super::outline::Outline;
use crate::format::Kind;

/// A file that the editor holds open.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) path: PathBuf,
    pub(super) text: String,
    pub(super) version: i32,
    pub(super) outline: Outline,
    /// What is wrong with it, as it was when it was looked at last.
    pub(super) findings: Vec<Finding>,
    /// The newest text that loaded.
    pub(super) mapping: Option<Mapping>,
}

impl Open {
    /// A file as it is now.
    pub(super) fn new(path: PathBuf, text: String, version: i32) -> Self {
        Self {
            outline: Outline::of(&text),
            path,
            text,
            version,
            findings: Vec::new(),
            mapping: None,
        }
    }

    /// The file was changed.
    pub(super) fn change(&mut self, text: String, version: i32) {
        self.outline = Outline::of(&text);
        self.text = text;
        self.version = version;
    }

    /// What it is called in findings.
    pub(super) fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// What kind of file it is.
    pub(super) fn kind(&self) -> Kind {
        Kind::of(&self.name(), &self.text)
    }

    /// The folder that it lies in.
    pub(super) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// The canonical schema that it names.
    pub(super) fn canonical(&self) -> Option<SchemaId> {
        self.outline.text(&["canonical"])?.parse().ok()
    }
}

/// All files: those that are open, and the others.
pub(super) struct Workspace<'s> {
    pub(super) around: &'s dyn Surroundings,
    pub(super) open: BTreeMap<PathBuf, Open>,
}

impl Workspace<'_> {
    /// The text of a file, as the editor has it or else as it lies on the disk.
    pub(super) fn text(&self, path: &Path) -> Option<String> {
        match self.open.get(path) {
            Some(open) => Some(open.text.clone()),
            None => String::from_utf8(self.around.read(path)?).ok(),
        }
    }

    /// The path of a file that a mapping names; it does not lead out of the mapping's folder.
    pub(super) fn beside(open: &Open, name: &str) -> Option<PathBuf> {
        use std::path::Component::{CurDir, Normal};
        let inside = Path::new(name)
            .components()
            .all(|part| matches!(part, Normal(_) | CurDir));
        (inside && !name.is_empty()).then(|| open.folder().join(name))
    }

    /// Loads a mapping from the newest texts.
    pub(super) fn load(&self, open: &Open, shape: &hub_message::Shape) -> Loaded {
        self.with_beside(open, |beside| Mapping::load(&open.name(), &open.text, shape, beside))
    }

    /// What the XML schema of a mapping says of places.
    pub(super) fn schema_places(&self, open: &Open) -> Option<SchemaPlaces> {
        self.with_beside(open, |beside| SchemaPlaces::of(&open.text, beside))
    }

    fn with_beside<T>(&self, open: &Open, ask: impl FnOnce(Beside<'_>) -> T) -> T {
        let file = |name: &str| self.text(&Self::beside(open, name)?);
        let schema = |wanted: Wanted<'_>| self.around.xsd(&open.path, wanted).ok_or_else(Default::default);
        ask(Beside {
            file: &file,
            schema: &schema,
        })
    }
}
