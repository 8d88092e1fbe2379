// SPDX-License-Identifier: EUPL-1.2
//! What was met so far in a document: scopes with their slots and chains, in buffers that are used again.

use std::ops::Range;

use super::trie::{Compared, Exit, NONE, ScopeType, Test, Trie};
use crate::source::Piece;

/// Where the text of a slot stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Held {
    #[default]
    Absent,
    /// In the document.
    Document,
    /// In the scratch buffer.
    Scratch,
}

/// A text that was met.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Slot {
    held: Held,
    start: u32,
    end: u32,
    /// Offset in the document.
    pub(crate) at: u32,
}

impl Slot {
    /// Where the text stands in the document; an empty range where it was put together from pieces.
    pub(crate) fn range(self) -> Option<Range<usize>> {
        let at = self.at as usize;
        match self.held {
            Held::Absent => None,
            Held::Document => Some(self.start as usize..self.end as usize),
            Held::Scratch => Some(at..at),
        }
    }
}

/// An occurrence of a scope.
#[derive(Debug, Clone, Copy, Default)]
struct Instance {
    slots: u32,
    chains: u32,
    at: u32,
}

/// The items of a list, as a chain of links.
#[derive(Debug, Clone, Copy, Default)]
struct Chain {
    first: u32,
    last: u32,
}

/// An item of a chain; 0 is no link.
#[derive(Debug, Clone, Copy, Default)]
struct Link {
    instance: u32,
    next: u32,
}

/// The occurrence that is the document itself.
const DOCUMENT: u32 = 0;

/// Items and scopes that one document may have.
const INSTANCES_MAX: usize = if cfg!(test) { 40_000 } else { 4_000_000 };

/// What was met so far.
#[derive(Debug, Default)]
pub(crate) struct Slots {
    filled: Vec<Slot>,
    instances: Vec<Instance>,
    chains: Vec<Chain>,
    links: Vec<Link>,
    scratch: String,
    /// Whether the document had more items than [`INSTANCES_MAX`].
    pub(crate) overflowed: bool,
}

impl Slots {
    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.filled.clear();
        self.instances.clear();
        self.chains.clear();
        self.links.clear();
        self.links.push(Link::default());
        self.scratch.clear();
        self.overflowed = false;
    }

    /// Opens an occurrence of a scope.
    pub(crate) fn open(&mut self, scope: &ScopeType, at: usize) -> u32 {
        if self.instances.len() >= INSTANCES_MAX {
            self.overflowed = true;
            return 0;
        }
        self.instances.push(Instance {
            slots: self.filled.len() as u32,
            chains: self.chains.len() as u32,
            at: at as u32,
        });
        self.filled
            .resize(self.filled.len() + scope.slots as usize, Slot::default());
        self.chains
            .resize(self.chains.len() + scope.chains as usize, Chain::default());
        self.instances.len() as u32 - 1
    }

    fn slot_index(&self, instance: u32, slot: u16) -> usize {
        let base = self.instances.get(instance as usize).map_or(0, |i| i.slots);
        base as usize + slot as usize
    }

    fn chain_index(&self, instance: u32, chain: u16) -> usize {
        let base = self.instances.get(instance as usize).map_or(0, |i| i.chains);
        base as usize + chain as usize
    }

    /// Where an occurrence begins in the document.
    pub(crate) fn begins(&self, instance: u32) -> u32 {
        self.instances.get(instance as usize).map_or(0, |i| i.at)
    }

    /// A slot of an occurrence.
    pub(crate) fn slot(&self, instance: u32, slot: u16) -> Slot {
        if slot == NONE {
            return Slot::default();
        }
        self.filled
            .get(self.slot_index(instance, slot))
            .copied()
            .unwrap_or_default()
    }

    /// Whether a slot was filled.
    pub(crate) fn is_filled(&self, instance: u32, slot: u16) -> bool {
        self.slot(instance, slot).held != Held::Absent
    }

    /// The text of a slot.
    pub(crate) fn text<'t>(&'t self, slot: Slot, document: &'t str) -> Option<&'t str> {
        let range = slot.start as usize..slot.end as usize;
        match slot.held {
            Held::Absent => None,
            Held::Document => document.get(range),
            Held::Scratch => self.scratch.get(range),
        }
    }

    /// Adds a piece of text to a slot.
    pub(crate) fn add(&mut self, instance: u32, slot: u16, piece: Piece<'_>, document: &str) {
        let index = self.slot_index(instance, slot);
        let Some(slot) = self.filled.get_mut(index) else {
            return;
        };
        match (slot.held, piece) {
            (Held::Absent, Piece::Span(start, end)) => {
                *slot = Slot {
                    held: Held::Document,
                    start: start as u32,
                    end: end as u32,
                    at: start as u32,
                };
            }
            (Held::Document, Piece::Span(start, end)) if slot.end as usize == start => slot.end = end as u32,
            (_, piece) => {
                let (text, at) = match piece {
                    Piece::Span(start, end) => (document.get(start..end).unwrap_or_default(), start),
                    Piece::Made(text, at) => (text, at),
                };
                join(slot, text, at, document, &mut self.scratch);
            }
        }
    }

    /// Runs the exits of a scope that is left.
    pub(crate) fn leave(&mut self, trie: &Trie, scope: u16, instance: u32, outside: u32, document: &str) {
        let Some(scope) = trie.scopes.get(scope as usize) else {
            return;
        };
        for exit in &scope.exits {
            if exit.tests.iter().all(|test| self.holds(test, instance, document)) {
                self.run(exit, instance, outside);
            }
        }
    }

    fn holds(&self, test: &Test, instance: u32, document: &str) -> bool {
        let text = self.text(self.slot(instance, test.slot), document);
        let wanted = match &test.against {
            Compared::Presence => return text.is_some() != test.negated,
            Compared::Text(text) => Some(text.as_str()),
            Compared::Slot(slot) => self.text(self.slot(DOCUMENT, *slot), document).map(str::trim),
        };
        text.is_some_and(|text| Some(text.trim()) == wanted) != test.negated
    }

    fn run(&mut self, exit: &Exit, instance: u32, outside: u32) {
        for (inner, outer) in &exit.slots {
            let found = self.slot(instance, *inner);
            let index = self.slot_index(outside, *outer);
            if let Some(slot) = self.filled.get_mut(index)
                && slot.held == Held::Absent
            {
                *slot = found;
            }
        }
        for (inner, outer) in &exit.chains {
            let found = self
                .chains
                .get(self.chain_index(instance, *inner))
                .copied()
                .unwrap_or_default();
            if found.first != 0 {
                self.append(outside, *outer, found);
            }
        }
        for outer in &exit.items {
            self.links.push(Link { instance, next: 0 });
            let link = self.links.len() as u32 - 1;
            self.append(
                outside,
                *outer,
                Chain {
                    first: link,
                    last: link,
                },
            );
        }
    }

    fn append(&mut self, outside: u32, chain: u16, found: Chain) {
        let index = self.chain_index(outside, chain);
        let Some(chain) = self.chains.get_mut(index) else {
            return;
        };
        if chain.first == 0 {
            *chain = found;
            return;
        }
        if let Some(link) = self.links.get_mut(chain.last as usize) {
            link.next = found.first;
        }
        chain.last = found.last;
    }

    /// The first link of a chain; 0: it has no items.
    pub(crate) fn first(&self, instance: u32, chain: u16) -> u32 {
        self.chains
            .get(self.chain_index(instance, chain))
            .map_or(0, |c| c.first)
    }

    /// The occurrence of a link, and the next link.
    pub(crate) fn item(&self, link: u32) -> (u32, u32) {
        self.links
            .get(link as usize)
            .map_or((0, 0), |link| (link.instance, link.next))
    }
}

/// Appends a piece to a slot in the scratch buffer.
fn join(slot: &mut Slot, text: &str, at: usize, document: &str, scratch: &mut String) {
    let before = (slot.start as usize, slot.end as usize);
    let at_end = slot.held == Held::Scratch && before.1 == scratch.len();
    if !at_end {
        let start = scratch.len();
        match slot.held {
            Held::Absent => slot.at = at as u32,
            Held::Document => scratch.push_str(document.get(before.0..before.1).unwrap_or_default()),
            Held::Scratch => scratch.extend_from_within(before.0..before.1),
        }
        slot.start = start as u32;
        slot.held = Held::Scratch;
    }
    scratch.push_str(text);
    slot.end = scratch.len() as u32;
}
