// SPDX-License-Identifier: EUPL-1.2
//! Tells the sink what exists, in order.

use hub_message::{Code, NodeRef, Rejection};

use super::plan::{Plan, What};
use super::values::{Bases, From, WriteState};
use super::{ListWrite, SlotRef, WriteScope};
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
        self.inside(scope, bases);
        let ended = self.sink.end();
        self.told(ended, None);
        match Rejection::all(self.findings) {
            Some(rejection) => Err(rejection),
            None => Ok(()),
        }
    }

    /// Makes the values of a scope, and finds which of its leaves are written. A place exists when a row or a list puts
    /// something into it, or below it; and what accompanies it then too.
    fn make(&mut self, scope: &WriteScope, bases: Bases) {
        let from = From {
            document: self.document,
            facts: self.facts,
            secrets: self.secrets,
        };
        for making in &scope.plan.makings {
            if let Err(refusal) = self.state.make(scope, bases, making, from)
                && let Some(value) = scope.values.get(making.value as usize)
            {
                self.record_refused(&value.rule, refusal.code);
                self.refuse(&value.rule, &refusal);
            }
        }
        if let Err((value, refusal)) = self.state.split(scope, bases, self.document.tree())
            && let Some(value) = scope.values.get(value as usize)
        {
            self.refuse(&value.rule, &refusal);
        }
        for (leaf, element) in &scope.plan.lists {
            let list = scope
                .elements
                .get(*element as usize)
                .and_then(|found| found.list.as_ref());
            if list.is_some_and(|list| self.has_items(bases, list)) {
                self.state.present.add(bases.leaves, *leaf);
            }
        }
        self.state.present.settle(&scope.plan, bases.leaves);
    }

    fn has_items(&mut self, bases: Bases, list: &ListWrite) -> bool {
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

    /// Attributes, values and places in the scope's own place, which was entered.
    fn inside(&mut self, scope: &WriteScope, bases: Bases) {
        let outside = self.state.entered.len();
        self.state.entered.push((0, None));
        let mut from = 0;
        while let Some(number) = self.state.present.next(&scope.plan, bases.leaves, from) {
            let Some(leaf) = scope.plan.leaves.get(number as usize) else {
                break;
            };
            self.go_to(&scope.plan, leaf.place);
            match leaf.what {
                What::Attribute(value, name) => self.value(scope, bases, value, Some(name)),
                What::Content(value) => self.value(scope, bases, value, None),
                What::List(element) => self.list(scope, bases, element),
            }
            from = leaf.behind;
        }
        while self.state.entered.len() > outside + 1 {
            self.leave(&scope.plan);
        }
        if let Some((_, open)) = self.state.entered.pop() {
            self.switch_list(open, None);
        }
    }

    /// Leaves the places in which this one is not, and enters those in which it is, and itself.
    fn go_to(&mut self, plan: &Plan, place: u32) {
        let around = loop {
            let around = self.state.entered.last().map_or(0, |(around, _)| *around);
            // The scope's own place has all others in it.
            if around == 0 || plan.holds(around, place) {
                break around;
            }
            self.leave(plan);
        };
        let mut ahead = std::mem::take(&mut self.state.ahead);
        let mut at = place;
        while at != around {
            ahead.push(at);
            at = plan.places.get(at as usize).map_or(around, |found| found.parent);
        }
        while let Some(next) = ahead.pop() {
            if let Some(found) = plan.places.get(next as usize) {
                self.open_list(found.repeated.then_some(found.name));
                let told = self.sink.enter(found.name);
                self.told(told, None);
                self.state.entered.push((next, None));
            }
        }
        self.state.ahead = ahead;
    }

    /// Leaves the place that was entered last.
    fn leave(&mut self, plan: &Plan) {
        let Some((place, open)) = self.state.entered.pop() else {
            return;
        };
        self.switch_list(open, None);
        if let Some(place) = plan.places.get(place as usize) {
            let told = self.sink.leave(place.name);
            self.told(told, None);
        }
    }

    /// Goes over to the list of this name in the place that was entered last, or to none.
    fn open_list(&mut self, list: Option<Symbol>) {
        let Some((_, open)) = self.state.entered.last_mut() else {
            return;
        };
        if *open != list {
            let before = std::mem::replace(open, list);
            self.switch_list(before, list);
        }
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

    /// The items of a list that is an element of the scope.
    fn list(&mut self, scope: &WriteScope, outside: Bases, element: u32) {
        let Some(element) = scope.elements.get(element as usize) else {
            return;
        };
        let Some((list, node)) = element
            .list
            .as_ref()
            .and_then(|list| Some((list, self.list_node(outside, list)?)))
        else {
            return;
        };
        self.open_list(Some(element.name));
        for (index, item) in node.children().enumerate() {
            self.state.indices.push((list.rule.field.len(), index));
            let bases = self.state.open(&list.item, item);
            if self.wants(list, bases) {
                self.record_item(list);
                self.make(&list.item, bases);
                if self.state.present.any(&list.item.plan, bases.leaves) {
                    let told = self.sink.enter(element.name);
                    self.told(told, None);
                    self.inside(&list.item, bases);
                    let told = self.sink.leave(element.name);
                    self.told(told, None);
                }
            }
            self.state.close(bases);
            self.state.indices.pop();
        }
    }

    fn value(&mut self, scope: &WriteScope, bases: Bases, index: u16, attribute: Option<Symbol>) {
        let Some(value) = scope.values.get(index as usize) else {
            return;
        };
        if self.state.recorder.is_some() {
            self.record_value(scope, bases, index, attribute);
        }
        let Some((text, kind)) = self.state.text(bases, index, value, self.document.tree()) else {
            return;
        };
        let told = match attribute {
            Some(name) => self.sink.attribute(name, text),
            None => self.sink.value(text, kind),
        };
        self.told(told, Some(&value.rule));
    }

    #[inline]
    fn told(&mut self, result: Result<(), Rejection>, rule: Option<&Rule>) {
        if let Err(rejection) = result {
            self.find(rejection, rule);
        }
    }

    #[cold]
    fn find(&mut self, rejection: Rejection, rule: Option<&Rule>) {
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
