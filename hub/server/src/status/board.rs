// SPDX-License-Identifier: EUPL-1.2
//! The board: what the hub has heard and seen of each connector. Tasks write on it, the status reads it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use hub_message::{Beat, ConnectorName, Timestamp};
use tokio::sync::watch;

use super::judge::Seen;
use crate::hub::Tally;
use crate::supervise::Phase;

/// What stands on the board about one connector.
#[derive(Debug)]
struct Entry {
    since: Timestamp,
    phase: Option<watch::Receiver<Phase>>,
    tally: Arc<Tally>,
    beat: Option<(Beat, Timestamp)>,
}

/// The board.
#[derive(Debug, Default)]
pub(crate) struct Board {
    entries: Mutex<BTreeMap<ConnectorName, Entry>>,
}

impl Board {
    /// Puts a connector on the board, with its process where the hub runs it.
    pub(crate) fn add(
        &self,
        name: &ConnectorName,
        since: Timestamp,
        phase: Option<watch::Receiver<Phase>>,
        tally: Arc<Tally>,
    ) {
        self.with(|entries| {
            let beat = entries.remove(name).and_then(|entry| entry.beat);
            let entry = Entry {
                since,
                phase,
                tally,
                beat,
            };
            entries.insert(name.clone(), entry);
        });
    }

    /// Takes a connector off the board.
    pub(crate) fn remove(&self, name: &ConnectorName) {
        self.with(|entries| entries.remove(name));
    }

    /// Notes a beat.
    pub(crate) fn heard(&self, name: &ConnectorName, beat: Beat, at: Timestamp) {
        self.with(|entries| {
            if let Some(entry) = entries.get_mut(name) {
                entry.beat = Some((beat, at));
            }
        });
    }

    /// What is seen of a connector; what the streams say is added by the caller.
    pub(crate) fn seen(&self, name: &ConnectorName) -> Seen {
        let seen = self.with(|entries| {
            entries.get(name).map(|entry| Seen {
                phase: entry.phase.as_ref().map(|phase| phase.borrow().clone()),
                expected_since: Some(entry.since),
                beat: entry.beat.clone(),
                hindrance: entry.tally.hindrance(),
                waiting: 0,
                oldest: None,
                in_doubt: 0,
            })
        });
        seen.flatten().unwrap_or_default()
    }

    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<ConnectorName, Entry>) -> T) -> Option<T> {
        // A poisoned lock means that another task panicked; the process is ending already.
        self.entries.lock().ok().map(|mut entries| work(&mut entries))
    }
}
