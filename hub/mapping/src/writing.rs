// SPDX-License-Identifier: EUPL-1.2
//! Writing: a canonical document becomes a target document.
//!
//! The rows are compiled into a tree of target places in the order in which they are written. For each scope (the
//! document, a list's item) the canonical fields are found in one walk, then every value is made, then it is known which
//! places exist, and last the sink is told. Nothing is looked up by name twice, and only what is there is walked: see
//! [`plan`].

pub(crate) mod compile;
mod draft;
mod emit;
mod order;
mod plan;
mod presence;
mod record;
mod templates;
pub(crate) mod values;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::convert::Stage;
use crate::language::condition::Condition;
use crate::language::template::Template;
use crate::rows::Rule;
use crate::source::Symbol;

pub(crate) use emit::Writing;
pub(crate) use order::Order;
use plan::Plan;

/// A compiled mapping, as far as it writes.
#[derive(Debug)]
pub(crate) struct WriteProgram {
    pub(crate) document: WriteScope,
}

/// What is written for the document, or for a list's item.
#[derive(Debug, Default)]
pub(crate) struct WriteScope {
    /// The canonical fields that are of interest, as a trie; node 0 is the scope itself.
    pub(crate) fields: Vec<FieldNode>,
    /// How many canonical slots the scope has.
    pub(crate) slots: u16,
    pub(crate) values: Vec<Value>,
    pub(crate) splits: Vec<Split>,
    /// In the order of writing, each before what is in it; element 0 is the root or the item itself.
    pub(crate) elements: Vec<Element>,
    /// The same as it is walked when a document is written.
    plan: Plan,
}

impl WriteScope {
    fn new(fields: (Vec<FieldNode>, u16), mut values: Vec<Value>, splits: Vec<Split>, elements: Vec<Element>) -> Self {
        let plan = Plan::of(&elements, &mut values);
        let (fields, slots) = fields;
        Self {
            fields,
            slots,
            values,
            splits,
            elements,
            plan,
        }
    }
}

/// No slot, no group.
pub(crate) const NONE: u16 = u16::MAX;

/// A key of the canonical document.
#[derive(Debug)]
pub(crate) struct FieldNode {
    pub(crate) children: Vec<(String, u16)>,
    pub(crate) slot: u16,
}

/// A value that may be written.
#[derive(Debug)]
pub(crate) struct Value {
    pub(crate) source: ValueSource,
    pub(crate) stages: Arc<Vec<Stage>>,
    pub(crate) default: Option<String>,
    pub(crate) required: bool,
    pub(crate) when: Option<Condition<SlotRef>>,
    pub(crate) bond: Bond,
    /// Number of the leaf that it is.
    leaf: u32,
    pub(crate) rule: Rule,
}

impl Value {
    /// Whether it is there in every document.
    fn is_constant(&self) -> bool {
        matches!(self.source, ValueSource::Text(_)) && self.stages.is_empty() && self.when.is_none()
    }
}

/// What a value has to do with the places above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bond {
    /// It makes them exist: a row, what `[always]` says.
    Causes,
    /// It is written where the place that it accompanies exists anyhow: a currency beside an amount.
    Accompanies,
    /// A predicate asks for it: it is written where there is something else in the place that bears the predicate.
    Demanded,
}

/// A canonical slot of the scope, or of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SlotRef {
    pub(crate) root: bool,
    pub(crate) slot: u16,
}

/// Where a value comes from.
#[derive(Debug)]
pub(crate) enum ValueSource {
    Slot(SlotRef),
    /// A constant.
    Text(String),
    /// `$message.id`, without the `$`.
    Fact(String),
    /// Made from several fields by the first template that fits.
    Texts(Vec<TextTemplate>),
    /// Filled by a [`Split`].
    Part,
}

/// One of several templates by which a text is made.
#[derive(Debug)]
pub(crate) struct TextTemplate {
    pub(crate) template: Template,
    /// The canonical slot of each of its parts.
    pub(crate) slots: Vec<u16>,
    /// Where it stands in the mapping file.
    pub(crate) span: std::ops::Range<usize>,
}

/// A value that a template takes apart into others.
#[derive(Debug)]
pub(crate) struct Split {
    pub(crate) value: u16,
    pub(crate) template: Template,
    /// The value of each part.
    pub(crate) parts: Vec<u16>,
}

/// A target place.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) name: Symbol,
    pub(crate) parent: u32,
    /// Index of the first element that is not in it.
    pub(crate) end: u32,
    /// The first value that is present is written.
    pub(crate) attributes: Vec<(Symbol, Vec<u16>)>,
    /// The first value that is present is written.
    pub(crate) content: Vec<u16>,
    /// The items that stand here.
    pub(crate) list: Option<Box<ListWrite>>,
    /// Whether places of this name may stand here several times: they come in one list, next to each other.
    pub(crate) repeated: bool,
    /// Whether it exists when its parent does, if only with what accompanies or is demanded in it.
    pub(crate) follows: bool,
    /// Whether it does so because a predicate leads through it.
    pub(crate) demanded: bool,
}

/// A list that is written.
#[derive(Debug)]
pub(crate) struct ListWrite {
    pub(crate) slot: u16,
    /// Whether the slot is one of the document.
    pub(crate) of_root: bool,
    pub(crate) item: WriteScope,
    /// Which items are written; of the item's fields.
    pub(crate) when: Option<Condition<SlotRef>>,
    pub(crate) rule: Rule,
}
