// SPDX-License-Identifier: EUPL-1.2
//! The values of a scope, made once each.

use hub_message::{Kind, NodeRef, Tree};

use super::{NONE, SlotRef, TextTemplate, Value, ValueSource, WriteScope};
use crate::convert::{Asked, Buffers, Refusal, Way};
use crate::facts::Facts;
use crate::function::Made;
use crate::language::condition::Condition;
use crate::provenance::Recorder;
use crate::sink::ValueKind;
use crate::worker::Secrets;

/// No node of the canonical document.
const NOWHERE: u32 = u32::MAX;

/// A value that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Held {
    place: HeldIn,
    pub(super) kind: ValueKind,
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

const ABSENT: Held = Held {
    place: HeldIn::Absent,
    kind: ValueKind::Text,
};

/// Whether a place is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Existence {
    /// Something makes it exist.
    pub(super) caused: bool,
    /// There is something to write in it.
    pub(super) filled: bool,
}

/// Where the parts of one scope's occurrence begin in the buffers.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Bases {
    slots: usize,
    values: usize,
    exists: usize,
    scratch: usize,
}

/// Buffers for writing with one mapping, used again from document to document.
#[derive(Debug, Default)]
pub(crate) struct WriteState {
    slots: Vec<u32>,
    values: Vec<Held>,
    exists: Vec<Existence>,
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
        self.exists.clear();
        self.scratch.clear();
        self.indices.clear();
    }

    /// Finds the canonical fields of a scope's occurrence.
    pub(super) fn open(&mut self, scope: &WriteScope, node: NodeRef<'_>) -> Bases {
        let bases = Bases {
            slots: self.slots.len(),
            values: self.values.len(),
            exists: self.exists.len(),
            scratch: self.scratch.len(),
        };
        self.slots.resize(bases.slots + scope.slots as usize, NOWHERE);
        self.find(scope, 0, node, bases.slots);
        self.values.resize(bases.values + scope.values.len(), ABSENT);
        self.exists
            .resize(bases.exists + scope.elements.len(), Existence::default());
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
            let (before, after) = field.children.split_at(next.min(field.children.len()));
            let found = after.iter().chain(before).position(|(name, _)| name == key);
            let Some(index) = found.map(|index| (index + before.len()) % field.children.len()) else {
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
        self.exists.truncate(bases.exists);
        self.scratch.truncate(bases.scratch);
    }

    /// Whether a place is written.
    pub(super) fn existence(&self, bases: Bases, element: usize) -> Existence {
        self.exists.get(bases.exists + element).copied().unwrap_or_default()
    }

    /// Adds what was found about a place; gives all that is known.
    pub(super) fn add_existence(&mut self, bases: Bases, element: usize, found: Existence) -> Existence {
        let Some(known) = self.exists.get_mut(bases.exists + element) else {
            return found;
        };
        known.caused |= found.caused;
        known.filled |= found.filled;
        *known
    }

    /// A place exists because its parent does.
    pub(super) fn follow(&mut self, bases: Bases, element: usize) {
        if let Some(known) = self.exists.get_mut(bases.exists + element) {
            known.caused |= known.filled;
        }
    }

    /// The canonical node in a slot. Slots of the document stand first.
    pub(super) fn node<'a>(&self, tree: &'a Tree, bases: Bases, slot: SlotRef) -> Option<NodeRef<'a>> {
        let base = if slot.root { 0 } else { bases.slots };
        let index = self.slots.get(base + slot.slot as usize).copied()?;
        tree.node(index).filter(|_| index != NOWHERE)
    }

    /// The canonical node in a slot of the scope itself.
    pub(super) fn own_node<'a>(&self, tree: &'a Tree, bases: Bases, slot: u16) -> Option<NodeRef<'a>> {
        self.node(tree, bases, SlotRef { root: false, slot })
    }

    /// A value that was made.
    pub(super) fn held(&self, bases: Bases, value: u16) -> Held {
        self.values
            .get(bases.values + value as usize)
            .copied()
            .unwrap_or(ABSENT)
    }

    /// Whether a value is there.
    pub(super) fn is_there(&self, bases: Bases, value: u16) -> bool {
        self.held(bases, value).place != HeldIn::Absent
    }

    /// The text of a value.
    pub(super) fn text<'t>(&'t self, bases: Bases, index: u16, value: &'t Value, tree: &'t Tree) -> Option<&'t str> {
        match self.held(bases, index).place {
            HeldIn::Absent => None,
            HeldIn::Node(node) => tree.node(node)?.text(),
            HeldIn::Scratch(start, end) => self.scratch.get(start as usize..end as usize),
            HeldIn::Program => match &value.source {
                ValueSource::Text(text) => Some(text),
                _ => value.default.as_deref(),
            },
        }
    }

    fn keep(&mut self, text: &str) -> HeldIn {
        let start = self.scratch.len() as u32;
        self.scratch.push_str(text);
        HeldIn::Scratch(start, self.scratch.len() as u32)
    }

    fn put(&mut self, bases: Bases, value: u16, held: Held) {
        if let Some(place) = self.values.get_mut(bases.values + value as usize) {
            *place = held;
        }
    }

    /// Makes a value.
    pub(super) fn make(&mut self, bases: Bases, index: u16, value: &Value, from: From<'_>) -> Result<(), Refusal> {
        let tree = from.document.tree();
        if let Some(when) = &value.when
            && !self.meets(bases, when, tree)
        {
            return Ok(());
        }
        let held = match &value.source {
            ValueSource::Part => return Ok(()),
            ValueSource::Slot(slot) => match self.node(tree, bases, *slot).filter(|node| node.text().is_some()) {
                Some(node) => self.of_node(node, value, from)?,
                None => ABSENT,
            },
            ValueSource::Text(text) if value.stages.is_empty() => {
                let _ = text;
                Held {
                    place: HeldIn::Program,
                    kind: ValueKind::Text,
                }
            }
            ValueSource::Text(text) => self.converted(text, value, from)?,
            ValueSource::Fact(fact) => match from.facts.get(fact) {
                Some(text) => self.converted(&text, value, from)?,
                None => ABSENT,
            },
            ValueSource::Texts(templates) => self.by_template(templates, bases, tree)?,
        };
        let held = match (&value.default, held.place) {
            (Some(_), HeldIn::Absent) => Held {
                place: HeldIn::Program,
                kind: ValueKind::Text,
            },
            _ => held,
        };
        if held.place == HeldIn::Absent && value.required {
            return Err(Refusal {
                code: "AH-M202",
                text: "is missing; the mapping requires it".to_owned(),
                remedy: "let the source fill it in",
            });
        }
        self.put(bases, index, held);
        Ok(())
    }

    /// Whether a condition holds. A list or a group is present too, though it has no text.
    pub(super) fn meets(&self, bases: Bases, when: &Condition<SlotRef>, tree: &Tree) -> bool {
        let text = |slot: &SlotRef| Some(self.node(tree, bases, *slot)?.text().unwrap_or_default());
        when.holds(&mut |slot| text(slot))
    }

    fn of_node(&mut self, node: NodeRef<'_>, value: &Value, from: From<'_>) -> Result<Held, Refusal> {
        if value.stages.is_empty() {
            return Ok(Held {
                place: HeldIn::Node(node.index()),
                kind: match node.kind() {
                    Kind::Number => ValueKind::Number,
                    Kind::Bool => ValueKind::Bool,
                    _ => ValueKind::Text,
                },
            });
        }
        self.converted(node.text().unwrap_or_default(), value, from)
    }

    fn converted(&mut self, text: &str, value: &Value, from: From<'_>) -> Result<Held, Refusal> {
        let mut buffers = std::mem::take(&mut self.buffers);
        let made = buffers.apply(&value.stages, Way::Write, text, &mut Asking(from));
        let held = made.map(|made| {
            let kind = match made {
                Made::Absent => return ABSENT,
                Made::Text => ValueKind::Text,
                Made::Number => ValueKind::Number,
                Made::Bool => ValueKind::Bool,
            };
            Held {
                place: self.keep(&buffers.out),
                kind,
            }
        });
        self.buffers = buffers;
        held
    }

    fn by_template(&mut self, templates: &[TextTemplate], bases: Bases, tree: &Tree) -> Result<Held, Refusal> {
        let mut made = String::new();
        if self.template_of(templates, bases, tree, &mut made)?.is_none() {
            return Ok(ABSENT);
        }
        Ok(Held {
            place: self.keep(&made),
            kind: ValueKind::Text,
        })
    }

    /// The first template that fits, and what it makes; `None`: none of its fields is there.
    pub(super) fn template_of(
        &self,
        templates: &[TextTemplate],
        bases: Bases,
        tree: &Tree,
        made: &mut String,
    ) -> Result<Option<usize>, Refusal> {
        let text_of = |slot: u16| self.own_node(tree, bases, slot).and_then(NodeRef::text);
        let present: Vec<u16> = templates
            .iter()
            .flat_map(|template| template.slots.iter().copied())
            .filter(|slot| text_of(*slot).is_some())
            .collect();
        if present.is_empty() {
            return Ok(None);
        }
        let chosen = templates.iter().position(|text| {
            // A template that leaves a field out would lose it.
            let part = &mut |part: usize| text_of(text.slots.get(part).copied()?);
            present.iter().all(|slot| text.slots.contains(slot)) && text.template.make(part, made)
        });
        chosen.map(Some).ok_or_else(|| Refusal {
            code: "AH-M213",
            text: "fits none of the templates".to_owned(),
            remedy: "correct the document, or add a template that fits",
        })
    }

    /// Takes the values apart that are written to several places.
    pub(super) fn split(&mut self, scope: &WriteScope, bases: Bases, tree: &Tree) -> Result<(), (u16, Refusal)> {
        for split in &scope.splits {
            let Some(whole) = scope.values.get(split.value as usize) else {
                continue;
            };
            let Some(text) = self.text(bases, split.value, whole, tree).map(str::to_owned) else {
                continue;
            };
            let mut found = Vec::new();
            if !split
                .template
                .take(&text, &mut |part, value| found.push((part, value.to_owned())))
            {
                let refusal = Refusal {
                    code: "AH-M213",
                    text: "does not fit the template".to_owned(),
                    remedy: "correct the document, or the template of the row",
                };
                return Err((split.value, refusal));
            }
            for (part, value) in found {
                let place = self.keep(&value);
                if let Some(target) = split.parts.get(part) {
                    self.put(
                        bases,
                        *target,
                        Held {
                            place,
                            kind: ValueKind::Text,
                        },
                    );
                }
            }
        }
        Ok(())
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
