// SPDX-License-Identifier: EUPL-1.2
//! An independent judge of what was written.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context;

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
