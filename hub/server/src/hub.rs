// SPDX-License-Identifier: EUPL-1.2
//! The delivery core: what stands between the inbound streams and `OUT`.
//!
//! Invariants: a message is acknowledged only after everything that follows from it was taken by `OUT`. What was taken
//! twice is published under the same ids. Nothing is decided by the wall clock. A message's own fault makes a dead
//! letter and never stops the line; the world's fault stops the line and never loses a message.

mod audit;
mod blobs;
mod cases;
mod claim;
mod clock;
mod decide;
mod disk;
mod gate;
mod group;
mod inspector;
mod linger;
mod lookups;
mod meter;
mod planner;
mod published;
mod publisher;
mod quota;
mod reader;
mod receipts;
mod registrations;
mod sabotage;
mod suspect;
mod tally;

use thiserror::Error;

pub(crate) use audit::Audit;
pub(crate) use blobs::{BlobService, sweep};
pub(crate) use cases::CaseWriter;
pub(crate) use clock::now;
pub(crate) use disk::{DiskFacts, DiskWatch};
pub(crate) use gate::{Closed, Gate};
pub(crate) use inspector::Inspector;
pub(crate) use lookups::LookupService;
pub(crate) use meter::{Measured, Meter};
pub(crate) use planner::Planner;
pub(crate) use published::Published;
pub(crate) use publisher::Publisher;
pub(crate) use quota::Quotas;
pub(crate) use reader::Reader;
pub(crate) use receipts::ReceiptWriter;
pub(crate) use registrations::{Registrar, listen_to_beats, welcome};
#[cfg(feature = "sabotage")]
pub(crate) use sabotage::Fault;
pub(crate) use sabotage::Sabotage;
pub(crate) use suspect::Marker;
pub(crate) use tally::{Hindrance, Tally};

/// The world's fault: what is needed does not answer. Whoever gets one tries again later.
#[derive(Debug, Error)]
pub(crate) enum Unavailable {
    /// The NATS server.
    #[error("NATS: {0}")]
    Nats(String),
    /// The case store.
    #[error("case store: {0}")]
    Store(String),
    /// The document store.
    #[error("document store: {0}")]
    Documents(String),
    /// The data folder.
    #[error("data folder: {0}")]
    Disk(#[from] std::io::Error),
}
