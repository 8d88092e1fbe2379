// SPDX-License-Identifier: EUPL-1.2
//! The names of all directories: what programs see, what the disk holds, and which changes must reach it together.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};

use super::chance::Chance;
use super::{Ino, ROOT};

/// A place for a name: directory and name.
pub(crate) type Slot = (Ino, OsString);

/// Names as seen from one side, in both directions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct View {
    entries: BTreeMap<Ino, BTreeMap<OsString, Ino>>,
    slots: BTreeMap<Ino, BTreeSet<Slot>>,
}

/// All names.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    pub(crate) seen: View,
    pub(crate) disk: View,
    /// Places that may differ between the two.
    pending: BTreeSet<Slot>,
    /// The other end of a rename that has not reached the disk: both ends do so together.
    partners: BTreeMap<Slot, BTreeSet<Slot>>,
    /// What has lost a name on the disk: perhaps its last one.
    displaced: Vec<Ino>,
}

impl View {
    pub(crate) fn get(&self, slot: &Slot) -> Option<Ino> {
        self.find(slot.0, &slot.1)
    }

    pub(crate) fn find(&self, directory: Ino, name: &OsStr) -> Option<Ino> {
        self.entries.get(&directory)?.get(name).copied()
    }

    /// The names in a directory, sorted.
    pub(crate) fn entries(&self, directory: Ino) -> impl Iterator<Item = (&OsString, Ino)> {
        self.entries
            .get(&directory)
            .into_iter()
            .flatten()
            .map(|(name, &ino)| (name, ino))
    }

    /// The places at which something is named.
    pub(crate) fn slots(&self, ino: Ino) -> impl Iterator<Item = &Slot> {
        self.slots.get(&ino).into_iter().flatten()
    }

    /// How many names something has.
    pub(crate) fn links(&self, ino: Ino) -> usize {
        self.slots.get(&ino).map_or(0, BTreeSet::len)
    }

    /// Fills or empties a place; what was there before.
    pub(crate) fn set(&mut self, slot: &Slot, ino: Option<Ino>) -> Option<Ino> {
        let directory = self.entries.entry(slot.0).or_default();
        let before = match ino {
            Some(ino) => directory.insert(slot.1.clone(), ino),
            None => directory.remove(&slot.1),
        };
        if directory.is_empty() {
            self.entries.remove(&slot.0);
        }
        if let Some(slots) = before.and_then(|before| self.slots.get_mut(&before)) {
            slots.remove(slot);
        }
        if let Some(before) = before.filter(|&before| self.links(before) == 0) {
            self.slots.remove(&before);
        }
        if let Some(ino) = ino {
            self.slots.entry(ino).or_default().insert(slot.clone());
        }
        before
    }

    /// Whether a directory hangs below the root.
    fn reachable(&self, directory: Ino) -> bool {
        let mut at = directory;
        let mut passed = BTreeSet::new();
        while at != ROOT {
            let Some((parent, _)) = self.slots(at).next().filter(|_| passed.insert(at)) else {
                return false;
            };
            at = *parent;
        }
        true
    }
}

impl Names {
    /// Names that are on the disk.
    pub(crate) fn durable(view: View) -> Self {
        Self {
            seen: view.clone(),
            disk: view,
            ..Self::default()
        }
    }

    /// Fills or empties a place for programs; what was there before.
    pub(crate) fn set(&mut self, slot: &Slot, ino: Option<Ino>) -> Option<Ino> {
        let before = self.seen.set(slot, ino);
        if ino == self.disk.get(slot) && !self.partners.contains_key(slot) {
            self.pending.remove(slot);
        } else {
            self.pending.insert(slot.clone());
        }
        before
    }

    /// Moves what is at one place to another; what was at the other before.
    pub(crate) fn rename(&mut self, from: &Slot, to: &Slot) -> Option<Ino> {
        self.partners.entry(from.clone()).or_default().insert(to.clone());
        self.partners.entry(to.clone()).or_default().insert(from.clone());
        let moved = self.set(from, None);
        self.set(to, moved)
    }

    /// fsync of a directory: its names reach the disk, and its own where they never did.
    pub(crate) fn sync_directory(&mut self, directory: Ino) {
        let mut settled = self.pending_in(directory);
        if directory != ROOT && !self.disk.reachable(directory) {
            settled.extend(self.seen.slots(directory).cloned());
        }
        self.settle(settled);
    }

    /// fsync of something whose name never reached the disk: now it does.
    pub(crate) fn sync_created(&mut self, ino: Ino) {
        if self.disk.links(ino) == 0 {
            self.settle(self.seen.slots(ino).cloned().collect());
        }
    }

    /// Some of the changes reach the disk by themselves.
    pub(crate) fn survive(&mut self, chance: &mut Chance) {
        for slot in self.pending.clone() {
            if chance.flip() {
                self.settle(vec![slot]);
            }
        }
    }

    /// Places at which a power failure would change something.
    pub(crate) fn loss(&self) -> u64 {
        let lost = self
            .pending
            .iter()
            .filter(|slot| self.seen.get(slot) != self.disk.get(slot));
        lost.count() as u64
    }

    /// What has lost a name on the disk since the last question.
    pub(crate) fn take_displaced(&mut self) -> Vec<Ino> {
        std::mem::take(&mut self.displaced)
    }

    fn pending_in(&self, directory: Ino) -> Vec<Slot> {
        let from = (directory, OsString::new());
        let inside = self.pending.range(from..).take_while(|slot| slot.0 == directory);
        inside.cloned().collect()
    }

    /// Brings places to the disk, and with them what may not be torn from them: the other end of a rename, what a directory
    /// lost before it was removed, the one name that something still has, the directories above.
    fn settle(&mut self, slots: Vec<Slot>) {
        let mut waiting = slots;
        let mut named = BTreeSet::new();
        while !waiting.is_empty() {
            while let Some(slot) = waiting.pop() {
                if self.pending.remove(&slot) {
                    waiting.extend(self.settle_one(&slot));
                    named.insert(slot);
                }
            }
            // Looked at last: a directory that was in reach may have been moved by what was settled after it.
            for slot in &named {
                if self.seen.get(slot).is_some() && !self.disk.reachable(slot.0) {
                    let above = self.seen.slots(slot.0);
                    waiting.extend(above.filter(|slot| self.pending.contains(*slot)).cloned());
                }
            }
        }
    }

    /// Brings one place to the disk; what must follow.
    fn settle_one(&mut self, slot: &Slot) -> Vec<Slot> {
        let mut following: Vec<Slot> = Vec::new();
        for partner in self.partners.remove(slot).unwrap_or_default() {
            if let Some(back) = self.partners.get_mut(&partner) {
                back.remove(slot);
            }
            following.push(partner);
        }
        let now = self.seen.get(slot);
        let Some(displaced) = self.disk.set(slot, now).filter(|&before| Some(before) != now) else {
            return following;
        };
        self.displaced.push(displaced);
        if self.disk.links(displaced) == 0 {
            following.extend(self.seen.slots(displaced).cloned());
        }
        if self.seen.links(displaced) == 0 {
            following.extend(self.pending_in(displaced));
        }
        following
    }
}
