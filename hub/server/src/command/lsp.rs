// SPDX-License-Identifier: EUPL-1.2
//! `amtshub lsp`: the language server for editors, over standard input and output.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use hub_authoring::lsp::{Surroundings, serve};
use hub_mapping::{Wanted, XsdFile};
use hub_message::Finding;
use hub_schema::Schemas;

use crate::config::library::{Library, Places};
use crate::config::{self, Findings, folder, standards};
use crate::exit::Exit;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Editors say so; there is no other way.
    #[arg(long, hide = true)]
    stdio: bool,
}

/// Serves an editor until it has enough.
pub(crate) fn execute(_: &Arguments) -> Exit {
    if serve(&Disk::default()) {
        Exit::Ok
    } else {
        // The protocol wants 1 where the editor did not take its leave.
        Exit::Findings
    }
}

/// The disk, with the schemas kept that were read from it.
#[derive(Debug, Default)]
struct Disk {
    /// Folder of schemas → what is in it.
    schemas: RefCell<BTreeMap<PathBuf, Rc<Schemas>>>,
}

impl Disk {
    fn places(file: &Path) -> Places {
        Places::from(file.parent().unwrap_or(Path::new("")))
    }
}

impl Surroundings for Disk {
    fn read(&self, path: &Path) -> Option<Vec<u8>> {
        std::fs::read(path).ok()
    }

    fn files(&self, folder: &Path) -> Vec<PathBuf> {
        folder::files_below(folder, "", &mut Findings::default())
    }

    fn schemas(&self, file: &Path) -> Rc<Schemas> {
        let places = Self::places(file);
        let mut kept = self.schemas.borrow_mut();
        let found = kept.entry(places.schemas.clone()).or_insert_with(|| {
            let library = Library::open(&places, &mut Findings::default());
            Rc::new(library.into_schemas())
        });
        Rc::clone(found)
    }

    fn schema_file(&self, file: &Path, id: &str) -> Option<PathBuf> {
        let path = Self::places(file).schemas.join(format!("{id}.schema.json"));
        path.is_file().then(|| tidied(&path))
    }

    fn mapping_file(&self, file: &Path, id: &str) -> Option<PathBuf> {
        let library = Library::open(&Self::places(file), &mut Findings::default());
        library.file_of(id).map(|(file, _)| tidied(Path::new(file)))
    }

    fn xsd(&self, file: &Path, wanted: Wanted<'_>) -> Option<XsdFile> {
        let below = file.parent().unwrap_or(Path::new(""));
        let folders = [
            below.join("schemas"),
            below.to_path_buf(),
            Self::places(file).schemas.join("standards"),
        ];
        standards::find(&folders, wanted).ok()
    }

    fn configuration(&self, file: &Path) -> Vec<Finding> {
        let mut folders = file.ancestors().skip(1).take(2);
        let Some(folder) = folders.find(|folder| folder.join("hub.toml").is_file()) else {
            return Vec::new();
        };
        config::findings(folder).sorted().into_iter().cloned().collect()
    }

    fn forget(&self) {
        self.schemas.borrow_mut().clear();
    }
}

/// The path without `..`, as editors name files.
fn tidied(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}
