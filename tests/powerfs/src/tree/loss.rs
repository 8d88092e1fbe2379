// SPDX-License-Identifier: EUPL-1.2
//! The power failure.

use std::collections::BTreeMap;

use super::chance::Chance;
use super::names::{Names, View};
use super::pages::Pages;
use super::{Ino, Inode, Kind, ROOT, Tree};

/// What a power failure took: so that a test can show that it did something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Bytes in the pages that were lost.
    pub bytes: u64,
    /// Pages of 4 KiB that had been changed and not fsynced, in files that have a name.
    pub pages: u64,
    /// Names that had been made, moved or removed without the disk hearing of it.
    pub entries: u64,
}

impl Tree {
    /// Some of what was not fsynced reaches the disk after all.
    pub(crate) fn survive(&mut self, chance: &mut Chance) {
        self.names.survive(chance);
        for inode in self.inodes.values_mut() {
            if chance.flip() {
                inode.disk = inode.seen;
            }
            if let Kind::File(pages) = &mut inode.kind {
                pages.survive(chance);
            }
        }
    }

    /// The power fails: what programs see is what the disk holds, under new inode numbers.
    pub(crate) fn lose(&mut self) -> Dropped {
        let dropped = self.loss();
        let mut inodes = BTreeMap::new();
        let mut view = View::default();
        let mut numbers = BTreeMap::from([(ROOT, ROOT)]);
        let mut folders = vec![ROOT];
        if let Some(root) = self.inodes.get(&ROOT) {
            inodes.insert(ROOT, root.after_power_failure());
        }
        while let Some(folder) = folders.pop() {
            for (name, before) in self.names.disk.entries(folder) {
                let Some(inode) = self.inodes.get(&before) else {
                    continue;
                };
                let next = &mut self.next;
                let ino = *numbers.entry(before).or_insert_with(|| {
                    *next += 1;
                    *next - 1
                });
                if inodes.insert(ino, inode.after_power_failure()).is_none() && matches!(inode.kind, Kind::Folder) {
                    folders.push(before);
                }
                let parent = numbers.get(&folder).copied().unwrap_or(ROOT);
                view.set(&(parent, name.clone()), Some(ino));
            }
        }
        self.inodes = inodes;
        self.names = Names::durable(view);
        dropped
    }

    fn loss(&self) -> Dropped {
        let mut dropped = Dropped {
            entries: self.names.loss(),
            ..Dropped::default()
        };
        for (&ino, inode) in &self.inodes {
            let named = self.names.seen.links(ino) + self.names.disk.links(ino) > 0;
            if let (true, Kind::File(pages)) = (named, &inode.kind) {
                let loss = pages.loss();
                dropped.bytes += loss.bytes;
                dropped.pages += loss.pages;
            }
        }
        dropped
    }

    /// The numbers of all inodes.
    pub(crate) fn numbers(&self) -> Vec<Ino> {
        self.inodes.keys().copied().collect()
    }

    /// Throws everything away.
    pub(crate) fn clear(&mut self) {
        self.inodes.clear();
        self.names = Names::default();
    }

    /// Puts everything onto the disk, as at the end of an orderly stop.
    pub(crate) fn sync_all(&mut self) {
        for ino in self.numbers() {
            let _ = self.sync(ino);
        }
    }
}

impl Inode {
    fn after_power_failure(&self) -> Self {
        let kind = match &self.kind {
            Kind::File(pages) => Kind::File(Pages::after_power_failure(pages)),
            other => other.clone(),
        };
        Self::new(kind, self.disk)
    }
}
