// SPDX-License-Identifier: EUPL-1.2
//! The seeded generator, and a stream with the properties that were measured on the real server (NATS-FACTS).

use std::collections::{BTreeMap, HashMap};

/// Splitmix64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end
    }

    pub(crate) fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

/// How long a stream knows an id again: short, so that nothing can rest on it.
const WINDOW: u64 = 40;

#[derive(PartialEq, Eq, Debug, Clone, Copy)]
pub(crate) enum Taken {
    Stored(u64),
    Duplicate,
    /// The limit of the stream is reached (`discard: new`).
    Refused,
}

/// A work queue: what is acknowledged is gone.
pub(crate) struct Stream<T> {
    stored: BTreeMap<u64, (usize, T)>,
    last: u64,
    seen: HashMap<u64, u64>,
    pub(crate) limit: usize,
}

impl<T: Clone> Stream<T> {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            stored: BTreeMap::new(),
            last: 0,
            seen: HashMap::new(),
            limit,
        }
    }

    fn knows(&self, id: u64, now: u64) -> bool {
        self.seen.get(&id).is_some_and(|at| at + WINDOW > now)
    }

    pub(crate) fn publish(&mut self, now: u64, id: u64, subject: usize, item: T) -> Taken {
        if self.knows(id, now) {
            return Taken::Duplicate;
        }
        if self.stored.len() >= self.limit {
            return Taken::Refused;
        }
        self.last += 1;
        self.seen.insert(id, now);
        self.stored.insert(self.last, (subject, item));
        Taken::Stored(self.last)
    }

    /// All or nothing; one duplicate refuses the whole batch.
    pub(crate) fn batch(&mut self, now: u64, members: &[(u64, usize, T)]) -> Taken {
        if members.iter().any(|(id, ..)| self.knows(*id, now)) {
            return Taken::Duplicate;
        }
        if self.stored.len() + members.len() > self.limit {
            return Taken::Refused;
        }
        for (id, subject, item) in members {
            self.publish(now, *id, *subject, item.clone());
        }
        Taken::Stored(self.last)
    }

    pub(crate) fn ack(&mut self, sequence: u64) {
        self.stored.remove(&sequence);
    }

    pub(crate) fn waiting(&self, subject: usize) -> u64 {
        self.stored.values().filter(|(of, _)| *of == subject).count() as u64
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.stored.is_empty()
    }
}

/// A durable consumer of one subject.
#[derive(Default)]
pub(crate) struct Durable {
    subject: usize,
    cursor: u64,
    /// Given out and not acknowledged, and until when that is waited for.
    out: BTreeMap<u64, u64>,
    /// Who is pinned; a pull with an older pin is refused.
    pub(crate) pin: u64,
}

impl Durable {
    pub(crate) fn of(subject: usize) -> Self {
        Self {
            subject,
            ..Self::default()
        }
    }

    /// UNPIN and, unless it is left out, RESET. Returns the new pin.
    pub(crate) fn take_over(&mut self, reset: bool) -> u64 {
        self.pin += 1;
        if reset {
            self.cursor = 0;
            self.out.clear();
        }
        self.pin
    }

    /// What a pull brings: first what was not acknowledged in time, then what is new. Without a reset, what a dead
    /// reader holds is therefore overtaken.
    pub(crate) fn pull<T: Clone>(&mut self, stream: &Stream<T>, now: u64, max: usize) -> Vec<(u64, T)> {
        self.out.retain(|sequence, _| stream.stored.contains_key(sequence));
        let late = self.out.iter().filter(|(_, until)| **until <= now);
        let mut given: Vec<u64> = late.map(|(sequence, _)| *sequence).take(max).collect();
        let new = stream.stored.range(self.cursor + 1..);
        let mine = new.filter(|(_, (subject, _))| *subject == self.subject);
        given.extend(mine.map(|(sequence, _)| *sequence).take(max - given.len()));
        self.cursor = given.iter().copied().fold(self.cursor, u64::max);
        for sequence in &given {
            self.out.insert(*sequence, now + super::ACK_WAIT);
        }
        let content = |sequence: u64| (sequence, stream.stored[&sequence].1.clone());
        given.into_iter().map(content).collect()
    }

    pub(crate) fn in_progress(&mut self, sequence: u64, now: u64) {
        if let Some(until) = self.out.get_mut(&sequence) {
            *until = now + super::ACK_WAIT;
        }
    }
}
