// SPDX-License-Identifier: EUPL-1.2
//! What crashes and broken uploads leave behind, and its removal.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::address::{CONTENT, UNFINISHED};
use crate::documents::Documents;
use crate::fault::DocumentsFault;
use crate::writing::remove;

/// A file that may be swept.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) name: String,
    pub(crate) changed: SystemTime,
}

impl Documents {
    /// Removes uploads on which nothing has happened for `idle`, and temporary files of that age. Returns how many.
    pub async fn sweep(&self, idle: Duration) -> Result<usize, DocumentsFault> {
        let documents = self.clone();
        tokio::task::spawn_blocking(move || documents.sweep_now(idle)).await?
    }

    fn sweep_now(&self, idle: Duration) -> Result<usize, DocumentsFault> {
        let is_idle = |found: &Found| found.changed.elapsed().is_ok_and(|age| age >= idle);
        let mut swept = 0;
        for upload in unfinished(&self.root)?.into_iter().filter(is_idle) {
            self.give_up(&upload.name)?;
            swept += 1;
        }
        for folder in files(&self.root.join(CONTENT))? {
            let folder = self.root.join(CONTENT).join(folder.name);
            // The object store's name for a content that is not whole yet: the content's own, `#`, a number.
            let temporary = files(&folder)?.into_iter().filter(|found| found.name.contains('#'));
            for found in temporary.filter(is_idle) {
                remove(&folder.join(found.name))?;
                swept += 1;
            }
        }
        Ok(swept)
    }
}

/// The unfinished uploads of all connectors. Blocks.
pub(crate) fn unfinished(root: &Path) -> Result<Vec<Found>, DocumentsFault> {
    files(&root.join(UNFINISHED))
}

fn files(folder: &Path) -> Result<Vec<Found>, DocumentsFault> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        // Gone between listing and looking: nothing to sweep.
        let Ok(changed) = entry.metadata().and_then(|meta| meta.modified()) else {
            continue;
        };
        let name = entry.file_name().to_string_lossy().into_owned();
        found.push(Found { name, changed });
    }
    Ok(found)
}
