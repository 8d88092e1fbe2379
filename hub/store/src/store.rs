// SPDX-License-Identifier: EUPL-1.2
//! The store itself: what can be asked of it and told to it.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use hub_message::{CaseFacts, CaseKey, CaseRecord, ConnectorName, MessageId, Receipt, Timestamp};

use crate::database::Database;
use crate::error::StoreError;
use crate::view::balance::{BalanceRow, OutgoingRow, StoreFacts};
use crate::view::case::{CaseFilter, CaseLine, CaseView};
use crate::view::dead_letter::{DeadLetterFilter, DeadLetterLine, DeadLetterState, DeadLetterView};
use crate::view::message::{MessageFilter, MessageLine, MessageView};
use crate::view::{Listing, Page};
use crate::{read, write};

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
pub struct Store {
    database: Database,
}

/// The time of the machine's clock.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(since.as_millis() as i64)
}

impl Store {
    /// Opens the store, and makes it or brings it to the newest version where needed.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let database = Database::open(path, true).await?;
        Ok(Self { database })
    }

    /// Opens a store that is there already; [`StoreError::Missing`] when it is not.
    pub async fn open_existing(path: &Path) -> Result<Self, StoreError> {
        let database = Database::open(path, false).await?;
        Ok(Self { database })
    }

    /// Writes records with the bytes behind them in their frames: one transaction; what is there already is counted
    /// and left alone.
    pub async fn write_records(&self, records: &[(CaseRecord, Bytes)]) -> Result<Written, StoreError> {
        let mut transaction = self.database.write().await?;
        let written = write::records::write(&mut transaction, records, now()).await?;
        transaction.commit().await?;
        Ok(written)
    }

    /// Writes receipts of connectors: one transaction. A receipt may come before the record of its delivery.
    pub async fn write_receipts(&self, receipts: &[(ConnectorName, Receipt)]) -> Result<Written, StoreError> {
        let mut transaction = self.database.write().await?;
        let written = write::receipts::write(&mut transaction, receipts, now()).await?;
        transaction.commit().await?;
        Ok(written)
    }

    /// What is known of the case that these keys find: the oldest, when they find several.
    pub async fn case_facts(&self, keys: &[CaseKey]) -> Result<Option<CaseFacts>, StoreError> {
        read::facts::of_keys(&mut *self.database.read().await?, keys).await
    }

    /// Cases, the last opened first.
    pub async fn cases(&self, filter: &CaseFilter, page: Page) -> Result<Listing<CaseLine>, StoreError> {
        read::cases::list(&mut *self.database.read().await?, filter, page).await
    }

    /// One case by its id or by the id of a case that was joined into it.
    pub async fn case(&self, id: &str) -> Result<Option<CaseView>, StoreError> {
        read::case::show(&mut *self.database.read().await?, id).await
    }

    /// Messages, the last received first.
    pub async fn messages(&self, filter: &MessageFilter, page: Page) -> Result<Listing<MessageLine>, StoreError> {
        read::messages::list(&mut *self.database.read().await?, filter, page).await
    }

    /// The messages whose id is `id` or begins with it (6 hexadecimal digits at least), at most ten.
    pub async fn message(&self, id: &str) -> Result<Vec<MessageView>, StoreError> {
        read::message::show(&mut *self.database.read().await?, id).await
    }

    /// Dead letters, the last received first.
    pub async fn dead_letters(
        &self,
        filter: &DeadLetterFilter,
        page: Page,
    ) -> Result<Listing<DeadLetterLine>, StoreError> {
        read::dead_letters::list(&mut *self.database.read().await?, filter, page).await
    }

    /// One dead letter by its id.
    pub async fn dead_letter(&self, id: &str) -> Result<Option<DeadLetterView>, StoreError> {
        read::dead_letter::show(&mut *self.database.read().await?, id).await
    }

    /// Marks that `by` had the dead letter replayed as the message `replay`, after that message was published with the
    /// dead letter's message id as causation. Returns the state of the dead letter then; `None` when there is none of
    /// this id.
    pub async fn replayed(
        &self,
        id: &str,
        replay: &MessageId,
        by: &str,
    ) -> Result<Option<DeadLetterState>, StoreError> {
        let mut transaction = self.database.write().await?;
        let state = write::decision::replayed(&mut transaction, id, replay, by, now()).await?;
        transaction.commit().await?;
        Ok(state)
    }

    /// Gives a dead letter up. Returns the state it has then (`Settled` when it was settled already and nothing was
    /// changed); `None` when there is no such dead letter.
    pub async fn discard(&self, id: &str, by: &str, reason: &str) -> Result<Option<DeadLetterState>, StoreError> {
        let mut transaction = self.database.write().await?;
        let state = write::decision::discard(&mut transaction, id, by, reason, now()).await?;
        transaction.commit().await?;
        Ok(state)
    }

    /// The balance of every connector that sent something on this day (`YYYY-MM-DD`, UTC), by name.
    pub async fn balance(&self, day: &str) -> Result<Vec<BalanceRow>, StoreError> {
        read::balance::of_day(&mut *self.database.read().await?, day).await
    }

    /// What went to every recipient out of the messages of this day, by name.
    pub async fn outgoing(&self, day: &str) -> Result<Vec<OutgoingRow>, StoreError> {
        read::balance::outgoing(&mut *self.database.read().await?, day).await
    }

    /// Counts for the status.
    pub async fn facts(&self) -> Result<StoreFacts, StoreError> {
        read::facts::of_store(&mut *self.database.read().await?).await
    }

    /// Whether the store can be written now: writes and syncs one row.
    pub async fn writable(&self) -> Result<(), StoreError> {
        let mut transaction = self.database.write().await?;
        sqlx::query(
            "INSERT INTO counters (name, value) VALUES ('writable', 1) \
             ON CONFLICT (name) DO UPDATE SET value = counters.value + 1",
        )
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// Closes all connections, after what is being written.
    pub async fn close(&self) {
        self.database.close().await;
    }
}
