// SPDX-License-Identifier: EUPL-1.2
//! The sink loop: pull deliveries, one after the other in each lane, receipts in batches, acknowledge last.
//!
//! What is held is bounded in number and bytes. While a delivery is held, the stream is told so every half of its
//! waiting time; a delivery that comes again while it is held only brings a newer way to acknowledge it.

use std::sync::Arc;
use std::time::Duration;

use hub_bus::connector::{Ack, BusFault, ConnectorBus, Item};
use hub_delivery::{Closed, Holding, Lanes};
use hub_message::{Body, Header, Receipt};
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::attempt::Delivering;
use crate::backoff::Backoff;
use crate::delivery::Delivery;
use crate::failpoint;
use crate::greeting::Greeting;
use crate::health::Part;
use crate::reading::{PULL_MAX, Reading};
use crate::sink::Sink;

/// Receipts in one batch.
const RECEIPTS_MAX: usize = 500;

/// The way from the stream to a sink.
pub(crate) struct Dispatch<K> {
    delivering: Arc<Delivering<K>>,
    bus: ConnectorBus,
    greeting: Arc<Greeting>,
    lanes: Lanes<Arc<Delivery>>,
    held: Holding<Ack>,
    working: JoinSet<Worked>,
    settled: Vec<Receipt>,
    closing: JoinSet<Vec<Receipt>>,
}

/// A lane's delivery has come to an end, or the gate closed before.
struct Worked {
    lane: String,
    receipt: Option<Receipt>,
}

impl<K: Sink> Dispatch<K> {
    pub(crate) fn new(delivering: Arc<Delivering<K>>, bus: ConnectorBus, greeting: Arc<Greeting>) -> Self {
        Self {
            delivering,
            bus,
            greeting,
            lanes: Lanes::default(),
            held: Holding::default(),
            working: JoinSet::new(),
            settled: Vec::new(),
            closing: JoinSet::new(),
        }
    }

    /// Works until the gate closes, then finishes what is started and sends the last receipts.
    pub(crate) async fn run(mut self) {
        let mut progress = ticks(self.bus.ack_wait() / 2);
        let gate = self.delivering.gate.clone();
        let (room, wanted) = watch::channel(self.room());
        let (pulled, mut items) = mpsc::channel(1);
        let mut readers = JoinSet::new();
        readers.spawn(Reading::new(self.bus.clone(), Arc::clone(&self.greeting), gate.clone(), wanted).run(pulled));
        loop {
            room.send_replace(self.room());
            tokio::select! {
                biased;
                () = gate.closed() => break,
                Some(worked) = self.working.join_next() => self.worked(worked),
                Some(closed) = self.closing.join_next() => self.closed(closed),
                _ = progress.tick() => self.in_progress().await,
                Some(items) = items.recv() => self.accept(items),
                Some(ended) = readers.join_next() => own(ended),
            }
            self.report();
        }
        drop(items);
        // It ends by itself, and says first that the greeting is stale: cut off before, it would leave a pull behind that
        // swallows what the hub gives out again.
        while let Some(ended) = readers.join_next().await {
            own(ended);
        }
        self.finish(&mut progress).await;
    }

    fn room(&self) -> usize {
        self.held.room().min(PULL_MAX)
    }

    fn accept(&mut self, items: Vec<Item>) {
        for item in items {
            let Some(delivery) = self.delivery(&item) else { continue };
            if !self
                .held
                .arrive(&delivery.id, item.sequence, item.ack, delivery.weight())
            {
                continue;
            }
            let lane = lane(&delivery);
            if let Some(delivery) = self.lanes.enter(&lane, Arc::new(delivery)) {
                self.start(lane, delivery);
            }
        }
        self.delivering.health.delivering(self.held.count());
    }

    /// The item as a delivery. The hub's own messages are always well formed: anything else stays where it is, visibly.
    fn delivery(&self, item: &Item) -> Option<Delivery> {
        let made = item.delivery.clone().zip(item.kind.clone()).and_then(|(id, kind)| {
            let body = Body::decode(&item.body).ok()?;
            let mut delivery = Delivery::new(id, kind, item.sequence, body, self.bus.clone());
            delivery.received = item.received;
            delivery.headers = item.headers.clone();
            Some(delivery)
        });
        if made.is_none() {
            tracing::error!(sequence = item.sequence, "a delivery without a readable envelope");
            let text = "Eine Zustellung des Hubs ist unlesbar und bleibt liegen; bitte den Hersteller informieren.";
            self.delivering.health.trouble(Part::Hub, text);
        }
        made
    }

    fn start(&mut self, lane: String, delivery: Arc<Delivery>) {
        let delivering = Arc::clone(&self.delivering);
        self.working.spawn(async move {
            let receipt = delivering.settle(delivery).await;
            Worked { lane, receipt }
        });
    }

    fn worked(&mut self, worked: Result<Worked, JoinError>) {
        let worked = own(worked);
        if let Some(receipt) = worked.receipt {
            self.settled.push(receipt);
            if let Some(next) = self.lanes.leave(&worked.lane) {
                self.start(worked.lane, next);
            }
        }
    }

    /// Sends the receipts that wait, unless others are under way: whatever comes meanwhile makes the next batch.
    fn report(&mut self) {
        if self.settled.is_empty() || !self.closing.is_empty() {
            return;
        }
        let receipts: Vec<Receipt> = self.settled.drain(..self.settled.len().min(RECEIPTS_MAX)).collect();
        let mut acks = Vec::with_capacity(receipts.len());
        for receipt in &receipts {
            acks.extend(self.held.close(&receipt.delivery).cloned());
        }
        let (bus, delivering) = (self.bus.clone(), Arc::clone(&self.delivering));
        self.closing.spawn(async move {
            close(&bus, &delivering, &receipts, &acks).await;
            receipts
        });
    }

    fn closed(&mut self, closed: Result<Vec<Receipt>, JoinError>) {
        for receipt in own(closed) {
            if self.held.closed(&receipt.delivery) == Closed::Again {
                self.settled.push(receipt);
            }
        }
        self.delivering.health.delivering(self.held.count());
    }

    async fn in_progress(&self) {
        for ack in self.held.acks() {
            if let Err(fault) = ack.in_progress().await {
                tracing::debug!(%fault, "in progress not sent");
                return;
            }
        }
    }

    /// After the gate closed: no new deliveries, no new attempts, but what is started comes to its end.
    async fn finish(mut self, progress: &mut Interval) {
        self.lanes.clear();
        while !(self.working.is_empty() && self.closing.is_empty() && self.settled.is_empty()) {
            tokio::select! {
                Some(worked) = self.working.join_next() => self.worked(worked),
                Some(closed) = self.closing.join_next() => self.closed(closed),
                _ = progress.tick() => self.in_progress().await,
            }
            self.report();
        }
    }
}

/// Deliveries with the same order key are one lane; one without is a lane of its own.
fn lane(delivery: &Delivery) -> String {
    let order = delivery.headers.get(Header::Order);
    order.map_or_else(|| format!("={}", delivery.id), ToOwned::to_owned)
}

fn ticks(period: Duration) -> Interval {
    let mut ticks = interval(period.max(Duration::from_millis(200)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// A task's result. Nobody aborts these tasks, so a missing result is a panic, and that ends the process.
fn own<T>(result: Result<T, JoinError>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// Receipts first, then the acknowledgements, confirmed by the server. What fails is delivered again and answered
/// from the ledger.
async fn close<K>(bus: &ConnectorBus, delivering: &Delivering<K>, receipts: &[Receipt], acks: &[Ack]) {
    let mut backoff = Backoff::default();
    while let Err(fault) = bus.receipts(receipts).await {
        tracing::debug!(%fault, "receipts not acknowledged");
        let text = "Der Hub nimmt gerade keine Quittungen an; sie werden weiter versucht.";
        delivering.health.trouble(Part::Stream, text);
        if !delivering.gate.rest(backoff.next()).await {
            return;
        }
    }
    delivering.health.well(Part::Stream);
    tracing::debug!(count = receipts.len(), "receipts sent");
    failpoint::reach("receipt-sent");
    if let Err(fault) = acknowledge(acks).await {
        tracing::debug!(%fault, "not acknowledged: the deliveries come again");
    }
    failpoint::reach("acknowledged");
}

/// The server takes acknowledgements of one connection in order: with the last one confirmed, all are. Confirming each
/// would take a subscription each, and an account has few.
async fn acknowledge(acks: &[Ack]) -> Result<(), BusFault> {
    let Some((last, others)) = acks.split_last() else {
        return Ok(());
    };
    for ack in others {
        ack.ack_soon().await?;
    }
    last.ack().await
}
