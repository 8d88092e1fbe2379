// SPDX-License-Identifier: EUPL-1.2
//! The canonical schemas and the mapping files of an installation or a checkout, found and loaded from their folders.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use hub_mapping::{Beside, Mapping, Wanted};
use hub_message::{Code, Digest, Finding, SchemaId};
use hub_schema::{SchemaFile, Schemas};

use super::findings::Findings;
use super::{folder, standards};

const NO_FOLDER: Code = Code::new("AH-K020");
const TWICE: Code = Code::new("AH-K021");
const NO_SCHEMA: Code = Code::new("AH-K022");

/// How many folders above are looked into for `schemas` and `mappings`.
const LEVELS_MAX: usize = 6;

/// Where schemas and mappings are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Places {
    /// The folder of the schemas.
    pub(crate) schemas: PathBuf,
    /// The folder of the mappings.
    pub(crate) mappings: PathBuf,
    /// Folders with XML schemas of standards, beside `standards` in the folder of the schemas.
    pub(crate) standards: Vec<PathBuf>,
}

impl Places {
    /// The folders of these names beside or above `start`, as in a checkout.
    pub(crate) fn from(start: &Path) -> Self {
        Self {
            schemas: above(start, "schemas"),
            mappings: above(start, "mappings"),
            standards: Vec::new(),
        }
    }

    /// The same with further folders of standards.
    pub(crate) fn with(mut self, standards: &[PathBuf]) -> Self {
        self.standards.extend_from_slice(standards);
        self
    }
}

/// The nearest folder of this name, in `start` or above it up to the root of a checkout.
pub(crate) fn above(start: &Path, name: &str) -> PathBuf {
    let mut here = start.to_path_buf();
    for _ in 0..LEVELS_MAX {
        let candidate = here.join(name);
        if candidate.is_dir() {
            return candidate;
        }
        if here.join(".git").exists() {
            break;
        }
        here.push("..");
    }
    start.join(name)
}

/// Whether two paths lead to the same file, however they are spelled.
fn is_same(one: &Path, other: &Path) -> bool {
    one == other || matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// A mapping file.
#[derive(Debug, Clone)]
struct MappingFile {
    file: String,
    folder: PathBuf,
    text: String,
    canonical: SchemaId,
}

/// Schemas and mapping files. Mappings are compiled when they are asked for.
#[derive(Debug, Default)]
pub(crate) struct Library {
    schemas: Schemas,
    schema_digests: Vec<(String, Digest)>,
    files: BTreeMap<String, MappingFile>,
    loaded: BTreeMap<String, Option<Arc<Mapping>>>,
    /// Where XML schemas are, beside those that lie beside a mapping.
    standards: Vec<PathBuf>,
    /// Whether the schemas loaded: without them nothing can be said about mappings and routes.
    pub(crate) complete: bool,
}

impl Library {
    /// Opens the folders: loads all schemas, looks at the head of each mapping file.
    pub(crate) fn open(places: &Places, findings: &mut Findings) -> Self {
        let mut library = Self {
            standards: std::iter::once(places.schemas.join("standards"))
                .chain(places.standards.iter().cloned())
                .collect(),
            ..Self::default()
        };
        library.open_schemas(&places.schemas, findings);
        for path in folder::files_below(&places.mappings, ".map.toml", findings) {
            // A half-finished mapping that nobody names must not keep the hub from starting. One that somebody names is
            // missed by name.
            let mut found = Findings::default();
            library.add_file(&path, &mut found);
            findings.append(found.into_warnings());
        }
        library
    }

    fn open_schemas(&mut self, folder: &Path, findings: &mut Findings) {
        if !folder.is_dir() {
            let text = "there is no such folder of canonical schemas";
            let finding = Finding::error(NO_FOLDER, folder.display().to_string(), 0..0, text);
            findings.push(finding.help("[paths] schemas in hub.toml says where it is"));
            return;
        }
        let mut files = Vec::new();
        for path in folder::files_below(folder, ".schema.json", findings) {
            let Some(id) = schema_id(folder, &path) else { continue };
            if let Some((file, text)) = folder::read(&path, findings) {
                self.schema_digests
                    .push((format!("schema {id}"), Digest::of(text.as_bytes())));
                files.push(SchemaFile { id, file, text });
            }
        }
        match Schemas::load(files) {
            Ok(schemas) => {
                self.schemas = schemas;
                self.complete = true;
            }
            Err(found) => findings.extend(found),
        }
    }

    /// Adds a mapping file and gives its id.
    pub(crate) fn add_file(&mut self, path: &Path, findings: &mut Findings) -> Option<String> {
        let (file, text) = folder::read(path, findings)?;
        let header = match hub_mapping::header(&file, &text) {
            Ok(header) => header,
            Err(found) => {
                findings.extend(found);
                return None;
            }
        };
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        let is_other = |other: &&MappingFile| !is_same(Path::new(&other.file), path);
        if let Some(other) = self.files.get(&header.id).filter(is_other) {
            let text = format!("there are two mappings with the id `{}`", header.id);
            findings
                .push(Finding::error(TWICE, file, 0..0, text).help(format!("the other one, {}, is used", other.file)));
            return None;
        }
        let canonical = header.canonical;
        self.files.insert(
            header.id.clone(),
            MappingFile {
                file,
                folder,
                text,
                canonical,
            },
        );
        Some(header.id)
    }

    /// The schemas.
    pub(crate) fn schemas(&self) -> &Schemas {
        &self.schemas
    }

    /// The ids of all mappings.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// The file of a mapping, and its folder.
    pub(crate) fn file_of(&self, id: &str) -> Option<(&str, &Path)> {
        self.files
            .get(id)
            .map(|file| (file.file.as_str(), file.folder.as_path()))
    }

    /// The text of a mapping's file.
    pub(crate) fn text_of(&self, id: &str) -> Option<&str> {
        self.files.get(id).map(|file| file.text.as_str())
    }

    /// Loads a mapping, once. What is wrong with it is a finding.
    pub(crate) fn load(&mut self, id: &str, findings: &mut Findings) -> Option<Arc<Mapping>> {
        if let Some(loaded) = self.loaded.get(id) {
            return loaded.clone();
        }
        let file = self.files.get(id)?;
        let loaded = compile(file, self, findings).map(Arc::new);
        self.loaded.insert(id.to_owned(), loaded.clone());
        loaded
    }

    /// All mappings by id, `None` for those that do not load or were not asked for.
    pub(crate) fn mappings(&self) -> BTreeMap<String, Option<Arc<Mapping>>> {
        let by_id = self
            .files
            .keys()
            .map(|id| (id.clone(), self.loaded.get(id).cloned().flatten()));
        by_id.collect()
    }

    /// What decides about messages, by name and digest: the schemas, and the mappings that were loaded.
    pub(crate) fn digests(&self) -> Vec<(String, Digest)> {
        let mappings = self.loaded.iter().filter_map(|(id, mapping)| {
            let mapping = mapping.as_ref()?;
            Some((format!("mapping {id}"), mapping.digest().clone()))
        });
        self.schema_digests.iter().cloned().chain(mappings).collect()
    }

    /// The schemas, given away to the rules.
    pub(crate) fn into_schemas(self) -> Schemas {
        self.schemas
    }
}

fn compile(file: &MappingFile, library: &Library, findings: &mut Findings) -> Option<Mapping> {
    let schemas = &library.schemas;
    let Some(schema) = schemas.get(&file.canonical) else {
        // When the schemas themselves did not load, that has been said already.
        if library.complete {
            let start = file.text.find("canonical").unwrap_or(0);
            let end = file
                .text
                .get(start..)
                .and_then(|rest| rest.find('\n'))
                .map_or(start, |len| start + len);
            let text = format!("there is no schema `{}`", file.canonical);
            let finding = Finding::error(NO_SCHEMA, file.file.as_str(), start..end, text);
            findings.push(finding.did_you_mean(file.canonical.as_str(), schemas.ids().map(SchemaId::as_str)));
        }
        return None;
    };
    let seen = RefCell::new(Vec::new());
    let beside = |name: &str| {
        let text = std::fs::read_to_string(file.folder.join(inside(name)?)).ok()?;
        seen.borrow_mut().push((name.to_owned(), text.clone()));
        Some(text)
    };
    let mut folders = vec![file.folder.join("schemas")];
    folders.extend(library.standards.iter().cloned());
    let xsd = |wanted: Wanted<'_>| {
        let found = standards::find(&folders, wanted)?;
        let text = String::from_utf8_lossy(&found.bytes).into_owned();
        seen.borrow_mut().push((found.file.clone(), text));
        Ok(found)
    };
    let around = Beside {
        file: &beside,
        schema: &xsd,
    };
    let loaded = Mapping::load(&file.file, &file.text, schema.shape(), around);
    for (name, text) in seen.into_inner() {
        findings.know(&name, &text);
        findings.know(&file.folder.join(&name).display().to_string(), &text);
    }
    findings.extend(loaded.findings);
    loaded.mapping
}

/// A relative path that does not lead out of its folder.
fn inside(name: &str) -> Option<&Path> {
    let path = Path::new(name);
    path.components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
        .then_some(path)
}

/// `invoice/1` for `invoice/1.schema.json` below the folder; `None` for schemas of other things.
fn schema_id(folder: &Path, path: &Path) -> Option<SchemaId> {
    let below = path.strip_prefix(folder).ok()?.to_str()?;
    below.strip_suffix(".schema.json")?.parse().ok()
}
