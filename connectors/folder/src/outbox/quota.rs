// SPDX-License-Identifier: EUPL-1.2
//! How many files may lie in the target folder: a system that takes nothing away must not fill the disk of all others.
//!
//! Counting a full folder is slow, so it is counted only when it seems to be full, and not more often than every second.
//! In between, what this connector put there since is added; others only take away. So what is known is never too low.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use connector_sdk::{SinkFault, Unavailable};

use super::blocking;

/// How often the folder is counted at most.
const COUNT_EVERY: Duration = Duration::from_secs(1);

/// The quota of a target folder.
#[derive(Debug)]
pub(super) struct Quota {
    max: usize,
    level: Mutex<Level>,
}

#[derive(Debug, Default)]
struct Level {
    /// Files that the last count found, and when it was.
    counted: usize,
    at: Option<Instant>,
    /// Files put there in all, and how many of them the last count could see.
    put: usize,
    put_before_count: usize,
    /// Files of deliveries that are on their way.
    reserved: usize,
}

impl Level {
    fn files(&self) -> usize {
        self.counted + (self.put - self.put_before_count) + self.reserved
    }

    /// An empty folder has room for any delivery.
    fn has_room(&self, files: usize, max: usize) -> bool {
        self.at.is_some() && (self.files() == 0 || self.files() + files <= max)
    }

    fn is_due(&self) -> bool {
        self.at.is_none_or(|at| at.elapsed() >= COUNT_EVERY)
    }
}

/// Room for the files of one delivery, until they are in the folder or given up.
#[derive(Debug)]
pub(super) struct Room<'a> {
    quota: &'a Quota,
    files: usize,
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        let mut level = self.quota.level();
        level.reserved -= self.files;
        // Those of a delivery that was given up count until the next count: too many, never too few.
        level.put += self.files;
    }
}

impl Quota {
    pub(super) fn new(max: usize) -> Self {
        Self {
            max,
            level: Mutex::default(),
        }
    }

    /// Takes room for the files of a delivery, or says that there is none.
    pub(super) async fn room(&self, folder: &Path, files: usize) -> Result<Room<'_>, SinkFault> {
        if let Some(room) = self.reserve(files) {
            return Ok(room);
        }
        if self.level().is_due() {
            let (folder, put) = (folder.to_owned(), self.level().put);
            let found = blocking(move || count(&folder)).await?;
            let mut level = self.level();
            level.counted = found;
            level.put_before_count = put;
            level.at = Some(Instant::now());
        }
        self.reserve(files).ok_or_else(|| {
            SinkFault::Unavailable(Unavailable::new(format!(
                "Zielordner: {} Dateien liegen da und werden nicht abgeholt; files_max lässt nicht mehr zu. Geht von selbst \
                 weiter, sobald das Fachverfahren sie abholt.",
                self.level().files()
            )))
        })
    }

    fn reserve(&self, files: usize) -> Option<Room<'_>> {
        let mut level = self.level();
        level.has_room(files, self.max).then(|| {
            level.reserved += files;
            Room { quota: self, files }
        })
    }

    /// What panicked while it held the lock changed nothing half-way.
    fn level(&self) -> MutexGuard<'_, Level> {
        self.level.lock().unwrap_or_else(PoisonError::into_inner)
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
