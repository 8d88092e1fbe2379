// SPDX-License-Identifier: EUPL-1.2
//! What a listener or a poller holds out to the hub, and how it learns what became of it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use connector_sdk::source::Record;
use connector_sdk::{Content, Refusal};
use hub_message::{MessageId, MessageType, Sensitive, Timestamp};
use tokio::sync::oneshot;

/// What became of an offer. When its sender is dropped instead, the hub took nothing.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// The stream has it, under this message id.
    Accepted(Option<MessageId>),
    /// The hub will never take it.
    Refused(Refusal),
}

/// One record that waits to be taken.
#[derive(Debug)]
pub(crate) struct Offer {
    pub identity: Vec<Vec<u8>>,
    pub kind: MessageType,
    pub media_type: String,
    pub time: Option<Timestamp>,
    pub name: Option<String>,
    pub content: Content,
    pub verdict: oneshot::Sender<Verdict>,
}

/// The way back to whoever made the offer; it can be gone once.
#[derive(Debug)]
pub(crate) struct Ticket(Mutex<Waiting>);

#[derive(Debug)]
struct Waiting {
    verdict: Option<oneshot::Sender<Verdict>>,
    id: Option<MessageId>,
}

impl Offer {
    /// Whether somebody still waits for the verdict. Nobody was told that the record is taken, so whoever went away
    /// will come again.
    pub(crate) fn is_wanted(&self) -> bool {
        !self.verdict.is_closed()
    }

    /// The record for the SDK.
    pub(crate) fn into_record(self) -> Record<Ticket> {
        Record {
            identity: self.identity,
            kind: self.kind,
            media_type: self.media_type,
            time: self.time,
            name: self.name.map(Sensitive::new),
            hints: Vec::new(),
            native: self.content,
            documents: Vec::new(),
            ticket: Ticket(Mutex::new(Waiting {
                verdict: Some(self.verdict),
                id: None,
            })),
        }
    }
}

impl Ticket {
    /// Notes under which id the record goes to the hub.
    pub(crate) fn identified(&self, id: &MessageId) {
        self.waiting().id = Some(id.clone());
    }

    /// The stream has it.
    pub(crate) fn accept(&self) {
        let id = self.waiting().id.take();
        self.settle(Verdict::Accepted(id));
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says what became of it. Whoever asked may be gone.
    pub(crate) fn settle(&self, verdict: Verdict) {
        let sender = self.waiting().verdict.take();
        if let Some(sender) = sender
            && sender.send(verdict).is_err()
        {
            tracing::debug!("whoever offered a record waits no longer");
        }
    }
}
