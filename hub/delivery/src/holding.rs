// SPDX-License-Identifier: EUPL-1.2
//! What a sink holds, from a delivery's arrival until its receipt is in the stream and it is acknowledged.
//!
//! A delivery that comes again while it is held only brings another way to acknowledge it: it may lie in the stream
//! twice, when it was planned again long after.

use std::collections::{BTreeMap, HashMap};

use hub_message::DeliveryId;

/// Deliveries held at most: started or waiting in their lane.
const HELD_MAX: usize = 1000;
/// Bytes of bodies held at most.
const WEIGHT_MAX: usize = 24 * 1024 * 1024;

#[derive(Debug)]
struct Held<A> {
    /// Ways to acknowledge it, by sequence in the stream.
    acks: BTreeMap<u64, A>,
    weight: usize,
    /// Its receipt is on the way.
    closing: bool,
    /// It came once more after that: the newer one has to be acknowledged too.
    came_while_closing: bool,
}

/// What follows when a receipt was sent and its delivery acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// It is not held any longer.
    Gone,
    /// It came again meanwhile: the same receipt once more.
    Again,
}

/// The deliveries that a sink holds. `A` is a way to acknowledge one.
#[derive(Debug)]
pub struct Holding<A> {
    held: HashMap<DeliveryId, Held<A>>,
    weight: usize,
}

impl<A> Default for Holding<A> {
    fn default() -> Self {
        Self {
            held: HashMap::new(),
            weight: 0,
        }
    }
}

impl<A> Holding<A> {
    /// A delivery has come; tells whether it is new and has to be brought to its lane.
    pub fn arrive(&mut self, delivery: &DeliveryId, sequence: u64, ack: A, weight: usize) -> bool {
        if let Some(held) = self.held.get_mut(delivery) {
            held.acks.insert(sequence, ack);
            held.came_while_closing = held.closing;
            return false;
        }
        let held = Held {
            acks: BTreeMap::from([(sequence, ack)]),
            weight,
            closing: false,
            came_while_closing: false,
        };
        self.weight += weight;
        self.held.insert(delivery.clone(), held);
        true
    }

    /// Its receipt is sent now: what is to be acknowledged after that.
    pub fn close(&mut self, delivery: &DeliveryId) -> impl Iterator<Item = &A> {
        let held = self.held.get_mut(delivery).map(|held| {
            held.closing = true;
            held.acks.values()
        });
        held.into_iter().flatten()
    }

    /// Its receipt was sent and what [`Holding::close`] told was acknowledged.
    pub fn closed(&mut self, delivery: &DeliveryId) -> Closed {
        match self.held.get_mut(delivery) {
            Some(held) if held.came_while_closing => {
                held.came_while_closing = false;
                Closed::Again
            }
            _ => {
                self.weight -= self.held.remove(delivery).map_or(0, |held| held.weight);
                Closed::Gone
            }
        }
    }

    /// How many more may be taken.
    pub fn room(&self) -> usize {
        if self.weight >= WEIGHT_MAX {
            return 0;
        }
        HELD_MAX.saturating_sub(self.held.len())
    }

    /// How many are held.
    pub fn count(&self) -> usize {
        self.held.len()
    }

    /// Every way to acknowledge what is held.
    pub fn acks(&self) -> impl Iterator<Item = &A> {
        self.held.values().flat_map(|held| held.acks.values())
    }
}
