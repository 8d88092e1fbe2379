// SPDX-License-Identifier: EUPL-1.2
//! Tells the sink what exists, in order.

use hub_message::{Code, NodeRef, Rejection};

use super::values::{Bases, Existence, From, WriteState};
use super::{Element, ListWrite, SlotRef, WriteScope};
use crate::convert::Refusal;
use crate::facts::Facts;
use crate::mapping::RulePlaces;
use crate::rows::Rule;
use crate::sink::Sink;
use crate::source::Symbol;
use crate::worker::Secrets;

/// Findings that are told of one document.
const FINDINGS_MAX: usize = 100;

/// A document that is written.
pub(crate) struct Writing<'a, S> {
    pub(crate) document: NodeRef<'a>,
    pub(crate) facts: &'a Facts<'a>,
    pub(crate) secrets: &'a Secrets,
    pub(crate) rules: &'a RulePlaces,
    pub(crate) state: &'a mut WriteState,
    pub(crate) sink: &'a mut S,
    pub(crate) findings: Vec<Rejection>,
}

impl<'a, S: Sink> Writing<'a, S> {
    /// Writes the document.
    pub(crate) fn run(mut self, scope: &WriteScope) -> Result<(), Rejection> {
        self.state.clear();
        let begun = self.sink.begin();
        self.told(begun, None);
        let bases = self.state.open(scope, self.document);
        self.make(scope, bases);
        self.inside(scope, bases, 0);
        let ended = self.sink.end();
        self.told(ended, None);
        match Rejection::all(self.findings) {
            Some(rejection) => Err(rejection),
            None => Ok(()),
        }
    }

    /// Makes the values of a scope, and finds which of its places exist.
    fn make(&mut self, scope: &WriteScope, bases: Bases) {
        let from = From {
            document: self.document,
            facts: self.facts,
            secrets: self.secrets,
        };
        for (index, value) in scope.values.iter().enumerate() {
            if let Err(refusal) = self.state.make(bases, index as u16, value, from) {
                self.record_refused(&value.rule, refusal.code);
                self.refuse(&value.rule, &refusal);
            }
        }
        if let Err((value, refusal)) = self.state.split(scope, bases, self.document.tree())
            && let Some(value) = scope.values.get(value as usize)
        {
            self.refuse(&value.rule, &refusal);
        }
        self.find_existing(scope, bases);
    }

    /// A place exists when a row or a list puts something into it, or below it; and what accompanies it then too.
    fn find_existing(&mut self, scope: &WriteScope, bases: Bases) {
        for (index, element) in scope.elements.iter().enumerate().rev() {
            let (there, caused) = self.holds(scope, bases, element);
            let items = self.has_items(bases, element);
            let found = Existence {
                caused: caused || items,
                filled: there || items,
            };
            let found = self.state.add_existence(bases, index, found);
            if index > 0 {
                self.state.add_existence(bases, element.parent as usize, found);
            }
        }
        for (index, element) in scope.elements.iter().enumerate().skip(1) {
            if element.follows && self.exists(bases, element.parent as usize) {
                self.state.follow(bases, index);
            }
        }
    }

    /// Whether a value of the element is there, and whether one that makes it exist.
    fn holds(&self, scope: &WriteScope, bases: Bases, element: &Element) -> (bool, bool) {
        let attributes = element.attributes.iter().flat_map(|(_, values)| values);
        let mut there = false;
        let mut caused = false;
        for value in element.content.iter().chain(attributes) {
            if self.state.is_there(bases, *value) {
                there = true;
                caused |= scope.values.get(*value as usize).is_some_and(|v| v.causes);
            }
        }
        (there, caused)
    }

    fn has_items(&mut self, bases: Bases, element: &Element) -> bool {
        let Some(list) = &element.list else {
            return false;
        };
        let Some(node) = self.list_node(bases, list) else {
            return false;
        };
        if list.when.is_none() {
            return node.children().next().is_some();
        }
        node.children().any(|item| {
            let bases = self.state.open(&list.item, item);
            let wanted = self.wants(list, bases);
            self.state.close(bases);
            wanted
        })
    }

    /// Whether an item is written, as far as the list's condition says.
    fn wants(&self, list: &ListWrite, item: Bases) -> bool {
        let tree = self.document.tree();
        list.when.as_ref().is_none_or(|when| self.state.meets(item, when, tree))
    }

    fn list_node(&self, bases: Bases, list: &ListWrite) -> Option<NodeRef<'a>> {
        let slot = SlotRef {
            root: list.of_root,
            slot: list.slot,
        };
        self.state.node(self.document.tree(), bases, slot)
    }

    fn exists(&self, bases: Bases, index: usize) -> bool {
        self.state.existence(bases, index).caused
    }

    /// Attributes, value and children of an element that was entered.
    fn inside(&mut self, scope: &WriteScope, bases: Bases, index: usize) {
        let Some(element) = scope.elements.get(index) else {
            return;
        };
        for (name, values) in &element.attributes {
            self.value(scope, bases, values, Some(*name));
        }
        self.value(scope, bases, &element.content, None);
        let mut open_list: Option<Symbol> = None;
        let mut at = index + 1;
        while at < element.end as usize {
            let Some(child) = scope.elements.get(at) else {
                return;
            };
            if self.exists(bases, at) {
                let list = child.repeated.then_some(child.name);
                if open_list != list {
                    self.switch_list(open_list, list);
                    open_list = list;
                }
                match &child.list {
                    Some(list) => self.items(bases, list, child.name),
                    None => self.element(scope, bases, at, child.name),
                }
            }
            at = child.end as usize;
        }
        self.switch_list(open_list, None);
    }

    fn switch_list(&mut self, from: Option<Symbol>, to: Option<Symbol>) {
        if let Some(name) = from {
            let told = self.sink.end_list(name);
            self.told(told, None);
        }
        if let Some(name) = to {
            let told = self.sink.list(name);
            self.told(told, None);
        }
    }

    fn element(&mut self, scope: &WriteScope, bases: Bases, index: usize, name: Symbol) {
        let told = self.sink.enter(name);
        self.told(told, None);
        self.inside(scope, bases, index);
        let told = self.sink.leave(name);
        self.told(told, None);
    }

    fn items(&mut self, outside: Bases, list: &ListWrite, name: Symbol) {
        let Some(node) = self.list_node(outside, list) else {
            return;
        };
        for (index, item) in node.children().enumerate() {
            self.state.indices.push((list.rule.field.len(), index));
            let bases = self.state.open(&list.item, item);
            if self.wants(list, bases) {
                self.record_item(list);
                self.make(&list.item, bases);
                if self.exists(bases, 0) {
                    self.element(&list.item, bases, 0, name);
                }
            }
            self.state.close(bases);
            self.state.indices.pop();
        }
    }

    /// Tells the first value that is there; one of a row before a constant.
    fn value(&mut self, scope: &WriteScope, bases: Bases, values: &[u16], attribute: Option<Symbol>) {
        let causes = |index: &&u16| scope.values.get(**index as usize).is_some_and(|v| v.causes);
        let there = |index: &&u16| self.state.is_there(bases, **index);
        let found = values
            .iter()
            .filter(there)
            .find(causes)
            .or_else(|| values.iter().find(there));
        let Some((index, value)) = found.and_then(|index| Some((*index, scope.values.get(*index as usize)?))) else {
            return;
        };
        if self.state.recorder.is_some() {
            self.record_value(scope, bases, index, attribute);
        }
        let Some(text) = self.state.text(bases, index, value, self.document.tree()) else {
            return;
        };
        let told = match attribute {
            Some(name) => self.sink.attribute(name, text),
            None => self.sink.value(text, self.state.held(bases, index).kind),
        };
        self.told(told, Some(&value.rule));
    }

    fn told(&mut self, result: Result<(), Rejection>, rule: Option<&Rule>) {
        let Err(rejection) = result else {
            return;
        };
        if self.findings.len() < FINDINGS_MAX {
            let rejection = self.ruled(rejection, rule);
            self.findings.push(rejection);
        }
    }

    fn refuse(&mut self, rule: &Rule, refusal: &Refusal) {
        let text = format!("the value {}", refusal.text);
        self.told(
            Err(Rejection::new(Code::new(refusal.code), text, refusal.remedy)),
            Some(rule),
        );
    }

    fn ruled(&self, rejection: Rejection, rule: Option<&Rule>) -> Rejection {
        let Some(rule) = rule.filter(|rule| !rule.place.is_empty()) else {
            return rejection;
        };
        let mut field = rule.field.clone();
        for (length, index) in self.state.indices.iter().rev() {
            if *length <= rule.field.len() {
                field.insert_str(*length, &format!("[{index}]"));
            }
        }
        let rejection = rejection
            .at_path(rule.place.clone())
            .by_rule(self.rules.place(rule.span.start));
        if field.is_empty() {
            rejection
        } else {
            rejection.at_field(field)
        }
    }
}
