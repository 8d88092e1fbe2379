// SPDX-License-Identifier: EUPL-1.2
//! What stands below what, as a schema says it: names, how often, and where a step down leads.

use super::Xsd;
use super::automaton::Elements;
use super::model::{Child, ComplexId, Down, ElementId, Particle, Term, Type, UNBOUNDED};

impl Xsd {
    /// What may stand in an element of this type, in the order of the schema.
    pub(crate) fn children(&self, kind: Type) -> Vec<Child> {
        self.model(kind).map_or_else(Vec::new, |model| self.children_of(model))
    }

    fn children_of(&self, particle: &Particle) -> Vec<Child> {
        let mut found: Vec<Child> = Vec::new();
        match &particle.term {
            Term::Element(element) => {
                let several = self.standing_for(*element);
                let min = u32::from(several.len() == 1);
                found.extend(several.iter().map(|(_, element)| Child {
                    element: *element,
                    min,
                    max: 1,
                }));
            }
            Term::Any(_) => {}
            Term::Sequence(parts) | Term::All(parts) => {
                for child in parts.iter().flat_map(|part| self.children_of(part)) {
                    match self.same(&mut found, child.element) {
                        Some(known) => {
                            known.min = known.min.saturating_add(child.min);
                            known.max = known.max.saturating_add(child.max);
                        }
                        None => found.push(child),
                    }
                }
            }
            Term::Choice(parts) => {
                let mut in_all: Vec<usize> = Vec::new();
                for child in parts.iter().flat_map(|part| self.children_of(part)) {
                    let at = found
                        .iter()
                        .position(|known| self.is_same(known.element, child.element));
                    let known = at.and_then(|at| found.get_mut(at).zip(in_all.get_mut(at)));
                    if let Some((known, count)) = known {
                        known.min = known.min.min(child.min);
                        known.max = known.max.max(child.max);
                        *count += 1;
                    } else {
                        found.push(child);
                        in_all.push(1);
                    }
                }
                for (child, count) in found.iter_mut().zip(in_all) {
                    if count < parts.len() {
                        child.min = 0;
                    }
                }
            }
        }
        for child in &mut found {
            child.min = child.min.saturating_mul(particle.min);
            child.max = child.max.saturating_mul(particle.max);
        }
        found
    }

    fn is_same(&self, one: ElementId, other: ElementId) -> bool {
        self.element(one).map(|e| e.name) == self.element(other).map(|e| e.name)
    }

    fn same<'c>(&self, found: &'c mut [Child], element: ElementId) -> Option<&'c mut Child> {
        found.iter_mut().find(|known| self.is_same(known.element, element))
    }

    /// Whether a wildcard of the type lets elements of a namespace in.
    pub(crate) fn lets_in(&self, kind: Type, namespace: &str) -> bool {
        fn any(particle: &Particle, namespace: &str) -> bool {
            match &particle.term {
                Term::Any(wildcard) => wildcard.allows(namespace),
                Term::Element(_) => false,
                Term::Sequence(parts) | Term::Choice(parts) | Term::All(parts) => {
                    parts.iter().any(|part| any(part, namespace))
                }
            }
        }
        self.model(kind).is_some_and(|model| any(model, namespace))
    }

    /// Whether a wildcard of the type lets attributes of a namespace in.
    pub(crate) fn lets_attribute_in(&self, kind: Type, namespace: &str) -> bool {
        match kind {
            Type::Complex(id) => self
                .complex(id)
                .is_some_and(|complex| complex.any_attribute.iter().any(|wildcard| wildcard.allows(namespace))),
            Type::Simple(_) => false,
        }
    }

    /// What a step down from an element of this type leads to.
    pub(crate) fn step(&self, kind: Type, namespace: &str, local: &str) -> Down {
        let name = self.names.find(namespace, local);
        let find = |kind: Type| {
            let children = self.children(kind);
            let is_it = |child: &&Child| self.element(child.element).is_some_and(|e| Some(e.name) == name);
            children.iter().find(is_it).copied()
        };
        if let Some(child) = find(kind).filter(|_| name.is_some()) {
            return Down::To(child);
        }
        if self.lets_in(kind, namespace) {
            return match self.global(namespace, local) {
                Some(element) => Down::To(Child {
                    element,
                    min: 0,
                    max: UNBOUNDED,
                }),
                None => Down::Anything,
            };
        }
        // A document may name a derived type by `xsi:type`.
        match self.derived_from(kind).find_map(find).filter(|_| name.is_some()) {
            Some(child) => Down::To(child),
            None => Down::Nowhere,
        }
    }

    /// The types that are derived from a type, for places that only they have.
    pub(crate) fn derived_from(&self, kind: Type) -> impl Iterator<Item = Type> {
        let all = (0..self.complexes.len() as u32).map(|index| Type::Complex(ComplexId(index)));
        all.filter(move |other| *other != kind && self.derives(*other, kind))
    }
}
