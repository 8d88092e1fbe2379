// SPDX-License-Identifier: EUPL-1.2
//! What a connector leaves behind where it must not: contents in its log, files outside of its target.

use std::path::{Path, PathBuf};

use hub_message::Outcome;

use super::{Bench, Checked, Fault};

/// Folders below the bench are not deeper.
const DEPTH_MAX: usize = 12;

impl Bench {
    /// A word that is nowhere but in what this bench makes.
    pub(in crate::kit) fn canary(&self) -> String {
        let folder = self.folder.path().file_name().unwrap_or_default().to_string_lossy();
        let own: String = folder.chars().filter(char::is_ascii_alphanumeric).collect();
        format!("kanarie{own}")
    }

    /// A folder that belongs to nobody whom the check is about.
    pub(in crate::kit) fn outside(&self) -> String {
        self.folder.path().display().to_string()
    }

    /// The canary is neither in the log nor in what the connector said of itself, and the log is made of plain lines.
    pub(in crate::kit) fn kept_silent(&self) -> Checked {
        let (canary, log) = (self.canary(), std::fs::read(self.path("log")).unwrap_or_default());
        let log = String::from_utf8_lossy(&log);
        if let Some(line) = log.lines().position(|line| line.contains(&canary)) {
            return Err(Fault(format!(
                "line {} of its log holds a name or a content of what it carried",
                line + 1
            )));
        }
        let is_raw = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\u{1b}');
        if let Some(line) = log.lines().position(|line| line.contains(is_raw)) {
            return Err(Fault(format!("line {} of its log holds control characters", line + 1)));
        }
        let heard = self.hub.heard();
        let told = heard.beat.iter().map(|beat| beat.text.as_str());
        let refused = heard.receipts.iter().filter_map(|receipt| match &receipt.outcome {
            Outcome::Rejected { text, .. } => Some(text.as_str()),
            _ => None,
        });
        if told.chain(refused).any(|text| text.contains(&canary)) {
            return Err(Fault("a sentence that it says holds what it carried".to_owned()));
        }
        Ok(())
    }

    /// No file that bears the canary lies anywhere but where deliveries belong.
    pub(in crate::kit) fn stayed_inside(&self) -> Checked {
        let canary = self.canary();
        let own = [self.system().target_folder(), self.path("state")];
        let mut found = Vec::new();
        search(self.folder.path(), &canary, &own, DEPTH_MAX, &mut found);
        // Above the bench there is much that is no business of ours: only the names are looked at.
        for above in self.folder.path().ancestors().skip(1) {
            search(above, &canary, &[self.folder.path().to_path_buf()], 0, &mut found);
        }
        let count = found.len();
        for stray in &found {
            let _ = std::fs::remove_file(stray);
        }
        match found.first() {
            Some(_) => Err(Fault(format!(
                "{count} files lie outside of the target: names that came with deliveries lead there"
            ))),
            None => Ok(()),
        }
    }
}

/// Looks for names with the canary, `depth` folders deep, but not in the folders that may hold them.
fn search(folder: &Path, canary: &str, own: &[PathBuf], depth: usize, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if own.contains(&path) {
            continue;
        }
        if entry.file_name().to_string_lossy().contains(canary) {
            found.push(path);
        } else if depth > 0 && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            search(&path, canary, own, depth - 1, found);
        }
    }
}
