// SPDX-License-Identifier: EUPL-1.2
//! The collecting half of a reader.

use std::collections::BTreeSet;

use hub_bus::{Inbound, InboundItem};
use hub_delivery::{Sorted, Verdict};
use hub_message::{ConnectorName, Recipient};
use hub_pipeline::Rules;
use tokio::sync::{Semaphore, SemaphorePermit, mpsc};
use tokio_util::sync::CancellationToken;

use super::super::Unavailable;
use super::super::gate::{Closed, Gate};
use super::super::group::{Decided, Group};
use super::super::planner::Planner;
use super::super::published::Published;
use super::super::suspect::Marker;
use super::super::tally::{Hindrance, Tally};

/// Messages that are decided in one go, and their bytes.
const TAKEN_MAX: usize = 64;
const TAKEN_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Takes messages, has them decided and hands groups over.
pub(super) struct Collector<'a> {
    pub(super) connector: &'a ConnectorName,
    pub(super) inbound: &'a mut Inbound,
    pub(super) planner: &'a mut Planner,
    pub(super) gate: &'a Gate,
    pub(super) marker: &'a mut Marker,
    pub(super) tally: &'a Tally,
    pub(super) published: &'a Published,
    /// Whether what was published is only acknowledged when it comes again.
    pub(super) dedup: bool,
    /// One permit while the publishing half is free.
    pub(super) free: &'a Semaphore,
    pub(super) groups: mpsc::Sender<Group>,
}

/// What happened first.
enum Next {
    Stop,
    Free,
    Taken(Vec<InboundItem>),
}

/// How deciding went.
enum Went {
    /// On.
    On,
    /// A recipient has no room: nothing further until it has.
    NoRoom,
    /// The world fails.
    Away(Unavailable),
}

impl Collector<'_> {
    /// Collects until `stop` or until the world fails; what is decided then is still handed over.
    pub(super) async fn collect(mut self, stop: &CancellationToken) -> Result<(), Unavailable> {
        let mut group = Group::default();
        loop {
            match self.next(&group, stop).await? {
                Next::Stop => break,
                Next::Free => self.hand_over(std::mem::take(&mut group)).await,
                Next::Taken(items) => {
                    if let Went::Away(away) = self.decide(items, &mut group).await? {
                        self.flush(&mut group).await;
                        return Err(away);
                    }
                }
            }
        }
        self.flush(&mut group).await;
        Ok(())
    }

    /// Waits for whatever comes first; a group that is full only waits for the publishing half.
    async fn next(&mut self, group: &Group, stop: &CancellationToken) -> Result<Next, Unavailable> {
        let (hold, full) = (!group.is_empty(), group.is_full());
        let recipients = recipients(&self.planner.rules(), self.connector);
        tokio::select! {
            biased;
            () = stop.cancelled() => Ok(Next::Stop),
            free = self.free.acquire(), if hold => {
                // The semaphore is never closed; its permit is given back when the group is published.
                free.map(SemaphorePermit::forget).map_err(|end| Unavailable::Nats(end.to_string()))?;
                Ok(Next::Free)
            }
            items = take(self.inbound, self.gate, self.tally, &recipients), if !full => items.map(Next::Taken),
        }
    }

    /// Decides what was taken. Messages that were in flight at an unclean stop are decided, published and acknowledged
    /// one at a time.
    async fn decide(&mut self, items: Vec<InboundItem>, group: &mut Group) -> Result<Went, Unavailable> {
        let Sorted {
            again,
            careful,
            usual,
            up_to,
        } = self
            .published
            .sort(items, |item| item.sequence, self.marker.suspicion(), self.dedup);
        for item in again {
            item.ack().await.map_err(|fault| Unavailable::Nats(fault.to_string()))?;
        }
        let Some(last) = up_to else { return Ok(Went::On) };
        self.marker.taken(last)?;
        for item in careful {
            match self.decide_carefully(item, group).await? {
                Went::On => {}
                stopped => return Ok(stopped),
            }
        }
        let decided = self.planner.decide(usual).await;
        Ok(self.admit(decided, group).await)
    }

    /// Adds messages to the group as long as their recipients have room. At the first one that has none, what came
    /// before is published, and the rest comes again when there is room.
    async fn admit(&mut self, (decided, away): (Vec<Decided>, Option<Unavailable>), group: &mut Group) -> Went {
        for mut one in decided {
            if !one.reserve(self.gate.quotas()) {
                self.flush(group).await;
                self.inbound.release();
                return Went::NoRoom;
            }
            group.push(one);
        }
        away.map_or(Went::On, Went::Away)
    }

    async fn decide_carefully(&mut self, item: InboundItem, group: &mut Group) -> Result<Went, Unavailable> {
        // The publishing half must be idle while a message is named: its failure would end us in the middle.
        self.flush(group).await;
        let sequence = item.sequence;
        match self.marker.name(sequence)? {
            Verdict::Plan => {
                let decided = self.planner.decide(vec![item]).await;
                self.marker.planned()?;
                let went = self.admit(decided, group).await;
                self.flush(group).await;
                Ok(went)
            }
            Verdict::Suspect => {
                tracing::error!(connector = %self.connector, sequence, "message set aside: it ended the process twice");
                group.push(self.planner.decide_suspect(item));
                self.flush(group).await;
                self.marker.planned()?;
                Ok(Went::On)
            }
        }
    }

    /// Waits for the publishing half and gives it the group.
    async fn flush(&mut self, group: &mut Group) {
        if !group.is_empty() {
            self.wait_until_free(true).await;
            self.hand_over(std::mem::take(group)).await;
        }
        self.wait_until_free(false).await;
    }

    async fn wait_until_free(&self, keep: bool) {
        if let (Ok(permit), true) = (self.free.acquire().await, keep) {
            permit.forget();
        }
    }

    /// Gives a group to the publishing half, whose permit is taken.
    async fn hand_over(&self, group: Group) {
        // When the publishing half has failed, it ends us as well; what was in the group comes again.
        let _ = self.groups.send(group).await;
    }
}

/// Waits until the gate is open, then for messages. May be dropped at any point without losing one.
async fn take(
    inbound: &mut Inbound,
    gate: &Gate,
    tally: &Tally,
    recipients: &BTreeSet<Recipient>,
) -> Result<Vec<InboundItem>, Unavailable> {
    let mut before: Option<Closed> = None;
    while let Some(closed) = gate.closed_for(recipients) {
        if before.as_ref() != Some(&closed) {
            tally.hindered(Some(Hindrance::Closed(closed.clone())));
            before = Some(closed);
            // Standing still for long, we let go: what was sent ahead would come again out of order.
            inbound.release();
        }
        gate.changed().await;
    }
    tally.hindered(None);
    inbound
        .take(TAKEN_MAX, TAKEN_BYTES_MAX)
        .await
        .map_err(|fault| Unavailable::Nats(fault.to_string()))
}

fn recipients(rules: &Rules, connector: &ConnectorName) -> BTreeSet<Recipient> {
    rules.recipients_of(connector).cloned().collect()
}
