// SPDX-License-Identifier: EUPL-1.2
//! Others who judge: xmllint and uppsala.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

/// Whether each document is valid, by xmllint (libxml2).
pub(super) fn xmllint(schema: &Path, documents: &[&[u8]]) -> anyhow::Result<Vec<bool>> {
    let folder = tempfile::tempdir()?;
    for (index, document) in documents.iter().enumerate() {
        fs::write(folder.path().join(format!("{index}.xml")), document)?;
    }
    let names = (0..documents.len()).map(|index| format!("{index}.xml"));
    let judged = Command::new("xmllint")
        .args(["--nonet", "--noout", "--schema"])
        .arg(schema.canonicalize()?)
        .args(names)
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .output()
        .context("xmllint does not start; it comes with the package libxml2-utils")?;
    let said = String::from_utf8_lossy(&judged.stderr);
    let valid: BTreeMap<&str, bool> = said
        .lines()
        .filter_map(|line| {
            let good = line.strip_suffix(" validates").map(|name| (name, true));
            good.or(line.strip_suffix(" fails to validate").map(|name| (name, false)))
        })
        .collect();
    let verdicts: Vec<bool> = (0..documents.len())
        .filter_map(|index| valid.get(format!("{index}.xml").as_str()).copied())
        .collect();
    ensure!(
        verdicts.len() == documents.len(),
        "xmllint judged {} of {} documents",
        verdicts.len(),
        documents.len()
    );
    Ok(verdicts)
}

/// The crate `uppsala` with one schema.
pub(super) struct Uppsala {
    validator: uppsala::XsdValidator,
}

impl Uppsala {
    /// Loads a set after laying it down flat: what leads out of its folder, uppsala drops without a word.
    pub(super) fn load(schema: &Path) -> anyhow::Result<Self> {
        let flat = tempfile::tempdir()?;
        let mut folders = vec![schema.parent().context("a folder")?.to_path_buf()];
        folders.push(folders[0].join("../common"));
        for folder in folders.iter().filter(|folder| folder.is_dir()) {
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                let text = fs::read_to_string(&path)?.replace("\"../common/", "\"");
                fs::write(flat.path().join(path.file_name().context("a name")?), text)?;
            }
        }
        let text = fs::read_to_string(flat.path().join(schema.file_name().context("a name")?))?;
        let document = uppsala::parse(&text).map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
        let validator = uppsala::XsdValidator::from_schema_with_base_path(&document, Some(flat.path()));
        Ok(Self {
            validator: validator.map_err(|fault| anyhow::anyhow!("{fault:?}"))?,
        })
    }

    /// Whether a document is valid.
    pub(super) fn judge(&self, document: &[u8]) -> bool {
        let text = String::from_utf8_lossy(document);
        let Ok(parsed) = uppsala::parse(&text) else {
            return false;
        };
        self.validator.validate(&parsed).is_empty()
    }
}
