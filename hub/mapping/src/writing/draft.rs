// SPDX-License-Identifier: EUPL-1.2
//! The tree of target places while it grows out of the rows.

use super::order::{Order, Spot};
use super::{Bond, Element, ListWrite};
use crate::rows::{Against, Predicate, Step};
use crate::source::Symbol;

/// A target place that grows.
#[derive(Debug, Default)]
pub(super) struct Draft {
    name: Symbol,
    predicates: Vec<Predicate>,
    attributes: Vec<(Symbol, Vec<u16>)>,
    content: Vec<u16>,
    list: Option<Box<ListWrite>>,
    follows: bool,
    demanded: bool,
    children: Vec<Draft>,
}

impl Draft {
    /// The place of these steps below this one. Rows with equal steps share it. `constant` makes the value that a
    /// predicate asks for.
    pub(super) fn descend(&mut self, steps: &[Step], constant: &mut dyn FnMut(&Against) -> u16) -> Option<&mut Draft> {
        let Some((step, rest)) = steps.split_first() else {
            return Some(self);
        };
        let known = self
            .children
            .iter()
            .position(|child| child.list.is_none() && child.name == step.name && child.predicates == step.predicates);
        let index = known.unwrap_or_else(|| {
            self.children.push(Draft::with_constants(step, constant));
            self.children.len() - 1
        });
        self.children.get_mut(index)?.descend(rest, constant)
    }

    /// The place of these steps below this one, which exists whenever this one does and it would not be empty.
    pub(super) fn follow(
        &mut self,
        steps: &[Step],
        bond: Bond,
        constant: &mut dyn FnMut(&Against) -> u16,
    ) -> Option<&mut Draft> {
        let Some((step, rest)) = steps.split_first() else {
            return Some(self);
        };
        let child = self.descend(std::slice::from_ref(step), constant)?;
        child.follows = true;
        child.demanded |= bond == Bond::Demanded;
        child.follow(rest, bond, constant)
    }

    fn with_constants(step: &Step, constant: &mut dyn FnMut(&Against) -> u16) -> Draft {
        let mut made = Draft {
            name: step.name,
            predicates: step.predicates.clone(),
            ..Draft::default()
        };
        made.put_constants(&step.predicates, constant);
        made
    }

    /// Puts in what predicates ask for.
    pub(super) fn put_constants(&mut self, predicates: &[Predicate], constant: &mut dyn FnMut(&Against) -> u16) {
        for predicate in predicates {
            if predicate.against == Against::Presence {
                continue;
            }
            let value = constant(&predicate.against);
            if let Some(place) = self.follow(&predicate.path.steps, Bond::Demanded, constant) {
                place.put(predicate.path.attribute, value);
            }
        }
    }

    /// Puts a value at the place, or at an attribute of it.
    pub(super) fn put(&mut self, attribute: Option<Symbol>, value: u16) {
        let Some(name) = attribute else {
            self.content.push(value);
            return;
        };
        match self.attributes.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value),
            None => self.attributes.push((name, vec![value])),
        }
    }

    /// Puts a list's items below the place.
    pub(super) fn put_list(&mut self, name: Symbol, list: ListWrite) {
        self.children.push(Draft {
            name,
            list: Some(Box::new(list)),
            ..Draft::default()
        });
    }

    /// Brings the places into the order in which they are written: that of `order` for elements that it knows, else that
    /// of the rows; places of the same name next to each other.
    pub(super) fn arrange(&mut self, order: &Order<'_>, spot: Spot) {
        if let Some(ranks) = order.ranks(spot) {
            let rank = |child: &Draft| ranks.get(&child.name).copied().unwrap_or(usize::MAX);
            self.children.sort_by_key(rank);
        }
        let firsts: Vec<Symbol> = self.children.iter().map(|child| child.name).collect();
        self.children
            .sort_by_key(|child| firsts.iter().position(|name| *name == child.name));
        for child in &mut self.children {
            child.arrange(order, order.below(spot, child.name));
        }
    }

    /// The places in order, each before what is in it.
    pub(super) fn flatten(self, name: Symbol) -> Vec<Element> {
        let mut elements = Vec::new();
        let mut root = self;
        root.name = name;
        flatten(root, 0, false, &mut elements);
        elements
    }

    /// Sets the name.
    pub(super) fn named(mut self, name: Symbol) -> Self {
        self.name = name;
        self
    }
}

fn flatten(draft: Draft, parent: u32, repeated: bool, out: &mut Vec<Element>) {
    let index = out.len();
    let names: Vec<Symbol> = draft.children.iter().map(|child| child.name).collect();
    out.push(Element {
        name: draft.name,
        parent,
        end: 0,
        attributes: draft.attributes,
        content: draft.content,
        list: draft.list,
        repeated,
        follows: draft.follows,
        demanded: draft.demanded,
    });
    for child in draft.children {
        let many = child.list.is_some() || names.iter().filter(|name| **name == child.name).count() > 1;
        flatten(child, index as u32, many, out);
    }
    let end = out.len() as u32;
    if let Some(element) = out.get_mut(index) {
        element.end = end;
    }
}
