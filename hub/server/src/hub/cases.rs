// SPDX-License-Identifier: EUPL-1.2
//! The case store as a recipient: its records from `OUT`, a batch a transaction.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hub_bus::{RecordItem, Records};
use hub_message::CaseRecord;
use hub_store::Store;
use tokio_util::sync::CancellationToken;

use super::Unavailable;
use super::audit::Audit;
use super::linger;
use crate::supervise::Backoff;

/// Records in one transaction.
const TAKEN_MAX: usize = 500;
const TAKEN_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Writes case records.
pub(crate) struct CaseWriter {
    pub(crate) records: Records,
    pub(crate) store: Store,
    pub(crate) audit: Arc<Audit>,
}

impl CaseWriter {
    /// Writes until `stop`. While the store is away, records wait in `OUT`.
    pub(crate) async fn run(mut self, stop: CancellationToken) -> anyhow::Result<()> {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(5));
        while !stop.is_cancelled() {
            let Err(away) = self.write(&stop, &mut backoff).await else {
                break;
            };
            self.records.release();
            tracing::warn!("case records wait: {away}");
            backoff.pause(&stop).await;
        }
        Ok(())
    }

    async fn write(&mut self, stop: &CancellationToken, backoff: &mut Backoff) -> Result<(), Unavailable> {
        loop {
            let items = tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(()),
                items = self.records.take(TAKEN_MAX, TAKEN_BYTES_MAX) => items.map_err(nats)?,
            };
            if let Some(oldest) = items.iter().map(|item| item.published).min() {
                self.audit.waits(oldest);
                self.write_batch(&items).await?;
                backoff.reset();
            }
            if items.len() < TAKEN_MAX {
                self.audit.written();
            }
            linger::wait(items.len(), TAKEN_MAX, stop).await;
        }
    }

    async fn write_batch(&self, items: &[RecordItem]) -> Result<(), Unavailable> {
        let records = items.iter().map(open).collect::<Result<Vec<_>, _>>()?;
        let written = self.store.write_records(&records).await;
        let written = written.map_err(|fault| Unavailable::Store(fault.to_string()))?;
        tracing::debug!(new = written.new, repeated = written.repeated, "case records written");
        for item in items {
            item.ack().await.map_err(nats)?;
        }
        Ok(())
    }
}

/// The record with the bytes behind it. One that cannot be read was made by another version of the hub; it is part of
/// the audit and never passed over.
fn open(item: &RecordItem) -> Result<(CaseRecord, Bytes), Unavailable> {
    let record = item.record.clone();
    record.map_err(|fault| Unavailable::Store(format!("a record cannot be read: {fault}")))
}

fn nats(fault: hub_bus::BusFault) -> Unavailable {
    Unavailable::Nats(fault.to_string())
}
