// SPDX-License-Identifier: EUPL-1.2
//! The shell of a sink, its ledger's disk and its target in the simulated world.

use std::collections::{HashMap, HashSet};

use hub_delivery::{Change, Closed, Ended, Entry, First, Holding, Lanes, Then, first, then};
use hub_message::{DeliveryId, Outcome, Receipt, TargetClass, Timestamp};

use super::stream::{Random, Taken};
use super::{Knob, Out, World};

/// What a target does with a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Well,
    /// Refuses connections: certainly no effect.
    Away,
    /// Breaks off before the effect, or after it; the sink cannot tell which.
    BreaksBefore,
    BreaksAfter,
}

pub(crate) struct Target {
    pub(crate) class: TargetClass,
    pub(crate) mood: Mood,
    /// Ids that had their effect.
    known: HashSet<u64>,
    /// Effects in the order in which they came.
    pub(crate) effects: Vec<usize>,
}

impl Target {
    pub(crate) fn new(class: TargetClass) -> Self {
        Self {
            class,
            mood: Mood::Well,
            known: HashSet::new(),
            effects: Vec::new(),
        }
    }

    fn effect(&mut self, out: &Out) {
        if self.known.insert(out.id) || self.class != TargetClass::Idempotent {
            self.effects.push(out.message);
        }
    }
}

enum Phase {
    Begin,
    Begun(Entry),
    /// The target works; whether the effect is there already.
    AtTarget(bool),
    Note,
    Finish(Outcome),
}

struct Working {
    lane: String,
    out: Out,
    id: DeliveryId,
    attempts: u32,
    phase: Phase,
    resting_until: u64,
}

/// One life of a sink.
#[derive(Default)]
pub(crate) struct Sink {
    greeted: bool,
    holding: Holding<u64>,
    lanes: Lanes<Out>,
    working: Vec<Working>,
    settled: Vec<Receipt>,
    sent: Option<Vec<Receipt>>,
    /// What is acknowledged when the receipts are in their stream.
    closing: HashMap<DeliveryId, Vec<u64>>,
}

/// What is on a sink's disk. The sink acts only on what was fsynced, so that a crash loses a change or leaves it.
pub(crate) type Ledger = HashMap<DeliveryId, Entry>;

fn delivery_id(out: &Out) -> DeliveryId {
    format!("{:032x}", out.id).parse().expect("a delivery id")
}

fn change(ledger: &mut Ledger, id: &DeliveryId, change: &Change) -> Entry {
    let before = ledger.entry(id.clone()).or_default();
    let after = before.after(change);
    std::mem::replace(before, after)
}

impl Sink {
    pub(crate) fn is_idle(&self) -> bool {
        self.holding.count() == 0
    }

    fn start(&mut self, lane: String, out: Out) {
        self.working.push(Working {
            id: delivery_id(&out),
            lane,
            out,
            attempts: 0,
            phase: Phase::Begin,
            resting_until: 0,
        });
    }
}

impl World {
    /// One step of a sink: pull, one step of one delivery, or receipts and acknowledgements.
    pub(crate) fn sink_step(&mut self, to: usize) {
        match self.random.below(4) {
            0 => self.pull(to),
            1 | 2 => self.work(to),
            _ => self.close(to),
        }
        let sequences: Vec<u64> = self.sinks[to].holding.acks().copied().collect();
        for sequence in sequences {
            self.out_durables[to].in_progress(sequence, self.now);
        }
    }

    fn pull(&mut self, to: usize) {
        let sink = &mut self.sinks[to];
        if !sink.greeted {
            self.out_durables[to].take_over(self.knob != Some(Knob::NoReset));
            sink.greeted = true;
        }
        for (sequence, out) in self.out_durables[to].pull(&self.out, self.now, sink.holding.room().min(8)) {
            if !sink.holding.arrive(&delivery_id(&out), sequence, sequence, 100) {
                continue;
            }
            let message = &self.messages[out.message];
            let mut lane = format!("{}-{}", message.source, message.key);
            if self.knob == Some(Knob::NoLanes) {
                lane = format!("={}", out.id);
            }
            if let Some(out) = sink.lanes.enter(&lane, out) {
                sink.start(lane, out);
            }
        }
    }

    fn work(&mut self, to: usize) {
        let (sink, now) = (&mut self.sinks[to], self.now);
        let awake: Vec<usize> = (0..sink.working.len())
            .filter(|n| sink.working[*n].resting_until <= now)
            .collect();
        if awake.is_empty() {
            return;
        }
        let n = awake[self.random.below(awake.len() as u64) as usize];
        let class = match self.knob {
            Some(Knob::RepeatNeither) => TargetClass::Idempotent,
            _ => self.targets[to].class,
        };
        let (target, ledger) = (&mut self.targets[to], &mut self.ledgers[to]);
        let refused = self.messages[sink.working[n].out.message].refused;
        let one = &mut sink.working[n];
        if let Phase::Begun(before) = &one.phase {
            let what = match first(class, &before.progress) {
                First::Answer => "settled from the ledger",
                First::Ask => "target asked",
                First::InDoubt | First::Deliver => "delivering",
            };
            *self.fired.entry(what).or_default() += 1;
        }
        let Some(receipt) = one.step(class, target, ledger, refused, now, &mut self.random) else {
            return;
        };
        let lane = sink.working.remove(n).lane;
        sink.settled.push(receipt);
        if let Some(next) = sink.lanes.leave(&lane) {
            sink.start(lane, next);
        }
    }

    fn close(&mut self, to: usize) {
        let sink = &mut self.sinks[to];
        if let Some(receipts) = sink.sent.take() {
            for receipt in receipts {
                let acks: Vec<u64> = sink.closing.remove(&receipt.delivery).unwrap_or_default();
                for sequence in acks {
                    self.out.ack(sequence);
                }
                if sink.holding.closed(&receipt.delivery) == Closed::Again {
                    sink.settled.push(receipt);
                }
            }
            return;
        }
        let receipts = std::mem::take(&mut sink.settled);
        for receipt in &receipts {
            let acks = sink.holding.close(&receipt.delivery).copied().collect();
            sink.closing.insert(receipt.delivery.clone(), acks);
        }
        for receipt in &receipts {
            self.salt += 1;
            let taken = self.receipts.publish(self.now, self.salt, 0, receipt.clone());
            assert_ne!(taken, Taken::Refused);
        }
        sink.sent = Some(receipts);
    }

    /// The process ends. What it had asked of the target may still happen.
    pub(crate) fn crash_sink(&mut self, to: usize) {
        for one in std::mem::take(&mut self.sinks[to]).working {
            let taken = !self.messages[one.out.message].refused && self.targets[to].mood != Mood::Away;
            if taken && matches!(one.phase, Phase::AtTarget(false)) && self.random.one_in(2) {
                self.fired("sink died at its target");
                self.targets[to].effect(&one.out);
            }
        }
    }

    /// The connection is lost and comes again: the hub is greeted anew, what is held goes on.
    pub(crate) fn disconnect_sink(&mut self, to: usize) {
        self.sinks[to].greeted = false;
    }
}

impl Working {
    /// One step; the receipt when it was the last.
    fn step(
        &mut self,
        class: TargetClass,
        target: &mut Target,
        ledger: &mut Ledger,
        refused: bool,
        now: u64,
        random: &mut Random,
    ) -> Option<Receipt> {
        match std::mem::replace(&mut self.phase, Phase::Begin) {
            Phase::Begin => {
                let before = change(ledger, &self.id, &Change::Begin);
                self.attempts = before.attempts + 1;
                self.phase = Phase::Begun(before);
            }
            Phase::Begun(before) => match first(class, &before.progress) {
                First::Answer => {
                    if let hub_delivery::Progress::Done { receipt } = before.progress {
                        return Some(receipt);
                    }
                }
                First::InDoubt => self.phase = Phase::Finish(Outcome::InDoubt),
                First::Ask if target.mood == Mood::Away => self.resting_until = now + 5,
                First::Ask if target.known.contains(&self.out.id) => {
                    self.phase = Phase::Finish(Outcome::Done { reference: None });
                }
                First::Ask | First::Deliver => self.phase = Phase::AtTarget(false),
            },
            Phase::AtTarget(effect) => self.at_target(class, target, effect, refused, now, random),
            Phase::Note => {
                change(ledger, &self.id, &Change::Wait);
            }
            Phase::Finish(outcome) => {
                let receipt = Receipt {
                    delivery: self.id.clone(),
                    at: Timestamp::from_millis(now as i64),
                    attempts: self.attempts,
                    outcome,
                };
                change(ledger, &self.id, &Change::Finish(Box::new(receipt.clone())));
                return Some(receipt);
            }
        }
        None
    }

    fn at_target(
        &mut self,
        class: TargetClass,
        target: &mut Target,
        effect: bool,
        refused: bool,
        now: u64,
        random: &mut Random,
    ) {
        let ended = match (target.mood, effect) {
            (_, true) => Ended::Answered,
            (Mood::Away, _) => Ended::WithoutEffect,
            (Mood::BreaksBefore, _) => Ended::Unknown,
            _ if refused => Ended::Answered,
            (mood, _) => {
                target.effect(&self.out);
                // Slow: the effect is there some steps before the answer.
                if mood == Mood::Well && random.one_in(3) {
                    self.phase = Phase::AtTarget(true);
                    return;
                }
                if mood == Mood::Well {
                    Ended::Answered
                } else {
                    Ended::Unknown
                }
            }
        };
        self.phase = match then(class, ended) {
            Then::Settle if refused => Phase::Finish(super::rejected()),
            Then::Settle => Phase::Finish(Outcome::Done { reference: None }),
            Then::InDoubt => Phase::Finish(Outcome::InDoubt),
            Then::NoteAndRepeat => Phase::Note,
            Then::Repeat => Phase::Begin,
        };
        if ended != Ended::Answered {
            self.resting_until = now + 1 + random.below(8);
        }
    }
}
