// SPDX-License-Identifier: EUPL-1.2
//! The source loop: take → claim check → into the stream → confirm. The source lets go of a record only when the stream
//! has acknowledged it; whatever ends the loop before that leaves the record where it was.

use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use hub_bus::connector::{BusFault, ConnectorBus, Emit};
use hub_message::id::keyed_hash;
use hub_message::{Body, ConnectorName, Head, Header, Headers, MessageId};

use crate::backoff::Backoff;
use crate::claim::{self, ClaimFault};
use crate::failpoint;
use crate::fault::Unavailable;
use crate::gate::Gate;
use crate::health::{Health, Part};
use crate::lookups::Lookups;
use crate::source::{Content, Limits, Record, Refusal, Source};

/// Uploads beside each other; the order of the records stays.
const UPLOADS: usize = 8;
/// The hub's code for a document above its limit.
const DOCUMENT_TOO_LARGE: &str = "AH-D202";
/// Pause after a batch of which nothing could be brought into custody: what changes will be there again at once.
const UNSETTLED: Duration = Duration::from_secs(1);
const HUB_AWAY: &str = "Der Hub nimmt gerade nichts an; die Quelle behält ihre Daten, es wird weiter versucht.";

/// The way from a source into the stream.
#[derive(Debug)]
pub(crate) struct Intake<S> {
    pub source: S,
    pub bus: ConnectorBus,
    pub name: ConnectorName,
    /// Key of the message ids, derived from the connector's seed.
    pub key: MessageKey,
    pub limits: Limits,
    pub health: Health,
    pub gate: Gate,
}

/// The key that makes message ids tell nothing about the records.
#[derive(Clone)]
pub(crate) struct MessageKey(String);

impl std::fmt::Debug for MessageKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MessageKey")
    }
}

impl MessageKey {
    /// The same for the same seed, always: the ids of source records must outlive every restart.
    pub(crate) fn derive(seed: &[u8]) -> Self {
        Self(keyed_hash(seed.trim_ascii(), &[b"amtshub message id 1"]))
    }

    /// The key as it is kept.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// A key that was kept.
    pub(crate) fn kept(key: String) -> Self {
        Self(key)
    }

    fn id(&self, identity: &[Vec<u8>]) -> MessageId {
        let parts: Vec<&[u8]> = identity.iter().map(Vec::as_slice).collect();
        MessageId::keyed(self.0.as_bytes(), &parts)
    }
}

/// What became of a record before the stream.
enum Prepared<T> {
    Ready(Emit, T),
    Refused(T, Refusal),
    /// It changed; the source will bring it again.
    Later,
    /// The gate closed.
    Stopped,
}

impl<S: Source> Intake<S> {
    /// Works until the gate closes.
    pub(crate) async fn run(mut self) {
        let mut backoff = Backoff::default();
        self.source.attach(Lookups::new(self.bus.clone()));
        while self.may_take().await {
            match self.source.take(self.limits).await {
                Ok(taken) => {
                    backoff.reset();
                    self.health.refused(taken.refused);
                    match taken.trouble {
                        Some(trouble) => self.health.trouble(Part::Source, trouble),
                        None => self.health.well(Part::Source),
                    }
                    if !taken.records.is_empty() {
                        self.health.taken(taken.records.len());
                        failpoint::reach("taken");
                        self.bring(taken.records).await;
                        self.health.taken(0);
                    }
                }
                Err(trouble) => {
                    self.health.trouble(Part::Source, trouble.0);
                    self.gate.rest(backoff.next()).await;
                }
            }
        }
    }

    /// Waits until something may be taken, and tells the source when the hub has no room for it.
    async fn may_take(&mut self) -> bool {
        if !self.gate.is_held_by_hub() {
            return self.gate.pass().await;
        }
        self.source.held(true);
        let open = self.gate.pass().await;
        self.source.held(false);
        open
    }

    /// Brings records into custody and confirms them.
    async fn bring(&mut self, records: Vec<Record<S::Ticket>>) {
        let (mut emits, mut tickets) = (Vec::with_capacity(records.len()), Vec::with_capacity(records.len()));
        let (mut refused, mut ids) = (Vec::new(), Vec::new());
        let mut prepared = stream::iter(records)
            .map(|record| {
                prepare(
                    &self.bus,
                    &self.name,
                    &self.key,
                    self.limits,
                    &self.health,
                    &self.gate,
                    record,
                )
            })
            .buffered(UPLOADS);
        while let Some(prepared) = prepared.next().await {
            match prepared {
                Prepared::Ready(emit, ticket) => {
                    ids.push(emit.id.clone());
                    emits.push(emit);
                    tickets.push(ticket);
                }
                Prepared::Refused(ticket, refusal) => refused.push((ticket, refusal)),
                Prepared::Later => {}
                Prepared::Stopped => return,
            }
        }
        drop(prepared);
        failpoint::reach("claimed");
        for (ticket, id) in tickets.iter().zip(&ids) {
            self.source.identified(ticket, id);
        }
        for (ticket, refusal) in &refused {
            self.refuse(ticket, refusal).await;
        }
        if emits.is_empty() && refused.is_empty() {
            self.gate.rest(UNSETTLED).await;
        }
        if emits.is_empty() || !self.emit(emits).await {
            return;
        }
        failpoint::reach("emitted");
        self.confirm(&tickets).await;
        failpoint::reach("confirmed");
    }

    /// `true` when the stream has acknowledged everything.
    async fn emit(&mut self, emits: Vec<Emit>) -> bool {
        let count = emits.len();
        let mut backoff = Backoff::default();
        loop {
            match self.bus.emit(emits.clone()).await {
                Ok(()) => {
                    self.health.well(Part::Stream);
                    self.health.emitted(count);
                    return true;
                }
                Err(fault) => {
                    tracing::debug!(%fault, "not acknowledged by the stream");
                    self.health.trouble(Part::Stream, HUB_AWAY);
                }
            }
            if !self.gate.rest(backoff.next()).await {
                return false;
            }
        }
    }

    async fn confirm(&mut self, tickets: &[S::Ticket]) {
        let mut backoff = Backoff::default();
        while let Err(trouble) = self.source.confirm(tickets).await {
            self.health.trouble(Part::Source, trouble.0);
            if !self.gate.rest(backoff.next()).await {
                return;
            }
        }
    }

    async fn refuse(&mut self, ticket: &S::Ticket, refusal: &Refusal) {
        let mut backoff = Backoff::default();
        while let Err(Unavailable(trouble)) = self.source.refuse(ticket, refusal).await {
            self.health.trouble(Part::Source, trouble);
            if !self.gate.rest(backoff.next()).await {
                return;
            }
        }
        self.health.refused(1);
    }
}

async fn prepare<T>(
    bus: &ConnectorBus,
    name: &ConnectorName,
    key: &MessageKey,
    limits: Limits,
    health: &Health,
    gate: &Gate,
    record: Record<T>,
) -> Prepared<T> {
    let sizes = std::iter::once(record.native.size()).chain(record.documents.iter().map(|d| d.content.size()));
    if sizes.max().unwrap_or_default() > limits.document_bytes_max {
        return Prepared::Refused(record.ticket, too_large(limits.document_bytes_max));
    }
    let mut backoff = Backoff::default();
    let body = loop {
        match claim_body(bus, limits, &record).await {
            Ok(body) => break body,
            Err(ClaimFault::Changed) => return Prepared::Later,
            Err(ClaimFault::Bus(BusFault::Refused { code, .. })) if code == DOCUMENT_TOO_LARGE => {
                return Prepared::Refused(record.ticket, too_large(limits.document_bytes_max));
            }
            Err(ClaimFault::Bus(BusFault::Refused { code, text })) => {
                tracing::warn!(code, text, "the document store refused a content");
                health.trouble(
                    Part::Stream,
                    "Der Hub weist ein Dokument zurück; es bleibt bei der Quelle.",
                );
                return Prepared::Later;
            }
            Err(ClaimFault::Bus(fault)) => {
                tracing::debug!(%fault, "no upload");
                health.trouble(Part::Stream, HUB_AWAY);
            }
        }
        if !gate.rest(backoff.next()).await {
            return Prepared::Stopped;
        }
    };
    let id = key.id(&record.identity);
    let headers = headers(name, &id, &record);
    let emit = Emit {
        kind: record.kind,
        id,
        headers,
        body: body.encode(),
    };
    Prepared::Ready(emit, record.ticket)
}

async fn claim_body<T>(bus: &ConnectorBus, limits: Limits, record: &Record<T>) -> Result<Body, ClaimFault> {
    let mut head = Head {
        hints: record.hints.clone(),
        name: record.name.clone(),
        ..Head::default()
    };
    for document in &record.documents {
        let stored = claim::upload(bus, &document.content, &document.media_type, document.name.clone()).await?;
        head.documents.push(stored);
    }
    match &record.native {
        Content::Inline(bytes) if bytes.disclose().len() as u64 <= limits.inline_bytes_max => {
            Ok(Body::new(head, bytes.disclose().clone()))
        }
        large => {
            let claim = claim::upload(bus, large, &record.media_type, record.name.clone()).await?;
            head.claim = Some(claim);
            Ok(Body::new(head, Vec::new()))
        }
    }
}

fn headers<T>(name: &ConnectorName, id: &MessageId, record: &Record<T>) -> Headers {
    let mut headers = Headers::default()
        .with(Header::MessageId, id.as_str())
        .with(Header::EventId, id.as_str())
        .with(Header::EventSource, name.as_str())
        .with(Header::EventType, record.kind.as_str())
        .with(Header::ContentType, record.media_type.as_str());
    if let Some(time) = record.time {
        headers.set(Header::EventTime, time.to_string());
    }
    headers
}

fn too_large(limit: u64) -> Refusal {
    Refusal {
        code: "AH-F106",
        german: format!("Der Inhalt ist größer als die {limit} Byte, die der Hub annimmt."),
        english: format!("The content is larger than the {limit} bytes that the hub takes."),
        remedy: "Den Inhalt teilen, oder document_bytes in hub.toml erhöhen.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_ids_depend_on_the_seed_and_the_record_only() {
        let key = MessageKey::derive(b"SUAAA\n");
        let record = [b"a.xml".to_vec(), b"1".to_vec()];
        assert_eq!(key.id(&record), MessageKey::derive(b"SUAAA").id(&record));
        assert_ne!(key.id(&record), MessageKey::derive(b"SUAAB").id(&record));
        assert_ne!(key.id(&record), key.id(&[b"a.xml1".to_vec(), Vec::new()]));
        assert!(!format!("{key:?}").contains(&key.0));
    }
}
