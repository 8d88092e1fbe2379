// SPDX-License-Identifier: EUPL-1.2
//! The side of a connector that delivers to a system.

use hub_message::{DeliveryId, TargetClass};

use crate::delivery::Delivery;
use crate::fault::{SinkFault, Unavailable};
use crate::ledger::Ledger;

/// A system that deliveries are brought to.
///
/// `deliver` is called for several deliveries at once, but never for two of the same lane. What it may rely on depends
/// on the target class of the manifest: the SDK never repeats a started delivery at a target that can neither be asked
/// nor be told twice.
pub trait Sink: Send + Sync + 'static {
    /// How the target behaves when a delivery is repeated, where that depends on the settings; else the manifest says it.
    fn class(&self) -> Option<TargetClass> {
        None
    }

    /// Brings one delivery to the target.
    fn deliver(&self, delivery: &Delivery, steps: &Steps) -> impl Future<Output = Result<Done, SinkFault>> + Send;

    /// Asks the target whether a delivery that was begun in an earlier life arrived. Only called for targets of the
    /// class `queryable`.
    fn find(&self, _delivery: &Delivery) -> impl Future<Output = Result<Option<Done>, Unavailable>> + Send {
        async { Ok(None) }
    }
}

/// The effect is at the target.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Done {
    /// The id it got there; no personal data.
    pub reference: Option<String>,
}

/// The steps of one delivery that outlive the process.
#[derive(Debug)]
pub struct Steps {
    pub(crate) ledger: Ledger,
    pub(crate) delivery: DeliveryId,
    pub(crate) note: Option<String>,
    pub(crate) attempt: u32,
}

impl Steps {
    /// Steps of a delivery on a ledger of one's own, to try a sink without the loops around it.
    pub fn new(ledger: Ledger, delivery: DeliveryId, note: Option<String>, attempt: u32) -> Self {
        Self {
            ledger,
            delivery,
            note,
            attempt,
        }
    }

    /// What an earlier attempt staged.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// The number of this attempt, from 1, over all lives of the process.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Notes durably what a later attempt must know. The note holds no personal data.
    pub async fn stage(&self, note: String) -> Result<(), SinkFault> {
        self.ledger
            .stage(&self.delivery, note)
            .await
            .map_err(|_| Unavailable::new(crate::attempt::LEDGER_FAULT).into())
    }
}

/// For a connector that is only a source.
#[derive(Debug)]
pub enum NoSink {}

impl Sink for NoSink {
    async fn deliver(&self, _: &Delivery, _: &Steps) -> Result<Done, SinkFault> {
        match *self {}
    }
}
