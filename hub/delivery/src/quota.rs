// SPDX-License-Identifier: EUPL-1.2
//! Quotas: a recipient that takes nothing must not stop the town.
//!
//! All deliveries wait in one stream. A recipient is *full* when more messages wait for it than its quota, or when the
//! stream runs low on room and this recipient holds more than its fair share of it. Only the sources that are routed to
//! a full recipient stop; the rest of the stream's room is kept for the others and for the case records.

use std::collections::{BTreeMap, BTreeSet};

use hub_message::Recipient;

/// Share of the stream's room, in percent, above which recipients are held to their fair share of bytes. What is left is
/// the reserve for case records and for recipients that work.
const ROOM_PERCENT: u64 = 70;

/// A full recipient counts as full until it is below this share of its quota, in percent; otherwise sources would start
/// and stop with every message.
const RESUME_PERCENT: u64 = 90;

/// Bytes that a delivery is taken to have before the hub has published one.
const GUESSED_BYTES: u64 = 2048;

#[derive(Debug, Clone, Default)]
struct Level {
    quota: u64,
    /// Messages waiting when the stream was last asked.
    measured: u64,
    /// Messages published so far, and how many of them the last measurement could see.
    published: u64,
    published_at_measurement: u64,
    published_bytes: u64,
    /// Deliveries that are planned and not published yet.
    reserved: u64,
    full: bool,
}

impl Level {
    fn waiting(&self) -> u64 {
        self.measured + (self.published - self.published_at_measurement) + self.reserved
    }

    fn bytes_waiting(&self) -> u64 {
        let each = self
            .published_bytes
            .checked_div(self.published)
            .unwrap_or(GUESSED_BYTES);
        self.waiting() * each
    }

    fn is_above(&self, messages: u64, bytes: u64) -> bool {
        self.waiting() >= messages || self.bytes_waiting() >= bytes
    }
}

/// What the stream `OUT` holds and may hold, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Bytes in the stream.
    pub used: u64,
    /// The stream's limit.
    pub limit: u64,
}

/// A moment from which a measurement counts; see [`Levels::before_measuring`].
#[derive(Debug, Default)]
pub struct Moment(BTreeMap<Recipient, u64>);

/// The levels of all recipients.
#[derive(Debug, Default)]
pub struct Levels {
    levels: BTreeMap<Recipient, Level>,
    full: BTreeSet<Recipient>,
}

impl Levels {
    /// New quotas, in messages for each recipient; what was measured stays.
    pub fn replace(&mut self, quotas: BTreeMap<Recipient, u64>) {
        self.levels.retain(|recipient, _| quotas.contains_key(recipient));
        for (recipient, quota) in quotas {
            self.levels.entry(recipient).or_default().quota = quota;
        }
    }

    /// Takes room for deliveries to these recipients, one for each time that one is named, and tells for whom it was
    /// taken; `None` when one of them would pass its quota, who then counts as full. A message that nobody waits before
    /// always has room, however many deliveries it makes.
    pub fn reserve<'a>(&mut self, recipients: impl Iterator<Item = &'a Recipient>) -> Option<Vec<Recipient>> {
        let mut wanted = BTreeMap::<&Recipient, u64>::new();
        for recipient in recipients {
            *wanted.entry(recipient).or_default() += 1;
        }
        let mut passed = Vec::new();
        for (recipient, count) in &wanted {
            if let Some(level) = self.levels.get_mut(recipient)
                && level.waiting() > 0
                && level.waiting() + count > level.quota
            {
                level.full = true;
                passed.push((*recipient).clone());
            }
        }
        if !passed.is_empty() {
            self.full.extend(passed);
            return None;
        }
        let mut reserved = Vec::new();
        for (recipient, count) in wanted {
            if let Some(level) = self.levels.get_mut(recipient) {
                level.reserved += count;
                reserved.extend((0..count).map(|_| recipient.clone()));
            }
        }
        Some(reserved)
    }

    /// Gives room back: the deliveries are published, and counted as such, or given up.
    pub fn give_back(&mut self, reserved: &[Recipient]) {
        for recipient in reserved {
            if let Some(level) = self.levels.get_mut(recipient) {
                level.reserved = level.reserved.saturating_sub(1);
            }
        }
    }

    /// Counts a delivery that the stream has taken.
    pub fn published(&mut self, recipient: &Recipient, bytes: usize) {
        if let Some(level) = self.levels.get_mut(recipient) {
            level.published += 1;
            level.published_bytes += bytes as u64;
        }
    }

    /// To be called before the stream is asked, so that deliveries published meanwhile are not lost from the count.
    pub fn before_measuring(&self) -> Moment {
        let published = |(recipient, level): (&Recipient, &Level)| (recipient.clone(), level.published);
        Moment(self.levels.iter().map(published).collect())
    }

    /// Takes in how many messages wait for each recipient, as the stream says.
    pub fn measured(&mut self, moment: &Moment, waiting: &[(Recipient, u64)], room: Room) {
        for (recipient, count) in waiting {
            if let Some(level) = self.levels.get_mut(recipient) {
                level.measured = *count;
                level.published_at_measurement = moment.0.get(recipient).copied().unwrap_or(level.published);
            }
        }
        self.judge(room);
    }

    /// The recipients that are full.
    pub fn full(&self) -> &BTreeSet<Recipient> {
        &self.full
    }

    fn judge(&mut self, room: Room) {
        self.full.clear();
        let tight = room.used >= room.limit / 100 * ROOM_PERCENT;
        let share = room.limit / 100 * ROOM_PERCENT / (self.levels.len() as u64).max(1);
        for (recipient, level) in &mut self.levels {
            let percent = if level.full { RESUME_PERCENT } else { 100 };
            let bytes = if tight || level.full {
                share * percent / 100
            } else {
                u64::MAX
            };
            level.full = level.is_above((level.quota * percent / 100).max(1), bytes);
            if level.full {
                self.full.insert(recipient.clone());
            }
        }
    }
}
