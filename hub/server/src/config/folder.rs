// SPDX-License-Identifier: EUPL-1.2
//! Reads files and folders of the configuration; what cannot be read is a finding.

use std::path::{Path, PathBuf};

use hub_message::{Code, Finding};

use super::findings::Findings;

const UNREADABLE: Code = Code::new("AH-K001");

/// Folders below each other that are looked into; mappings and schemas need two.
const DEPTH_MAX: usize = 4;

/// The text of a file with its name as findings say it. The text is kept for findings.
pub(crate) fn read(path: &Path, findings: &mut Findings) -> Option<(String, String)> {
    let file = path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) => {
            findings.know(&file, &text);
            Some((file, text))
        }
        Err(fault) => {
            findings.push(Finding::error(
                UNREADABLE,
                file,
                0..0,
                format!("the file cannot be read: {fault}"),
            ));
            None
        }
    }
}

/// The files directly in a folder whose names end in `end`, sorted. A folder that is not there has none.
pub(crate) fn files(folder: &Path, end: &str, findings: &mut Findings) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(folder, end, 1, &mut found, findings);
    found.sort();
    found
}

/// The files in a folder and below whose names end in `end`, sorted.
pub(crate) fn files_below(folder: &Path, end: &str, findings: &mut Findings) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(folder, end, DEPTH_MAX, &mut found, findings);
    found.sort();
    found
}

fn collect(folder: &Path, end: &str, depth: usize, found: &mut Vec<PathBuf>, findings: &mut Findings) {
    if depth == 0 || !folder.exists() {
        return;
    }
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(fault) => {
            let text = format!("the folder cannot be read: {fault}");
            findings.push(Finding::error(UNREADABLE, folder.display().to_string(), 0..0, text));
            return;
        }
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if path.is_dir() && !hidden {
            collect(&path, end, depth - 1, found, findings);
        } else if !hidden && entry.file_name().to_string_lossy().ends_with(end) {
            found.push(path);
        }
    }
}
