// SPDX-License-Identifier: EUPL-1.2
//! The one thread that writes the ledger: takes everything that waits, one transaction, one fsync, then answers.

use std::path::Path;

use hub_delivery::{Change, Entry, Progress};
use hub_message::{DeliveryId, Timestamp};
use redb::{Database, ReadableTable, TableDefinition, WriteTransaction};
use tokio::sync::{mpsc, oneshot};

use super::LedgerFault;

/// Delivery id → entry as JSON.
const DELIVERIES: TableDefinition<&str, &[u8]> = TableDefinition::new("deliveries");
/// (time of the receipt in milliseconds, delivery id): what is old is found without reading everything.
const ENDED: TableDefinition<(i64, &str), ()> = TableDefinition::new("ended");
/// Changes in one transaction.
const BATCH_MAX: usize = 512;
/// Entries forgotten in one transaction, so that pruning never holds up deliveries for long.
const PRUNE_MAX: usize = 5_000;
/// The ledger is looked up by id, at random: a cache beyond the upper pages would hardly be hit.
const CACHE_BYTES: usize = 2 * 1024 * 1024;

/// What the writer is asked to do.
#[derive(Debug)]
pub(super) enum Request {
    Change {
        delivery: DeliveryId,
        change: Change,
        /// The entry as it stood before.
        answer: oneshot::Sender<Result<Entry, LedgerFault>>,
    },
    Prune {
        before: Timestamp,
        answer: oneshot::Sender<Result<u64, LedgerFault>>,
    },
}

fn fault(error: impl Into<redb::Error>) -> LedgerFault {
    LedgerFault::Write(error.into().to_string())
}

/// Opens the file and makes the tables.
pub(super) fn open(path: &Path) -> Result<Database, LedgerFault> {
    let refused = |error: redb::Error| LedgerFault::Open(error.to_string());
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_BYTES);
    let database = builder.create(path).map_err(|error| match error {
        redb::DatabaseError::DatabaseAlreadyOpen => LedgerFault::InUse,
        error => refused(error.into()),
    })?;
    let transaction = database.begin_write().map_err(|e| refused(e.into()))?;
    transaction.open_table(DELIVERIES).map_err(|e| refused(e.into()))?;
    transaction.open_table(ENDED).map_err(|e| refused(e.into()))?;
    transaction.commit().map_err(|e| refused(e.into()))?;
    Ok(database)
}

/// Serves requests until all handles are gone.
pub(super) fn write(database: &Database, mut queue: mpsc::Receiver<Request>) {
    let mut batch = Vec::new();
    while queue.blocking_recv_many(&mut batch, BATCH_MAX) > 0 {
        let mut changes = Vec::with_capacity(batch.len());
        for request in batch.drain(..) {
            match request {
                Request::Change {
                    delivery,
                    change,
                    answer,
                } => changes.push((delivery, change, answer)),
                Request::Prune { before, answer } => {
                    let _ = answer.send(prune(database, before));
                }
            }
        }
        answer(database, changes);
    }
}

type Asked = (DeliveryId, Change, oneshot::Sender<Result<Entry, LedgerFault>>);

fn answer(database: &Database, changes: Vec<Asked>) {
    if changes.is_empty() {
        return;
    }
    match commit(database, &changes) {
        Ok(before) => {
            for ((_, _, answer), entry) in changes.into_iter().zip(before) {
                // Who asked may have given up meanwhile; the change stands all the same.
                let _ = answer.send(Ok(entry));
            }
        }
        Err(fault) => {
            for (_, _, answer) in changes {
                let _ = answer.send(Err(fault.clone()));
            }
        }
    }
}

fn commit(database: &Database, changes: &[Asked]) -> Result<Vec<Entry>, LedgerFault> {
    let transaction = database.begin_write().map_err(fault)?;
    let before = changes
        .iter()
        .map(|(delivery, change, _)| apply(&transaction, delivery, change))
        .collect::<Result<Vec<_>, _>>()?;
    transaction.commit().map_err(fault)?;
    Ok(before)
}

fn apply(transaction: &WriteTransaction, delivery: &DeliveryId, change: &Change) -> Result<Entry, LedgerFault> {
    let mut table = transaction.open_table(DELIVERIES).map_err(fault)?;
    let before: Entry = match table.get(delivery.as_str()).map_err(fault)? {
        None => Entry::default(),
        Some(json) => serde_json::from_slice(json.value()).map_err(|e| LedgerFault::Write(e.to_string()))?,
    };
    let after = before.after(change);
    if after == before {
        return Ok(before);
    }
    let json = serde_json::to_vec(&after).map_err(|e| LedgerFault::Write(e.to_string()))?;
    table.insert(delivery.as_str(), json.as_slice()).map_err(fault)?;
    if let Progress::Done { receipt } = &after.progress {
        let mut ended = transaction.open_table(ENDED).map_err(fault)?;
        ended
            .insert((receipt.at.millis(), delivery.as_str()), ())
            .map_err(fault)?;
    }
    Ok(before)
}

fn prune(database: &Database, before: Timestamp) -> Result<u64, LedgerFault> {
    let transaction = database.begin_write().map_err(fault)?;
    let mut old = Vec::new();
    {
        let ended = transaction.open_table(ENDED).map_err(fault)?;
        let range = ended.range((i64::MIN, "")..(before.millis(), "")).map_err(fault)?;
        for row in range.take(PRUNE_MAX) {
            let (key, _) = row.map_err(fault)?;
            let (at, delivery) = key.value();
            old.push((at, delivery.to_owned()));
        }
    }
    {
        let mut ended = transaction.open_table(ENDED).map_err(fault)?;
        let mut deliveries = transaction.open_table(DELIVERIES).map_err(fault)?;
        for (at, delivery) in &old {
            ended.remove((*at, delivery.as_str())).map_err(fault)?;
            deliveries.remove(delivery.as_str()).map_err(fault)?;
        }
    }
    transaction.commit().map_err(fault)?;
    Ok(old.len() as u64)
}
