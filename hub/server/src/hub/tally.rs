// SPDX-License-Identifier: EUPL-1.2
//! What a reader tells about itself for the status.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

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
    hindrance: Mutex<Option<Hindrance>>,
}

impl Tally {
    /// Counts messages whose decisions were published.
    pub(crate) fn done(&self, messages: u64) {
        self.taken.fetch_add(messages, Relaxed);
    }

    /// Messages whose decisions were published since the start.
    pub(crate) fn taken(&self) -> u64 {
        self.taken.load(Relaxed)
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
