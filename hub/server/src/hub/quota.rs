// SPDX-License-Identifier: EUPL-1.2
//! Quotas, shared by the readers of all sources and by the meter; what they decide is decided in `hub_delivery`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use hub_delivery::{Levels, Moment, Room};
use hub_message::Recipient;
use tokio::sync::watch;

/// Room for the deliveries of one message, given back when it is dropped: then they are published, and counted as such,
/// or given up.
#[derive(Debug)]
pub(crate) struct Reservation {
    quotas: Arc<Quotas>,
    recipients: Vec<Recipient>,
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.quotas.with(|levels| levels.give_back(&self.recipients));
    }
}

/// The levels of all recipients.
#[derive(Debug)]
pub(crate) struct Quotas {
    levels: Mutex<Levels>,
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
        self.with(|levels| levels.replace(quotas));
    }

    /// Takes room, as [`Levels::reserve`] does.
    pub(crate) fn reserve<'a>(
        self: &Arc<Self>,
        recipients: impl Iterator<Item = &'a Recipient>,
    ) -> Option<Reservation> {
        let reserved = self.with(|levels| {
            let reserved = levels.reserve(recipients);
            if reserved.is_none() {
                self.full.send_replace(levels.full().clone());
            }
            reserved
        });
        Some(Reservation {
            quotas: Arc::clone(self),
            // Without levels, in a process that is ending, there is no room to give back.
            recipients: reserved.unwrap_or(Some(Vec::new()))?,
        })
    }

    /// Counts a delivery that the stream has taken.
    pub(crate) fn published(&self, recipient: &Recipient, bytes: usize) {
        self.with(|levels| levels.published(recipient, bytes));
    }

    /// To be called before the stream is asked, so that deliveries published meanwhile are not lost from the count.
    pub(crate) fn before_measuring(&self) -> Moment {
        self.with(|levels| levels.before_measuring()).unwrap_or_default()
    }

    /// Takes in how many messages wait for each recipient, as the stream says.
    pub(crate) fn measured(&self, moment: &Moment, waiting: &[(Recipient, u64)], room: Room) {
        self.with(|levels| {
            levels.measured(moment, waiting, room);
            self.full.send_if_modified(|known| {
                let changed = known != levels.full();
                known.clone_from(levels.full());
                changed
            });
        });
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

    /// `None` when the lock is poisoned: another task panicked, and the process is ending already.
    fn with<T>(&self, work: impl FnOnce(&mut Levels) -> T) -> Option<T> {
        self.levels.lock().ok().map(|mut levels| work(&mut levels))
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
