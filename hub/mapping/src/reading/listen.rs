// SPDX-License-Identifier: EUPL-1.2
//! The listener that a source tells about a document.

use std::collections::HashMap;

use hub_message::Tree;

use super::ReadProgram;
use super::slots::Slots;
use super::trie::{NONE, Node};
use crate::contents::{Content, Told};
use crate::convert::Buffers;
use crate::language::file::Policy;
use crate::provenance::Recorder;
use crate::source::{Found, Listener, Names, Piece, Symbol, Takes};

/// Where the source is.
#[derive(Debug, Clone, Copy)]
struct Frame {
    node: u32,
    instance: u32,
    /// Slot that takes the text, or [`NONE`].
    takes: u16,
    /// Whether the frame opened a scope.
    opened: bool,
}

/// A place that no row names.
#[derive(Debug, Clone)]
pub(crate) struct UnmappedPlace {
    pub(crate) node: u32,
    pub(crate) name: String,
    pub(crate) count: u64,
    /// Where it was met first, in the latest document that had it.
    pub(crate) at: usize,
}

/// Buffers for reading with one mapping, used again from document to document.
#[derive(Debug, Default)]
pub(crate) struct ReadState {
    frames: Vec<Frame>,
    pub(crate) slots: Slots,
    pub(crate) told: Told,
    /// `None` while a value is made.
    pub(crate) buffers: Option<Box<Buffers>>,
    pub(crate) unmapped: Vec<UnmappedPlace>,
    /// Node → indices in `unmapped`.
    unmapped_at: HashMap<u32, Vec<u32>>,
    /// Dotted length of each list on the way to what is being made, and the item's index in it.
    pub(crate) indices: Vec<(usize, usize)>,
    /// Nodes of the latest document, a guess at the next one's.
    pub(crate) nodes: usize,
    /// Parts of the item's text that is being made.
    pub(crate) parts: Vec<Option<(u32, u32)>>,
    /// Writes down where things come from, when somebody asked for it.
    pub(crate) recorder: Option<Box<Recorder>>,
}

/// What a function or a row found wrong; the source adds the path.
#[derive(Debug)]
pub(crate) struct ReadFinding {
    pub(crate) rejection: hub_message::Rejection,
    pub(crate) at: Option<usize>,
}

/// The listener.
pub(crate) struct Listening<'a> {
    pub(crate) program: &'a ReadProgram,
    pub(crate) names: &'a Names,
    pub(crate) policy: Policy,
    /// The decoded text of the document; empty where every text is told as made.
    pub(crate) text: &'a str,
    pub(crate) state: &'a mut ReadState,
    pub(crate) secrets: &'a dyn Fn(&str) -> Option<&'a [u8]>,
    /// The mapping's file and its text, for the places of rules.
    pub(crate) rules: &'a crate::mapping::RulePlaces,
    pub(crate) made: Vec<Tree>,
    pub(crate) contents: Vec<Vec<Content>>,
    pub(crate) findings: Vec<ReadFinding>,
}

impl ReadState {
    fn count(&mut self, node: u32, name: &str, attribute: bool, at: usize) {
        let known = self.unmapped_at.entry(node).or_default();
        let is_it = |place: &UnmappedPlace| {
            let spelled = if attribute {
                place.name.strip_prefix('@')
            } else {
                Some(place.name.as_str())
            };
            spelled == Some(name)
        };
        let found = known
            .iter()
            .copied()
            .find(|index| self.unmapped.get(*index as usize).is_some_and(is_it));
        if let Some(place) = found.and_then(|index| self.unmapped.get_mut(index as usize)) {
            place.count += 1;
            place.at = at;
        } else if self.unmapped.len() < UNMAPPED_MAX {
            known.push(self.unmapped.len() as u32);
            let mark = if attribute { "@" } else { "" };
            self.unmapped.push(UnmappedPlace {
                node,
                name: format!("{mark}{name}"),
                count: 1,
                at,
            });
        }
    }

    /// Forgets what was counted.
    pub(crate) fn forget_unmapped(&mut self) {
        self.unmapped.clear();
        self.unmapped_at.clear();
    }
}

/// Different unmapped places that are counted.
const UNMAPPED_MAX: usize = 10_000;

impl Listening<'_> {
    /// The place where the source is.
    fn node(&self) -> Option<&Node> {
        let frame = self.state.frames.last()?;
        self.program.trie.nodes.get(frame.node as usize)
    }

    /// The slot for the content of a place, if one is wanted and not found yet.
    fn content_slot(&self, frame: Frame) -> Option<u16> {
        let slot = self.program.trie.nodes.get(frame.node as usize)?.content;
        (slot != NONE && !self.state.slots.is_filled(frame.instance, slot)).then_some(slot)
    }

    fn unmapped(&mut self, node: u32, name: &str, attribute: bool, at: usize) {
        match self.policy {
            Policy::Ignore => return,
            Policy::Report => {}
            Policy::Error => self.refuse_unmapped(node, name, attribute, at),
        }
        self.state.count(node, name, attribute, at);
    }
}

impl Listener for Listening<'_> {
    fn names(&self) -> &Names {
        self.names
    }

    fn begin(&mut self, at: usize) {
        self.state.slots.clear();
        self.state.told.clear();
        self.state.buffers.get_or_insert_default().kept.clear();
        self.state.frames.clear();
        let (Some(scope), Some(root)) = (self.program.trie.scopes.first(), self.program.trie.nodes.first()) else {
            return;
        };
        let instance = self.state.slots.open(scope, at);
        self.state.frames.push(Frame {
            node: 0,
            instance,
            takes: root.text,
            opened: false,
        });
    }

    fn end(&mut self, _at: usize) {
        self.make_document();
    }

    fn enter(&mut self, name: Symbol, spelled: &str, at: usize) -> bool {
        let Some(frame) = self.state.frames.last().copied() else {
            return false;
        };
        let program = self.program;
        let Some(node) = program.trie.nodes.get(frame.node as usize) else {
            return false;
        };
        let child = node.children.iter().find(|(symbol, _)| *symbol == name);
        let Some((index, child)) =
            child.and_then(|(_, index)| Some((*index, program.trie.nodes.get(*index as usize)?)))
        else {
            self.unmapped(frame.node, spelled, false, at);
            return false;
        };
        if !child.wanted {
            if let Some(recorder) = &mut self.state.recorder {
                recorder.known(index, Symbol::UNKNOWN);
            }
            return false;
        }
        let opened = child.scope != NONE;
        let instance = match program.trie.scopes.get(child.scope as usize) {
            Some(scope) => self.state.slots.open(scope, at),
            None => frame.instance,
        };
        if child.presence != NONE {
            self.state
                .slots
                .add(instance, child.presence, Piece::Span(at, at), self.text);
        }
        let full = child.text != NONE && self.state.slots.is_filled(instance, child.text);
        self.state.frames.push(Frame {
            node: index,
            instance,
            takes: if full { NONE } else { child.text },
            opened,
        });
        true
    }

    fn attribute(&mut self, name: Symbol, spelled: &str, value: Piece<'_>) {
        let Some(frame) = self.state.frames.last().copied() else {
            return;
        };
        let Some(node) = self.program.trie.nodes.get(frame.node as usize) else {
            return;
        };
        if let Some((_, slot)) = node.attributes.iter().find(|(symbol, _)| *symbol == name) {
            if *slot == NONE {
                if let Some(recorder) = &mut self.state.recorder {
                    recorder.known(frame.node, name);
                }
            } else if !self.state.slots.is_filled(frame.instance, *slot) {
                self.state.slots.add(frame.instance, *slot, value, self.text);
            }
        } else {
            let (Piece::Span(at, _) | Piece::Made(_, at)) = value;
            self.unmapped(frame.node, spelled, true, at);
        }
    }

    fn text(&mut self, piece: Piece<'_>) {
        let Some(frame) = self.state.frames.last().copied() else {
            return;
        };
        if frame.takes != NONE {
            self.state.slots.add(frame.instance, frame.takes, piece, self.text);
            return;
        }
        let names_text = self
            .program
            .trie
            .nodes
            .get(frame.node as usize)
            .is_some_and(|n| n.text != NONE);
        if names_text || self.policy == Policy::Ignore {
            return;
        }
        let (text, at) = match piece {
            Piece::Span(start, end) => (self.text.get(start..end).unwrap_or_default(), start),
            Piece::Made(text, at) => (text, at),
        };
        let is_blank = text.bytes().all(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'));
        if !is_blank {
            self.unmapped(frame.node, "text()", false, at);
        }
    }

    fn blank(&mut self, from: usize, to: usize) {
        if self.state.frames.last().is_some_and(|frame| frame.takes != NONE) {
            self.text(Piece::Span(from, to));
        }
    }

    fn takes(&self) -> Takes {
        let frame = self.state.frames.last();
        Takes {
            text: frame.is_some_and(|frame| frame.takes != NONE),
            content: frame.is_some_and(|frame| self.content_slot(*frame).is_some()),
            below: self.node().is_some_and(|node| !node.children.is_empty()),
        }
    }

    fn takes_attribute(&self, name: Symbol) -> bool {
        self.node()
            .is_some_and(|node| node.attributes.iter().any(|(symbol, _)| *symbol == name))
    }

    fn content(&mut self, found: Found<'_>) {
        let Some(frame) = self.state.frames.last().copied() else {
            return;
        };
        if let Some(slot) = self.content_slot(frame) {
            let handle = self.state.told.add(found);
            let piece = Piece::Made(&handle, found.at);
            self.state.slots.add(frame.instance, slot, piece, self.text);
        }
    }

    fn leave(&mut self, _at: usize) {
        let Some(frame) = self.state.frames.pop() else {
            return;
        };
        if !frame.opened {
            return;
        }
        let outside = self.state.frames.last().map_or(0, |frame| frame.instance);
        let scope = self
            .program
            .trie
            .nodes
            .get(frame.node as usize)
            .map_or(NONE, |n| n.scope);
        self.state
            .slots
            .leave(&self.program.trie, scope, frame.instance, outside, self.text);
    }
}
