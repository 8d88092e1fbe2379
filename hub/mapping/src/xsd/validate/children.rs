// SPDX-License-Identifier: EUPL-1.2
//! The children of an element, one after the other.

use super::bindings::Named;
use super::{Fault, Mode, Open, Validator};
use crate::xsd::automaton::{Automaton, Met};
use crate::xsd::model::{ElementId, Type, UNBOUNDED};
use crate::xsd::names::NameId;

/// Names that a finding lists.
const NAMES_SHOWN: usize = 4;

impl<'v> Validator<'v> {
    /// A child of an element whose type is known.
    pub(super) fn child(
        &mut self,
        at: usize,
        name: (usize, usize),
        named: &Named<'v>,
        kind: Type,
        parent: Open,
    ) -> (Mode, Option<ElementId>) {
        let Type::Complex(id) = kind else {
            return self.no_children(at, name);
        };
        let xsd = self.xsd;
        let Some(automaton) = xsd
            .automaton(id)
            .filter(|_| xsd.text_of(kind).is_none() && !parent.is_nil)
        else {
            return self.no_children(at, name);
        };
        let states = self.states.get(parent.states..).unwrap_or_default();
        let namespace = self.bindings.namespace_of(named);
        let met = automaton.step(states, named.name, namespace, &mut self.scratch, &mut self.work);
        if let Some(met) = met {
            self.states.truncate(parent.states);
            self.states.extend_from_slice(&self.scratch);
            self.count(named.name, parent);
            return match met {
                Met::Element(element) => self.declared(at, element),
                Met::Any(wildcard) => self.wild(at, name, named, wildcard.process),
            };
        }
        let known = named.name.filter(|known| self.stands_in(automaton, *known));
        let Some(known) = known else {
            self.unknown_child(at, name, named, kind);
            return (Mode::Skip, None);
        };
        let goes_on = self.misplaced(at, known, kind, parent, automaton);
        let element = automaton.states_of(known, &mut self.scratch);
        if goes_on {
            self.states.truncate(parent.states);
            self.states.extend_from_slice(&self.scratch);
        }
        self.count(Some(known), parent);
        match element {
            Some(element) => self.declared(at, element),
            None => (Mode::Skip, None),
        }
    }

    fn stands_in(&mut self, automaton: &Automaton, name: NameId) -> bool {
        automaton.states_of(name, &mut self.scratch).is_some()
    }

    fn no_children(&mut self, at: usize, name: (usize, usize)) -> (Mode, Option<ElementId>) {
        let sentence = format!(
            "`{}` holds no elements, but `{}` stands in it",
            self.here(),
            self.slice(name)
        );
        self.fault("AH-X120", at, sentence);
        (Mode::Skip, None)
    }

    /// Remembers a child's name.
    fn count(&mut self, name: Option<NameId>, parent: Open) {
        let Some(name) = name else {
            return;
        };
        let has_own = self.siblings.len() > parent.siblings;
        match self.siblings.last_mut().filter(|_| has_own) {
            Some((last, count)) if *last == name => *count += 1,
            _ => self.siblings.push((name, 1)),
        }
    }

    fn seen(&self, name: NameId, parent: Open) -> u32 {
        let own = self.siblings.get(parent.siblings..).unwrap_or_default();
        own.iter()
            .filter(|(known, _)| *known == name)
            .map(|(_, count)| count)
            .sum()
    }

    fn unknown_child(&mut self, at: usize, name: (usize, usize), named: &Named<'v>, kind: Type) {
        let xsd = self.xsd;
        let spelled = self.slice(name);
        let children = xsd.children(kind);
        let parts: Vec<(&str, String)> = children
            .iter()
            .filter_map(|child| {
                let element = xsd.element(child.element)?;
                let (_, local) = xsd.names.parts(element.name);
                Some((local, xsd.names.label(element.name)))
            })
            .collect();
        let same_local = parts.iter().find(|(local, _)| *local == named.local);
        let close = hub_message::finding::closest(named.local, parts.iter().map(|(local, _)| *local));
        let hint = match (same_local, close) {
            // The name is right: it is the namespace that is wrong.
            (Some((_, label)), _) => format!("; the schema has `{label}`, in another namespace"),
            (None, Some(close)) => {
                let label = parts
                    .iter()
                    .find(|(local, _)| *local == close)
                    .map_or(close, |(_, label)| label);
                format!("; the schema has `{label}`")
            }
            (None, None) => String::new(),
        };
        let sentence = format!(
            "the {} schema has no element `{spelled}` in `{}`{hint}",
            xsd.title,
            self.here()
        );
        self.fault("AH-X120", at, sentence);
    }

    /// A child that the model knows, but not here: too many, too late, or something is missing before it. `true`: what
    /// follows is looked at as if the model had come to this child.
    fn misplaced(&mut self, at: usize, name: NameId, kind: Type, parent: Open, automaton: &Automaton) -> bool {
        let xsd = self.xsd;
        let label = xsd.names.label(name);
        let here = self.here();
        let max = xsd
            .children(kind)
            .iter()
            .find(|child| xsd.element(child.element).is_some_and(|e| e.name == name))
            .map_or(UNBOUNDED, |child| child.max);
        let states = self.states.get(parent.states..).unwrap_or_default();
        if self.seen(name, parent) >= max {
            let times = if max == 1 {
                "once".to_owned()
            } else {
                format!("{max} times")
            };
            self.fault(
                "AH-X123",
                at,
                format!("`{label}` stands in `{here}` more often than {times}"),
            );
            return false;
        }
        if automaton.is_ahead(states, name) {
            let wanted = automaton.next_names(states);
            let first = wanted.first().copied();
            let sentence = format!("`{here}` needs {} before `{label}`", self.listed(&wanted));
            self.fault("AH-X122", at, sentence);
            let index = self.faults.len() - 1;
            if let (Some(open), Some(first)) = (self.open.last_mut(), first) {
                open.missing = Some((first, index));
            }
            return true;
        }
        // What was thought to be missing has come after all: it stands too late.
        let missing = self.open.last().and_then(|open| open.missing);
        let last = self.siblings.last().map(|(last, _)| xsd.names.label(*last));
        let behind = last.map_or(String::new(), |last| format!(", not behind `{last}`"));
        let fault = Fault {
            at,
            of: at,
            code: "AH-X121",
            text: format!("`{label}` stands in `{here}` too late: the schema wants it earlier{behind}"),
        };
        match missing.filter(|(wanted, _)| *wanted == name) {
            Some((_, index)) => {
                if let Some(known) = self.faults.get_mut(index) {
                    *known = fault;
                }
            }
            None => self.faults.push(fault),
        }
        false
    }

    /// Names in a sentence.
    fn listed(&self, names: &[NameId]) -> String {
        let shown: Vec<String> = names
            .iter()
            .take(NAMES_SHOWN)
            .map(|name| format!("`{}`", self.xsd.names.label(*name)))
            .collect();
        match names.len() {
            0 => "another element".to_owned(),
            1 => shown.concat(),
            count if count > NAMES_SHOWN => format!("one of {}, …", shown.join(", ")),
            _ => format!("one of {}", shown.join(", ")),
        }
    }

    /// The end of an element whose model may want more.
    pub(super) fn check_complete(&mut self, at: usize, open: Open, kind: Type) {
        let Type::Complex(id) = kind else {
            return;
        };
        let xsd = self.xsd;
        let Some(automaton) = xsd.automaton(id) else {
            return;
        };
        let states = self.states.get(open.states..).unwrap_or_default();
        if automaton.accepts(states) {
            return;
        }
        let wanted = automaton.next_names(states);
        let sentence = format!("`{}` ends without {}", self.slice(open.name), self.listed(&wanted));
        self.fault("AH-X122", at, sentence);
    }
}
