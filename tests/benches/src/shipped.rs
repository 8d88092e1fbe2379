// SPDX-License-Identifier: EUPL-1.2
//! The schemas and mappings of the checkout, as the hub loads them.

use std::fs;
use std::path::Path;

use anyhow::{Context, anyhow};
use hub_mapping::{Beside, Mapping};
use hub_message::Finding;
use hub_schema::{Schema, SchemaFile, Schemas};

use crate::root;

/// The schemas of the checkout.
pub fn schemas() -> anyhow::Result<Schemas> {
    let mut files = Vec::new();
    for folder in fs::read_dir(root().join("schemas"))? {
        let folder = folder?.path();
        let path = folder.join("1.schema.json");
        let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_file() {
            files.push(SchemaFile {
                id: format!("{name}/1").parse()?,
                file: path.display().to_string(),
                text: fs::read_to_string(&path)?,
            });
        }
    }
    Schemas::load(files).map_err(|found| rendered(&found))
}

/// A schema by its id.
pub fn schema<'s>(schemas: &'s Schemas, id: &str) -> anyhow::Result<&'s Schema> {
    schemas
        .get(&id.parse()?)
        .with_context(|| format!("there is no schema {id}"))
}

/// The shipped mapping of this id.
pub fn mapping(schemas: &Schemas, id: &str) -> anyhow::Result<Mapping> {
    mapping_in(
        schemas,
        &root().join("mappings").join(id).join(format!("{id}.map.toml")),
    )
}

/// The mapping in a file.
pub fn mapping_in(schemas: &Schemas, file: &Path) -> anyhow::Result<Mapping> {
    let name = file.display().to_string();
    let text = fs::read_to_string(file).with_context(|| name.clone())?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let header = hub_mapping::header(&name, &text).map_err(|found| rendered(&found))?;
    let schema = schema(schemas, header.canonical.as_str())?;
    let beside = Beside {
        file: &|path| fs::read_to_string(folder.join(path)).ok(),
        ..Beside::NOTHING
    };
    let loaded = Mapping::load(&name, &text, schema.shape(), beside);
    loaded.mapping.ok_or_else(|| rendered(&loaded.findings))
}

fn rendered(findings: &[Finding]) -> anyhow::Error {
    anyhow!(
        "{}",
        findings.iter().map(|found| found.render(None)).collect::<String>()
    )
}
