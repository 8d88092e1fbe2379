// SPDX-License-Identifier: EUPL-1.2
//! The schemas and mappings of the checkout.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use hub_mapping::{Beside, Facts, Mapping, Worker};
use hub_message::{Finding, NodeRef, Severity};
use hub_schema::{Schema, SchemaFile, Schemas, Valid};

/// All schemas and all mappings, loaded as the hub loads them.
pub(super) struct Library {
    schemas: Schemas,
    mappings: BTreeMap<String, Mapping>,
}

impl Library {
    /// Loads `schemas/` and `mappings/` below `root`.
    pub(super) fn load(root: &Path) -> anyhow::Result<Self> {
        let mut library = Self {
            schemas: schemas(&root.join("schemas"))?,
            mappings: BTreeMap::new(),
        };
        for folder in folders(&root.join("mappings"))? {
            let Some(name) = folder.file_name().and_then(|n| n.to_str()) else {
                continue;
            };
            let file = folder.join(format!("{name}.map.toml"));
            if file.is_file() {
                let mapping = library.mapping(&file, &folder)?;
                library.mappings.insert(mapping.id().to_owned(), mapping);
            }
        }
        Ok(library)
    }

    fn mapping(&self, file: &Path, folder: &Path) -> anyhow::Result<Mapping> {
        let text = fs::read_to_string(file)?;
        let name = file.display().to_string();
        let header = hub_mapping::header(&name, &text).map_err(|found| rendered(&found, &text))?;
        let schema = self.schema(header.canonical.as_str())?;
        let beside = |path: &str| fs::read_to_string(folder.join(path)).ok();
        let around = Beside {
            file: &beside,
            ..Beside::NOTHING
        };
        let loaded = Mapping::load(&name, &text, schema.shape(), around);
        if loaded.findings.iter().any(|f| f.severity == Severity::Error) {
            return Err(rendered(&loaded.findings, &text));
        }
        loaded.mapping.with_context(|| format!("{name} did not load"))
    }

    /// A schema by its id.
    pub(super) fn schema(&self, id: &str) -> anyhow::Result<&Schema> {
        self.schemas
            .get(&id.parse()?)
            .with_context(|| format!("there is no schema {id}"))
    }

    /// The terms of a schema's fields.
    pub(super) fn terms(&self, id: &str) -> anyhow::Result<&[(String, String)]> {
        Ok(self.schema(id)?.terms())
    }

    fn by_id(&self, id: &str) -> anyhow::Result<&Mapping> {
        self.mappings
            .get(id)
            .with_context(|| format!("there is no mapping {id}"))
    }

    /// Reads the only document of a file and checks it.
    pub(super) fn read_one(&self, mapping: &str, input: &[u8]) -> anyhow::Result<Valid> {
        let mapping = self.by_id(mapping)?;
        let mut documents = mapping.read(input, &mut Worker::default())?;
        let (Some(document), true) = (documents.pop(), documents.is_empty()) else {
            bail!("the file does not hold exactly one document");
        };
        Ok(self.schema(mapping.canonical().as_str())?.validate(document)?)
    }

    /// Writes a document.
    pub(super) fn write(&self, mapping: &str, document: NodeRef<'_>) -> anyhow::Result<Vec<u8>> {
        Ok(self
            .by_id(mapping)?
            .write(document, &Facts::default(), &mut Worker::default())?)
    }
}

pub(super) fn schemas(folder: &Path) -> anyhow::Result<Schemas> {
    let mut files = Vec::new();
    for sub in folders(folder)? {
        for entry in fs::read_dir(&sub)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
            let (Some(major), Some(base)) = (
                name.strip_suffix(".schema.json"),
                sub.file_name().and_then(|n| n.to_str()),
            ) else {
                continue;
            };
            files.push(SchemaFile {
                id: format!("{base}/{major}").parse()?,
                file: path.display().to_string(),
                text: fs::read_to_string(&path)?,
            });
        }
    }
    Schemas::load(files).map_err(|findings| rendered(&findings, ""))
}

fn folders(parent: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found: Vec<PathBuf> = fs::read_dir(parent)
        .with_context(|| format!("{}", parent.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    Ok(found)
}

fn rendered(findings: &[Finding], text: &str) -> anyhow::Error {
    let source = (!text.is_empty()).then_some(text);
    anyhow::anyhow!("{}", findings.iter().map(|f| f.render(source)).collect::<String>())
}
