// SPDX-License-Identifier: EUPL-1.2
//! The shell of a hub's reader in the simulated world: one step at a time, so that a crash can come between any two.

use std::collections::VecDeque;

use hub_delivery::{Bisection, Published, Sorted, Step, Suspicion, Trace, Verdict, sort, whole};
use hub_message::Recipient;

use super::stream::Taken;
use super::{CASES, Knob, Out, World};

/// A message with what follows from it.
struct Decided {
    sequence: u64,
    outs: Vec<Out>,
    room: Vec<Recipient>,
}

#[derive(Default)]
enum Stage {
    #[default]
    Free,
    /// Named with fsync, to be planned next.
    Named((u64, usize)),
    Publishing(Vec<Decided>, Bisection),
    Acknowledging(VecDeque<u64>),
}

/// One life of a reader.
pub(crate) struct Reader {
    pin: Option<u64>,
    ahead: VecDeque<(u64, usize)>,
    careful: VecDeque<(u64, usize)>,
    usual: Vec<(u64, usize)>,
    published: Published,
    suspicion: Suspicion,
    stage: Stage,
    /// Let go of the stream when the stage is over.
    lets_go: bool,
}

/// What is on a hub's disk for one reader, and what only the page cache holds.
#[derive(Default, Clone)]
pub(crate) struct Disk {
    cached: Trace,
    synced: Trace,
}

impl Reader {
    /// A life begins; after a power failure without what was not fsynced.
    pub(crate) fn start(disk: &mut Disk, power_failed: bool) -> Self {
        let last = if power_failed { &disk.synced } else { &disk.cached };
        let suspicion = Suspicion::after(last.clone());
        disk.cached = suspicion.trace().clone();
        disk.synced = disk.cached.clone();
        Self {
            pin: None,
            ahead: VecDeque::new(),
            careful: VecDeque::new(),
            usual: Vec::new(),
            published: Published::default(),
            suspicion,
            stage: Stage::Free,
            lets_go: false,
        }
    }

    fn let_go(&mut self) {
        self.pin = None;
        self.lets_go = false;
        self.ahead.clear();
        self.careful.clear();
        self.usual.clear();
    }

    /// The connection is lost and comes again: what was sent ahead is dropped, and acknowledgements do not arrive.
    pub(crate) fn disconnected(&mut self) {
        if matches!(self.stage, Stage::Acknowledging(_)) {
            self.stage = Stage::Free;
            self.let_go();
        }
        self.pin = None;
        self.ahead.clear();
    }

    pub(crate) fn is_idle(&self) -> bool {
        matches!(self.stage, Stage::Free) && self.careful.is_empty() && self.usual.is_empty()
    }
}

impl World {
    /// One step of the reader of `source` in hub `h`.
    pub(crate) fn hub_step(&mut self, h: usize, source: usize) {
        let mut reader = self.readers[h][source].take().expect("a reader");
        let mut lives = true;
        match std::mem::take(&mut reader.stage) {
            Stage::Free if reader.lets_go => reader.let_go(),
            Stage::Free if !reader.careful.is_empty() => self.name(h, source, &mut reader),
            Stage::Free if !reader.usual.is_empty() => {
                let items = std::mem::take(&mut reader.usual);
                lives = self.plan(h, &mut reader, source, &items);
            }
            Stage::Free => self.take(h, source, &mut reader),
            Stage::Named(item) => {
                lives = self.plan(h, &mut reader, source, &[item]);
                if lives && reader.suspicion.planned() {
                    self.disks[h][source].cached = reader.suspicion.trace().clone();
                }
            }
            Stage::Publishing(group, bisection) => self.publish(h, &mut reader, group, bisection),
            Stage::Acknowledging(mut acks) => {
                if let Some(sequence) = acks.pop_front() {
                    self.inbound[source].ack(sequence);
                    reader.stage = Stage::Acknowledging(acks);
                } else if reader.suspicion.planned() {
                    self.disks[h][source].cached = reader.suspicion.trace().clone();
                }
            }
        }
        self.readers[h][source] = Some(reader);
        if !lives {
            self.crash_hub(h, false);
        }
    }

    fn take(&mut self, h: usize, source: usize, reader: &mut Reader) {
        if self.owner[source] != h {
            return reader.let_go();
        }
        let full = self.levels[h].full();
        if super::ROUTES[source].iter().any(|to| full.contains(&self.names[*to])) {
            self.fired("gate closed");
            return reader.let_go();
        }
        let durable = &mut self.inbound_durables[source];
        if reader.pin != Some(durable.pin) {
            reader.let_go();
            reader.pin = Some(durable.take_over(self.knob != Some(Knob::NoReset)));
        }
        if reader.ahead.is_empty() {
            reader.ahead.extend(durable.pull(&self.inbound[source], self.now, 8));
        }
        let count = reader.ahead.len().min(3);
        let items: Vec<_> = reader.ahead.drain(..count).collect();
        let none = Published::default();
        let known = match self.knob {
            Some(Knob::NoDedup) => &none,
            _ => &reader.published,
        };
        let Sorted {
            again,
            careful,
            usual,
            up_to,
        } = sort(items, |item| item.0, known, &reader.suspicion);
        for (sequence, _) in again {
            self.fired("published again, only acknowledged");
            self.inbound[source].ack(sequence);
        }
        if up_to.is_some_and(|last| reader.suspicion.taken(last)) {
            self.disks[h][source].cached = reader.suspicion.trace().clone();
        }
        reader.careful.extend(careful);
        reader.usual = usual;
    }

    fn name(&mut self, h: usize, source: usize, reader: &mut Reader) {
        let item = reader.careful.pop_front().expect("a message");
        let named = self.named.entry((h, source, item.0)).or_default();
        match reader.suspicion.name(item.0) {
            Verdict::Plan => {
                *named += 1;
                let trace = reader.suspicion.trace().clone();
                self.disks[h][source] = Disk {
                    cached: trace.clone(),
                    synced: trace,
                };
                reader.stage = Stage::Named(item);
            }
            Verdict::Suspect => {
                *self.fired.entry("suspect").or_default() += 1;
                if *named < 2 {
                    self.broken
                        .push(format!("message {} suspected, named {named} times", item.1));
                }
                let decided = Decided {
                    sequence: item.0,
                    outs: vec![self.outbound(item.1, CASES, true)],
                    room: Vec::new(),
                };
                self.begin(source, reader, vec![decided]);
            }
        }
    }

    /// Plans and admits; `false` when a message ends the process.
    fn plan(&mut self, h: usize, reader: &mut Reader, source: usize, items: &[(u64, usize)]) -> bool {
        let mut group = Vec::new();
        for (sequence, message) in items {
            if self.messages[*message].poison {
                return false;
            }
            let mut outs = vec![self.outbound(*message, CASES, false)];
            outs.extend(
                super::ROUTES[source]
                    .iter()
                    .map(|to| self.outbound(*message, *to, false)),
            );
            let recipients = outs.iter().map(|out| &self.names[out.to]);
            let Some(room) = self.levels[h].reserve(recipients) else {
                reader.lets_go = true;
                self.fired("no room");
                break;
            };
            group.push(Decided {
                sequence: *sequence,
                outs,
                room,
            });
        }
        // Nothing may overtake what found no room.
        if reader.lets_go {
            reader.careful.clear();
            reader.usual.clear();
        }
        self.begin(source, reader, group);
        true
    }

    fn outbound(&mut self, message: usize, to: usize, dead: bool) -> Out {
        let mut id = (message * 4 + to) as u64;
        if self.knob == Some(Knob::NoDedup) {
            self.salt += 1;
            id |= self.salt << 32;
        }
        Out { message, to, dead, id }
    }

    fn begin(&mut self, source: usize, reader: &mut Reader, group: Vec<Decided>) {
        if self.knob == Some(Knob::AckFirst) {
            for one in &group {
                self.inbound[source].ack(one.sequence);
            }
        }
        let bisection = Bisection::new(group.iter().map(|one| one.outs.len()), 1000);
        reader.stage = Stage::Publishing(group, bisection);
    }

    fn publish(&mut self, h: usize, reader: &mut Reader, group: Vec<Decided>, mut bisection: Bisection) {
        let taken = match bisection.next_step() {
            None => return self.finish(h, reader, group, bisection.done()),
            Some(Step::Batch(range)) => {
                let outs = group[range].iter().flat_map(|one| &one.outs);
                let members: Vec<_> = outs.map(|out| (out.id, out.to, out.clone())).collect();
                self.out.batch(self.now, &members)
            }
            Some(Step::OneByOne(range)) => {
                let mut outs = group[range].iter().flat_map(|one| &one.outs);
                let refused = outs.any(|out| {
                    let taken = self.out.publish(self.now, out.id, out.to, out.clone());
                    taken == Taken::Refused
                });
                if refused { Taken::Refused } else { Taken::Stored(0) }
            }
        };
        match taken {
            Taken::Stored(_) => bisection.published(),
            Taken::Duplicate => {
                self.fired("batch with a duplicate");
                bisection.duplicate();
            }
            Taken::Refused => {
                self.fired("stream full");
                reader.careful.clear();
                reader.usual.clear();
                reader.lets_go = true;
                return self.finish(h, reader, group, bisection.done());
            }
        }
        reader.stage = Stage::Publishing(group, bisection);
    }

    /// Counts, remembers and acknowledges what was published whole; all room is given back.
    fn finish(&mut self, h: usize, reader: &mut Reader, group: Vec<Decided>, published: usize) {
        let done = whole(group.iter().map(|_| 1), published);
        for one in &group[..done] {
            for out in &one.outs {
                self.levels[h].published(&self.names[out.to], 100);
            }
        }
        for one in &group {
            self.levels[h].give_back(&one.room);
        }
        reader.published.note(group[..done].iter().map(|one| one.sequence));
        reader.stage = Stage::Acknowledging(group[..done].iter().map(|one| one.sequence).collect());
    }

    /// The process ends; it is restarted at once.
    pub(crate) fn crash_hub(&mut self, h: usize, power_failed: bool) {
        self.levels[h] = Self::quotas(&self.names, self.quota);
        for source in 0..self.inbound.len() {
            self.readers[h][source] = Some(Reader::start(&mut self.disks[h][source], power_failed));
        }
    }
}
