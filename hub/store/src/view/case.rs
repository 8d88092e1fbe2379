// SPDX-License-Identifier: EUPL-1.2
//! Cases as they are shown.

use hub_message::record::{Direction, EntryKind};
use hub_message::{ConnectorName, Digest, MessageId, Strength, Timestamp};
use serde::Serialize;

use super::message::MessageLine;
use super::personal::Personal;

/// State of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseState {
    /// Things may still be added.
    Open,
}

impl CaseState {
    /// The word for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "offen",
        }
    }

    pub(crate) fn number(self) -> i64 {
        self as i64
    }

    pub(crate) fn of_number(number: i64) -> Option<Self> {
        (number == Self::Open.number()).then_some(Self::Open)
    }
}

/// Which cases are wanted; what is `None` does not narrow the list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CaseFilter {
    /// Type of the case.
    pub case_type: Option<String>,
    /// Part of the subject, in any case of ASCII letters.
    pub subject: Option<String>,
    /// Value of a reference, exactly.
    pub reference: Option<String>,
    /// Opened at this time or later.
    pub since: Option<Timestamp>,
    /// Opened before this time.
    pub until: Option<Timestamp>,
}

/// A line of the list of cases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseLine {
    /// Id, `V-2026-000001`.
    pub id: String,
    /// Type.
    #[serde(rename = "type")]
    pub case_type: String,
    /// Subject.
    pub subject: Personal,
    /// When the first of its messages was received.
    pub opened: Timestamp,
    /// State.
    pub state: CaseState,
    /// How many entries its time line has.
    pub entries: u64,
}

/// A case with everything that converged in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseView {
    /// Id, type, subject, begin, state.
    #[serde(flatten)]
    pub line: CaseLine,
    /// Ids of cases that were joined into this one; they still find it.
    pub aliases: Vec<String>,
    /// Identifiers by which things converge.
    pub references: Vec<ReferenceView>,
    /// Who takes part.
    pub participants: Vec<ParticipantView>,
    /// Documents and communications by their own time, then by arrival.
    pub timeline: Vec<EntryView>,
    /// Its documents with versions.
    pub documents: Vec<DocumentView>,
    /// The messages that brought all this, oldest first.
    pub messages: Vec<MessageLine>,
    /// How it became one out of several.
    pub joins: Vec<JoinView>,
    /// Other cases that share a weak key; a person decides whether they belong together.
    pub candidates: Vec<Candidate>,
}

impl CaseView {
    /// The same with every mask taken off.
    pub fn revealed(mut self) -> Self {
        self.line.subject.reveal();
        self.references.iter_mut().for_each(|r| r.value.reveal());
        for participant in &mut self.participants {
            participant.name.reveal();
            participant.identifier.iter_mut().for_each(Personal::reveal);
        }
        for entry in &mut self.timeline {
            entry.title.reveal();
            entry.partner.iter_mut().for_each(Personal::reveal);
        }
        for document in &mut self.documents {
            document.name.iter_mut().for_each(Personal::reveal);
        }
        self
    }
}

/// An identifier of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReferenceView {
    /// The system that gave it.
    pub system: String,
    /// What it identifies.
    pub kind: String,
    /// The identifier.
    pub value: Personal,
    /// How far it can be trusted.
    pub strength: Strength,
}

/// Somebody who takes part in a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ParticipantView {
    /// Role.
    pub role: String,
    /// Name.
    pub name: Personal,
    /// Identifier.
    pub identifier: Option<Personal>,
}

/// An entry of the time line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryView {
    /// Its own time as its document states it, else the time of receipt.
    pub at: String,
    /// `document` or `communication`.
    pub kind: EntryKind,
    /// Type: `invoice`, `delivery-note`, `portal-message`.
    #[serde(rename = "type")]
    pub entry_type: String,
    /// Title.
    pub title: Personal,
    /// Which way it went.
    pub direction: Direction,
    /// `post`, `mail`, `portal`, `scan`, `file`, `phone`.
    pub channel: String,
    /// The other side.
    pub partner: Option<Personal>,
    /// When the hub received it.
    pub received: Timestamp,
    /// The connector that brought it.
    pub source: ConnectorName,
    /// The message that brought it.
    pub message: MessageId,
    /// Positions of its contents in [`CaseView::documents`], from 0.
    pub documents: Vec<usize>,
}

/// A document of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DocumentView {
    /// File name at the source.
    pub name: Option<Personal>,
    /// Version among the documents of the same name, from 1 in the order of the time line.
    pub version: u32,
    /// SHA-256 of the content.
    pub sha256: Digest,
    /// Length in bytes.
    pub size: u64,
    /// Media type.
    pub media_type: String,
}

/// How two cases became one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JoinView {
    /// The older case, which stayed.
    pub elder: String,
    /// The younger, which became an alias.
    pub younger: String,
    /// When.
    pub at: Timestamp,
    /// The connector whose message held keys of both.
    pub source: ConnectorName,
    /// That message.
    pub message: MessageId,
    /// Which canonical document of it.
    pub part: u32,
}

/// A case that may belong to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// The other case.
    pub case: String,
    /// The system of the key that both have.
    pub system: String,
    /// What the key identifies.
    pub kind: String,
    /// The key.
    pub value: Personal,
}
