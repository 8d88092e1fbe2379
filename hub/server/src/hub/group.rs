// SPDX-License-Identifier: EUPL-1.2
//! A group: planned messages that are published together and acknowledged together.

use std::sync::Arc;

use hub_bus::InboundItem;
use hub_delivery::Filling;
use hub_message::Recipient;
use hub_pipeline::Outbound;

use super::quota::{Quotas, Reservation};

/// A message with everything that follows from it.
pub(crate) struct Decided {
    /// The message.
    pub(crate) item: InboundItem,
    /// What follows from it, for each canonical document the record first.
    pub(crate) outbounds: Vec<Outbound>,
    /// Room at the recipients, held until it is published.
    pub(crate) reservation: Option<Reservation>,
}

impl Decided {
    /// A message and what follows from it.
    pub(crate) fn new(item: InboundItem, outbounds: Vec<Outbound>) -> Self {
        Self {
            item,
            outbounds,
            reservation: None,
        }
    }

    /// Takes room at every recipient; tells whether there was enough.
    pub(crate) fn reserve(&mut self, quotas: &Arc<Quotas>) -> bool {
        self.reservation = quotas.reserve(self.outbounds.iter().map(Outbound::recipient));
        self.reservation.is_some()
    }

    /// What follows from each canonical document: its record and its deliveries, which are published together.
    pub(crate) fn documents(&self) -> impl Iterator<Item = &[Outbound]> {
        self.outbounds.chunk_by(|_, next| *next.recipient() != Recipient::Cases)
    }
}

/// The memory that an outbound message holds: its body, and what goes to the document store before it.
fn bytes(outbound: &Outbound) -> usize {
    let claims = outbound.claims().iter().map(|claim| claim.content.len());
    outbound.body().len() + claims.sum::<usize>()
}

/// Decided messages in the order of the stream.
#[derive(Default)]
pub(crate) struct Group {
    decided: Vec<Decided>,
    filling: Filling,
}

impl Group {
    /// Adds a message.
    pub(crate) fn push(&mut self, decided: Decided) {
        let bytes = decided.outbounds.iter().map(bytes).sum();
        self.filling.add(decided.outbounds.len(), bytes);
        self.decided.push(decided);
    }

    /// Whether nothing is in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.decided.is_empty()
    }

    /// Whether it should be published before anything is added.
    pub(crate) fn is_full(&self) -> bool {
        self.filling.is_full()
    }

    /// The messages.
    pub(crate) fn decided(&self) -> &[Decided] {
        &self.decided
    }

    /// Everything that is to be published, in order.
    pub(crate) fn outbounds(&self) -> impl Iterator<Item = &Outbound> {
        self.decided.iter().flat_map(|decided| &decided.outbounds)
    }
}
