// SPDX-License-Identifier: EUPL-1.2
//! The tree against a reference that is too simple to be wrong: whole copies of contents and of folders.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::time::UNIX_EPOCH;

use proptest::prelude::*;

use super::*;

/// The folders of the reference; they are durable and stay.
const FOLDERS: usize = 3;
const NAMES: [&str; 4] = ["p", "q", "r", "s"];

type Place = (usize, usize);

#[derive(Debug, Clone)]
enum Step {
    Write(Place, u64, u16, u8),
    Resize(Place, u64),
    Sync(Place),
    Rename(Place, Place),
    Link(Place, Place),
    Unlink(Place),
    SyncFolder(usize),
}

/// One file of the reference: what programs see, and what it held at its last fsync.
#[derive(Debug, Clone, Default)]
struct File {
    seen: Vec<u8>,
    synced: Vec<u8>,
}

#[derive(Debug, Default)]
struct Reference {
    files: Vec<File>,
    seen: BTreeMap<Place, usize>,
    /// What a place has held since its folder was fsynced, that moment included.
    since: BTreeMap<Place, BTreeSet<Option<usize>>>,
}

impl Reference {
    fn set(&mut self, place: Place, file: Option<usize>) {
        match file {
            Some(file) => self.seen.insert(place, file),
            None => self.seen.remove(&place),
        };
        self.since
            .entry(place)
            .or_insert_with(|| BTreeSet::from([None]))
            .insert(file);
    }
}

fn place() -> impl Strategy<Value = Place> {
    (0..FOLDERS, 0..NAMES.len())
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (place(), 0u64..20_000, 0u16..9000, any::<u8>()).prop_map(|(p, o, l, b)| Step::Write(p, o, l, b)),
        1 => (place(), 0u64..20_000).prop_map(|(p, size)| Step::Resize(p, size)),
        2 => place().prop_map(Step::Sync),
        2 => (place(), place()).prop_map(|(from, to)| Step::Rename(from, to)),
        1 => (place(), place()).prop_map(|(from, to)| Step::Link(from, to)),
        2 => place().prop_map(Step::Unlink),
        2 => (0..FOLDERS).prop_map(Step::SyncFolder),
    ]
}

/// The tree and its reference, step by step.
struct Pair {
    tree: Tree,
    folders: Vec<Ino>,
    reference: Reference,
    inodes: Vec<Ino>,
}

impl Pair {
    fn new() -> Self {
        let attributes = Attributes::new(0o755, 0, 0, UNIX_EPOCH);
        let mut tree = Tree::new(attributes);
        let names = ["0", "1", "2"];
        let make = |name: &&str| tree.make(ROOT, OsStr::new(*name), Kind::Folder, attributes).unwrap();
        let folders: Vec<Ino> = names.iter().map(make).collect();
        tree.sync_all();
        Self {
            tree,
            folders,
            reference: Reference::default(),
            inodes: Vec::new(),
        }
    }

    fn at(&self, place: Place) -> (Ino, &'static OsStr) {
        (self.folders[place.0], OsStr::new(NAMES[place.1]))
    }

    /// The file at a place, made where there is none.
    fn file(&mut self, place: Place) -> usize {
        if let Some(&file) = self.reference.seen.get(&place) {
            return file;
        }
        let (folder, name) = self.at(place);
        let attributes = Attributes::new(0o644, 0, 0, UNIX_EPOCH);
        let ino = self.tree.make(folder, name, Kind::file(&[]), attributes).unwrap();
        self.inodes.push(ino);
        self.reference.files.push(File::default());
        let file = self.reference.files.len() - 1;
        self.reference.set(place, Some(file));
        file
    }

    fn take_all(&mut self, steps: &[Step]) {
        for step in steps {
            self.take(step);
            self.check_seen();
        }
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Write(place, offset, length, byte) => {
                let file = self.file(place);
                let data = vec![byte; length.into()];
                self.tree.write(self.inodes[file], offset, &data, UNIX_EPOCH).unwrap();
                let seen = &mut self.reference.files[file].seen;
                let end = offset as usize + data.len();
                if !data.is_empty() {
                    seen.resize(seen.len().max(end), 0);
                    seen[offset as usize..end].copy_from_slice(&data);
                }
            }
            Step::Resize(place, size) => {
                let file = self.file(place);
                self.tree.resize(self.inodes[file], size, UNIX_EPOCH).unwrap();
                self.reference.files[file].seen.resize(size as usize, 0);
            }
            Step::Sync(place) => {
                let file = self.file(place);
                self.tree.sync(self.inodes[file]).unwrap();
                self.reference.files[file].synced = self.reference.files[file].seen.clone();
            }
            Step::Rename(from, to) => self.rename(from, to),
            Step::Link(from, to) => self.link(from, to),
            Step::Unlink(place) => {
                let (folder, name) = self.at(place);
                let done = self.tree.unlink(folder, name, UNIX_EPOCH);
                assert_eq!(done.is_ok(), self.reference.seen.contains_key(&place));
                if done.is_ok() {
                    self.reference.set(place, None);
                }
            }
            Step::SyncFolder(folder) => {
                self.tree.sync(self.folders[folder]).unwrap();
                for name in 0..NAMES.len() {
                    let now = self.reference.seen.get(&(folder, name)).copied();
                    self.reference.since.insert((folder, name), BTreeSet::from([now]));
                }
            }
        }
    }

    fn rename(&mut self, from: Place, to: Place) {
        let done = self.tree.rename(self.at(from), self.at(to), true, UNIX_EPOCH);
        let moved = self.reference.seen.get(&from).copied();
        assert_eq!(done.is_ok(), moved.is_some());
        // POSIX: two names of one file stay both.
        if moved.is_some() && self.reference.seen.get(&to).copied() != moved {
            self.reference.set(from, None);
            self.reference.set(to, moved);
        }
    }

    fn link(&mut self, from: Place, to: Place) {
        let Some(&file) = self.reference.seen.get(&from) else {
            return;
        };
        let (folder, name) = self.at(to);
        let done = self.tree.link(self.inodes[file], folder, name, UNIX_EPOCH);
        assert_eq!(done.is_ok(), !self.reference.seen.contains_key(&to));
        if done.is_ok() {
            self.reference.set(to, Some(file));
        }
    }

    fn content(&self, ino: Ino) -> Vec<u8> {
        self.tree.read(ino, 0, usize::MAX).unwrap()
    }

    /// What programs see is what the reference says.
    fn check_seen(&self) {
        for folder in 0..FOLDERS {
            for name in 0..NAMES.len() {
                let (ino, text) = self.at((folder, name));
                let found = self.tree.find(ino, text).ok();
                let expected = self.reference.seen.get(&(folder, name));
                assert_eq!(found, expected.map(|&file| self.inodes[file]));
                if let Some(&file) = expected {
                    assert_eq!(self.content(self.inodes[file]), self.reference.files[file].seen);
                }
            }
        }
    }

    /// The power fails; which file of the reference stands at which place afterwards.
    fn lose(&mut self) -> BTreeMap<Place, Ino> {
        let by_slot: BTreeMap<Ino, usize> = self.inodes.iter().enumerate().map(|(file, &ino)| (ino, file)).collect();
        let mut before = BTreeMap::new();
        for folder in 0..FOLDERS {
            for name in 0..NAMES.len() {
                let (ino, text) = self.at((folder, name));
                if let Some(file) = self.tree.names.disk.find(ino, text) {
                    before.insert((folder, name), by_slot[&file]);
                }
            }
        }
        self.tree.lose();
        let names = ["0", "1", "2"];
        self.folders = names
            .iter()
            .map(|name| self.tree.find(ROOT, OsStr::new(*name)).unwrap())
            .collect();
        let mut found = BTreeMap::new();
        for folder in 0..FOLDERS {
            for name in 0..NAMES.len() {
                let (ino, text) = self.at((folder, name));
                let file = before.get(&(folder, name)).copied();
                let now = self.tree.find(ino, text).ok();
                assert_eq!(file.is_some(), now.is_some(), "what is on the disk is there");
                let history = self.reference.since.get(&(folder, name));
                let possible = history.map_or(file.is_none(), |history| history.contains(&file));
                assert!(
                    possible,
                    "a name goes back no further than the last fsync of its folder"
                );
                found.extend(now.map(|now| ((folder, name), now)));
                if let (Some(file), Some(now)) = (file, now) {
                    assert_eq!(self.content(now), self.reference.files[file].synced);
                }
            }
        }
        let kept: BTreeSet<usize> = before.into_values().collect();
        for &file in self.reference.seen.values() {
            let synced = !self.reference.files[file].synced.is_empty();
            assert!(
                !synced || kept.contains(&file),
                "a file that was fsynced and has a name has one on the disk"
            );
        }
        found
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn programs_see_a_file_system_and_a_power_failure_leaves_what_was_fsynced(
        steps in prop::collection::vec(step(), 1..60)
    ) {
        let mut pair = Pair::new();
        pair.take_all(&steps);
        pair.lose();
    }

    #[test]
    fn everything_survives_that_was_fsynced_completely(steps in prop::collection::vec(step(), 1..60)) {
        let mut pair = Pair::new();
        pair.take_all(&steps);
        pair.tree.sync_all();
        for file in &mut pair.reference.files {
            file.synced.clone_from(&file.seen);
        }
        let expected: Vec<Place> = pair.reference.seen.keys().copied().collect();
        assert_eq!(pair.lose().into_keys().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn with_survivors_a_page_is_old_or_new_and_a_seed_repeats(
        steps in prop::collection::vec(step(), 1..60), seed in any::<u64>()
    ) {
        let outcomes = [(); 2].map(|()| {
            let mut pair = Pair::new();
            pair.take_all(&steps);
            pair.tree.survive(&mut Chance::new(seed));
            for (file, ino) in pair.reference.files.iter().zip(&pair.inodes) {
                if let Some(Inode { kind: Kind::File(pages), .. }) = pair.tree.inodes.get(ino) {
                    check_survivors(file, &pages.after_power_failure().read(0, usize::MAX));
                }
            }
            let dropped = pair.tree.lose();
            (dropped, pair.tree.numbers().len())
        });
        assert_eq!(outcomes[0], outcomes[1]);
    }
}

/// Each page of what survived is one that was there before or after, up to where the content ends.
fn check_survivors(file: &File, survived: &[u8]) {
    let page = |content: &[u8], number: usize, length: usize| {
        let begin = (number * pages::PAGE).min(content.len());
        let mut page = content[begin..content.len().min(begin + length)].to_vec();
        page.resize(length, 0);
        page
    };
    for (number, part) in survived.chunks(pages::PAGE).enumerate() {
        let old = page(&file.synced, number, part.len());
        let new = page(&file.seen, number, part.len());
        // A cut inside the page can also survive without what was written behind it.
        let cut = part.iter().rposition(|&b| b != 0).map_or(0, |last| last + 1);
        let is_cut = old.get(..cut) == part.get(..cut);
        assert!(
            part == old || part == new || is_cut,
            "page {number} is neither old nor new"
        );
    }
}
