// SPDX-License-Identifier: EUPL-1.2
//! Addresses that are asked again and again: what is new there is held out to the hub, and only when the stream has all
//! of it the cursor moves on.

mod cursor;
mod link;
mod page;
mod round;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use connector_sdk::{SettingsFault, Unavailable};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::offer::Offer;
use crate::settings::PollSettings;
use round::Poller;

/// All pollers; they work until this is dropped. Whatever is interrupted is asked for again.
#[derive(Debug)]
pub(crate) struct Pollers {
    facts: Arc<Facts>,
    _tasks: JoinSet<()>,
}

/// What the pollers tell about themselves.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    troubles: Mutex<BTreeMap<String, String>>,
    refused: AtomicU64,
}

impl Facts {
    /// What became of a round. A trouble is logged when it begins and when it is over.
    fn report(&self, name: &str, round: Result<(), Unavailable>) {
        let mut troubles = self.troubles.lock().unwrap_or_else(PoisonError::into_inner);
        match round {
            Ok(()) => {
                if troubles.remove(name).is_some() {
                    tracing::info!(poll = name, "arbeitet wieder");
                }
            }
            Err(Unavailable(trouble)) => {
                if troubles.get(name) != Some(&trouble) {
                    tracing::warn!(poll = name, "{trouble}");
                }
                troubles.insert(name.to_owned(), trouble);
            }
        }
    }

    /// So many records cannot be taken.
    fn refuse(&self, count: u64) {
        self.refused.fetch_add(count, Ordering::Relaxed);
    }
}

impl Pollers {
    /// Checks everything that the settings name and begins to ask.
    pub(crate) fn open(
        settings: &[PollSettings],
        cursors: Option<&Path>,
        offers: &mpsc::Sender<Offer>,
    ) -> Result<Self, SettingsFault> {
        let facts = Arc::<Facts>::default();
        let pollers: Vec<Poller> = settings
            .iter()
            .map(|settings| Poller::open(settings.clone(), cursors, offers.clone(), Arc::clone(&facts)))
            .collect::<Result<_, _>>()?;
        let mut tasks = JoinSet::new();
        for poller in pollers {
            tasks.spawn(poller.run());
        }
        Ok(Self { facts, _tasks: tasks })
    }

    /// What keeps one of them from reading, as a German sentence.
    pub(crate) fn trouble(&self) -> Option<String> {
        let troubles = self.facts.troubles.lock().unwrap_or_else(PoisonError::into_inner);
        troubles.values().next().cloned()
    }

    /// How many records could not be taken since this was asked last.
    pub(crate) fn take_refused(&self) -> u64 {
        self.facts.refused.swap(0, Ordering::Relaxed)
    }
}
