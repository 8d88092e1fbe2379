// SPDX-License-Identifier: EUPL-1.2
//! The content of one file in pages: what programs see, and what the disk holds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::chance::Chance;

/// Bytes in a page: the unit in which content reaches a disk.
pub(crate) const PAGE: usize = 4096;

type Page = [u8; PAGE];

/// Content as seen from one side. A page that is missing reads as zeros.
#[derive(Debug, Clone, Default)]
struct Image {
    size: u64,
    pages: BTreeMap<u64, Arc<Page>>,
}

/// The content of a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pages {
    seen: Image,
    disk: Image,
    /// Pages that may differ between the two.
    dirty: BTreeSet<u64>,
    /// The smallest size since the last fsync: what lies behind it was cut off and perhaps written anew.
    low: u64,
}

/// What of a file is lost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Loss {
    pub(crate) bytes: u64,
    pub(crate) pages: u64,
}

fn page_of(offset: u64) -> u64 {
    offset / PAGE as u64
}

/// Pages that a content of this size has.
fn pages_in(size: u64) -> u64 {
    size.div_ceil(PAGE as u64)
}

impl Pages {
    /// Content that is on the disk already.
    pub(crate) fn durable(content: &[u8]) -> Self {
        let mut pages = Self::default();
        pages.write(0, content);
        pages.sync();
        pages
    }

    /// Bytes that programs see.
    pub(crate) fn size(&self) -> u64 {
        self.seen.size
    }

    /// Pages that hold something.
    pub(crate) fn allocated(&self) -> u64 {
        self.seen.pages.len() as u64
    }

    /// What programs read: shorter at the end of the content.
    pub(crate) fn read(&self, offset: u64, length: usize) -> Vec<u8> {
        let length = usize::try_from(self.seen.size.saturating_sub(offset)).map_or(length, |left| length.min(left));
        let mut content = Vec::with_capacity(length);
        while content.len() < length {
            let at = offset + content.len() as u64;
            let begin = (at % PAGE as u64) as usize;
            let count = (PAGE - begin).min(length - content.len());
            let part = self
                .seen
                .pages
                .get(&page_of(at))
                .and_then(|page| page.get(begin..begin + count));
            match part {
                Some(part) => content.extend_from_slice(part),
                None => content.resize(content.len() + count, 0),
            }
        }
        content
    }

    /// Writes into what programs see. Nothing written changes nothing, as POSIX has it.
    pub(crate) fn write(&mut self, offset: u64, data: &[u8]) {
        if data.is_empty() {
            return;
        }
        let mut at = offset;
        let mut rest = data;
        while !rest.is_empty() {
            let begin = (at % PAGE as u64) as usize;
            let (part, behind) = rest.split_at((PAGE - begin).min(rest.len()));
            let page = self
                .seen
                .pages
                .entry(page_of(at))
                .or_insert_with(|| Arc::new([0; PAGE]));
            if let Some(place) = Arc::make_mut(page).get_mut(begin..begin + part.len()) {
                place.copy_from_slice(part);
            }
            self.dirty.insert(page_of(at));
            at += part.len() as u64;
            rest = behind;
        }
        self.seen.size = self.seen.size.max(at);
    }

    /// Cuts off or appends zeros.
    pub(crate) fn resize(&mut self, size: u64) {
        if size < self.seen.size {
            let gone = self.seen.pages.split_off(&pages_in(size));
            self.dirty.extend(gone.into_keys());
            let end = (size % PAGE as u64) as usize;
            if let Some(page) = self.seen.pages.get_mut(&page_of(size)).filter(|_| end > 0) {
                if let Some(behind) = Arc::make_mut(page).get_mut(end..) {
                    behind.fill(0);
                }
                self.dirty.insert(page_of(size));
            }
            self.low = self.low.min(size);
        }
        self.seen.size = size;
    }

    /// fsync: the disk holds what programs see.
    pub(crate) fn sync(&mut self) {
        for number in std::mem::take(&mut self.dirty) {
            self.disk.take_page(number, &self.seen);
        }
        self.disk.size = self.seen.size;
        self.low = self.seen.size;
    }

    /// Some of what was not fsynced reaches the disk by itself, as when the kernel wrote it back in time. Content that was
    /// overwritten survives page by page; content that was appended survives up to a page, since journaling file systems
    /// let the size grow with the content; a cut of the end survives or does not.
    pub(crate) fn survive(&mut self, chance: &mut Chance) {
        let kept = self.low.min(self.disk.size);
        for number in self.dirty.clone() {
            if number < page_of(kept) && chance.flip() {
                self.disk.take_page(number, &self.seen);
            }
        }
        if kept < self.disk.size && chance.flip() {
            return;
        }
        let first = page_of(kept);
        let grown = pages_in(self.seen.size).saturating_sub(first);
        let count = chance.below(grown + 1);
        self.disk.cut(kept);
        for number in first..first + count {
            self.disk.take_page(number, &self.seen);
        }
        if count > 0 {
            self.disk.size = self.seen.size.min((first + count) * PAGE as u64);
        }
    }

    /// What a power failure takes now.
    pub(crate) fn loss(&self) -> Loss {
        let mut loss = Loss::default();
        for &number in &self.dirty {
            let (seen, disk) = (self.seen.part(number), self.disk.part(number));
            if seen != disk {
                loss.pages += 1;
                loss.bytes += seen.map_or(0, <[u8]>::len) as u64;
            }
        }
        loss
    }

    /// The content after the power failure.
    pub(crate) fn after_power_failure(&self) -> Self {
        Self {
            seen: self.disk.clone(),
            disk: self.disk.clone(),
            dirty: BTreeSet::new(),
            low: self.disk.size,
        }
    }
}

impl Image {
    /// Holds a page as the other side has it.
    fn take_page(&mut self, number: u64, from: &Image) {
        match from.pages.get(&number) {
            Some(page) => self.pages.insert(number, Arc::clone(page)),
            None => self.pages.remove(&number),
        };
    }

    fn cut(&mut self, size: u64) {
        self.pages.split_off(&pages_in(size));
        self.size = size;
        let end = (size % PAGE as u64) as usize;
        if let Some(behind) = self
            .pages
            .get_mut(&page_of(size))
            .and_then(|page| Arc::make_mut(page).get_mut(end..))
        {
            behind.fill(0);
        }
    }

    /// The bytes of a page that lie inside the content.
    fn part(&self, number: u64) -> Option<&[u8]> {
        let inside = self.size.saturating_sub(number * PAGE as u64).min(PAGE as u64) as usize;
        self.pages.get(&number)?.get(..inside).filter(|part| !part.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(pages: &Pages) -> Vec<u8> {
        pages.read(0, usize::MAX)
    }

    #[test]
    fn what_was_not_synced_is_lost() {
        let mut pages = Pages::durable(b"old content");
        pages.write(0, b"new");
        assert_eq!(content(&pages), b"new content");
        assert_eq!(pages.loss(), Loss { bytes: 11, pages: 1 });
        assert_eq!(content(&pages.after_power_failure()), b"old content");
        pages.sync();
        assert_eq!(pages.loss(), Loss::default());
        assert_eq!(content(&pages.after_power_failure()), b"new content");
    }

    #[test]
    fn a_page_that_is_written_with_what_it_held_is_no_loss() {
        let mut pages = Pages::durable(&[7; 9000]);
        pages.write(4096, &[7; 100]);
        assert_eq!(pages.loss(), Loss::default());
    }

    #[test]
    fn content_behind_a_cut_reads_as_zeros_when_the_file_grows_again() {
        let mut pages = Pages::durable(&[7; 10_000]);
        pages.resize(5000);
        pages.resize(9000);
        let mut expected = vec![7; 5000];
        expected.resize(9000, 0);
        assert_eq!(content(&pages), expected);
        assert_eq!(content(&pages.after_power_failure()), vec![7; 10_000]);
        pages.sync();
        assert_eq!(content(&pages.after_power_failure()), expected);
    }

    #[test]
    fn holes_are_zeros_and_take_no_page() {
        let mut pages = Pages::default();
        pages.write(1 << 30, b"x");
        assert_eq!(pages.allocated(), 1);
        assert_eq!(pages.read((1 << 30) - 2, 10), [0, 0, b'x']);
    }

    #[test]
    fn what_was_appended_survives_up_to_a_page_and_never_with_a_hole() {
        let mut lengths = BTreeSet::new();
        for seed in 0..200 {
            let mut pages = Pages::durable(&[1; 6000]);
            pages.write(6000, &vec![2; 20_000]);
            pages.survive(&mut Chance::new(seed));
            let survived = content(&pages.after_power_failure());
            assert!(survived.iter().take(6000).all(|&b| b == 1));
            assert!(survived.iter().skip(6000).all(|&b| b == 2));
            lengths.insert(survived.len());
        }
        let expected: Vec<usize> = [6000, 8192, 12288, 16384, 20480, 24576, 26000].into();
        assert_eq!(lengths.into_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_was_overwritten_survives_page_by_page() {
        let mut mixed = false;
        for seed in 0..20 {
            let mut pages = Pages::durable(&[1; 3 * PAGE]);
            pages.write(0, &[2; 3 * PAGE]);
            pages.survive(&mut Chance::new(seed));
            let survived = content(&pages.after_power_failure());
            assert!(
                survived
                    .chunks(PAGE)
                    .all(|page| page.iter().all(|b| page.first() == Some(b)))
            );
            mixed |= survived.contains(&1) && survived.contains(&2);
        }
        assert!(mixed);
    }

    #[test]
    fn a_cut_survives_whole_or_not_at_all() {
        let mut found = BTreeSet::new();
        for seed in 0..200 {
            let mut pages = Pages::durable(&[1; 10_000]);
            pages.resize(0);
            pages.write(0, &[2; 5000]);
            pages.survive(&mut Chance::new(seed));
            let survived = content(&pages.after_power_failure());
            assert!(!(survived.contains(&1) && survived.contains(&2)));
            found.insert((survived.len(), survived.contains(&1)));
        }
        assert_eq!(
            found,
            BTreeSet::from([(0, false), (4096, false), (5000, false), (10_000, true)])
        );
    }
}
