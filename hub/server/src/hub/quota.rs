// SPDX-License-Identifier: EUPL-1.2
//! Quotas: a recipient that takes nothing must not stop the town.
//!
//! All deliveries wait in one stream. A recipient is *full* when more messages wait for it than its quota, or when the
//! stream runs low on room and this recipient holds more than its fair share of it. Only the sources that are routed to
//! a full recipient stop; the rest of the stream's room is kept for the others and for the case records.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use hub_message::Recipient;
use tokio::sync::watch;

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
pub(crate) struct Room {
    /// Bytes in the stream.
    pub(crate) used: u64,
    /// The stream's limit.
    pub(crate) limit: u64,
}

/// Room for the deliveries of one message, given back when it is dropped: then they are published, and counted as such,
/// or given up.
#[derive(Debug)]
pub(crate) struct Reservation {
    quotas: Arc<Quotas>,
    recipients: Vec<Recipient>,
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.quotas.with(|levels| {
            for recipient in &self.recipients {
                if let Some(level) = levels.get_mut(recipient) {
                    level.reserved = level.reserved.saturating_sub(1);
                }
            }
        });
    }
}

/// A moment from which a measurement counts; see [`Quotas::before_measuring`].
#[derive(Debug)]
pub(crate) struct Moment(BTreeMap<Recipient, u64>);

/// The levels of all recipients.
#[derive(Debug)]
pub(crate) struct Quotas {
    levels: Mutex<BTreeMap<Recipient, Level>>,
    full: watch::Sender<BTreeSet<Recipient>>,
}

impl Quotas {
    /// Quotas in messages for each recipient.
    pub(crate) fn new(quotas: BTreeMap<Recipient, u64>) -> Self {
        let quotas_of = Self {
            levels: Mutex::default(),
            full: watch::Sender::new(BTreeSet::new()),
        };
        quotas_of.replace(quotas);
        quotas_of
    }

    /// New quotas after a reload; what was measured stays.
    pub(crate) fn replace(&self, quotas: BTreeMap<Recipient, u64>) {
        self.with(|levels| {
            levels.retain(|recipient, _| quotas.contains_key(recipient));
            for (recipient, quota) in quotas {
                levels.entry(recipient).or_default().quota = quota;
            }
        });
    }

    /// Takes room for deliveries to these recipients, one for each time that one is named; `None` when one of them would
    /// pass its quota, who then counts as full. A message that nobody waits before always has room, however many
    /// deliveries it makes.
    pub(crate) fn reserve<'a>(
        self: &Arc<Self>,
        recipients: impl Iterator<Item = &'a Recipient>,
    ) -> Option<Reservation> {
        let mut wanted = BTreeMap::<&Recipient, u64>::new();
        for recipient in recipients {
            *wanted.entry(recipient).or_default() += 1;
        }
        let mut passed = Vec::new();
        let mut reservation = Reservation {
            quotas: Arc::clone(self),
            recipients: Vec::new(),
        };
        self.with(|levels| {
            for (recipient, count) in &wanted {
                if let Some(level) = levels.get_mut(recipient)
                    && level.waiting() > 0
                    && level.waiting() + count > level.quota
                {
                    level.full = true;
                    passed.push((*recipient).clone());
                }
            }
            if passed.is_empty() {
                for (recipient, count) in wanted {
                    if let Some(level) = levels.get_mut(recipient) {
                        level.reserved += count;
                        reservation.recipients.extend((0..count).map(|_| recipient.clone()));
                    }
                }
            }
        });
        if passed.is_empty() {
            return Some(reservation);
        }
        self.full.send_modify(|full| full.extend(passed));
        None
    }

    /// Counts a delivery that the stream has taken.
    pub(crate) fn published(&self, recipient: &Recipient, bytes: usize) {
        self.with(|levels| {
            if let Some(level) = levels.get_mut(recipient) {
                level.published += 1;
                level.published_bytes += bytes as u64;
            }
        });
    }

    /// To be called before the stream is asked, so that deliveries published meanwhile are not lost from the count.
    pub(crate) fn before_measuring(&self) -> Moment {
        let mut moment = BTreeMap::new();
        self.with(|levels| moment = levels.iter().map(|(r, level)| (r.clone(), level.published)).collect());
        Moment(moment)
    }

    /// Takes in how many messages wait for each recipient, as the stream says.
    pub(crate) fn measured(&self, moment: &Moment, waiting: &[(Recipient, u64)], room: Room) {
        self.with(|levels| {
            for (recipient, count) in waiting {
                if let Some(level) = levels.get_mut(recipient) {
                    level.measured = *count;
                    level.published_at_measurement = moment.0.get(recipient).copied().unwrap_or(level.published);
                }
            }
        });
        self.judge(room);
    }

    /// The first recipient of `recipients` that is full.
    pub(crate) fn full_among(&self, recipients: &BTreeSet<Recipient>) -> Option<Recipient> {
        let full = self.full.borrow();
        recipients.iter().find(|recipient| full.contains(recipient)).cloned()
    }

    /// Tells every change of the set of full recipients.
    pub(crate) fn watch(&self) -> watch::Receiver<BTreeSet<Recipient>> {
        self.full.subscribe()
    }

    fn judge(&self, room: Room) {
        let mut full = BTreeSet::new();
        self.with(|levels| {
            let tight = room.used >= room.limit / 100 * ROOM_PERCENT;
            let share = room.limit / 100 * ROOM_PERCENT / (levels.len() as u64).max(1);
            for (recipient, level) in levels.iter_mut() {
                let percent = if level.full { RESUME_PERCENT } else { 100 };
                let bytes = if tight || level.full {
                    share * percent / 100
                } else {
                    u64::MAX
                };
                level.full = level.is_above((level.quota * percent / 100).max(1), bytes);
                if level.full {
                    full.insert(recipient.clone());
                }
            }
        });
        self.full.send_if_modified(|known| {
            let changed = *known != full;
            *known = full;
            changed
        });
    }

    fn with(&self, work: impl FnOnce(&mut BTreeMap<Recipient, Level>)) {
        // A poisoned lock means that another task panicked; the process is ending already.
        if let Ok(mut levels) = self.levels.lock() {
            work(&mut levels);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: Room = Room {
        used: 0,
        limit: 1_000_000,
    };

    fn recipient(name: &str) -> Recipient {
        Recipient::try_from(name.to_owned()).unwrap()
    }

    fn quotas(of: &[(&str, u64)]) -> Quotas {
        Quotas::new(of.iter().map(|(name, quota)| (recipient(name), *quota)).collect())
    }

    #[track_caller]
    fn measure(quotas: &Quotas, waiting: &[(&str, u64)], room: Room, full: &[&str]) {
        let waiting: Vec<_> = waiting.iter().map(|(name, count)| (recipient(name), *count)).collect();
        quotas.measured(&quotas.before_measuring(), &waiting, room);
        let expected: BTreeSet<_> = full.iter().map(|name| recipient(name)).collect();
        assert_eq!(*quotas.watch().borrow(), expected);
    }

    #[test]
    fn only_the_recipient_at_its_quota_is_full_and_it_stays_so_a_while() {
        let quotas = quotas(&[("finance", 10), ("trade", 10)]);
        measure(&quotas, &[("finance", 9), ("trade", 0)], EMPTY, &[]);
        measure(&quotas, &[("finance", 10), ("trade", 0)], EMPTY, &["finance"]);
        let both = BTreeSet::from([recipient("finance"), recipient("trade")]);
        assert_eq!(quotas.full_among(&both), Some(recipient("finance")));
        assert_eq!(quotas.full_among(&BTreeSet::from([recipient("trade")])), None);
        measure(&quotas, &[("finance", 9), ("trade", 0)], EMPTY, &["finance"]);
        measure(&quotas, &[("finance", 8), ("trade", 0)], EMPTY, &[]);
    }

    #[test]
    fn what_is_published_while_the_stream_is_asked_counts() {
        let quotas = quotas(&[("finance", 10)]);
        let moment = quotas.before_measuring();
        for _ in 0..10 {
            quotas.published(&recipient("finance"), 100);
        }
        quotas.measured(&moment, &[(recipient("finance"), 0)], EMPTY);
        assert_eq!(
            quotas.full_among(&BTreeSet::from([recipient("finance")])),
            Some(recipient("finance"))
        );
    }

    #[test]
    fn when_room_is_short_whoever_holds_more_than_the_fair_share_is_full() {
        let quotas = quotas(&[("finance", 1_000_000), ("trade", 1_000_000)]);
        quotas.published(&recipient("finance"), 1000);
        quotas.published(&recipient("trade"), 1000);
        let room = |used| Room { used, ..EMPTY };
        measure(&quotas, &[("finance", 400), ("trade", 20)], room(420_000), &[]);
        measure(&quotas, &[("finance", 700), ("trade", 20)], room(720_000), &["finance"]);
        measure(&quotas, &[("finance", 340), ("trade", 20)], room(360_000), &["finance"]);
        measure(&quotas, &[("finance", 300), ("trade", 20)], room(320_000), &[]);
    }

    #[test]
    fn a_message_that_would_pass_a_quota_has_no_room() {
        let quotas = Arc::new(quotas(&[("finance", 3), ("trade", 3)]));
        let (finance, trade) = (recipient("finance"), recipient("trade"));
        let first = quotas.reserve([&finance, &finance, &trade].into_iter()).unwrap();
        let second = quotas.reserve([&finance].into_iter()).unwrap();
        assert!(quotas.reserve([&trade, &finance].into_iter()).is_none());
        assert_eq!(
            quotas.full_among(&BTreeSet::from([finance.clone()])),
            Some(finance.clone())
        );
        assert!(
            quotas.reserve([&trade, &trade].into_iter()).is_some(),
            "the other one has room"
        );
        drop((first, second));
        measure(&quotas, &[("finance", 0)], EMPTY, &[]);
        let large = [&finance; 9];
        assert!(
            quotas.reserve(large.into_iter()).is_some(),
            "nothing waits: it must go through some time"
        );
    }

    #[test]
    fn a_reload_keeps_what_was_measured() {
        let quotas = quotas(&[("finance", 10)]);
        measure(&quotas, &[("finance", 8)], EMPTY, &[]);
        quotas.replace(BTreeMap::from([(recipient("finance"), 5)]));
        measure(&quotas, &[], EMPTY, &["finance"]);
        quotas.replace(BTreeMap::new());
        measure(&quotas, &[], EMPTY, &[]);
    }
}
