// SPDX-License-Identifier: EUPL-1.2
//! The case store: cases, the trace of every message, dead letters and receipts, in one database.
//!
//! Invariants: everything that a batch says is written in one transaction, and writing it again changes nothing.
//! Whatever order records and receipts arrive in, the same records make the same cases and every message the same
//! state. Nothing is ever copied from case to case or moved out of the dead letters.

mod database;
mod error;
mod read;
mod store;
pub mod view;
mod write;

pub use error::StoreError;
pub use store::{Store, Written};
pub use view::balance::{BalanceRow, DeadLetterCount, OutgoingRow, StoreFacts};
pub use view::case::{
    Candidate, CaseFilter, CaseLine, CaseState, CaseView, DocumentView, EntryView, JoinView, ParticipantView,
    ReferenceView,
};
pub use view::dead_letter::{
    Content, DeadLetterFilter, DeadLetterLine, DeadLetterState, DeadLetterView, Decided, ReplayView, Settled,
};
pub use view::message::{
    DeliveryState, DeliveryView, MessageFilter, MessageLine, MessageState, MessageView, RecordView, Target,
};
pub use view::personal::{MASK, Personal};
pub use view::{Listing, Page};
