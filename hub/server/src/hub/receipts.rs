// SPDX-License-Identifier: EUPL-1.2
//! Receipts: what became of deliveries, from the connectors' streams into the case store, a batch a transaction.

use std::time::Duration;

use hub_bus::Receipts;
use hub_message::ConnectorName;
use hub_store::Store;
use tokio_util::sync::CancellationToken;

use super::Unavailable;
use super::linger;
use crate::supervise::Backoff;

/// Receipts in one transaction.
const TAKEN_MAX: usize = 500;

/// Writes the receipts of one connector.
pub(crate) struct ReceiptWriter {
    pub(crate) connector: ConnectorName,
    pub(crate) receipts: Receipts,
    pub(crate) store: Store,
}

impl ReceiptWriter {
    /// Writes until `stop`. While the store is away, receipts wait in the connector's stream.
    pub(crate) async fn run(mut self, stop: CancellationToken) -> anyhow::Result<()> {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(5));
        while !stop.is_cancelled() {
            let Err(away) = self.write(&stop, &mut backoff).await else {
                break;
            };
            self.receipts.release();
            tracing::warn!(connector = %self.connector, "receipts wait: {away}");
            backoff.pause(&stop).await;
        }
        Ok(())
    }

    async fn write(&mut self, stop: &CancellationToken, backoff: &mut Backoff) -> Result<(), Unavailable> {
        loop {
            let items = tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(()),
                items = self.receipts.take(TAKEN_MAX) => items.map_err(nats)?,
            };
            let mut receipts = Vec::with_capacity(items.len());
            for item in &items {
                match &item.receipt {
                    Ok(receipt) => receipts.push((self.connector.clone(), receipt.clone())),
                    // It says nothing that could be kept; its delivery stays without a receipt, which shows.
                    Err(fault) => tracing::error!(connector = %self.connector, "receipt not readable: {fault}"),
                }
            }
            let written = self.store.write_receipts(&receipts).await;
            let written = written.map_err(|fault| Unavailable::Store(fault.to_string()))?;
            if written.foreign > 0 {
                tracing::error!(connector = %self.connector, foreign = written.foreign, "receipts for deliveries of others");
            }
            for item in &items {
                item.ack().await.map_err(nats)?;
            }
            backoff.reset();
            linger::wait(items.len(), TAKEN_MAX, stop).await;
        }
    }
}

fn nats(fault: hub_bus::BusFault) -> Unavailable {
    Unavailable::Nats(fault.to_string())
}
