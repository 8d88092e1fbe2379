// SPDX-License-Identifier: EUPL-1.2
//! The case record: what the plan of every message tells the case store. It travels as the head of a frame
//! (`body::frame`) on `out.cases.record.1`. Behind it in the frame stands the canonical document as JSON text (or, when
//! it is too large to travel, nothing: then `Planned::claim` says where it is), or for a dead letter the original body
//! as it came, itself a frame.

use serde::{Deserialize, Serialize};

use crate::body::DocumentRef;
use crate::id::{DeliveryId, Digest, MessageId};
use crate::name::{ConnectorName, MessageType, Recipient, SchemaId};
use crate::rejection::Rejection;
use crate::sensitive::Sensitive;
use crate::timestamp::Timestamp;

/// The largest case record, in bytes of JSON.
pub const RECORD_BYTES_MAX: usize = 900 * 1024;

/// How far a key can be trusted to identify a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Strength {
    /// A hint: it never joins by itself.
    Weak,
    /// An exact identifier: it joins.
    Exact,
}

/// A key by which things converge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseKey {
    /// The system, or the organisation's identifier, that gave it.
    pub system: String,
    /// What it identifies: `invoice`, `file-number`, `order`.
    pub kind: String,
    /// The identifier, normalised.
    pub value: Sensitive<String>,
    /// How far it can be trusted.
    pub strength: Strength,
}

/// What the hub decided about one canonical document of one message. Writing the same record twice changes nothing:
/// (`source`, `message`, `part`) is its identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseRecord {
    /// The connector that sent the message.
    pub source: ConnectorName,
    /// The message.
    pub message: MessageId,
    /// Which canonical document of the message, from 0.
    pub part: u32,
    /// How many canonical documents the message held.
    pub parts: u32,
    /// Its type.
    pub kind: MessageType,
    /// When the inbound stream took it.
    pub received: Timestamp,
    /// Sequence in the inbound stream.
    pub sequence: u64,
    /// Digest of the rules that decided.
    pub rules: Digest,
    /// Conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation: Option<String>,
    /// The message that led here: the dead letter's, when this is a replay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causation: Option<String>,
    /// W3C trace context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// Length of the native bytes.
    pub size: u64,
    /// What was decided.
    #[serde(flatten)]
    pub decision: Decision,
}

/// What was decided about a canonical document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "kebab-case")]
pub enum Decision {
    /// It goes to recipients (none, when a route says `drop`: filtered) and into a case. The canonical document follows
    /// the record in its frame.
    Planned(Box<Planned>),
    /// It could not be processed.
    DeadLetter(Box<DeadLetter>),
}

/// A canonical document, what it means for a case, and where it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// Canonical schema.
    pub schema: SchemaId,
    /// The mapping that read it, and the digest of its file.
    pub mapping: (String, Digest),
    /// Keys by which it converges, strongest first.
    pub keys: Vec<CaseKey>,
    /// What it means for a case.
    pub filing: Filing,
    /// Documents that came with it.
    pub documents: Vec<DocumentRef>,
    /// Where it goes.
    pub deliveries: Vec<DeliveryIntent>,
    /// Name of the route that filtered it, when it goes nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filtered_by: Option<String>,
    /// The canonical document in the document store, where it is too large to travel behind the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<DocumentRef>,
}

/// One delivery that was published in the same atomic batch as the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryIntent {
    /// Its id.
    pub delivery: DeliveryId,
    /// Who gets it.
    pub recipient: Recipient,
    /// Type of what it gets.
    pub kind: MessageType,
    /// The route.
    pub route: String,
    /// Why it may have it.
    pub purpose: String,
    /// By which law.
    pub legal_basis: String,
    /// The mapping that wrote it.
    pub mapping: String,
}

/// What a canonical document means for a case, by the schema's `x-case`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Filing {
    /// Type of the case that it opens when it joins none.
    pub case_type: String,
    /// Subject of that case.
    pub subject: Sensitive<String>,
    /// Entries of the time line.
    pub entries: Vec<Entry>,
    /// Who takes part.
    pub participants: Vec<Participant>,
}

/// An entry of a case's time line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// `document` or `communication`.
    pub kind: EntryKind,
    /// Type: `invoice`, `delivery-note`, `letter`, `mail`, `portal-message`, `phone-note`.
    pub entry_type: String,
    /// Title, for people.
    pub title: Sensitive<String>,
    /// When it was made or sent, as text `YYYY-MM-DD` or RFC 3339; without one the time of receipt counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// `in`, `out` or `internal`.
    pub direction: Direction,
    /// `post`, `mail`, `portal`, `scan`, `file`, `phone`.
    pub channel: String,
    /// The other side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<Sensitive<String>>,
    /// Contents in the document store.
    pub documents: Vec<DocumentRef>,
}

/// What stands on a time line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// A document of the case.
    Document,
    /// A communication about the case.
    Communication,
}

/// Which way something went, seen from the town hall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// To the town hall.
    In,
    /// From the town hall.
    Out,
    /// Within the town hall.
    Internal,
}

/// Somebody who takes part in a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// `applicant`, `seller`, `buyer`, `sender`.
    pub role: String,
    /// Name, for people.
    pub name: Sensitive<String>,
    /// An identifier, where one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<Sensitive<String>>,
}

/// A message that could not be processed. The original body follows the record in its frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// Why.
    pub rejection: Rejection,
    /// Headers as they came, by wire name.
    pub headers: Vec<(String, String)>,
    /// The step: `read` or `plan`.
    pub stage: Stage,
    /// The original body in the document store, where it is too large to travel behind the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<DocumentRef>,
}

/// Where in its life a message failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Envelope, decoding, reading, validation.
    Read,
    /// Routing, release, writing.
    Plan,
    /// The hub's process ended twice while it worked on the message.
    Suspect,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::{frame, unframe_up_to};
    use crate::rejection::Code;

    #[test]
    fn a_dead_letter_keeps_the_original_bytes_behind_it() {
        let record = CaseRecord {
            source: "scan".parse().unwrap(),
            message: MessageId::keyed(b"k", &[b"1"]),
            part: 0,
            parts: 1,
            kind: "scan.sidecar.1".parse().unwrap(),
            received: Timestamp::from_millis(0),
            sequence: 7,
            rules: Digest::of(b""),
            correlation: None,
            causation: None,
            traceparent: None,
            size: 4,
            decision: Decision::DeadLetter(Box::new(DeadLetter {
                rejection: Rejection::new(Code::new("AH-X101"), "a", "b"),
                headers: vec![("content-type".into(), "text/xml".into())],
                stage: Stage::Read,
                claim: None,
            })),
        };
        let wire = frame(&record, b"\xff<a>");
        let (back, rest) = unframe_up_to::<CaseRecord>(&wire, RECORD_BYTES_MAX).unwrap();
        assert_eq!((back, &rest[..]), (record, &b"\xff<a>"[..]));
    }
}
