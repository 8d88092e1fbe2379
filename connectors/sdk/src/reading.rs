// SPDX-License-Identifier: EUPL-1.2
//! The pull side of the sink loop, in a task of its own, because a pull that is dropped half-way takes deliveries with
//! it.
//!
//! After every new connection, and after every pull that was given up, nothing is pulled before the hub was greeted;
//! else later deliveries could come before those that an earlier pull or life of this process still holds. With the hub
//! away the stream is asked whether there are any.

use std::sync::Arc;
use std::time::Duration;

use hub_bus::connector::{BusFault, ConnectorBus, Deliveries, Item};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use crate::backoff::Backoff;
use crate::gate::Gate;
use crate::greeting::Greeting;

/// Deliveries asked for at once.
pub(crate) const PULL_MAX: usize = 100;

/// How long the hub may take to answer a hello before the stream itself is asked.
const HUB_ANSWERS: Duration = Duration::from_secs(3);

/// Pulls deliveries.
pub(crate) struct Reading {
    bus: ConnectorBus,
    greeting: Arc<Greeting>,
    connected: watch::Receiver<u64>,
    gate: Gate,
    /// How many more may be held.
    wanted: watch::Receiver<usize>,
}

impl Reading {
    pub(crate) fn new(bus: ConnectorBus, greeting: Arc<Greeting>, gate: Gate, wanted: watch::Receiver<usize>) -> Self {
        Self {
            connected: bus.connected(),
            bus,
            greeting,
            gate,
            wanted,
        }
    }

    /// Pulls into `pulled` until the gate closes or nobody takes any more.
    pub(crate) async fn run(mut self, pulled: mpsc::Sender<Vec<Item>>) {
        let mut backoff = Backoff::default();
        let gate = self.gate.clone();
        while gate.pass().await {
            let connection = tokio::select! {
                connection = self.orderly_connection() => connection,
                () = gate.held() => continue,
            };
            let Some(connection) = connection else { return };
            let read = self.read(connection, &pulled, &mut backoff).await;
            self.greeting.stale();
            match read {
                Ok(()) => backoff.reset(),
                Err(fault) => {
                    tracing::debug!(%fault, "no deliveries");
                    gate.rest(backoff.next()).await;
                }
            }
        }
    }

    /// The present connection, once the hub was greeted on it, or, with the hub away, once nothing is out that could
    /// be overtaken.
    async fn orderly_connection(&mut self) -> Option<u64> {
        loop {
            let connection = *self.connected.borrow_and_update();
            tokio::select! {
                () = self.greeting.on(connection) => return Some(connection),
                changed = self.connected.changed() => changed.ok()?,
                () = nothing_is_out(&self.bus) => return Some(connection),
            }
        }
    }

    /// Reads on one connection: until it is another one, the gate is held or closed, or something fails.
    async fn read(
        &mut self,
        connection: u64,
        pulled: &mpsc::Sender<Vec<Item>>,
        backoff: &mut Backoff,
    ) -> Result<(), BusFault> {
        let mut deliveries = self.bus.deliveries().await?;
        tracing::debug!(connection, "reading deliveries");
        let mut connected = self.connected.clone();
        loop {
            let items = tokio::select! {
                biased;
                _ = connected.wait_for(|now| *now != connection) => return Ok(()),
                () = self.gate.held() => return Ok(()),
                items = next(&mut deliveries, &mut self.wanted) => items?,
            };
            backoff.reset();
            tracing::debug!(count = items.len(), "deliveries pulled");
            if !items.is_empty() && pulled.send(items).await.is_err() {
                return Ok(());
            }
        }
    }
}

async fn next(deliveries: &mut Deliveries, wanted: &mut watch::Receiver<usize>) -> Result<Vec<Item>, BusFault> {
    let room = wanted.wait_for(|room| *room > 0).await.map(|room| *room);
    // Nobody wants any more: the loop around this ends by its gate.
    let Ok(room) = room else {
        return std::future::pending().await;
    };
    deliveries.next(room.min(PULL_MAX)).await
}

/// Resolves when no delivery is out that could be overtaken. It looks only after the hub had time to answer.
///
/// One that went out to a pull whose connector had died is counted as out until somebody acknowledges it. But after the
/// stream's waiting time, in which nobody pulled, the stream gives it out again, before all others.
async fn nothing_is_out(bus: &ConnectorBus) {
    let ripe = Instant::now() + bus.ack_wait() + HUB_ANSWERS;
    loop {
        tokio::time::sleep(HUB_ANSWERS).await;
        match bus.pending_acks().await {
            Ok(0) => return,
            Ok(_) if Instant::now() >= ripe => return,
            _ => {}
        }
    }
}
