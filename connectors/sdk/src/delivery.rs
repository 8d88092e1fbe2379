// SPDX-License-Identifier: EUPL-1.2
//! A delivery as a sink sees it, and the way to its bytes, wherever they are.

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesOrdered;
use futures_util::{FutureExt, StreamExt};
use hub_bus::connector::{BusFault, ConnectorBus};
use hub_message::{Body, DeliveryId, DocumentRef, Head, Headers, MessageType, RefusalClass, Sensitive, Timestamp};
use sha2::{Digest as _, Sha256};

use crate::fault::{SinkFault, Unavailable};
use crate::health::now;

/// One delivery.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Its id: the idempotency key towards the target.
    pub id: DeliveryId,
    /// Its type.
    pub kind: MessageType,
    /// Its sequence in the stream: later ones have higher numbers.
    pub sequence: u64,
    /// When the stream took it.
    pub received: Timestamp,
    /// The envelope.
    pub headers: Headers,
    /// Name, hints and documents.
    pub head: Head,
    native: Sensitive<Bytes>,
    bus: Option<ConnectorBus>,
}

impl Delivery {
    /// A delivery from the hub.
    pub(crate) fn new(id: DeliveryId, kind: MessageType, sequence: u64, body: Body, bus: ConnectorBus) -> Self {
        Self {
            bus: Some(bus),
            ..Self::alone(id, kind, sequence, body)
        }
    }

    /// A delivery without a hub behind it, to try a sink: documents cannot be read.
    pub fn alone(id: DeliveryId, kind: MessageType, sequence: u64, body: Body) -> Self {
        Self {
            id,
            kind,
            sequence,
            received: now(),
            headers: Headers::default(),
            head: body.head,
            native: body.native,
            bus: None,
        }
    }

    /// The native bytes in the target's format, inline or from the document store.
    pub fn content(&self) -> Reader<'_> {
        match &self.head.claim {
            Some(claim) => self.document(claim),
            None => Reader {
                rest: Rest::Inline(Some(self.native.disclose().clone())),
            },
        }
    }

    /// A document of the delivery.
    pub fn document<'a>(&'a self, document: &'a DocumentRef) -> Reader<'a> {
        Reader {
            rest: Rest::Stored(Stored {
                bus: self.bus.as_ref(),
                document,
                offset: 0,
                hash: Sha256::new(),
                ahead: FuturesOrdered::new(),
                asked: 0,
            }),
        }
    }

    /// Length of what the delivery holds in memory.
    pub(crate) fn weight(&self) -> usize {
        self.native.disclose().len() + 1024
    }
}

/// Reads bytes chunk by chunk; what comes from the document store is verified against its digest.
#[derive(Debug)]
pub struct Reader<'a> {
    rest: Rest<'a>,
}

#[derive(Debug)]
enum Rest<'a> {
    Inline(Option<Bytes>),
    Stored(Stored<'a>),
}

struct Stored<'a> {
    bus: Option<&'a ConnectorBus>,
    document: &'a DocumentRef,
    offset: u64,
    hash: Sha256,
    /// Pieces that are asked for already: while one is written, the next ones travel.
    ahead: FuturesOrdered<BoxFuture<'a, Result<Bytes, BusFault>>>,
    /// Where the next one begins that is asked for.
    asked: u64,
}

impl Reader<'_> {
    /// The next bytes; `None` at the end. Only when the end was reached are all bytes known to be right.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, SinkFault> {
        match &mut self.rest {
            Rest::Inline(bytes) => Ok(bytes.take().filter(|bytes| !bytes.is_empty())),
            Rest::Stored(stored) => stored.chunk().await,
        }
    }
}

impl std::fmt::Debug for Stored<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stored")
            .field("offset", &self.offset)
            .finish_non_exhaustive()
    }
}

/// Bytes read from the store at once.
const CHUNK: u64 = 512 * 1024;

/// Pieces asked for at once: the one that is wanted, and one that travels while it is written.
const AHEAD: usize = 2;

impl<'a> Stored<'a> {
    async fn chunk(&mut self) -> Result<Option<Bytes>, SinkFault> {
        if self.offset >= self.document.size {
            return self.verify().map(|()| None);
        }
        let Some(bus) = self.bus else {
            return Err(gone("AH-D401", "the document store is not connected"));
        };
        let length = CHUNK.min(self.document.size - self.offset);
        let bytes = self.next_piece(bus).await.map_err(fault)?;
        if bytes.len() as u64 != length {
            return Err(gone("AH-D402", "the document store gave another length than it stated"));
        }
        self.offset += bytes.len() as u64;
        self.hash.update(&bytes);
        Ok(Some(bytes))
    }

    /// The piece at the present offset, and a few more asked for.
    async fn next_piece(&mut self, bus: &'a ConnectorBus) -> Result<Bytes, BusFault> {
        let document = self.document;
        while self.ahead.len() < AHEAD && self.asked < document.size {
            let (at, length) = (self.asked, CHUNK.min(document.size - self.asked));
            self.asked += length;
            let read = async move { bus.read_document(document, at, length).await.map(|(_, bytes)| bytes) };
            self.ahead.push_back(read.boxed());
        }
        self.ahead.next().await.unwrap_or_else(|| Ok(Bytes::new()))
    }

    fn verify(&mut self) -> Result<(), SinkFault> {
        let digest = hub_message::Digest::from_raw(std::mem::take(&mut self.hash).finalize().into());
        if digest == self.document.sha256 || self.offset > self.document.size {
            // The offset beyond the end marks a content that was verified before.
            self.offset = self.document.size.saturating_add(1);
            return Ok(());
        }
        Err(gone("AH-D403", "the document's content does not have its digest"))
    }
}

/// A document that cannot be had any more: the delivery's fault.
fn gone(code: &str, text: &str) -> SinkFault {
    SinkFault::Rejected {
        class: RefusalClass::Gone,
        code: code.to_owned(),
        text: text.to_owned(),
    }
}

fn fault(fault: BusFault) -> SinkFault {
    match fault {
        BusFault::Refused { code, text } => SinkFault::Rejected {
            class: RefusalClass::Permission,
            code,
            text,
        },
        BusFault::Unavailable(_) => Unavailable::new("Ein Dokument ist beim Hub gerade nicht lesbar.").into(),
    }
}
