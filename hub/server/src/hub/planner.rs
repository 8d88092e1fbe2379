// SPDX-License-Identifier: EUPL-1.2
//! From messages to decisions: fetches what a message refers to, and lets the pure functions `read` and `plan` work on
//! a thread of their own, so that publishing goes on meanwhile.

use std::sync::Arc;

use bytes::Bytes;
use hub_bus::InboundItem;
use hub_documents::Documents;
use hub_mapping::Worker;
use hub_message::{Rejection, Sensitive};
use hub_pipeline::Rules;
use hub_store::Store;
use tokio::sync::watch;

use super::Unavailable;
use super::claim;
use super::decide;
use super::group::Decided;
use super::sabotage::Sabotage;
use crate::config::Configuration;

/// What planning needs.
pub(crate) struct Planner {
    pub(crate) configuration: watch::Receiver<Arc<Configuration>>,
    pub(crate) documents: Documents,
    pub(crate) store: Store,
    pub(crate) capability_key: Sensitive<Vec<u8>>,
    /// Largest content that is mapped, in bytes.
    pub(crate) body_bytes_max: u64,
    pub(crate) sabotage: Sabotage,
    /// Buffers of the mapping engine, handed to and fro between the planner and its thread.
    pub(crate) worker: Worker,
}

/// A message and the bytes that are mapped, or why there are none.
struct Prepared {
    item: InboundItem,
    native: Result<Bytes, Rejection>,
}

impl Planner {
    /// The rules in force now.
    pub(crate) fn rules(&self) -> Arc<Rules> {
        Arc::clone(&self.configuration.borrow().rules)
    }

    /// Decides messages in order, all by the same rules. Ends early, with what was decided so far, when the world
    /// keeps one from being decided.
    pub(crate) async fn decide(&mut self, items: Vec<InboundItem>) -> (Vec<Decided>, Option<Unavailable>) {
        let rules = self.rules();
        let mut decided = Vec::with_capacity(items.len());
        let mut ready = Vec::with_capacity(items.len());
        for item in items {
            let native = match self.native(&item).await {
                Ok(native) => native,
                Err(away) => return self.end(&rules, ready, decided, away).await,
            };
            let prepared = Prepared { item, native };
            if !asks_case(&rules, &prepared.item) {
                ready.push(prepared);
                continue;
            }
            if let Err(away) = self.work(&rules, std::mem::take(&mut ready), &mut decided).await {
                return (decided, Some(away));
            }
            match self.decide_with_case(&rules, prepared).await {
                Ok(one) => decided.push(one),
                Err(away) => return (decided, Some(away)),
            }
        }
        let end = self.work(&rules, ready, &mut decided).await.err();
        (decided, end)
    }

    /// Makes a message that ended the process twice a dead letter, without looking into it.
    pub(crate) fn decide_suspect(&self, item: InboundItem) -> Decided {
        decide::suspect(&self.rules(), item)
    }

    /// Decides what was ready before the world failed.
    async fn end(
        &mut self,
        rules: &Arc<Rules>,
        ready: Vec<Prepared>,
        mut decided: Vec<Decided>,
        away: Unavailable,
    ) -> (Vec<Decided>, Option<Unavailable>) {
        let end = self.work(rules, ready, &mut decided).await.err();
        (decided, Some(end.unwrap_or(away)))
    }

    /// The bytes that are mapped: inside the message, or claimed from the document store.
    async fn native(&self, item: &InboundItem) -> Result<Result<Bytes, Rejection>, Unavailable> {
        match &item.message {
            Ok(message) => claim::native(&self.documents, message, self.body_bytes_max).await,
            Err(_) => Ok(Ok(Bytes::new())),
        }
    }

    /// Reads and plans on a thread of its own, everything that needs nothing else.
    async fn work(
        &mut self,
        rules: &Arc<Rules>,
        ready: Vec<Prepared>,
        decided: &mut Vec<Decided>,
    ) -> Result<(), Unavailable> {
        if ready.is_empty() {
            return Ok(());
        }
        let (key, sabotage) = (self.capability_key.clone(), self.sabotage);
        let rules = Arc::clone(rules);
        let done = self
            .on_thread(move |worker| {
                let decide = |one: Prepared| {
                    sabotage.work_on(one.native.as_deref().unwrap_or_default());
                    decide::alone(&rules, &key, one.item, one.native, worker)
                };
                ready.into_iter().map(decide).collect::<Vec<_>>()
            })
            .await?;
        decided.extend(done);
        Ok(())
    }

    /// Decides a message whose mapping asks what is known of its case.
    async fn decide_with_case(&mut self, rules: &Arc<Rules>, prepared: Prepared) -> Result<Decided, Unavailable> {
        let Prepared { item, native } = prepared;
        let message = match &item.message {
            Ok(message) => Arc::new(message.clone()),
            Err(broken) => {
                let letter = decide::broken(rules, &item, broken, broken.rejection.clone());
                return Ok(Decided::new(item, vec![letter]));
            }
        };
        let (by, of) = (Arc::clone(rules), Arc::clone(&message));
        let reads = self
            .on_thread(move |worker| decide::read_all(&by, &of, native, worker))
            .await?;
        let outbounds = match reads {
            Err(letter) => vec![*letter],
            Ok(reads) => {
                let mut known = Vec::with_capacity(reads.len());
                for read in reads {
                    let facts = self.store.case_facts(read.keys()).await;
                    known.push((read, facts.map_err(|fault| Unavailable::Store(fault.to_string()))?));
                }
                let (by, of, key) = (Arc::clone(rules), Arc::clone(&message), self.capability_key.clone());
                self.on_thread(move |worker| decide::plan_all(&by, &of, &key, known, worker))
                    .await?
            }
        };
        Ok(Decided::new(item, outbounds))
    }

    /// Runs pure work on a thread that may be busy for a while.
    async fn on_thread<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Worker) -> T + Send + 'static,
    ) -> Result<T, Unavailable> {
        let mut worker = std::mem::take(&mut self.worker);
        let done = tokio::task::spawn_blocking(move || {
            let result = work(&mut worker);
            (result, worker)
        });
        // A panic has ended the process before it could arrive here; what arrives is the end of the runtime.
        let (result, worker) = done
            .await
            .map_err(|end| Unavailable::Disk(std::io::Error::other(end)))?;
        self.worker = worker;
        Ok(result)
    }
}

fn asks_case(rules: &Rules, item: &InboundItem) -> bool {
    item.message
        .as_ref()
        .is_ok_and(|message| rules.asks_case(&message.source, &message.kind))
}
