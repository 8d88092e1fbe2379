// SPDX-License-Identifier: EUPL-1.2
//! Builds the canonical document out of the slots.

mod record;
mod value;

use hub_message::canonical::is_number;
use hub_message::{Code, LeafKind, Rejection, TreeBuilder};

use super::listen::{Listening, ReadFinding};
use super::trie::NONE;
use super::{ItemMake, LeafMake, LeafSource, ListMake, Make};
use crate::contents;
use crate::convert::Refusal;
use crate::rows::Rule;
use value::Value;

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
        let mut builder = TreeBuilder::with_capacity(self.state.nodes);
        builder.open_map(None);
        self.state.indices.clear();
        self.state.parts.clear();
        self.make_all(&program.document, Here::of(0), &mut builder);
        builder.close();
        let made = builder.finish();
        self.state.nodes = made.len();
        let kept = std::mem::take(&mut self.state.buffers.get_or_insert_default().kept);
        self.contents.push(contents::referred(&made, kept));
        self.made.push(made);
    }

    fn make_all(&mut self, body: &[Make], here: Here, out: &mut TreeBuilder) {
        for make in body {
            match make {
                Make::Map { key, body } => {
                    out.open_map(Some(key));
                    self.make_all(body, here, out);
                    out.close_unless_empty();
                }
                Make::Leaf { needs, leaf } => {
                    if *needs == NONE || self.state.slots.is_filled(here.instance, *needs) {
                        self.make_leaf(leaf, here, out);
                    }
                }
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
                if let Some(recorder) = &mut self.state.recorder {
                    recorder.fired(&list.rule);
                }
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
        let fits = texts.templates.iter().position(|(template, fields)| {
            template.take(text, &mut |part, value| {
                let start = value.as_ptr() as usize - text.as_ptr() as usize;
                let field = fields.get(part).and_then(|field| parts.get_mut(here.parts + *field));
                if let Some(field) = field {
                    *field = Some((start as u32, (start + value.len()) as u32));
                }
            })
        });
        if let Some(index) = fits {
            if let (Some(recorder), Some(span)) = (&mut self.state.recorder, texts.spans.get(index)) {
                recorder.fired_at(span.start);
            }
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
        if let (LeafSource::Slot(slot), None) = (&leaf.source, &leaf.when)
            && !self.state.slots.is_filled(here.instance, *slot)
        {
            return false;
        }
        if let Some(when) = &leaf.when
            && !self.holds(when, here)
        {
            return true;
        }
        let mut buffers = self.state.buffers.take().unwrap_or_default();
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
        self.state.buffers = Some(buffers);
        if met && self.state.recorder.is_some() {
            let node = refused.is_none().then(|| out.len().saturating_sub(1));
            self.record_met(leaf, here, node);
        }
        if let Some((refusal, value)) = refused {
            self.refuse(&leaf.rule, &refusal, at, value.as_deref());
        }
        met
    }

    fn absent(&mut self, leaf: &LeafMake, here: Here, out: &mut TreeBuilder) {
        if let Some(default) = &leaf.default {
            if let Err(refusal) = put(out, leaf, default) {
                self.refuse(&leaf.rule, &refusal, None, None);
            } else if self.state.recorder.is_some() {
                self.record_default(leaf, out.len().saturating_sub(1));
            }
        } else if leaf.required {
            let begins = self.state.slots.begins(here.instance) as usize;
            let text = format!("`{}` is missing; the mapping requires it", leaf.rule.place);
            let rejection = Rejection::new(Code::new("AH-M201"), text, "let the source fill it in")
                .at_field(self.indexed(&leaf.rule.field))
                .by_rule(self.rules.place(leaf.rule.span.start));
            // The path of what it is missing in, with indices, is found with those of the other findings.
            self.findings.push(ReadFinding {
                rejection,
                at: Some(begins),
            });
        }
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
