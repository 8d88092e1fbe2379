// SPDX-License-Identifier: EUPL-1.2
//! Reading: what a source tells becomes canonical documents.
//!
//! [`trie`] says what is wanted at every place, [`listen`] keeps it as spans while the source runs, [`make`] builds the
//! canonical document in the schema's order when the source has told its end.

pub(crate) mod compile;
pub(crate) mod listen;
mod make;
pub(crate) mod slots;
pub(crate) mod trie;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use hub_message::LeafKind;

use crate::convert::Stage;
use crate::language::condition::Condition;
use crate::language::template::Template;
use crate::rows::{Gather, Rule, Texts};
use crate::source::Symbol;

/// A compiled mapping, as far as it reads.
#[derive(Debug)]
pub(crate) struct ReadProgram {
    pub(crate) trie: trie::Trie,
    /// The document's members in the schema's order.
    pub(crate) document: Vec<Make>,
    /// Leaves that functions and conditions ask for by `^field`.
    pub(crate) asked: HashMap<String, LeafMake>,
    /// Node and attribute ([`Symbol::UNKNOWN`]: none) of each place that is left out on purpose, in the order given.
    pub(crate) known: Vec<(u32, Symbol)>,
}

/// A step of building the canonical document.
#[derive(Debug)]
pub(crate) enum Make {
    /// A group; left out when nothing is in it.
    Map {
        key: String,
        body: Vec<Make>,
    },
    Leaf {
        /// The slot without which there is nothing to do, or [`trie::NONE`]. Most leaves of a complete mapping are absent
        /// from a document, so that is found out before anything else is looked at.
        needs: u16,
        leaf: Box<LeafMake>,
    },
    List(Box<ListMake>),
}

impl Make {
    /// For a leaf.
    fn leaf(leaf: LeafMake) -> Self {
        let has_more = leaf.when.is_some() || leaf.default.is_some() || leaf.required || !leaf.otherwise.is_empty();
        Self::Leaf {
            needs: match leaf.source {
                LeafSource::Slot(slot) if !has_more => slot,
                _ => trie::NONE,
            },
            leaf: Box::new(leaf),
        }
    }
}

/// How a leaf is made.
#[derive(Debug, Clone)]
pub(crate) struct LeafMake {
    /// `None`: the item of a list of plain values.
    pub(crate) key: Option<String>,
    pub(crate) kind: LeafKind,
    pub(crate) source: LeafSource,
    pub(crate) stages: Arc<Vec<Stage>>,
    pub(crate) default: Option<String>,
    pub(crate) required: bool,
    pub(crate) when: Option<Condition<Operand>>,
    /// What counts instead when nothing is found here, the first that finds something.
    pub(crate) otherwise: Vec<LeafMake>,
    pub(crate) rule: Rule,
}

/// Where the text of a leaf comes from.
#[derive(Debug, Clone)]
pub(crate) enum LeafSource {
    /// A slot of the scope.
    Slot(u16),
    /// All matches of a place: the chain of their scopes, and the slot in each.
    Many { chain: u16, slot: u16, gather: Gather },
    /// A template over slots.
    Composed { template: Template, slots: Vec<u16> },
    /// A part of the item's text, by its index in the list's [`Texts`].
    Part(usize),
    /// Only the default.
    Nothing,
}

/// What a condition looks at.
#[derive(Debug, Clone)]
pub(crate) enum Operand {
    Slot(u16),
    Field(String),
}

/// How a list is made.
#[derive(Debug)]
pub(crate) struct ListMake {
    pub(crate) key: String,
    pub(crate) chain: u16,
    pub(crate) item: ItemMake,
    /// The text of the item, and how it holds several fields.
    pub(crate) texts: Option<(u16, Texts)>,
    /// Other places whose items follow.
    pub(crate) further: Vec<ListMake>,
    pub(crate) rule: Rule,
}

/// How a list's item is made.
#[derive(Debug)]
pub(crate) enum ItemMake {
    Map(Vec<Make>),
    Leaf(Box<LeafMake>),
}
