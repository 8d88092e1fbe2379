// SPDX-License-Identifier: EUPL-1.2
//! The store itself: one connection that writes, several that read.

use std::path::Path;

use bytes::Bytes;
use hub_message::{CaseFacts, CaseKey, CaseRecord, ConnectorName, MessageId, Receipt};

use crate::error::StoreError;
use crate::view::balance::{BalanceRow, OutgoingRow, StoreFacts};
use crate::view::case::{CaseFilter, CaseLine, CaseView};
use crate::view::dead_letter::{DeadLetterFilter, DeadLetterLine, DeadLetterState, DeadLetterView};
use crate::view::message::{MessageFilter, MessageLine, MessageView};
use crate::view::{Listing, Page};

/// What a batch changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// Records or receipts that were new.
    pub new: usize,
    /// Those that were there already.
    pub repeated: usize,
    /// Receipts of a connector for a delivery that is not its own; they are not kept.
    pub foreign: usize,
}

/// The case store. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Store {}

fn later<T>() -> Result<T, StoreError> {
    Err(StoreError::Unavailable("this part is being written".to_owned()))
}

impl Store {
    /// Opens the store, and makes it or brings it to the newest version where needed.
    pub async fn open(_path: &Path) -> Result<Self, StoreError> {
        later()
    }

    /// Opens a store that is there already; [`StoreError::Missing`] when it is not.
    pub async fn open_existing(_path: &Path) -> Result<Self, StoreError> {
        later()
    }

    /// Writes records with the bytes behind them in their frames: one transaction; what is there already is counted
    /// and left alone.
    pub async fn write_records(&self, _records: &[(CaseRecord, Bytes)]) -> Result<Written, StoreError> {
        later()
    }

    /// Writes receipts of connectors: one transaction. A receipt may come before the record of its delivery.
    pub async fn write_receipts(&self, _receipts: &[(ConnectorName, Receipt)]) -> Result<Written, StoreError> {
        later()
    }

    /// What is known of the case that these keys find: the oldest, when they find several.
    pub async fn case_facts(&self, _keys: &[CaseKey]) -> Result<Option<CaseFacts>, StoreError> {
        later()
    }

    /// Cases, the last opened first.
    pub async fn cases(&self, _filter: &CaseFilter, _page: Page) -> Result<Listing<CaseLine>, StoreError> {
        later()
    }

    /// One case by its id or by the id of a case that was joined into it.
    pub async fn case(&self, _id: &str) -> Result<Option<CaseView>, StoreError> {
        later()
    }

    /// Messages, the last received first.
    pub async fn messages(&self, _filter: &MessageFilter, _page: Page) -> Result<Listing<MessageLine>, StoreError> {
        later()
    }

    /// The messages whose id is `id` or begins with it (6 hexadecimal digits at least), at most ten.
    pub async fn message(&self, _id: &str) -> Result<Vec<MessageView>, StoreError> {
        later()
    }

    /// Dead letters, the last received first.
    pub async fn dead_letters(
        &self,
        _filter: &DeadLetterFilter,
        _page: Page,
    ) -> Result<Listing<DeadLetterLine>, StoreError> {
        later()
    }

    /// One dead letter by its id.
    pub async fn dead_letter(&self, _id: &str) -> Result<Option<DeadLetterView>, StoreError> {
        later()
    }

    /// Marks that `by` had the dead letter replayed as the message `replay`, after that message was published with the
    /// dead letter's message id as causation. `None` when there is no such dead letter.
    pub async fn replayed(
        &self,
        _id: &str,
        _replay: &MessageId,
        _by: &str,
    ) -> Result<Option<DeadLetterState>, StoreError> {
        later()
    }

    /// Gives a dead letter up. Returns the state it has then (`Settled` when it was settled already and nothing was
    /// changed); `None` when there is no such dead letter.
    pub async fn discard(&self, _id: &str, _by: &str, _reason: &str) -> Result<Option<DeadLetterState>, StoreError> {
        later()
    }

    /// The balance of every connector that sent something on this day (`YYYY-MM-DD`, UTC), by name.
    pub async fn balance(&self, _day: &str) -> Result<Vec<BalanceRow>, StoreError> {
        later()
    }

    /// What went to every recipient out of the messages of this day, by name.
    pub async fn outgoing(&self, _day: &str) -> Result<Vec<OutgoingRow>, StoreError> {
        later()
    }

    /// Counts for the status.
    pub async fn facts(&self) -> Result<StoreFacts, StoreError> {
        later()
    }

    /// Whether the store can be written now.
    pub async fn writable(&self) -> Result<(), StoreError> {
        later()
    }

    /// Closes all connections, after what is being written.
    pub async fn close(&self) {}
}
