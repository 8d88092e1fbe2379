// SPDX-License-Identifier: EUPL-1.2
//! Publishes groups and acknowledges last.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use hub_bus::{Bus, Publish};
use hub_documents::Documents;
use hub_message::Header;
use hub_pipeline::Outbound;

use super::Unavailable;
use super::clock;
use super::group::{Decided, Group};
use super::published::Published;
use super::quota::Quotas;
use super::sabotage::{Fault, Sabotage};
use super::tally::Tally;

/// For the sabotaged build only: how long a hub that acknowledges first takes until it publishes.
const LATE: Duration = Duration::from_millis(100);

/// Publishes what was decided.
pub(crate) struct Publisher {
    pub(crate) bus: Bus,
    pub(crate) documents: Documents,
    pub(crate) quotas: Arc<Quotas>,
    pub(crate) tally: Arc<Tally>,
    pub(crate) sabotage: Sabotage,
    pub(crate) published: Arc<Published>,
}

impl Publisher {
    /// Publishes everything that follows from the group's messages, and acknowledges those that were published whole.
    pub(crate) async fn publish(&self, group: &Group) -> Result<(), Unavailable> {
        if self.sabotage.has(Fault::AckFirst) {
            self.acknowledge(group.decided()).await?;
            // The fault must not depend on how fast the machine is: whoever kills this hub meets the moment.
            tokio::time::sleep(LATE).await;
        }
        self.store_claims(group).await?;
        let documents = group.decided().iter().flat_map(Decided::documents);
        let publishes: Vec<hub_bus::Group> = documents
            .map(|document| document.iter().map(|outbound| self.on_the_wire(outbound)).collect())
            .collect();
        match self.bus.publish(&publishes).await {
            Ok(()) => self.finish(group.decided()).await,
            Err((published, fault)) => {
                self.finish(whole(group.decided(), published)).await?;
                Err(nats(fault))
            }
        }
    }

    /// Counts messages whose decisions are in `OUT`, and acknowledges them.
    async fn finish(&self, decided: &[Decided]) -> Result<(), Unavailable> {
        for outbound in decided.iter().flat_map(|decided| &decided.outbounds) {
            self.quotas.published(outbound.recipient(), outbound.body().len());
        }
        self.published.note(decided.iter().map(|decided| decided.item.sequence));
        self.tally.done(decided.len() as u64);
        self.acknowledge(decided).await
    }

    async fn acknowledge(&self, decided: &[Decided]) -> Result<(), Unavailable> {
        for one in decided {
            one.item.ack().await.map_err(nats)?;
        }
        Ok(())
    }

    /// What is too large to travel, and what mappings took out of messages, must be in the document store before anybody
    /// is told of it. A hub that is killed in between stores it again under the same address.
    async fn store_claims(&self, group: &Group) -> Result<(), Unavailable> {
        for claim in group.outbounds().flat_map(Outbound::claims) {
            let stored = self.documents.put(&claim.content).await;
            stored.map_err(|fault| Unavailable::Documents(fault.to_string()))?;
        }
        Ok(())
    }

    fn on_the_wire(&self, outbound: &Outbound) -> Publish {
        let mut publish = Publish {
            subject: outbound.subject(),
            id: outbound.delivery().to_string(),
            headers: outbound.headers().clone(),
            body: outbound.body().clone(),
        };
        if self.sabotage.has(Fault::NoDedup) {
            publish.id = never_the_same(&publish.id);
            publish.headers.set(Header::Delivery, publish.id.clone());
        }
        publish
    }
}

/// The messages of which everything is among the first `published` documents.
fn whole(decided: &[Decided], published: usize) -> &[Decided] {
    let documents = decided.iter().map(|one| one.documents().count());
    decided
        .get(..hub_delivery::whole(documents, published))
        .unwrap_or_default()
}

/// For the sabotaged build only: an id that differs each time.
fn never_the_same(id: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let salt = clock::now().millis() as u64 ^ COUNT.fetch_add(1, Relaxed).rotate_left(40);
    format!("{salt:016x}{}", id.get(16..).unwrap_or_default())
}

fn nats(fault: hub_bus::BusFault) -> Unavailable {
    Unavailable::Nats(fault.to_string())
}
