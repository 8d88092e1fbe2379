// SPDX-License-Identifier: EUPL-1.2
//! The inspector: looks whether the files of the streams can still be read, because the server passes over what is damaged
//! without a word. At the start it looks at what waits, later at the head of each stream: an unreadable message stays
//! there when everything around it is done.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hub_bus::{Bus, BusFault, Damage};
use hub_message::ConnectorName;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::config::Configuration;

/// How often the heads are looked at.
const PERIOD: Duration = Duration::from_secs(5);

/// Messages of each stream that are looked at after the start. What waits behind them is met as the head comes nearer.
const AT_START: usize = 20_000;
const LATER: usize = 1;

/// Inspects until `stop`.
pub(crate) struct Inspector {
    pub(crate) bus: Bus,
    pub(crate) configuration: watch::Receiver<Arc<Configuration>>,
    pub(crate) found: watch::Sender<Vec<Damage>>,
}

impl Inspector {
    /// Inspects until `stop`. While the streams do not answer, what was found last stands.
    pub(crate) async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        let mut turn = tokio::time::interval(PERIOD);
        turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut most = AT_START;
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                _ = turn.tick() => {}
            }
            match self.inspect(most).await {
                Ok(found) => {
                    self.tell(found);
                    most = LATER;
                }
                Err(fault) => tracing::debug!("the streams cannot be inspected: {fault}"),
            }
        }
    }

    async fn inspect(&self, most: usize) -> Result<Vec<Damage>, BusFault> {
        let connectors: Vec<ConnectorName> = self.configuration.borrow().connectors.keys().cloned().collect();
        let known: BTreeMap<String, Vec<u64>> = {
            let found = self.found.borrow();
            let each = found
                .iter()
                .map(|damage| (damage.stream.clone(), damage.unreadable.clone()));
            each.collect()
        };
        let mut found = Vec::new();
        for inbound in std::iter::once(None).chain(connectors.iter().map(Some)) {
            found.extend(self.bus.damage(inbound, &known, most).await?);
        }
        Ok(found)
    }

    /// Tells once of everything that is new.
    fn tell(&self, found: Vec<Damage>) {
        self.found.send_if_modified(|known| {
            if *known == found {
                return false;
            }
            for damage in found.iter().filter(|damage| !known.contains(damage)) {
                tracing::error!(
                    stream = damage.stream,
                    unreadable = ?damage.unreadable,
                    cut_bytes = damage.cut_bytes,
                    "the files of a stream are damaged: what was lost must be sent again by its source"
                );
            }
            *known = found;
            true
        });
    }
}
