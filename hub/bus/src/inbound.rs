// SPDX-License-Identifier: EUPL-1.2
//! What the hub reads: messages and receipts of connectors, and its own case records.

use bytes::Bytes;
use hub_message::body::unframe_up_to;
use hub_message::record::RECORD_BYTES_MAX;
use hub_message::{
    Body, CaseRecord, Code, ConnectorName, Header, Headers, Message, MessageId, MessageType, Receipt, Rejection,
    Timestamp,
};

use crate::ack::Ack;
use crate::fault::BusFault;
use crate::reader::{Reader, Taken};

/// A message of a connector, taken from its stream.
#[derive(Debug)]
pub struct InboundItem {
    /// Sequence in the stream; a gap between neighbours is worth a look.
    pub sequence: u64,
    /// When the stream took it.
    pub received: Timestamp,
    /// Length on the wire, in bytes.
    pub size: usize,
    /// Headers that came and are no part of the protocol; they were dropped.
    pub foreign_headers: usize,
    /// The message, or what there is of one whose envelope is not valid.
    pub message: Result<Message, Box<Broken>>,
    ack: Ack,
}

/// A message whose envelope is not valid: it must be dead-lettered all the same.
#[derive(Debug)]
pub struct Broken {
    /// The connector whose stream it stood in.
    pub source: ConnectorName,
    /// Its type, where the subject has one.
    pub kind: Option<MessageType>,
    /// Its id, where it has one.
    pub id: Option<MessageId>,
    /// The protocol's headers among those that came.
    pub headers: Headers,
    /// The body as it came.
    pub wire: Bytes,
    /// What is wrong.
    pub rejection: Rejection,
}

impl InboundItem {
    /// Acknowledges: the message leaves the stream. Last of all steps.
    pub async fn ack(&self) -> Result<(), BusFault> {
        self.ack.ack_soon().await
    }

    /// Tells the server that work on the message goes on.
    pub async fn in_progress(&self) -> Result<(), BusFault> {
        self.ack.in_progress().await
    }
}

/// The one reader of a connector's messages.
#[derive(Debug)]
pub struct Inbound {
    source: ConnectorName,
    reader: Reader,
}

impl Inbound {
    pub(crate) fn new(source: ConnectorName, reader: Reader) -> Self {
        Self { source, reader }
    }

    /// Waits for the first message, then takes what else is there. Safe to drop while waiting.
    pub async fn take(&mut self, messages_max: usize, bytes_max: usize) -> Result<Vec<InboundItem>, BusFault> {
        let taken = self.reader.take(messages_max, bytes_max).await?;
        Ok(taken.into_iter().map(|taken| item(&self.source, taken)).collect())
    }

    /// Lets go: what was not acknowledged comes again, in order, at the next [`Inbound::take`].
    pub fn release(&mut self) {
        self.reader.release();
    }

    /// The same reader without the reset at take-over. For tests that show what the reset is for.
    #[cfg(any(test, feature = "sabotage"))]
    pub fn without_reset(self) -> Self {
        Self {
            source: self.source,
            reader: self.reader.without_reset(),
        }
    }
}

fn item(source: &ConnectorName, taken: Taken) -> InboundItem {
    let (sequence, received, size) = (taken.sequence, taken.at, taken.payload.len());
    let headers = crate::wire::kept(taken.headers.as_ref());
    let foreign_headers = crate::wire::foreign(taken.headers.as_ref());
    let kind = taken
        .subject
        .strip_prefix("in.")
        .and_then(|rest| rest.split_once('.'))
        .and_then(|(_, kind)| kind.parse::<MessageType>().ok());
    let id = headers
        .get(Header::MessageId)
        .and_then(|id| id.parse::<MessageId>().ok());
    let opened = envelope(source, kind.as_ref(), id.as_ref(), &headers, &taken.payload);
    let message = match (opened, kind, id) {
        (Ok(body), Some(kind), Some(id)) => Ok(Message {
            source: source.clone(),
            kind,
            id,
            sequence,
            received,
            headers,
            body,
        }),
        (opened, kind, id) => Err(Box::new(Broken {
            source: source.clone(),
            kind,
            id,
            headers,
            wire: taken.payload,
            rejection: opened.err().unwrap_or_else(|| nameless("message type")),
        })),
    };
    InboundItem {
        sequence,
        received,
        size,
        foreign_headers,
        message,
        ack: taken.ack,
    }
}

fn nameless(what: &str) -> Rejection {
    Rejection::new(
        Code::new("AH-B101"),
        format!("the message has no valid {what}"),
        "The connector breaks the protocol: ask its vendor for a version that passes the conformance tests.",
    )
}

fn envelope(
    source: &ConnectorName,
    kind: Option<&MessageType>,
    id: Option<&MessageId>,
    headers: &Headers,
    wire: &Bytes,
) -> Result<Body, Rejection> {
    if kind.is_none() {
        return Err(nameless("type in its subject"));
    }
    if id.is_none() {
        return Err(nameless("message id"));
    }
    if headers
        .get(Header::EventSource)
        .is_some_and(|said| said != source.as_str())
    {
        return Err(Rejection::new(
            Code::new("AH-B102"),
            "the message names another connector as its source",
            "A connector may only speak for itself: correct `ce-source` in the connector.",
        ));
    }
    Body::decode(wire).map_err(|fault| {
        Rejection::new(
            Code::new("AH-B103"),
            fault.to_string(),
            "The connector breaks the protocol: ask its vendor for a version that passes the conformance tests.",
        )
    })
}

/// A receipt of a connector.
#[derive(Debug)]
pub struct ReceiptItem {
    /// The receipt, or why it cannot be read.
    pub receipt: Result<Receipt, String>,
    ack: Ack,
}

impl ReceiptItem {
    /// Acknowledges.
    pub async fn ack(&self) -> Result<(), BusFault> {
        self.ack.ack_soon().await
    }
}

/// The reader of a connector's receipts.
#[derive(Debug)]
pub struct Receipts {
    reader: Reader,
}

impl Receipts {
    pub(crate) fn new(reader: Reader) -> Self {
        Self { reader }
    }

    /// Waits for the first receipt, then takes what else is there. Safe to drop while waiting.
    pub async fn take(&mut self, max: usize) -> Result<Vec<ReceiptItem>, BusFault> {
        let taken = self.reader.take(max, usize::MAX).await?;
        let items = taken.into_iter().map(|taken| ReceiptItem {
            receipt: serde_json::from_slice(&taken.payload).map_err(|error| error.to_string()),
            ack: taken.ack,
        });
        Ok(items.collect())
    }

    /// Lets go, as [`Inbound::release`] does.
    pub fn release(&mut self) {
        self.reader.release();
    }
}

/// A case record of the hub.
#[derive(Debug)]
pub struct RecordItem {
    /// The record and what stands behind it in its frame, or why it cannot be read.
    pub record: Result<(CaseRecord, Bytes), String>,
    /// When the hub published it.
    pub published: Timestamp,
    ack: Ack,
}

impl RecordItem {
    /// Acknowledges.
    pub async fn ack(&self) -> Result<(), BusFault> {
        self.ack.ack_soon().await
    }
}

/// The reader of case records.
#[derive(Debug)]
pub struct Records {
    reader: Reader,
}

impl Records {
    pub(crate) fn new(reader: Reader) -> Self {
        Self { reader }
    }

    /// Waits for the first record, then takes what else is there. Safe to drop while waiting.
    pub async fn take(&mut self, max: usize, bytes_max: usize) -> Result<Vec<RecordItem>, BusFault> {
        let taken = self.reader.take(max, bytes_max).await?;
        let items = taken.into_iter().map(|taken| RecordItem {
            record: unframe_up_to(&taken.payload, RECORD_BYTES_MAX).map_err(|fault| fault.to_string()),
            published: taken.at,
            ack: taken.ack,
        });
        Ok(items.collect())
    }

    /// Lets go, as [`Inbound::release`] does.
    pub fn release(&mut self) {
        self.reader.release();
    }
}
