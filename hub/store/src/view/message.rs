// SPDX-License-Identifier: EUPL-1.2
//! Messages and their trace as they are shown.

use hub_message::{
    ConnectorName, DeliveryId, Digest, MessageId, MessageType, Recipient, RefusalClass, SchemaId, Timestamp,
};
use serde::Serialize;

/// What became of a message: the worst of its deliveries decides. The order is from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageState {
    /// A route said that it goes nowhere.
    Filtered,
    /// It is at every target.
    Delivered,
    /// A person gave it up, with a reason.
    Discarded,
    /// A delivery is under way, or a part of the message has not been written yet.
    Waiting,
    /// A person must look whether it arrived.
    InDoubt,
    /// It could not be processed, or a target refused it.
    DeadLetter,
}

impl MessageState {
    /// All states, from best to worst.
    pub const ALL: [Self; 6] = [
        Self::Filtered,
        Self::Delivered,
        Self::Discarded,
        Self::Waiting,
        Self::InDoubt,
        Self::DeadLetter,
    ];

    /// The word for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Filtered => "ausgefiltert",
            Self::Delivered => "zugestellt",
            Self::Discarded => "verworfen",
            Self::Waiting => "wartet",
            Self::InDoubt => "ungewiss",
            Self::DeadLetter => "Klärfall",
        }
    }

    pub(crate) fn rank(self) -> i64 {
        self as i64
    }

    pub(crate) fn of_rank(rank: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.rank() == rank)
    }
}

/// What became of one delivery. The order says which of two receipts for the same delivery counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryState {
    /// Planned and published; no receipt yet.
    Planned,
    /// A person must look whether it arrived.
    InDoubt,
    /// The target refused it for good.
    Rejected,
    /// It is at the target.
    Done,
}

impl DeliveryState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Planned, Self::InDoubt, Self::Rejected, Self::Done];

    /// The word for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Planned => "wartet",
            Self::InDoubt => "ungewiss",
            Self::Rejected => "abgelehnt",
            Self::Done => "zugestellt",
        }
    }

    pub(crate) fn rank(self) -> i64 {
        self as i64
    }

    pub(crate) fn of_rank(rank: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.rank() == rank)
    }
}

/// Which messages are wanted; what is `None` does not narrow the list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MessageFilter {
    /// The connector that sent it.
    pub source: Option<ConnectorName>,
    /// Its type.
    pub kind: Option<MessageType>,
    /// Its state.
    pub state: Option<MessageState>,
    /// A recipient that it goes to.
    pub recipient: Option<Recipient>,
    /// Id of the case that it is in; an alias finds the case that it became part of.
    pub case: Option<String>,
    /// Received at this time or later.
    pub since: Option<Timestamp>,
    /// Received before this time.
    pub until: Option<Timestamp>,
}

/// A line of the list of messages, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MessageLine {
    /// When the inbound stream took it.
    pub received: Timestamp,
    /// The connector that sent it.
    pub source: ConnectorName,
    /// Its id.
    pub message: MessageId,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: MessageType,
    /// What became of it.
    pub state: MessageState,
    /// Where it goes.
    pub targets: Vec<Target>,
    /// The cases that its canonical documents are in.
    pub cases: Vec<String>,
}

/// A recipient of a message and what became of the delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Target {
    /// The recipient.
    pub recipient: Recipient,
    /// What became of it.
    pub state: DeliveryState,
}

/// The trace of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MessageView {
    /// Time, source, id, type, state, targets, cases.
    #[serde(flatten)]
    pub line: MessageLine,
    /// Sequence in the inbound stream.
    pub sequence: u64,
    /// Length of the native bytes.
    pub size: u64,
    /// How many canonical documents it held.
    pub parts: u32,
    /// How often the source sent it again.
    pub repeated: u64,
    /// Conversation.
    pub correlation: Option<String>,
    /// The message that led here.
    pub causation: Option<String>,
    /// W3C trace context.
    pub traceparent: Option<String>,
    /// The message whose dead letter this one replays.
    pub replay_of: Option<MessageId>,
    /// Its canonical documents, by part.
    pub records: Vec<RecordView>,
    /// Ids of its dead letters.
    pub dead_letters: Vec<String>,
}

/// What was decided about one canonical document of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordView {
    /// Which document, from 0.
    pub part: u32,
    /// Digest of the rules that decided.
    pub rules: Digest,
    /// Canonical schema; `None` for a dead letter.
    pub schema: Option<SchemaId>,
    /// The mapping that read it.
    pub mapping: Option<String>,
    /// Digest of that mapping's file.
    pub mapping_digest: Option<Digest>,
    /// The route that filtered it.
    pub filtered_by: Option<String>,
    /// Its case.
    pub case: Option<String>,
    /// Where it goes.
    pub deliveries: Vec<DeliveryView>,
}

/// One delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveryView {
    /// Its id.
    pub delivery: DeliveryId,
    /// Who gets it.
    pub recipient: Recipient,
    /// Type of what it gets.
    #[serde(rename = "type")]
    pub kind: MessageType,
    /// The route.
    pub route: String,
    /// Why it may have it.
    pub purpose: String,
    /// By which law.
    pub legal_basis: String,
    /// The mapping that wrote it.
    pub mapping: String,
    /// What became of it.
    pub state: DeliveryState,
    /// How many attempts it took.
    pub attempts: Option<u32>,
    /// When the target answered, by the connector's clock.
    pub at: Option<Timestamp>,
    /// The id it got at the target.
    pub reference: Option<String>,
    /// Why it was refused, by kind.
    pub class: Option<RefusalClass>,
    /// The target's code.
    pub code: Option<String>,
    /// The target's sentence.
    pub text: Option<String>,
    /// Where in the delivered body.
    pub pointer: Option<String>,
}
