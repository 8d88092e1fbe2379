// SPDX-License-Identifier: EUPL-1.2
//! The values of a scope, made once each.

use hub_message::{Kind, NodeRef, Tree};

use super::plan::{Making, NOWHERE};
use super::presence::Presence;
use super::{NONE, SlotRef, Value, ValueSource, WriteScope};
use crate::convert::{Asked, Buffers, Refusal, Way};
use crate::facts::Facts;
use crate::function::Made;
use crate::language::condition::Condition;
use crate::provenance::Recorder;
use crate::sink::ValueKind;
use crate::source::Symbol;
use crate::worker::Secrets;

/// No node of the canonical document.
const NO_NODE: u32 = u32::MAX;

/// A value that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Held {
    place: HeldIn,
    kind: ValueKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HeldIn {
    Absent,
    /// In the canonical document.
    Node(u32),
    /// In the scratch buffer.
    Scratch(u32, u32),
    /// In the program: a constant.
    Program,
}

pub(super) const ABSENT: Held = Held {
    place: HeldIn::Absent,
    kind: ValueKind::Text,
};

/// What the program holds itself.
const PROGRAM: Held = Held {
    place: HeldIn::Program,
    kind: ValueKind::Text,
};

impl Held {
    /// A value before any is made: only constants are there.
    pub(super) fn at_first(value: &Value) -> Self {
        if value.is_constant() { PROGRAM } else { ABSENT }
    }

    /// A field that is written as it is.
    fn copied(node: NodeRef<'_>) -> Self {
        let kind = match node.kind() {
            Kind::Text => ValueKind::Text,
            Kind::Number => ValueKind::Number,
            Kind::Bool => ValueKind::Bool,
            Kind::Map | Kind::List | Kind::Null => return ABSENT,
        };
        Self {
            place: HeldIn::Node(node.index()),
            kind,
        }
    }
}

/// Where the parts of one scope's occurrence begin in the buffers.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Bases {
    slots: usize,
    values: usize,
    pub(super) leaves: usize,
    scratch: usize,
}

/// Buffers for writing with one mapping, used again from document to document.
#[derive(Debug, Default)]
pub(crate) struct WriteState {
    slots: Vec<u32>,
    values: Vec<Held>,
    pub(super) present: Presence,
    /// The places that are entered, and the list that is open in each.
    pub(super) entered: Vec<(u32, Option<Symbol>)>,
    /// Places that are about to be entered, the innermost first.
    pub(super) ahead: Vec<u32>,
    scratch: String,
    buffers: Buffers,
    /// Dotted length of each list on the way to what is written, and the item's index in it.
    pub(super) indices: Vec<(usize, usize)>,
    /// Bytes of the latest output, a guess at the next one's.
    pub(crate) bytes: usize,
    /// Writes down where things come from, when somebody asked for it.
    pub(crate) recorder: Option<Box<Recorder>>,
}

/// What values are made from.
#[derive(Clone, Copy)]
pub(super) struct From<'a> {
    pub(super) document: NodeRef<'a>,
    pub(super) facts: &'a Facts<'a>,
    pub(super) secrets: &'a Secrets,
}

impl WriteState {
    /// Begins a document.
    pub(super) fn clear(&mut self) {
        self.slots.clear();
        self.values.clear();
        self.present.close(0);
        self.entered.clear();
        self.scratch.clear();
        self.indices.clear();
    }

    /// Finds the canonical fields of a scope's occurrence.
    pub(super) fn open(&mut self, scope: &WriteScope, node: NodeRef<'_>) -> Bases {
        let bases = Bases {
            slots: self.slots.len(),
            values: self.values.len(),
            leaves: self.present.open(&scope.plan),
            scratch: self.scratch.len(),
        };
        self.slots.resize(bases.slots + scope.slots as usize, NO_NODE);
        self.find(scope, 0, node, bases.slots);
        self.values.extend_from_slice(&scope.plan.held);
        bases
    }

    fn find(&mut self, scope: &WriteScope, at: u16, node: NodeRef<'_>, base: usize) {
        let Some(field) = scope.fields.get(at as usize) else {
            return;
        };
        if field.slot != NONE
            && node.kind() != Kind::Null
            && let Some(slot) = self.slots.get_mut(base + field.slot as usize)
        {
            *slot = node.index();
        }
        if field.children.is_empty() || node.kind() != Kind::Map {
            return;
        }
        // Documents and rows mostly have the same order, so the search goes on where it left off.
        let mut next = 0;
        for child in node.children() {
            let key = child.key().unwrap_or_default();
            let is_next = field.children.get(next).is_some_and(|(name, _)| name == key);
            let found = if is_next {
                Some(next)
            } else {
                field.children.iter().position(|(name, _)| name == key)
            };
            let Some(index) = found else {
                continue;
            };
            next = index + 1;
            if let Some((_, at)) = field.children.get(index) {
                self.find(scope, *at, child, base);
            }
        }
    }

    /// Gives the buffers of a scope's occurrence back.
    pub(super) fn close(&mut self, bases: Bases) {
        self.slots.truncate(bases.slots);
        self.values.truncate(bases.values);
        self.present.close(bases.leaves);
        self.scratch.truncate(bases.scratch);
    }

    /// The canonical node in a slot. Slots of the document stand first.
    pub(super) fn node<'a>(&self, tree: &'a Tree, bases: Bases, slot: SlotRef) -> Option<NodeRef<'a>> {
        let base = if slot.root { 0 } else { bases.slots };
        let index = self.slots.get(base + slot.slot as usize).copied()?;
        tree.node(index).filter(|_| index != NO_NODE)
    }

    /// The canonical node in a slot of the scope itself.
    pub(super) fn own_node<'a>(&self, tree: &'a Tree, bases: Bases, slot: u16) -> Option<NodeRef<'a>> {
        self.node(tree, bases, SlotRef { root: false, slot })
    }

    /// A value that was made.
    fn held(&self, bases: Bases, value: u16) -> Held {
        self.values
            .get(bases.values + value as usize)
            .copied()
            .unwrap_or(ABSENT)
    }

    /// The text of a value, and what it is.
    pub(super) fn text<'t>(
        &'t self,
        bases: Bases,
        index: u16,
        value: &'t Value,
        tree: &'t Tree,
    ) -> Option<(&'t str, ValueKind)> {
        let held = self.held(bases, index);
        let text = match held.place {
            HeldIn::Absent => None,
            HeldIn::Node(node) => tree.node(node)?.text(),
            HeldIn::Scratch(start, end) => self.scratch.get(start as usize..end as usize),
            HeldIn::Program => match &value.source {
                ValueSource::Text(text) => Some(text.as_str()),
                _ => value.default.as_deref(),
            },
        };
        Some((text?, held.kind))
    }

    /// Puts a text that was made where it stays until the scope is left.
    pub(super) fn keep(&mut self, text: &str, kind: ValueKind) -> Held {
        let start = self.scratch.len() as u32;
        self.scratch.push_str(text);
        Held {
            place: HeldIn::Scratch(start, self.scratch.len() as u32),
            kind,
        }
    }

    /// A value was made, which stands at this leaf.
    pub(super) fn put(&mut self, bases: Bases, value: u16, leaf: u32, held: Held) {
        if held.place == HeldIn::Absent {
            return;
        }
        if let Some(place) = self.values.get_mut(bases.values + value as usize) {
            *place = held;
        }
        if leaf != NOWHERE {
            self.present.add(bases.leaves, leaf);
        }
    }

    /// Makes a value.
    pub(super) fn make(
        &mut self,
        scope: &WriteScope,
        bases: Bases,
        making: &Making,
        from: From<'_>,
    ) -> Result<(), Refusal> {
        let tree = from.document.tree();
        if making.optional {
            let Some(node) = making.slot.and_then(|slot| self.node(tree, bases, slot)) else {
                return Ok(());
            };
            if making.copied {
                self.put(bases, making.value, making.leaf, Held::copied(node));
                return Ok(());
            }
        }
        let Some(value) = scope.values.get(making.value as usize) else {
            return Ok(());
        };
        if let Some(when) = &value.when
            && !self.meets(bases, when, tree)
        {
            return Ok(());
        }
        let mut held = self.of_source(value, bases, from)?;
        if held.place == HeldIn::Absent && value.default.is_some() {
            held = PROGRAM;
        }
        if held.place == HeldIn::Absent && value.required {
            return Err(Refusal {
                code: "AH-M202",
                text: "is missing; the mapping requires it".to_owned(),
                remedy: "let the source fill it in",
            });
        }
        self.put(bases, making.value, making.leaf, held);
        Ok(())
    }

    fn of_source(&mut self, value: &Value, bases: Bases, from: From<'_>) -> Result<Held, Refusal> {
        let tree = from.document.tree();
        match &value.source {
            ValueSource::Slot(slot) => match self.node(tree, bases, *slot) {
                Some(node) if value.stages.is_empty() => Ok(Held::copied(node)),
                Some(node) => match node.text() {
                    Some(text) => self.converted(text, value, from),
                    None => Ok(ABSENT),
                },
                None => Ok(ABSENT),
            },
            ValueSource::Text(_) if value.stages.is_empty() => Ok(PROGRAM),
            ValueSource::Text(text) => self.converted(text, value, from),
            ValueSource::Fact(fact) => match from.facts.get(fact) {
                Some(text) => self.converted(&text, value, from),
                None => Ok(ABSENT),
            },
            ValueSource::Texts(templates) => self.by_template(templates, bases, tree),
            ValueSource::Part => Ok(ABSENT),
        }
    }

    /// Whether a condition holds. A list or a group is present too, though it has no text.
    pub(super) fn meets(&self, bases: Bases, when: &Condition<SlotRef>, tree: &Tree) -> bool {
        let text = |slot: &SlotRef| Some(self.node(tree, bases, *slot)?.text().unwrap_or_default());
        when.holds(&mut |slot| text(slot))
    }

    fn converted(&mut self, text: &str, value: &Value, from: From<'_>) -> Result<Held, Refusal> {
        let made = self.buffers.apply(&value.stages, Way::Write, text, &mut Asking(from))?;
        let kind = match made {
            Made::Absent => return Ok(ABSENT),
            Made::Text => ValueKind::Text,
            Made::Number => ValueKind::Number,
            Made::Bool => ValueKind::Bool,
        };
        let start = self.scratch.len() as u32;
        self.scratch.push_str(&self.buffers.out);
        Ok(Held {
            place: HeldIn::Scratch(start, self.scratch.len() as u32),
            kind,
        })
    }
}

/// Answers what functions ask for.
pub(super) struct Asking<'a>(pub(super) From<'a>);

impl Asked for Asking<'_> {
    fn field(&mut self, path: &str) -> Option<String> {
        let node = path.split('.').try_fold(self.0.document, NodeRef::get)?;
        node.text().map(str::to_owned)
    }

    fn secret(&self, name: &str) -> Option<&[u8]> {
        self.0.secrets.get(name)
    }
}
