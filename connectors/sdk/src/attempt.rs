// SPDX-License-Identifier: EUPL-1.2
//! One delivery, from its first attempt in this life of the process to its receipt.
//!
//! The persistent idempotent receiver: what the ledger says decides whether the target is touched at all.

use std::sync::Arc;

use hub_delivery::{Ended, First, Then, first, then};
use hub_message::{DeliveryId, Outcome, Receipt, TargetClass};
use tokio::sync::Semaphore;

use crate::backoff::Backoff;
use crate::delivery::Delivery;
use crate::failpoint;
use crate::fault::{SinkFault, Unavailable};
use crate::gate::Gate;
use crate::health::{Health, Part, now};
use crate::ledger::{Entry, Ledger, LedgerFault, Progress};
use crate::sink::{Done, Sink, Steps};

/// What the status page says when the ledger does not work.
pub(crate) const LEDGER_FAULT: &str =
    "Das Zustellverzeichnis des Konnektors ist nicht beschreibbar; es wird nichts zugestellt.";

/// What every delivery of a connector is worked on with.
#[derive(Debug)]
pub(crate) struct Delivering<K> {
    pub sink: K,
    pub class: TargetClass,
    pub ledger: Ledger,
    pub health: Health,
    pub gate: Gate,
    /// How many may be worked on at once; a lane that rests after a failure takes no place.
    pub places: Semaphore,
}

/// What one attempt came to.
enum Attempt {
    Settled(Outcome),
    Repeat(Unavailable),
}

impl<K: Sink> Delivering<K> {
    /// Works until the delivery is settled and the ledger says so; `None` when the gate closed before.
    pub(crate) async fn settle(self: Arc<Self>, delivery: Arc<Delivery>) -> Option<Receipt> {
        let mut backoff = Backoff::default();
        loop {
            if !self.gate.pass().await {
                return None;
            }
            let trouble = match self.attempt(&delivery).await {
                Ok(receipt) => return Some(receipt),
                Err(trouble) => trouble,
            };
            self.health.repeated();
            self.health.trouble(Part::Target, trouble.0);
            if !self.gate.rest(backoff.next()).await {
                return None;
            }
        }
    }

    async fn attempt(&self, delivery: &Delivery) -> Result<Receipt, Unavailable> {
        let unavailable = |_: LedgerFault| Unavailable::new(LEDGER_FAULT);
        let _place = self
            .places
            .acquire()
            .await
            .map_err(|_| Unavailable::new(LEDGER_FAULT))?;
        let before = self.ledger.begin(&delivery.id).await.map_err(unavailable)?;
        if let Progress::Done { receipt } = before.progress {
            return Ok(receipt);
        }
        let attempts = before.attempts.saturating_add(1);
        failpoint::reach("started");
        let outcome = match self.reach_target(delivery, before).await {
            Attempt::Settled(outcome) => outcome,
            Attempt::Repeat(trouble) => return Err(trouble),
        };
        failpoint::reach("delivered");
        if matches!(outcome, Outcome::Done { .. }) {
            self.health.well(Part::Target);
        }
        let receipt = Receipt {
            delivery: delivery.id.clone(),
            at: now(),
            attempts,
            outcome,
        };
        self.finish(receipt.clone()).await?;
        self.health.settled();
        failpoint::reach("finished");
        Ok(receipt)
    }

    /// An effect that the ledger does not know of: the whole attempt is repeated by the rules of the target's class.
    async fn finish(&self, receipt: Receipt) -> Result<(), Unavailable> {
        self.ledger
            .finish(receipt)
            .await
            .map_err(|_| Unavailable::new(LEDGER_FAULT))
    }

    async fn reach_target(&self, delivery: &Delivery, before: Entry) -> Attempt {
        match first(self.class, &before.progress) {
            First::InDoubt => return Attempt::Settled(Outcome::InDoubt),
            First::Ask => match self.sink.find(delivery).await {
                Ok(Some(done)) => return Attempt::Settled(outcome(done)),
                Ok(None) => {}
                Err(trouble) => return Attempt::Repeat(trouble),
            },
            // What is settled was answered before anybody came here.
            First::Answer | First::Deliver => {}
        }
        let note = match before.progress {
            Progress::Staged { note } => Some(note),
            _ => None,
        };
        let steps = Steps {
            ledger: self.ledger.clone(),
            delivery: delivery.id.clone(),
            note,
            attempt: before.attempts.saturating_add(1),
        };
        match self.sink.deliver(delivery, &steps).await {
            Ok(done) => Attempt::Settled(outcome(done)),
            Err(SinkFault::Rejected { class, code, text }) => Attempt::Settled(Outcome::Rejected {
                class,
                code,
                text,
                pointer: None,
            }),
            Err(SinkFault::Unknown(trouble)) => self.failed(&delivery.id, Ended::Unknown, trouble).await,
            Err(SinkFault::Unavailable(trouble)) => self.failed(&delivery.id, Ended::WithoutEffect, trouble).await,
        }
    }

    async fn failed(&self, delivery: &DeliveryId, ended: Ended, trouble: Unavailable) -> Attempt {
        match then(self.class, ended) {
            Then::InDoubt => {
                self.health.trouble(Part::Target, trouble.0);
                Attempt::Settled(Outcome::InDoubt)
            }
            Then::NoteAndRepeat => self.without_effect(delivery, trouble).await,
            Then::Repeat | Then::Settle => Attempt::Repeat(trouble),
        }
    }

    /// Certainly no effect: the ledger must say so, or a target of the class `neither` would end in doubt for nothing.
    async fn without_effect(&self, delivery: &DeliveryId, trouble: Unavailable) -> Attempt {
        match self.ledger.wait(delivery).await {
            Ok(()) => Attempt::Repeat(trouble),
            Err(_) => Attempt::Repeat(Unavailable::new(LEDGER_FAULT)),
        }
    }
}

fn outcome(done: Done) -> Outcome {
    Outcome::Done {
        reference: done.reference,
    }
}

#[cfg(test)]
mod tests;
