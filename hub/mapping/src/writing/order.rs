// SPDX-License-Identifier: EUPL-1.2
//! In which order the children of a place are written: as `[format.order]` or the schema says.

use std::collections::HashMap;

use crate::language::resolve::Vocabulary;
use crate::source::Symbol;
use crate::xsd::{Down, Type, Xsd};

/// Who knows the order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Order<'o> {
    /// `[format.order]`: element → its children.
    pub(crate) given: &'o HashMap<Symbol, Vec<Symbol>>,
    /// The schema, and the type of the root element.
    pub(crate) schema: Option<(&'o Xsd, Type)>,
    /// What symbols mean.
    pub(crate) vocabulary: &'o Vocabulary,
}

/// A place, as far as its order depends on it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Spot {
    Named(Symbol),
    Typed(Type),
    /// The schema knows nothing of it.
    Unknown,
}

impl Order<'_> {
    /// The root element.
    pub(crate) fn root(&self, name: Symbol) -> Spot {
        match self.schema {
            Some((_, kind)) => Spot::Typed(kind),
            None => Spot::Named(name),
        }
    }

    /// The place of this name below another.
    pub(crate) fn below(&self, spot: Spot, name: Symbol) -> Spot {
        let (xsd, kind) = match (self.schema, spot) {
            (None, _) => return Spot::Named(name),
            (Some((xsd, _)), Spot::Typed(kind)) => (xsd, kind),
            (Some(_), _) => return Spot::Unknown,
        };
        let (namespace, local) = self.vocabulary.parts(name);
        match xsd.step(kind, namespace, local) {
            Down::To(child) => xsd
                .element(child.element)
                .map_or(Spot::Unknown, |e| Spot::Typed(e.kind)),
            Down::Anything | Down::Nowhere => Spot::Unknown,
        }
    }

    /// Positions of the children, those that nobody knows behind the others; `None`: they stay as they are.
    pub(crate) fn ranks(&self, spot: Spot) -> Option<HashMap<Symbol, usize>> {
        let numbered = |names: &mut dyn Iterator<Item = Symbol>| {
            let mut ranks = HashMap::new();
            for (rank, name) in names.enumerate() {
                ranks.entry(name).or_insert(rank);
            }
            ranks
        };
        match (self.schema, spot) {
            (None, Spot::Named(name)) => self.given.get(&name).map(|names| numbered(&mut names.iter().copied())),
            (Some((xsd, _)), Spot::Typed(kind)) => {
                let children = xsd.children(kind);
                let mut names = children.iter().map(|child| {
                    let (namespace, local) = xsd.element(child.element).map_or(("", ""), |e| xsd.names.parts(e.name));
                    self.vocabulary.names.find_in(namespace, local)
                });
                Some(numbered(&mut names))
            }
            _ => None,
        }
    }
}
