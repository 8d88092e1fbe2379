// SPDX-License-Identifier: EUPL-1.2
//! Dead letters as they are shown.

use hub_message::record::Stage;
use hub_message::{
    ConnectorName, DeliveryId, DocumentRef, MessageId, MessageType, Recipient, Rejection, SchemaId, Sensitive,
    Timestamp,
};
use serde::Serialize;

use super::message::MessageState;

/// State of a dead letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeadLetterState {
    /// A person must look at it.
    Open,
    /// A replay succeeded, or the target took it after all.
    Settled,
    /// A person gave it up, with a reason.
    Discarded,
}

impl DeadLetterState {
    /// All states.
    pub const ALL: [Self; 3] = [Self::Open, Self::Settled, Self::Discarded];

    /// The word for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "offen",
            Self::Settled => "erledigt",
            Self::Discarded => "verworfen",
        }
    }

    pub(crate) fn number(self) -> i64 {
        self as i64
    }

    pub(crate) fn of_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.number() == number)
    }
}

/// Which dead letters are wanted; what is `None` does not narrow the list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeadLetterFilter {
    /// The connector that sent the message.
    pub source: Option<ConnectorName>,
    /// The code.
    pub code: Option<String>,
    /// The state.
    pub state: Option<DeadLetterState>,
    /// The message.
    pub message: Option<MessageId>,
    /// Received at this time or later.
    pub since: Option<Timestamp>,
    /// Received before this time.
    pub until: Option<Timestamp>,
}

/// A line of the list of dead letters, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeadLetterLine {
    /// Id, `K-2026-000001`.
    pub id: String,
    /// When the message was received.
    pub received: Timestamp,
    /// The connector that sent it.
    pub source: ConnectorName,
    /// The message.
    pub message: MessageId,
    /// Which canonical document of it, from 0.
    pub part: u32,
    /// How many it held.
    pub parts: u32,
    /// Type of the message.
    #[serde(rename = "type")]
    pub kind: MessageType,
    /// The recipient that refused it; `None` when the hub could not process it.
    pub recipient: Option<Recipient>,
    /// Why: the code.
    pub code: String,
    /// Why, in a sentence.
    pub text: String,
    /// What to do about it, in a sentence.
    pub remedy: String,
    /// State.
    pub state: DeadLetterState,
    /// How often it was replayed.
    pub replays: u32,
}

/// A dead letter with everything that a person needs to settle it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeadLetterView {
    /// Id, message, code, sentence, state.
    #[serde(flatten)]
    pub line: DeadLetterLine,
    /// Why, with place, path, rule, remedy and further findings.
    pub rejection: Rejection,
    /// The step that failed; `None` when a target refused.
    pub stage: Option<Stage>,
    /// The delivery that was refused.
    pub delivery: Option<DeliveryId>,
    /// The dead letter that this one's message replays.
    pub replay_of: Option<String>,
    /// Its replays, oldest first.
    pub replay_list: Vec<ReplayView>,
    /// By what it was settled.
    pub settled: Option<Settled>,
    /// Who gave it up, and why.
    pub discarded: Option<Decided>,
    /// What was kept of the message.
    #[serde(skip)]
    pub content: Content,
}

/// What a dead letter keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// The message as it came: headers by wire name, and the body, a frame of [`hub_message::Body`] unless it is broken.
    Original {
        /// Headers.
        headers: Vec<(String, String)>,
        /// The body; empty when it is too large to stand here.
        body: Sensitive<Vec<u8>>,
        /// Then this is where it lies.
        claim: Option<DocumentRef>,
    },
    /// The canonical document of a delivery that its target refused, as JSON text.
    Canonical {
        /// Its schema.
        schema: SchemaId,
        /// The document; empty when it is too large to stand here.
        json: Sensitive<Vec<u8>>,
        /// Then this is where it lies.
        claim: Option<DocumentRef>,
    },
}

/// A replay of a dead letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReplayView {
    /// The new message.
    pub message: MessageId,
    /// What became of it; `None` while its record has not been written.
    pub state: Option<MessageState>,
    /// When it was marked; `None` when only the new message itself says so.
    pub at: Option<Timestamp>,
    /// Who asked for it.
    pub by: Option<String>,
}

/// By what a dead letter was settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Settled {
    /// When.
    pub at: Timestamp,
    /// The replay that succeeded; `None` when the target took the delivery after all.
    pub by: Option<MessageId>,
}

/// A person's decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decided {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
}
