// SPDX-License-Identifier: EUPL-1.2
//! The published XSDs, by path, and an independent judge of what was written.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context;
use hub_mapping::{Wanted, XsdFile};

/// Finds a schema file for loading: what refers to another is looked for from its own folder.
pub(super) fn find(data: &Path, wanted: Wanted<'_>) -> Result<XsdFile, Vec<String>> {
    let path = match wanted.from.map(Path::new).and_then(Path::parent) {
        Some(folder) => folder.join(wanted.reference),
        None => data.join("xdomea/schemas-3.0.0").join(wanted.reference),
    };
    match fs::read(&path) {
        Ok(bytes) => Ok(XsdFile {
            file: path.display().to_string(),
            bytes,
        }),
        Err(_) => Err(vec![path.display().to_string()]),
    }
}

/// What xmllint (libxml2) has against a document; `None` when it is valid.
pub(super) fn xmllint(schema: &Path, document: &[u8]) -> anyhow::Result<Option<String>> {
    let mut process = Command::new("xmllint")
        .args(["--nonet", "--noout", "--schema"])
        .arg(schema)
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .context("xmllint does not start; it comes with the package libxml2-utils")?;
    process
        .stdin
        .take()
        .context("xmllint takes no input")?
        .write_all(document)?;
    let judged = process.wait_with_output()?;
    let said = String::from_utf8_lossy(&judged.stderr).into_owned();
    Ok((!judged.status.success()).then_some(said))
}
