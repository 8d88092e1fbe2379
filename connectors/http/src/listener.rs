// SPDX-License-Identifier: EUPL-1.2
//! The listener: takes requests, holds their records out to the hub and answers when it is known what became of them.

mod accepting;
mod answering;
mod asking;
mod credential;
mod problem;
mod rate;
mod request_body;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, mpsc as blocking};
use std::time::Duration;

use connector_sdk::{Lookups, SettingsFault};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::offer::Offer;
use crate::settings::ListenSettings;
use crate::tls;
use accepting::Accepting;
use answering::Answering;

/// How long requests that are under way may take to get their answer when the listener closes.
const CLOSING: Duration = Duration::from_secs(2);

/// A listener; it works until it is closed or dropped.
#[derive(Debug)]
pub(crate) struct Listener {
    facts: Arc<Facts>,
    closed: CancellationToken,
    ended: blocking::Receiver<()>,
    tasks: JoinSet<()>,
}

/// What the listener tells about itself.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    trouble: Mutex<Option<String>>,
    /// Requests whose content was refused and that nobody has asked for yet.
    pub refused: AtomicU64,
    /// Nothing is taken for a while.
    pub held: AtomicBool,
    /// The way to look things up, once there is one.
    pub lookups: OnceLock<Lookups>,
}

impl Facts {
    fn set_trouble(&self, trouble: Option<String>) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }
}

impl Listener {
    /// Checks everything that the settings name and begins to listen.
    pub(crate) fn open(settings: &ListenSettings, offers: mpsc::Sender<Offer>) -> Result<Self, SettingsFault> {
        let (facts, closed) = (Arc::<Facts>::default(), CancellationToken::new());
        let accepting = Accepting {
            address: settings.address,
            tls: settings.tls.as_ref().map(tls::server).transpose()?.map(Arc::new),
            connections_max: settings.connections_max,
            answering: Arc::new(Answering::new(settings, offers, Arc::clone(&facts), closed.clone())?),
            facts: Arc::clone(&facts),
            closed: closed.clone(),
        };
        let (running, ended) = blocking::channel();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            accepting.run().await;
            drop(running);
        });
        Ok(Self {
            facts,
            closed,
            ended,
            tasks,
        })
    }

    /// Lets senders look things up.
    pub(crate) fn attach(&self, lookups: Lookups) {
        // It is attached once in the life of a source.
        let _ = self.facts.lookups.set(lookups);
    }

    /// Nothing is taken for a while, or again.
    pub(crate) fn held(&self, held: bool) {
        self.facts.held.store(held, Ordering::Relaxed);
    }

    /// What keeps it from listening, as a German sentence.
    pub(crate) fn trouble(&self) -> Option<String> {
        self.facts
            .trouble
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// How many requests were refused for their content since this was asked last.
    pub(crate) fn take_refused(&self) -> u64 {
        self.facts.refused.swap(0, Ordering::Relaxed)
    }

    /// Closes the port and lets what is under way get its answer, for a bounded time. It waits on its thread, because
    /// whoever drops a source cannot wait otherwise, and the port must be free for the next one.
    pub(crate) fn close(mut self) {
        self.closed.cancel();
        // The channel carries nothing: it ends with the task.
        let _ = tokio::task::block_in_place(|| self.ended.recv_timeout(CLOSING + Duration::from_millis(500)));
        self.tasks.abort_all();
    }
}
