// SPDX-License-Identifier: EUPL-1.2
//! Writes a batch of case records.

use std::collections::BTreeSet;

use bytes::Bytes;
use hub_message::{CaseRecord, Timestamp};

use super::batch::Batch;
use super::numbers::Numbers;
use super::{filing, letters, receipts, states, tables};
use crate::database::Connection;
use crate::error::StoreError;
use crate::store::Written;

/// Writes what is new of `records`, and whatever follows from it.
pub(crate) async fn write(
    connection: &mut Connection,
    records: &[(CaseRecord, Bytes)],
    now: Timestamp,
) -> Result<Written, StoreError> {
    let mut numbers = Numbers::load(connection).await?;
    let mut batch = Batch::load(connection, records).await?;
    for (record, body) in records {
        batch.add(record, body, &mut numbers);
    }
    tables::insert(connection, &batch, now).await?;
    filing::insert(connection, &batch.records).await?;
    let rejected = letters::of_records(&batch.records, &mut numbers);
    letters::insert(connection, &rejected).await?;

    let mut touched: BTreeSet<i64> = batch.records.iter().map(|new| new.message).collect();
    let deliveries: Vec<&str> = batch
        .records
        .iter()
        .filter_map(|new| new.planned())
        .flat_map(|planned| planned.deliveries.iter().map(|intent| intent.delivery.as_str()))
        .collect();
    touched.extend(receipts::apply(connection, &mut numbers, &deliveries, now).await?);
    let caused = batch.messages.iter().filter(|new| new.record.causation.is_some());
    touched.extend(letters::link_replays(connection, &caused.map(|new| new.id).collect::<Vec<_>>()).await?);
    touched.extend(letters::link_origins(connection, &rejected).await?);
    states::settle(connection, touched, now).await?;
    numbers.save(connection).await?;
    Ok(Written {
        new: batch.records.len(),
        repeated: records.len() - batch.records.len(),
        foreign: 0,
    })
}
