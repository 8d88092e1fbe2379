// SPDX-License-Identifier: EUPL-1.2
//! What the schema requires where something is written, and no row writes.

use std::collections::HashSet;
use std::ops::Range;

use super::Check;
use crate::writing::{Element, WriteScope};
use crate::xsd::automaton::Elements;
use crate::xsd::{Down, NameId, Particle, Term, Type};

impl Check<'_> {
    /// Looks at everything that is written in a scope whose own element has this type.
    pub(super) fn written(&mut self, scope: &WriteScope, kind: Type, span: &Range<usize>) {
        let mut kinds: Vec<Option<Type>> = Vec::new();
        for (index, element) in scope.elements.iter().enumerate() {
            let own = if index == 0 {
                Some(kind)
            } else {
                let parent = kinds.get(element.parent as usize).copied().flatten();
                parent.and_then(|parent| self.below(parent, element))
            };
            kinds.push(own);
            let Some(own) = own else {
                continue;
            };
            if let Some(list) = &element.list {
                let at = if list.rule.span.is_empty() {
                    span
                } else {
                    &list.rule.span
                };
                self.written(&list.item, own, at);
                continue;
            }
            let at = first_rule(scope, index).unwrap_or_else(|| span.clone());
            let label = if index == 0 && element.name == crate::source::Symbol::UNKNOWN {
                self.root.1.clone()
            } else {
                self.vocabulary.names.spelled(element.name).to_owned()
            };
            self.attributes_of(element, own, &label, &at);
            self.children_of(scope, index, own, &label, &at);
        }
    }

    fn below(&self, parent: Type, element: &Element) -> Option<Type> {
        let (namespace, local) = self.vocabulary.parts(element.name);
        match self.xsd.step(parent, namespace, local) {
            Down::To(child) => self.xsd.element(child.element).map(|found| found.kind),
            Down::Anything | Down::Nowhere => None,
        }
    }

    fn attributes_of(&mut self, element: &Element, kind: Type, label: &str, at: &Range<usize>) {
        for wanted in self.xsd.attributes(kind).iter().filter(|wanted| wanted.required) {
            let is_written = element.attributes.iter().any(|(name, _)| {
                let (namespace, local) = self.vocabulary.parts(*name);
                self.xsd.names.find(namespace, local) == Some(wanted.name)
            });
            if !is_written {
                let name = self.xsd.names.label(wanted.name);
                let sentence = format!("`{label}` needs the attribute `{name}`, and no row writes it");
                let help = format!("add a row with the place `…/@{name}`, or a constant in `[always]`");
                self.error("AH-M146", at.clone(), sentence, &help);
            }
        }
    }

    fn children_of(&mut self, scope: &WriteScope, index: usize, kind: Type, label: &str, at: &Range<usize>) {
        let Some(model) = self.xsd.model(kind) else {
            return;
        };
        let mut names = HashSet::new();
        for (other, child) in scope.elements.iter().enumerate().skip(1) {
            if child.parent as usize == index && other != index {
                let (namespace, local) = self.vocabulary.parts(child.name);
                names.extend(self.xsd.names.find(namespace, local));
            }
        }
        let mut missing = Vec::new();
        self.missing(model, &names, &mut missing);
        for wanted in missing {
            let labels: Vec<String> = wanted
                .iter()
                .map(|name| format!("`{}`", self.xsd.names.label(*name)))
                .collect();
            let what = match labels.as_slice() {
                [one] => one.clone(),
                several => format!("one of {}", several.join(", ")),
            };
            let sentence = format!("`{label}` needs {what}, and no row writes it");
            let help = "add a row, or a constant in `[always]`";
            self.error("AH-M146", at.clone(), sentence, help);
        }
    }

    /// What a part of a model requires and `names` do not have; each entry is a choice.
    fn missing(&self, particle: &Particle, names: &HashSet<NameId>, missing: &mut Vec<Vec<NameId>>) {
        if particle.min == 0 && !self.touches(particle, names) {
            return;
        }
        match &particle.term {
            Term::Element(element) => {
                let members = self.xsd.standing_for(*element);
                if particle.min > 0 && !members.iter().any(|(name, _)| names.contains(name)) {
                    missing.push(members.iter().map(|(name, _)| *name).collect());
                }
            }
            Term::Any(_) => {}
            Term::Sequence(parts) | Term::All(parts) => {
                for part in parts {
                    self.missing(part, names, missing);
                }
            }
            Term::Choice(parts) => {
                let touched: Vec<&Particle> = parts.iter().filter(|part| self.touches(part, names)).collect();
                if let [only] = touched.as_slice() {
                    return self.missing(only, names, missing);
                }
                // With rows for several alternatives the document decides which one is written.
                if touched.is_empty() && !particle.is_nullable() {
                    let mut choice = Vec::new();
                    for part in parts {
                        self.first_names(part, &mut choice);
                    }
                    if !choice.is_empty() {
                        missing.push(choice);
                    }
                }
            }
        }
    }

    fn touches(&self, particle: &Particle, names: &HashSet<NameId>) -> bool {
        match &particle.term {
            Term::Element(element) => self
                .xsd
                .standing_for(*element)
                .iter()
                .any(|(name, _)| names.contains(name)),
            Term::Any(_) => false,
            Term::Sequence(parts) | Term::Choice(parts) | Term::All(parts) => {
                parts.iter().any(|part| self.touches(part, names))
            }
        }
    }

    fn first_names(&self, particle: &Particle, found: &mut Vec<NameId>) {
        match &particle.term {
            Term::Element(element) => {
                for (name, _) in self.xsd.standing_for(*element) {
                    if !found.contains(&name) {
                        found.push(name);
                    }
                }
            }
            Term::Any(_) => {}
            Term::Sequence(parts) => {
                if let Some(first) = parts.iter().find(|part| part.min > 0).or(parts.first()) {
                    self.first_names(first, found);
                }
            }
            Term::Choice(parts) | Term::All(parts) => {
                for part in parts {
                    self.first_names(part, found);
                }
            }
        }
    }
}

/// Where the first row stands that writes something in an element.
fn first_rule(scope: &WriteScope, index: usize) -> Option<Range<usize>> {
    let end = scope.elements.get(index)?.end as usize;
    let within = scope.elements.get(index..end)?;
    let rules = within.iter().flat_map(|element| {
        let of_attributes = element.attributes.iter().flat_map(|(_, values)| values);
        let values = element.content.iter().chain(of_attributes);
        let of_values = values.filter_map(|value| scope.values.get(*value as usize).map(|value| &value.rule));
        of_values.chain(element.list.iter().map(|list| &list.rule))
    });
    rules
        .map(|rule| if rule.at.is_empty() { &rule.span } else { &rule.at })
        .filter(|span| !span.is_empty())
        .min_by_key(|span| span.start)
        .cloned()
}
