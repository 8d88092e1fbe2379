// SPDX-License-Identifier: EUPL-1.2
//! Builds the canonical document out of the slots.

use hub_message::canonical::is_number;
use hub_message::{Code, LeafKind, Rejection, TreeBuilder};

use super::listen::{Listening, ReadFinding};
use super::trie::NONE;
use super::{ItemMake, LeafMake, LeafSource, ListMake, Make, Operand};
use crate::convert::{Asked, Buffers, Refusal, Way};
use crate::function::{Made, Pick};
use crate::language::condition::Condition;
use crate::language::template::Template;
use crate::rows::{Gather, Rule};

/// Findings that are told of one document.
const FINDINGS_MAX: usize = 100;

/// What leaves are made from: an occurrence, and the parts of its text where a template took that apart.
#[derive(Debug, Clone, Copy)]
struct Here {
    instance: u32,
    /// First part in the stack of parts.
    parts: usize,
    /// Slot of the text that the parts are of.
    text: u16,
}

impl Here {
    fn of(instance: u32) -> Self {
        Self {
            instance,
            parts: 0,
            text: NONE,
        }
    }
}

impl Listening<'_> {
    /// Builds the document that was told.
    pub(super) fn make_document(&mut self) {
        if self.state.slots.overflowed {
            let rejection = Rejection::new(
                Code::new("AH-M215"),
                "the document has more items than this hub reads",
                "divide the document at its source",
            );
            self.find(rejection, None);
            return;
        }
        let program = self.program;
        let mut builder = TreeBuilder::default();
        builder.open_map(None);
        self.state.indices.clear();
        self.state.parts.clear();
        self.make_all(&program.document, Here::of(0), &mut builder);
        builder.close();
        self.made.push(builder.finish());
    }

    fn make_all(&mut self, body: &[Make], here: Here, out: &mut TreeBuilder) {
        for make in body {
            match make {
                Make::Map { key, body } => {
                    out.open_map(Some(key));
                    self.make_all(body, here, out);
                    out.close_unless_empty();
                }
                Make::Leaf(leaf) => self.make_leaf(leaf, here, out),
                Make::List(list) => self.make_list(list, here, out),
            }
        }
    }

    fn make_list(&mut self, list: &ListMake, here: Here, out: &mut TreeBuilder) {
        out.open_list(Some(&list.key));
        let mut index = 0;
        for list in std::iter::once(list).chain(&list.further) {
            let mut link = self.state.slots.first(here.instance, list.chain);
            while link != 0 {
                let (instance, next) = self.state.slots.item(link);
                self.state.indices.push((list.rule.field.len(), index));
                self.make_item(list, instance, out);
                self.state.indices.pop();
                index += 1;
                link = next;
            }
        }
        out.close_unless_empty();
    }

    fn make_item(&mut self, list: &ListMake, instance: u32, out: &mut TreeBuilder) {
        let parts = self.state.parts.len();
        if let Some(here) = self.take_text_apart(list, instance) {
            match &list.item {
                ItemMake::Map(body) => {
                    out.open_map(None);
                    self.make_all(body, here, out);
                    out.close();
                }
                ItemMake::Leaf(leaf) => self.make_leaf(leaf, here, out),
            }
        }
        self.state.parts.truncate(parts);
    }

    /// Finds the parts of the item's text, where a template takes it apart. `None`: no template fits.
    fn take_text_apart(&mut self, list: &ListMake, instance: u32) -> Option<Here> {
        let Some((text_slot, texts)) = &list.texts else {
            return Some(Here::of(instance));
        };
        let here = Here {
            instance,
            parts: self.state.parts.len(),
            text: *text_slot,
        };
        self.state.parts.resize(here.parts + texts.fields.len(), None);
        let slot = self.state.slots.slot(instance, *text_slot);
        let Some(text) = self.state.slots.text(slot, self.text) else {
            return Some(here);
        };
        let parts = &mut self.state.parts;
        let fits = texts.templates.iter().any(|(template, fields)| {
            template.take(text, &mut |part, value| {
                let start = value.as_ptr() as usize - text.as_ptr() as usize;
                let field = fields.get(part).and_then(|field| parts.get_mut(here.parts + *field));
                if let Some(field) = field {
                    *field = Some((start as u32, (start + value.len()) as u32));
                }
            })
        });
        if fits {
            return Some(here);
        }
        let refusal = Refusal {
            code: "AH-M213",
            text: "fits none of the templates".to_owned(),
            remedy: "correct the document, or add a template that fits",
        };
        self.refuse(&texts.rule, &refusal, Some(slot.at as usize), None);
        None
    }

    fn make_leaf(&mut self, leaf: &LeafMake, here: Here, out: &mut TreeBuilder) {
        if !self.make_found(leaf, here, out) && !leaf.otherwise.iter().any(|other| self.make_found(other, here, out)) {
            self.absent(leaf, here, out);
        }
    }

    /// Makes a leaf out of what was met. `false`: nothing was.
    fn make_found(&mut self, leaf: &LeafMake, here: Here, out: &mut TreeBuilder) -> bool {
        if let Some(when) = &leaf.when {
            if !self.holds(when, here) {
                return true;
            }
        }
        let mut buffers = std::mem::take(&mut self.state.buffers);
        let (found, at) = self.value(leaf, here, &mut buffers);
        let mut met = true;
        let shown = |text: &str| leaf.rule.open.then(|| text.to_owned());
        let refused = match found {
            Ok(Value::Text(text)) => put(out, leaf, text).err().map(|refusal| (refusal, shown(text))),
            Ok(Value::Made) => put(out, leaf, &buffers.out)
                .err()
                .map(|refusal| (refusal, shown(&buffers.out))),
            Ok(Value::Absent) => {
                met = false;
                None
            }
            Err(refused) => Some(refused),
        };
        self.state.buffers = buffers;
        if let Some((refusal, value)) = refused {
            self.refuse(&leaf.rule, &refusal, at, value.as_deref());
        }
        met
    }

    fn absent(&mut self, leaf: &LeafMake, here: Here, out: &mut TreeBuilder) {
        if let Some(default) = &leaf.default {
            if let Err(refusal) = put(out, leaf, default) {
                self.refuse(&leaf.rule, &refusal, None, None);
            }
        } else if leaf.required {
            let begins = self.state.slots.begins(here.instance) as usize;
            let text = format!("`{}` is missing; the mapping requires it", leaf.rule.place);
            let rejection = Rejection::new(Code::new("AH-M201"), text, "let the source fill it in")
                .at_field(self.indexed(&leaf.rule.field))
                .by_rule(self.rules.place(leaf.rule.span.start))
                .at_path(leaf.rule.place.clone());
            self.findings.push(ReadFinding {
                rejection: rejection.at(hub_message::Place::of(self.text.as_bytes(), begins)),
                at: None,
            });
        }
    }

    /// The value of a leaf: in the document, in the buffers, or nowhere; and where it stands.
    fn value<'s>(
        &'s self,
        leaf: &LeafMake,
        here: Here,
        buffers: &mut Buffers,
    ) -> (Result<Value<'s>, (Refusal, Option<String>)>, Option<usize>) {
        let mut made = String::new();
        let (text, at) = match &leaf.source {
            LeafSource::Nothing => (None, None),
            LeafSource::Slot(_) | LeafSource::Part(_) => {
                let (text, at) = self.plain(&leaf.source, here);
                if leaf.stages.is_empty() {
                    return (Ok(text.map_or(Value::Absent, Value::Text)), at);
                }
                (text, at)
            }
            LeafSource::Composed { template, slots } => {
                let (fits, at) = self.composed(template, slots, here, &mut made);
                (fits.then_some(made.as_str()), at)
            }
            LeafSource::Many { chain, slot, gather } => match self.gathered(here, (*chain, *slot), gather, &mut made) {
                Ok((found, at)) => (found.then_some(made.as_str()), at),
                Err((refusal, at)) => return (Err((refusal, None)), at),
            },
        };
        let Some(text) = text else {
            return (Ok(Value::Absent), at);
        };
        let found = match buffers.apply(&leaf.stages, Way::Read, text, &mut Asking { listening: self }) {
            Ok(Made::Absent) => Ok(Value::Absent),
            Ok(_) => Ok(Value::Made),
            Err(refusal) => Err((refusal, leaf.rule.open.then(|| text.to_owned()))),
        };
        (found, at)
    }

    /// A text that stands in the document or the scratch buffer.
    fn plain(&self, source: &LeafSource, here: Here) -> (Option<&str>, Option<usize>) {
        let slot = match source {
            LeafSource::Slot(slot) => *slot,
            _ => here.text,
        };
        let slot = self.state.slots.slot(here.instance, slot);
        let text = self.state.slots.text(slot, self.text);
        let at = Some(slot.at as usize);
        let LeafSource::Part(part) = source else {
            return (text, at.filter(|_| text.is_some()));
        };
        let range = self.state.parts.get(here.parts + part).copied().flatten();
        (
            range.and_then(|(start, end)| text?.get(start as usize..end as usize)),
            at,
        )
    }

    fn composed(&self, template: &Template, of: &[u16], here: Here, out: &mut String) -> (bool, Option<usize>) {
        let slots = &self.state.slots;
        let filled = of.iter().map(|slot| slots.slot(here.instance, *slot));
        let at = filled
            .clone()
            .find_map(|slot| slots.text(slot, self.text).map(|_| slot.at as usize));
        let mut part = |part: usize| slots.text(slots.slot(here.instance, of.get(part).copied()?), self.text);
        (template.make(&mut part, out), at)
    }

    fn gathered(
        &self,
        here: Here,
        (chain, slot): (u16, u16),
        gather: &Gather,
        out: &mut String,
    ) -> Result<(bool, Option<usize>), (Refusal, Option<usize>)> {
        let slots = &self.state.slots;
        let mut link = slots.first(here.instance, chain);
        let mut found = Vec::new();
        while link != 0 {
            let (instance, next) = slots.item(link);
            let slot = slots.slot(instance, slot);
            found.extend(slots.text(slot, self.text).map(|text| (text, slot.at as usize)));
            link = next;
        }
        let at = found.first().map(|(_, at)| *at);
        let picked = match gather {
            Gather::First | Gather::Pick(Pick::First) => found.first(),
            Gather::Pick(Pick::Last) => found.last(),
            Gather::Pick(Pick::Nth(n)) => found.get(*n as usize),
            Gather::Fold(fold) => {
                return match fold.over(found.iter().map(|(text, _)| *text), out) {
                    Ok(made) => Ok((made != Made::Absent, at)),
                    Err(misfit) => Err((
                        Refusal {
                            code: "AH-M210",
                            text: misfit.0,
                            remedy: "correct the document at its source",
                        },
                        at,
                    )),
                };
            }
        };
        Ok(picked.map_or((false, None), |(text, at)| {
            out.push_str(text);
            (true, Some(*at))
        }))
    }

    fn holds(&self, when: &Condition<Operand>, here: Here) -> bool {
        let mut operands = Vec::new();
        when.operands(&mut operands);
        let fields: Vec<Option<String>> = operands
            .iter()
            .map(|operand| match operand {
                Operand::Slot(_) => None,
                Operand::Field(field) => Asking { listening: self }.field(field),
            })
            .collect();
        when.holds(&mut |operand| match operand {
            Operand::Slot(slot) => self
                .state
                .slots
                .text(self.state.slots.slot(here.instance, *slot), self.text),
            Operand::Field(_) => operands
                .iter()
                .position(|known| std::ptr::eq(*known, operand))
                .and_then(|index| fields.get(index)?.as_deref()),
        })
    }

    /// A dotted canonical path with the indices of the items on the way.
    fn indexed(&self, field: &str) -> String {
        let mut out = field.to_owned();
        for (length, index) in self.state.indices.iter().rev() {
            if *length <= field.len() {
                out.insert_str(*length, &format!("[{index}]"));
            }
        }
        out
    }

    fn refuse(&mut self, rule: &Rule, refusal: &Refusal, at: Option<usize>, value: Option<&str>) {
        let shown = match value {
            Some(value) if rule.open => format!(" (it is `{}`)", value.chars().take(60).collect::<String>()),
            _ => String::new(),
        };
        let text = format!("the value {}{shown}", refusal.text);
        let rejection = Rejection::new(Code::new(refusal.code), text, refusal.remedy)
            .at_field(self.indexed(&rule.field))
            .at_path(rule.place.clone())
            .by_rule(self.rules.place(rule.span.start));
        self.find(rejection, at);
    }

    /// A place that no row names, where that rejects the document.
    pub(super) fn refuse_unmapped(&mut self, node: u32, name: &str, attribute: bool, at: usize) {
        let above = self
            .program
            .trie
            .nodes
            .get(node as usize)
            .map_or("", |n| n.path.as_str());
        let mark = if attribute { "@" } else { "" };
        let between = if above.is_empty() { "" } else { "/" };
        let rejection = Rejection::new(
            Code::new("AH-M214"),
            format!("no row names the place `{above}{between}{mark}{name}`"),
            "map it, or list it in `coverage.known` with a reason",
        );
        self.find(rejection, Some(at));
    }

    fn find(&mut self, rejection: Rejection, at: Option<usize>) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(ReadFinding { rejection, at });
        }
    }
}

/// What a leaf's text came to.
enum Value<'s> {
    /// It stands as it is.
    Text(&'s str),
    /// It stands in the buffers.
    Made,
    Absent,
}

/// Puts a leaf into the document.
fn put(out: &mut TreeBuilder, leaf: &LeafMake, text: &str) -> Result<(), Refusal> {
    let key = leaf.key.as_deref();
    match leaf.kind {
        LeafKind::Text | LeafKind::Date | LeafKind::DateTime => out.text(key, text),
        LeafKind::Number | LeafKind::Integer if is_number(text) => out.number(key, text),
        LeafKind::Bool if text == "true" || text == "false" => out.bool(key, text == "true"),
        LeafKind::Number | LeafKind::Integer => return Err(misfit("is not a number")),
        LeafKind::Bool => return Err(misfit("is neither true nor false")),
    }
    Ok(())
}

fn misfit(text: &str) -> Refusal {
    Refusal {
        code: "AH-M211",
        text: text.to_owned(),
        remedy: "correct the document at its source, or add a function that fits to the row",
    }
}

/// Answers what functions ask for.
struct Asking<'l, 'a> {
    listening: &'l Listening<'a>,
}

impl Asked for Asking<'_, '_> {
    fn field(&mut self, path: &str) -> Option<String> {
        let leaf = self.listening.program.asked.get(path)?;
        let mut buffers = Buffers::default();
        match self.listening.value(leaf, Here::of(0), &mut buffers).0 {
            Ok(Value::Text(text)) => Some(text.to_owned()),
            Ok(Value::Made) => Some(buffers.out),
            Ok(Value::Absent) => leaf.default.clone(),
            Err(_) => None,
        }
    }

    fn secret(&self, name: &str) -> Option<&[u8]> {
        (self.listening.secrets)(name)
    }
}
