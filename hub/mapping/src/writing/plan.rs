// SPDX-License-Identifier: EUPL-1.2
//! What is written of a scope, flat and in the order of writing, so that a document costs what is in it and not what the
//! mapping could write.

use super::values::Held;
use super::{Bond, Element, NONE, SlotRef, Value, ValueSource};
use crate::source::Symbol;

/// What writing walks over.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(super) leaves: Vec<Leaf>,
    /// One for each element, by the same index.
    pub(super) places: Vec<Place>,
    /// How values come about, in the order of the file.
    pub(super) makings: Vec<Making>,
    /// The leaves that are lists, with the index of their element.
    pub(super) lists: Vec<(u32, u32)>,
    /// A bit for each leaf: whether it makes the places above it exist.
    pub(super) causing: Vec<u64>,
    /// A bit for each leaf: whether it does so, or accompanies what does.
    pub(super) undemanded: Vec<u64>,
    /// What is written where something is that causes.
    pub(super) accompanying: Vec<Follower>,
    /// What is written where something is that is not demanded.
    pub(super) demanded: Vec<Follower>,
    /// A bit for each leaf: whether it is there in every document.
    pub(super) constants: Vec<u64>,
    /// Each value before any is made.
    pub(super) held: Vec<Held>,
}

/// A value or a list at its place. A leaf's number is its place in the order of writing: those of a place stand before
/// those of the places in it, those of an attribute before the content, and where several values stand for the same
/// attribute or content, the one that counts first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leaf {
    /// The element in which it stands.
    pub(super) place: u32,
    /// Number of the first leaf behind those that stand for the same attribute or content.
    pub(super) behind: u32,
    pub(super) what: What,
}

/// What a leaf is.
#[derive(Debug, Clone, Copy)]
pub(super) enum What {
    /// The value with this number, for this attribute.
    Attribute(u16, Symbol),
    /// The value with this number.
    Content(u16),
    /// The items of the list that is this element.
    List(u32),
}

/// An element, as far as the walk needs it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) name: Symbol,
    /// Whether it comes in a list, see [`Element::repeated`].
    pub(super) repeated: bool,
    pub(super) parent: u32,
    /// Index of the first element that is not in it.
    pub(super) end: u32,
}

/// How a value comes about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Making {
    pub(super) value: u16,
    /// Where it stands, or [`NOWHERE`].
    pub(super) leaf: u32,
    /// The canonical field that it is made from, if it is one.
    pub(super) slot: Option<SlotRef>,
    /// Whether nothing is done when the field is absent.
    pub(super) optional: bool,
    /// Whether the field is written as it is.
    pub(super) copied: bool,
}

/// A leaf that is only written where one of others is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Follower {
    pub(super) leaf: u32,
    /// The others: those between these numbers.
    pub(super) first: u32,
    pub(super) end: u32,
}

/// Bits in a word of a set of leaves.
pub(super) const WORD: usize = u64::BITS as usize;

impl Plan {
    /// For the elements of a scope. Tells the values which leaf they are.
    pub(super) fn of(elements: &[Element], values: &mut [Value]) -> Self {
        let mut plan = Self::default();
        // The leaves of what is in element `n` begin at `firsts[n]`.
        let mut firsts = Vec::with_capacity(elements.len() + 1);
        let mut bonds = Vec::new();
        for (index, element) in elements.iter().enumerate() {
            firsts.push(plan.leaves.len() as u32);
            plan.places.push(Place {
                name: element.name,
                repeated: element.repeated,
                parent: element.parent,
                end: element.end,
            });
            for (name, standing) in &element.attributes {
                plan.put(index as u32, standing, values, &mut bonds, |value| {
                    What::Attribute(value, *name)
                });
            }
            plan.put(index as u32, &element.content, values, &mut bonds, What::Content);
            if element.list.is_some() {
                let number = plan.leaves.len() as u32;
                plan.leaves.push(Leaf {
                    place: element.parent,
                    behind: number + 1,
                    what: What::List(index as u32),
                });
                plan.lists.push((number, index as u32));
                bonds.push(Bond::Causes);
            }
        }
        firsts.push(plan.leaves.len() as u32);
        let followers = |bond, chained: fn(&Element) -> bool| {
            let leaves = plan.leaves.iter().zip(&bonds).enumerate();
            let wanted = leaves.filter(|(_, (_, found))| **found == bond);
            wanted
                .map(|(number, (leaf, _))| Follower::of(number as u32, leaf, elements, &firsts, chained))
                .collect()
        };
        plan.accompanying = followers(Bond::Accompanies, |element| element.follows);
        plan.demanded = followers(Bond::Demanded, |element| element.demanded);
        let count = plan.leaves.len();
        let having = |wanted: &[Bond]| {
            let numbers = bonds.iter().enumerate().filter(|(_, bond)| wanted.contains(bond));
            bits(count, numbers.map(|(number, _)| number))
        };
        plan.causing = having(&[Bond::Causes]);
        plan.undemanded = having(&[Bond::Causes, Bond::Accompanies]);
        let constants = values.iter().filter(|value| value.is_constant());
        plan.constants = bits(count, constants.map(|value| value.leaf as usize));
        plan.held = values.iter().map(Held::at_first).collect();
        plan.makings = makings(values);
        plan
    }

    /// Whether a place is another or in it.
    pub(super) fn holds(&self, around: u32, place: u32) -> bool {
        let end = self.places.get(around as usize).map_or(0, |around| around.end);
        (around..end).contains(&place)
    }

    /// Adds the values that stand for one attribute or content: those of rows before constants.
    fn put(
        &mut self,
        place: u32,
        standing: &[u16],
        values: &mut [Value],
        bonds: &mut Vec<Bond>,
        what: impl Fn(u16) -> What,
    ) {
        let behind = (self.leaves.len() + standing.len()) as u32;
        for first in [true, false] {
            for number in standing {
                let Some(value) = values
                    .get_mut(*number as usize)
                    .filter(|value| (value.bond == Bond::Causes) == first)
                else {
                    continue;
                };
                value.leaf = self.leaves.len() as u32;
                self.leaves.push(Leaf {
                    place,
                    behind,
                    what: what(*number),
                });
                bonds.push(value.bond);
            }
        }
    }
}

impl Follower {
    /// An element that follows its parent exists where the parent does; so a leaf in it depends on what is in the nearest
    /// element above that does not follow. `chained` says whether an element does.
    fn of(number: u32, leaf: &Leaf, elements: &[Element], firsts: &[u32], chained: fn(&Element) -> bool) -> Self {
        let mut anchor = leaf.place;
        while let Some(element) = elements.get(anchor as usize).filter(|element| chained(element)) {
            anchor = element.parent;
        }
        let end = elements.get(anchor as usize).map_or(0, |element| element.end);
        let at = |element: u32| firsts.get(element as usize).copied().unwrap_or_default();
        Self {
            leaf: number,
            first: at(anchor),
            end: at(end),
        }
    }
}

/// Values that are constants are there from the beginning; the parts of a template are made with the whole.
fn makings(values: &[Value]) -> Vec<Making> {
    let made = values.iter().enumerate().filter(|(_, value)| !value.is_constant());
    made.filter_map(|(index, value)| {
        let slot = match value.source {
            ValueSource::Part => return None,
            ValueSource::Slot(slot) if slot.slot != NONE => Some(slot),
            _ => None,
        };
        let optional = slot.is_some() && value.default.is_none() && !value.required;
        Some(Making {
            value: index as u16,
            leaf: value.leaf,
            slot,
            optional,
            copied: optional && value.stages.is_empty() && value.when.is_none(),
        })
    })
    .collect()
}

/// A set with one bit for each leaf.
fn bits(leaves: usize, numbers: impl Iterator<Item = usize>) -> Vec<u64> {
    let mut words = vec![0; leaves.div_ceil(WORD)];
    for number in numbers {
        if let Some(word) = words.get_mut(number / WORD) {
            *word |= 1 << (number % WORD);
        }
    }
    words
}

/// The leaf of a value that stands at no place.
pub(super) const NOWHERE: u32 = u32::MAX;
