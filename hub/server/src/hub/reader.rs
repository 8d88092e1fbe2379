// SPDX-License-Identifier: EUPL-1.2
//! The reader of one inbound stream: batch → plan → publish → acknowledge last, in the order of the stream.
//!
//! Two halves work at the same time. The collecting half takes what is ready and has it decided; the publishing half
//! sends a group of decided messages as atomic batches and then acknowledges them. Whenever the publishing half is free
//! it gets what has been collected meanwhile: alone, a message leaves at once, and under load groups fill up by
//! themselves.
//!
//! When the world fails, the group that was begun is finished, the reader pauses, becomes the stream's reader anew and
//! gets everything that was not acknowledged again, in order. Publishing the same delivery twice is harmless: its id is
//! derived, and the stream and the recipient know it.

mod collect;

use std::time::Duration;

use hub_bus::Inbound;
use hub_message::ConnectorName;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use super::Unavailable;
use super::gate::Gate;
use super::group::Group;
use super::planner::Planner;
use super::publisher::Publisher;
use super::sabotage::{Fault, Sabotage};
use super::suspect::Marker;
use super::tally::Hindrance;
use crate::supervise::Backoff;
use collect::Collector;

/// Pauses after the world has failed, first and longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// A reader.
pub(crate) struct Reader {
    pub(crate) connector: ConnectorName,
    pub(crate) inbound: Inbound,
    pub(crate) planner: Planner,
    pub(crate) publisher: Publisher,
    pub(crate) gate: Gate,
    pub(crate) marker: Marker,
    pub(crate) sabotage: Sabotage,
}

impl Reader {
    /// Reads until `stop`.
    pub(crate) async fn run(mut self, stop: CancellationToken) -> anyhow::Result<()> {
        let mut backoff = Backoff::new(PAUSES.0, PAUSES.1);
        while !stop.is_cancelled() {
            let taken_before = self.publisher.tally.taken();
            let Err(away) = self.read(&stop).await else { break };
            self.inbound.release();
            tracing::warn!(connector = %self.connector, "reading pauses: {away}");
            self.publisher
                .tally
                .hindered(Some(Hindrance::Unavailable(away.to_string())));
            if self.publisher.tally.taken() > taken_before {
                backoff.reset();
            }
            backoff.pause(&stop).await;
        }
        self.marker.stopped()?;
        Ok(())
    }

    /// Reads until `stop` or until the world fails.
    async fn read(&mut self, stop: &CancellationToken) -> Result<(), Unavailable> {
        self.publisher.tally.hindered(None);
        let free = Semaphore::new(1);
        let (groups, collected) = mpsc::channel(1);
        let collector = Collector {
            connector: &self.connector,
            inbound: &mut self.inbound,
            planner: &mut self.planner,
            gate: &self.gate,
            marker: &mut self.marker,
            tally: &self.publisher.tally,
            published: &self.publisher.published,
            dedup: !self.sabotage.has(Fault::NoDedup),
            free: &free,
            groups,
        };
        tokio::try_join!(collector.collect(stop), publish_all(&self.publisher, collected, &free))?;
        Ok(())
    }
}

/// Publishes groups as they come, and tells after each that the next may come.
async fn publish_all(
    publisher: &Publisher,
    mut collected: mpsc::Receiver<Group>,
    free: &Semaphore,
) -> Result<(), Unavailable> {
    while let Some(group) = collected.recv().await {
        publisher.publish(&group).await?;
        free.add_permits(1);
    }
    Ok(())
}
