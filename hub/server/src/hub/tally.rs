// SPDX-License-Identifier: EUPL-1.2
//! What a reader tells about itself for the status.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use hub_message::Timestamp;

use super::gate::Closed;

/// What keeps a source from being read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Hindrance {
    /// The gate is closed.
    Closed(Closed),
    /// Something that is needed does not answer; for the log's reader.
    Unavailable(String),
}

/// Counts since the start, and what hinders.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    taken: AtomicU64,
    rejected: AtomicU64,
    last_taken: AtomicU64,
    hindrance: Mutex<Option<Hindrance>>,
}

impl Tally {
    /// Counts messages whose decisions were published; `rejected` of them as dead letters.
    pub(crate) fn done(&self, messages: u64, rejected: u64, at: Timestamp) {
        self.taken.fetch_add(messages, Relaxed);
        self.rejected.fetch_add(rejected, Relaxed);
        self.last_taken.store(at.millis().max(0) as u64, Relaxed);
    }

    /// Messages whose decisions were published since the start.
    pub(crate) fn taken(&self) -> u64 {
        self.taken.load(Relaxed)
    }

    /// When the last of them was.
    pub(crate) fn last_taken(&self) -> Option<Timestamp> {
        let millis = self.last_taken.load(Relaxed);
        (millis > 0).then(|| Timestamp::from_millis(millis as i64))
    }

    /// Notes what hinders now; `None` when nothing does.
    pub(crate) fn hindered(&self, by: Option<Hindrance>) {
        if let Ok(mut hindrance) = self.hindrance.lock() {
            *hindrance = by;
        }
    }

    /// What hinders now.
    pub(crate) fn hindrance(&self) -> Option<Hindrance> {
        self.hindrance.lock().ok().and_then(|hindrance| hindrance.clone())
    }
}
