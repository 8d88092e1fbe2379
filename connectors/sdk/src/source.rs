// SPDX-License-Identifier: EUPL-1.2
//! The side of a connector that takes records from a system.

use std::fs::File;
use std::sync::Arc;

use bytes::Bytes;
use hub_message::body::CaseHint;
use hub_message::{Digest, MessageId, MessageType, Sensitive, Timestamp};

use crate::fault::Unavailable;
use crate::lookups::Lookups;

/// A system that records are taken from.
///
/// The SDK calls `take`, brings the records into custody and then calls `confirm`: until then the system keeps them,
/// and a crash anywhere between leads to the same records with the same ids. No future of a source is ever dropped
/// half-way, so each must come back within about a second when there is nothing to do.
pub trait Source: Send + 'static {
    /// What the source needs to find a record again when it is to be confirmed.
    type Ticket: Send + Sync + 'static;

    /// Called once before anything is taken, for a source whose system also looks things up at others.
    fn attach(&mut self, _lookups: Lookups) {}

    /// The hub has no room for anything new (`true`), or has again (`false`): whoever waits at the source for an answer
    /// should be told at once.
    fn held(&mut self, _held: bool) {}

    /// What is there now, in the order in which it is to be sent, at most `limits` allow. It may wait for something
    /// to come, for about a second, and then returns nothing.
    fn take(&mut self, limits: Limits) -> impl Future<Output = Result<Taken<Self::Ticket>, Unavailable>> + Send;

    /// Under which message id a record goes to the hub, for a system that wants to know it. Called before `confirm`.
    fn identified(&mut self, _ticket: &Self::Ticket, _id: &MessageId) {}

    /// The hub has custody of these records: the system may let go of them. Called again with the same tickets when
    /// it failed.
    fn confirm(&mut self, tickets: &[Self::Ticket]) -> impl Future<Output = Result<(), Unavailable>> + Send;

    /// The hub will never take this record: the system has to set it aside and say why. Called again when it failed.
    fn refuse(
        &mut self,
        ticket: &Self::Ticket,
        refusal: &Refusal,
    ) -> impl Future<Output = Result<(), Unavailable>> + Send;
}

/// How much to take at once.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Records.
    pub records: usize,
    /// Bytes of content held in memory, over all records. One record may exceed it alone.
    pub inline_bytes: usize,
    /// Bytes above which one content is not held in memory but handed over as a file.
    pub inline_bytes_max: u64,
    /// Largest content that the hub takes, in bytes.
    pub document_bytes_max: u64,
}

/// What one `take` brought.
#[derive(Debug)]
pub struct Taken<T> {
    /// The records, in order.
    pub records: Vec<Record<T>>,
    /// How many records the source itself refused meanwhile.
    pub refused: u64,
    /// What does not work although the source goes on; a German sentence for the status page. Unlike a fault it slows
    /// nothing down.
    pub trouble: Option<String>,
}

impl<T> Default for Taken<T> {
    fn default() -> Self {
        Self {
            records: Vec::new(),
            refused: 0,
            trouble: None,
        }
    }
}

/// A record of the system, in its native format.
#[derive(Debug)]
pub struct Record<T> {
    /// What makes the record the same one when it is taken again. Hashed with the connector's key, never sent.
    pub identity: Vec<Vec<u8>>,
    /// Its type.
    pub kind: MessageType,
    /// Media type of the native bytes.
    pub media_type: String,
    /// When it came to be at the system.
    pub time: Option<Timestamp>,
    /// Its name at the system.
    pub name: Option<Sensitive<String>>,
    /// Case keys that the system knows.
    pub hints: Vec<CaseHint>,
    /// The native bytes.
    pub native: Content,
    /// Its attachments, in the system's order.
    pub documents: Vec<Attachment>,
    /// For `confirm` and `refuse`.
    pub ticket: T,
}

/// Bytes of a record, in memory or in a file. `Debug` shows none of them.
#[derive(Debug, Clone)]
pub enum Content {
    /// In memory.
    Inline(Sensitive<Bytes>),
    /// In an open file, for what is large. It must not change any more: the digest is verified on the way.
    File {
        /// The file; read by position, its cursor is not used.
        file: Arc<File>,
        /// Its length in bytes.
        size: u64,
        /// Its SHA-256.
        sha256: Digest,
    },
}

impl Content {
    /// Bytes in memory.
    pub fn inline(bytes: impl Into<Bytes>) -> Self {
        Self::Inline(Sensitive::new(bytes.into()))
    }

    /// Length in bytes.
    pub fn size(&self) -> u64 {
        match self {
            Self::Inline(bytes) => bytes.disclose().len() as u64,
            Self::File { size, .. } => *size,
        }
    }

    /// SHA-256 of the bytes.
    pub fn sha256(&self) -> Digest {
        match self {
            Self::Inline(bytes) => Digest::of(bytes.disclose()),
            Self::File { sha256, .. } => sha256.clone(),
        }
    }
}

/// An attachment of a record.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// Its bytes.
    pub content: Content,
    /// Its media type.
    pub media_type: String,
    /// Its name at the system.
    pub name: Option<Sensitive<String>>,
}

/// Why the hub will never take a record. Neither text holds anything of the record's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Stable code, `AH-…`.
    pub code: &'static str,
    /// What is wrong, in German.
    pub german: String,
    /// What is wrong, in English.
    pub english: String,
    /// What to do, in German.
    pub remedy: String,
}

/// For a connector that is only a sink.
#[derive(Debug)]
pub enum NoSource {}

impl Source for NoSource {
    type Ticket = ();

    async fn take(&mut self, _: Limits) -> Result<Taken<()>, Unavailable> {
        match *self {}
    }

    async fn confirm(&mut self, _: &[()]) -> Result<(), Unavailable> {
        match *self {}
    }

    async fn refuse(&mut self, (): &(), _: &Refusal) -> Result<(), Unavailable> {
        match *self {}
    }
}
