// SPDX-License-Identifier: EUPL-1.2
//! How many files may lie in the target folder: a system that takes nothing away must not fill the disk of all others.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use connector_sdk::{SinkFault, Unavailable};

use super::blocking;

/// How often the folder is counted at most; in between, what was put into it is added.
const COUNT_EVERY: Duration = Duration::from_secs(1);

/// The quota of a target folder.
#[derive(Debug)]
pub(super) struct Quota {
    max: usize,
    seen: Mutex<Seen>,
}

/// How many files there are as far as is known; others only take away.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    files: usize,
    counted: Option<Instant>,
}

impl Quota {
    pub(super) fn new(max: usize) -> Self {
        Self {
            max,
            seen: Mutex::default(),
        }
    }

    /// Takes room for this many files, or says that there is none. An empty folder has room for any delivery.
    pub(super) async fn take(&self, folder: &Path, files: usize) -> Result<(), SinkFault> {
        let seen = *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = seen.counted.is_some_and(|at| at.elapsed() < COUNT_EVERY);
        if !fresh && (seen.counted.is_none() || !self.fits(seen.files, files)) {
            let folder = folder.to_owned();
            let found = blocking(move || count(&folder)).await?;
            *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Seen {
                files: found,
                counted: Some(Instant::now()),
            };
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.fits(seen.files, files) {
            return Err(SinkFault::Unavailable(Unavailable::new(format!(
                "Zielordner: {} Dateien liegen da und werden nicht abgeholt, mehr als files_max zulässt. Geht von selbst weiter, \
                 sobald das Fachverfahren sie abholt.",
                seen.files
            ))));
        }
        seen.files += files;
        Ok(())
    }

    fn fits(&self, there: usize, more: usize) -> bool {
        there == 0 || there + more <= self.max
    }
}

/// Files that the system could take away, without those that begin with a dot.
fn count(folder: &Path) -> std::io::Result<usize> {
    let mut files = 0;
    for entry in std::fs::read_dir(folder)? {
        files += usize::from(!entry?.file_name().as_encoded_bytes().starts_with(b"."));
    }
    Ok(files)
}
