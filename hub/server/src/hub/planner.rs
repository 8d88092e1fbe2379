// SPDX-License-Identifier: EUPL-1.2
//! From messages to decisions: fetches what a message refers to, and lets the pure functions `read` and `plan` work on
//! a thread of their own, so that publishing goes on meanwhile.

use std::sync::Arc;

use bytes::Bytes;
use hub_bus::{Broken, InboundItem};
use hub_documents::Documents;
use hub_mapping::Worker;
use hub_message::record::Stage;
use hub_message::{CaseFacts, Message, Rejection, Sensitive, Timestamp};
use hub_pipeline::{Context, Outbound, Read, Rules, dead_letter, dead_letter_broken, plan, read};
use hub_store::Store;
use tokio::sync::watch;

use super::Unavailable;
use super::claim;
use super::group::Decided;
use crate::config::Configuration;

/// How long a recipient may read the documents that came with a delivery, in milliseconds: a year, so that a recipient
/// that was away for long finds them.
const CAPABILITY_MILLIS: i64 = 366 * 24 * 60 * 60 * 1000;

/// What planning needs.
pub(crate) struct Planner {
    pub(crate) configuration: watch::Receiver<Arc<Configuration>>,
    pub(crate) documents: Documents,
    pub(crate) store: Store,
    pub(crate) capability_key: Sensitive<Vec<u8>>,
    /// Largest content that is mapped, in bytes.
    pub(crate) body_bytes_max: u64,
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
        suspect(&self.rules(), item)
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
        let key = self.capability_key.clone();
        let rules = Arc::clone(rules);
        let done = self
            .on_thread(move |worker| {
                let decide = |prepared| decide_alone(&rules, &key, prepared, worker);
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
                let letter = letter_of_broken(rules, &item, broken, broken.rejection.clone());
                return Ok(decided(item, vec![letter], true));
            }
        };
        let (by, of) = (Arc::clone(rules), Arc::clone(&message));
        let reads = self.on_thread(move |worker| read_all(&by, &of, native, worker)).await?;
        let (outbounds, rejected) = match reads {
            Err(letter) => (vec![*letter], true),
            Ok(reads) => {
                let mut known = Vec::with_capacity(reads.len());
                for read in reads {
                    let facts = self.store.case_facts(read.keys()).await;
                    known.push((read, facts.map_err(|fault| Unavailable::Store(fault.to_string()))?));
                }
                let (by, of, key) = (Arc::clone(rules), Arc::clone(&message), self.capability_key.clone());
                self.on_thread(move |worker| plan_all(&by, &of, &key, known, worker))
                    .await?
            }
        };
        Ok(decided(item, outbounds, rejected))
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

fn suspect(rules: &Rules, item: InboundItem) -> Decided {
    let rejection = Rejection::new(
        hub_message::Code::new("AH-P301"),
        "the hub's process ended twice while it worked on this message",
        "keep the message, report the fault with its code, and process it again with a newer version",
    );
    let letter = match &item.message {
        Ok(message) => dead_letter(rules, message, 0, 1, Stage::Suspect, rejection),
        Err(broken) => letter_of_broken(rules, &item, broken, rejection),
    };
    decided(item, vec![letter], true)
}

fn decide_alone(rules: &Rules, key: &Sensitive<Vec<u8>>, prepared: Prepared, worker: &mut Worker) -> Decided {
    let Prepared { item, native } = prepared;
    let (outbounds, rejected) = match &item.message {
        Err(broken) => {
            let letter = letter_of_broken(rules, &item, broken, broken.rejection.clone());
            (vec![letter], true)
        }
        Ok(message) => match read_all(rules, message, native, worker) {
            Err(letter) => (vec![*letter], true),
            Ok(reads) => {
                let known = reads.into_iter().map(|read| (read, None)).collect();
                plan_all(rules, message, key, known, worker)
            }
        },
    };
    decided(item, outbounds, rejected)
}

fn letter_of_broken(rules: &Rules, item: &InboundItem, broken: &Broken, rejection: Rejection) -> Outbound {
    let broken = hub_pipeline::Broken {
        source: &broken.source,
        kind: broken.kind.as_ref(),
        id: broken.id.as_ref(),
        sequence: item.sequence,
        received: item.received,
        headers: &broken.headers,
        wire: &broken.wire,
    };
    dead_letter_broken(rules, broken, rejection)
}

fn read_all(
    rules: &Rules,
    message: &Message,
    native: Result<Bytes, Rejection>,
    worker: &mut Worker,
) -> Result<Vec<Read>, Box<Outbound>> {
    native
        .and_then(|native| read(rules, message, &native, worker))
        .map_err(|rejection| Box::new(dead_letter(rules, message, 0, 1, Stage::Read, rejection)))
}

/// Plans every canonical document of a message; one that is rejected becomes a dead letter and the others go on.
fn plan_all(
    rules: &Rules,
    message: &Message,
    key: &Sensitive<Vec<u8>>,
    reads: Vec<(Read, Option<CaseFacts>)>,
    worker: &mut Worker,
) -> (Vec<Outbound>, bool) {
    let mut outbounds = Vec::with_capacity(reads.len() * 3);
    let mut rejected = false;
    for (read, case) in reads {
        let context = Context {
            case,
            capability_key: key.clone(),
            capability_expires: Timestamp::from_millis(message.received.millis() + CAPABILITY_MILLIS),
        };
        let (part, parts) = (read.part(), read.parts());
        match plan(rules, &context, read, worker) {
            Ok(plan) => {
                outbounds.push(plan.record);
                outbounds.extend(plan.deliveries);
            }
            Err(rejection) => {
                rejected = true;
                outbounds.push(dead_letter(rules, message, part, parts, Stage::Plan, rejection));
            }
        }
    }
    (outbounds, rejected)
}

fn decided(item: InboundItem, outbounds: Vec<Outbound>, rejected: bool) -> Decided {
    Decided {
        item,
        rejected,
        outbounds,
    }
}
