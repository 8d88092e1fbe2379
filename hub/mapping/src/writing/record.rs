// SPDX-License-Identifier: EUPL-1.2
//! Writes down where what is written comes from, when somebody asked for it. Nothing here runs otherwise.

use super::emit::Writing;
use super::values::{Asking, Bases, From as Given};
use super::{Bond, ListWrite, Value, ValueSource, WriteScope};
use crate::convert::Way;
use crate::provenance::{From, Leaf, Recorder};
use crate::rows::Rule;
use crate::sink::Sink;
use crate::source::Symbol;

/// The code of a required value that is not there.
const ABSENT: &str = "AH-M202";

impl<S: Sink> Writing<'_, S> {
    /// An item of a list is written.
    pub(super) fn record_item(&mut self, list: &ListWrite) {
        if let Some(recorder) = &mut self.state.recorder {
            recorder.fired(&list.rule);
        }
    }

    /// A value was there and was refused: its row did what it is for.
    pub(super) fn record_refused(&mut self, rule: &Rule, code: &str) {
        if let Some(recorder) = self.state.recorder.as_mut().filter(|_| code != ABSENT) {
            recorder.fired(rule);
        }
    }

    /// A value is written.
    pub(super) fn record_value(&mut self, scope: &WriteScope, bases: Bases, index: u16, attribute: Option<Symbol>) {
        let (Some(mut recorder), Some(value)) = (self.state.recorder.take(), scope.values.get(index as usize)) else {
            return;
        };
        self.record_rule(bases, value, &mut recorder);
        self.record_tables(bases, value, &mut recorder);
        if recorder.keeps_leaves() {
            let tree = self.document.tree();
            let text = self.state.text(bases, index, value, tree).map_or("", |(text, _)| text);
            let target = Some((self.sink.place(attribute), text.to_owned()));
            let rule = recorder.rule(&value.rule, || {
                value.stages.iter().map(|stage| stage.name().to_owned()).collect()
            });
            let from = self.comes_from(scope, bases, value);
            if let Some(leaves) = &mut recorder.leaves {
                leaves.push(Leaf {
                    document: 0,
                    node: 0,
                    target,
                    rule,
                    from,
                });
            }
        }
        self.state.recorder = Some(recorder);
    }

    fn record_rule(&self, bases: Bases, value: &Value, recorder: &mut Recorder) {
        if let ValueSource::Texts(templates) = &value.source {
            let chosen = self
                .state
                .template_of(templates, bases, self.document.tree(), &mut String::new());
            let chosen = chosen.ok().flatten().and_then(|index| templates.get(index));
            if let Some(template) = chosen {
                recorder.fired_at(template.span.start);
            }
        } else if value.bond == Bond::Causes || !value.rule.order.is_empty() {
            // The constants that predicates ask for are no rows.
            recorder.fired(&value.rule);
        }
    }

    fn record_tables(&self, bases: Bases, value: &Value, recorder: &mut Recorder) {
        let ValueSource::Slot(slot) = &value.source else {
            return;
        };
        let node = self.state.node(self.document.tree(), bases, *slot);
        if let Some(text) = node.and_then(hub_message::NodeRef::text) {
            let given = Given {
                document: self.document,
                facts: self.facts,
                secrets: self.secrets,
            };
            recorder.look_up(&value.rule, &value.stages, Way::Write, text, &mut Asking(given));
        }
    }

    fn comes_from(&self, scope: &WriteScope, bases: Bases, value: &Value) -> From {
        let tree = self.document.tree();
        match &value.source {
            ValueSource::Slot(slot) => match self.state.node(tree, bases, *slot) {
                Some(node) => From::Fields(vec![node.index()]),
                None => From::Default,
            },
            ValueSource::Text(_) => From::Constant,
            ValueSource::Fact(fact) => From::Fact(fact.clone()),
            ValueSource::Texts(templates) => {
                let chosen = self.state.template_of(templates, bases, tree, &mut String::new());
                let chosen = chosen.ok().flatten().and_then(|index| templates.get(index));
                let slots = chosen.map(|template| template.slots.as_slice()).unwrap_or_default();
                let nodes = slots.iter().filter_map(|slot| self.state.own_node(tree, bases, *slot));
                From::Fields(nodes.map(hub_message::NodeRef::index).collect())
            }
            // A part of a text that a template took apart comes from where the whole came from.
            ValueSource::Part => {
                let part = scope.values.iter().position(|other| std::ptr::eq(other, value));
                let split = scope.splits.iter().find(|split| {
                    let mut parts = split.parts.iter().map(|part| usize::from(*part));
                    parts.any(|other| Some(other) == part)
                });
                match split.and_then(|split| scope.values.get(usize::from(split.value))) {
                    Some(whole) if !matches!(whole.source, ValueSource::Part) => self.comes_from(scope, bases, whole),
                    _ => From::Constant,
                }
            }
        }
    }
}
