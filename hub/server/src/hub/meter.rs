// SPDX-License-Identifier: EUPL-1.2
//! The meter: asks the streams every half second how much waits, for the quotas and for the status.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hub_bus::{Bus, RecipientFacts, StreamFacts};
use hub_delivery::Room;
use hub_message::{ConnectorName, Recipient};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::quota::Quotas;
use crate::config::Configuration;

/// How often the streams are asked.
const PERIOD: Duration = Duration::from_millis(500);

/// What the streams said last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Measured {
    /// Whether they answered.
    pub(crate) answered: bool,
    /// What waits for whom.
    pub(crate) waiting: BTreeMap<Recipient, RecipientFacts>,
    /// The streams.
    pub(crate) streams: Vec<StreamFacts>,
}

/// Measures until `stop`.
pub(crate) struct Meter {
    pub(crate) bus: Bus,
    pub(crate) quotas: Arc<Quotas>,
    pub(crate) configuration: watch::Receiver<Arc<Configuration>>,
    pub(crate) measured: watch::Sender<Measured>,
}

impl Meter {
    /// Measures until `stop`. While the streams do not answer, what was measured last stands.
    pub(crate) async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        let mut turn = tokio::time::interval(PERIOD);
        turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                _ = turn.tick() => self.measure().await,
            }
        }
    }

    async fn measure(&self) {
        let moment = self.quotas.before_measuring();
        match self.ask().await {
            Ok(measured) => {
                let waiting: Vec<_> = measured.waiting.iter().map(|(r, w)| (r.clone(), w.waiting)).collect();
                self.quotas.measured(&moment, &waiting, room(&measured.streams));
                self.measured.send_replace(measured);
            }
            Err(fault) => {
                tracing::debug!("the streams do not answer: {fault}");
                self.measured.send_modify(|measured| measured.answered = false);
            }
        }
    }

    async fn ask(&self) -> Result<Measured, hub_bus::BusFault> {
        let connectors: Vec<ConnectorName> = self.configuration.borrow().connectors.keys().cloned().collect();
        let recipients = connectors.iter().cloned().map(Recipient::Connector);
        let mut waiting = BTreeMap::new();
        for recipient in recipients.chain([Recipient::Cases]) {
            let found = self.bus.pending(&recipient).await?;
            waiting.insert(recipient, found);
        }
        Ok(Measured {
            answered: true,
            waiting,
            streams: self.bus.streams(&connectors).await?,
        })
    }
}

fn room(streams: &[StreamFacts]) -> Room {
    let out = streams.iter().find(|stream| stream.name == "OUT");
    Room {
        used: out.map_or(0, |stream| stream.bytes),
        limit: out.map_or(u64::MAX, |stream| stream.bytes_max),
    }
}
