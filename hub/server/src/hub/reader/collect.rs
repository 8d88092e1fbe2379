// SPDX-License-Identifier: EUPL-1.2
//! The collecting half of a reader.

use std::collections::BTreeSet;

use hub_bus::{Inbound, InboundItem};
use hub_message::{ConnectorName, Recipient};
use hub_pipeline::Rules;
use tokio::sync::{Semaphore, SemaphorePermit, mpsc};
use tokio_util::sync::CancellationToken;

use super::super::Unavailable;
use super::super::gate::{Closed, Gate};
use super::super::group::Group;
use super::super::planner::Planner;
use super::super::published::Published;
use super::super::suspect::{Marker, Verdict};
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

impl Collector<'_> {
    /// Collects until `stop` or until the world fails; what is decided then is still handed over.
    pub(super) async fn collect(mut self, stop: &CancellationToken) -> Result<(), Unavailable> {
        let mut group = Group::default();
        loop {
            match self.next(&group, stop).await? {
                Next::Stop => break,
                Next::Free => self.hand_over(std::mem::take(&mut group)).await,
                Next::Taken(items) => {
                    if let Some(away) = self.decide(items, &mut group).await? {
                        self.finish(group).await;
                        return Err(away);
                    }
                }
            }
        }
        self.finish(group).await;
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
    async fn decide(&mut self, items: Vec<InboundItem>, group: &mut Group) -> Result<Option<Unavailable>, Unavailable> {
        let items = self.without_published(items).await?;
        let Some(last) = items.iter().map(|item| item.sequence).max() else {
            return Ok(None);
        };
        self.marker.taken(last)?;
        let (careful, usual): (Vec<_>, Vec<_>) = items
            .into_iter()
            .partition(|item| self.marker.is_careful(item.sequence));
        for item in careful {
            if let Some(away) = self.decide_carefully(item, group).await? {
                return Ok(Some(away));
            }
        }
        let (decided, away) = self.planner.decide(usual).await;
        group.extend(decided);
        Ok(away)
    }

    /// Acknowledges what was published before and came again.
    async fn without_published(&self, items: Vec<InboundItem>) -> Result<Vec<InboundItem>, Unavailable> {
        let mut left = Vec::with_capacity(items.len());
        for item in items {
            if self.dedup && self.published.contains(item.sequence) {
                item.ack().await.map_err(|fault| Unavailable::Nats(fault.to_string()))?;
            } else {
                left.push(item);
            }
        }
        Ok(left)
    }

    async fn decide_carefully(
        &mut self,
        item: InboundItem,
        group: &mut Group,
    ) -> Result<Option<Unavailable>, Unavailable> {
        // The publishing half must be idle while a message is named: its failure would end us in the middle.
        self.flush(group).await;
        match self.marker.name(item.sequence)? {
            Verdict::Plan => {
                let (decided, away) = self.planner.decide(vec![item]).await;
                group.extend(decided);
                self.marker.planned()?;
                self.flush(group).await;
                Ok(away)
            }
            Verdict::Suspect => {
                tracing::error!(connector = %self.connector, sequence = item.sequence, "message set aside: the process ended twice while working on it");
                group.push(self.planner.decide_suspect(item));
                self.flush(group).await;
                self.marker.planned()?;
                Ok(None)
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

    /// Hands over what is left and waits until it is published.
    async fn finish(&mut self, mut group: Group) {
        self.flush(&mut group).await;
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
