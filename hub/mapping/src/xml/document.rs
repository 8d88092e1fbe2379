// SPDX-License-Identifier: EUPL-1.2
//! The strict walk over a document: elements and their balance, and what may stand outside of the root.

use hub_message::Rejection;

use super::Xml;
use super::attributes::Attribute;
use super::characters;
use super::fault::{Breach, Checked, Fault};
use super::namespaces::Namespaces;
use super::runs;
use crate::source::{Listener, Piece};

/// Buffers of the walk, used again from document to document.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(super) namespaces: Namespaces,
    pub(super) open: Vec<Open>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) value: String,
}

/// An element that is open. A document has at most 1 GiB, so that offsets fit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open {
    /// Where its name begins and ends.
    pub(super) name: (u32, u32),
    /// Bindings in force outside.
    pub(super) outside: u32,
    /// Bytes of text so far.
    pub(super) text: u32,
    /// Whether the listener is told about what is in it.
    pub(super) told: bool,
    /// Whether text was told.
    pub(super) has_text: bool,
    /// Whether a child element was met.
    pub(super) has_child: bool,
}

/// Where in the document the walk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Before the root element.
    Prolog,
    /// In the root element.
    Inside,
    /// Behind it.
    Epilog,
}

pub(super) struct Walk<'w, L> {
    pub(super) xml: &'w Xml,
    pub(super) text: &'w str,
    /// The byte that comes next.
    pub(super) at: usize,
    pub(super) state: &'w mut State,
    pub(super) to: &'w mut L,
    pub(super) phase: Phase,
    /// Whether a carriage return stands anywhere.
    pub(super) returns: bool,
    /// Whether `]]>` stands anywhere.
    pub(super) section_ends: bool,
}

/// Walks a document.
pub(super) fn read<L: Listener>(xml: &Xml, text: &str, state: &mut State, to: &mut L) -> Result<(), Rejection> {
    walk(xml, text, state, to).map_err(|fault| fault.in_text(text, &xml.spelled))
}

fn walk<L: Listener>(xml: &Xml, text: &str, state: &mut State, to: &mut L) -> Checked<()> {
    if text.is_empty() {
        return Err(Fault::new(Breach::Empty, 0, "the document is empty"));
    }
    let scanned = characters::scan(text)?;
    state.namespaces.clear();
    state.open.clear();
    Walk {
        xml,
        text,
        at: 0,
        state,
        to,
        phase: Phase::Prolog,
        returns: scanned.returns,
        section_ends: scanned.section_ends,
    }
    .document()
}

impl<'w, L: Listener> Walk<'w, L> {
    fn document(&mut self) -> Checked<()> {
        loop {
            match self.rest() {
                [b'<', b'/', ..] => self.end()?,
                [b'<', b'!' | b'?', ..] => self.markup()?,
                [b'<', ..] => self.start()?,
                [b'&', ..] => self.reference()?,
                [_, ..] => self.characters()?,
                [] => return self.ended(),
            }
        }
    }

    /// The bytes that come next.
    pub(super) fn rest(&self) -> &'w [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    pub(super) fn slice(&self, from: usize, to: usize) -> &'w str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// An end tag. It repeats the name of the element that is open, so there is nothing to look for.
    fn end(&mut self) -> Checked<()> {
        let from = self.at;
        let Some(open) = self.state.open.last() else {
            return Err(Fault::new(Breach::Balance, from, "an end tag has no start tag"));
        };
        let name = self.slice(open.name.0 as usize, open.name.1 as usize);
        let tag = self.rest().get(2..).unwrap_or_default();
        let Some(behind) = tag.strip_prefix(name.as_bytes()) else {
            return Err(other_end(from, tag));
        };
        let space = runs::space(behind);
        if behind.get(space) != Some(&b'>') {
            return Err(other_end(from, behind));
        }
        self.at = from + 2 + name.len() + space + 1;
        self.close(from);
        Ok(())
    }

    pub(super) fn close(&mut self, at: usize) {
        let Some(open) = self.state.open.pop() else {
            return;
        };
        self.state.namespaces.leave(open.outside as usize);
        let is_root = self.state.open.is_empty();
        if open.told {
            if !open.has_text && !open.has_child {
                self.to.text(Piece::Span(at, at));
            }
            if !is_root {
                self.to.leave(at);
            }
        }
        if is_root {
            self.phase = Phase::Epilog;
            self.to.end(at);
        }
    }

    fn ended(&self) -> Checked<()> {
        let (breach, sentence) = match self.phase {
            Phase::Epilog => return Ok(()),
            Phase::Inside => (Breach::Balance, "the document ends before its root element is closed"),
            Phase::Prolog => (Breach::Empty, "the document has no root element"),
        };
        Err(Fault::new(breach, self.at, sentence))
    }
}

/// An end tag that is not that of the element which is open, or is cut off.
#[cold]
fn other_end(at: usize, tag: &[u8]) -> Fault {
    if tag.contains(&b'>') {
        let sentence = "an end tag closes another element than the one that is open";
        return Fault::new(Breach::Balance, at, sentence);
    }
    Fault::new(Breach::Syntax, at, "a tag is not closed")
}
