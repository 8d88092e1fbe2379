// SPDX-License-Identifier: EUPL-1.2
//! Content models as automata: one step for each child element, no going back.
//!
//! Every element or wildcard of the model is a position that counts its own repetitions, so that `maxOccurs="9999"` costs
//! nothing. Groups that are repeated a limited number of times are unrolled. A deterministic model, and the standard
//! allows no other, is in one state at a time; where several are possible all of them are followed.

mod run;

use super::model::{ElementId, Particle, Term, Wildcard};
use super::names::NameId;

/// Copies of a group that is repeated a limited number of times; beyond it no limit is held.
const COPIES_MAX: u32 = 64;
/// Positions of a model.
const POSITIONS_MAX: usize = 20_000;

/// Who tells which elements may stand for an element.
pub(in crate::xsd) trait Elements {
    /// The element itself unless it is abstract, and all of its substitution group, with their names.
    fn standing_for(&self, element: ElementId) -> Vec<(NameId, ElementId)>;
}

/// What a position lets in.
#[derive(Debug)]
pub(super) enum Matches {
    Elements(Vec<(NameId, ElementId)>),
    Any(Wildcard),
}

#[derive(Debug)]
struct Position {
    matches: Matches,
    min: u32,
    max: u32,
    follow: Vec<u32>,
    last: bool,
}

/// A compiled content model.
#[derive(Debug, Default)]
pub(crate) struct Automaton {
    positions: Vec<Position>,
    first: Vec<u32>,
    nullable: bool,
    /// Whether the positions may come in any order, each as often as it says (`xs:all`).
    all: bool,
}

/// A position, and how often it was met in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct State {
    position: u32,
    count: u32,
}

/// Nothing was met.
const START: u32 = u32::MAX;

impl State {
    pub(super) const START: Self = Self {
        position: START,
        count: 0,
    };
}

/// What let a child in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Met<'a> {
    Element(ElementId),
    Any(&'a Wildcard),
}

/// Where a part of a model begins and ends.
#[derive(Default)]
struct Part {
    first: Vec<u32>,
    last: Vec<u32>,
    nullable: bool,
}

impl Automaton {
    /// Compiles a model.
    pub(super) fn of(model: Option<&Particle>, elements: &dyn Elements) -> Self {
        let mut made = Self {
            nullable: true,
            ..Self::default()
        };
        let Some(model) = model else {
            return made;
        };
        if let Term::All(parts) = &model.term {
            made.all = true;
            for part in parts {
                made.leaf(part, elements);
            }
            made.nullable = model.is_nullable();
            return made;
        }
        let whole = made.part(model, elements);
        made.first = whole.first;
        made.nullable = whole.nullable;
        for last in whole.last {
            if let Some(position) = made.positions.get_mut(last as usize) {
                position.last = true;
            }
        }
        made
    }

    fn leaf(&mut self, particle: &Particle, elements: &dyn Elements) -> Part {
        let matches = match &particle.term {
            Term::Element(element) => Matches::Elements(elements.standing_for(*element)),
            Term::Any(wildcard) => Matches::Any(wildcard.clone()),
            Term::Sequence(_) | Term::Choice(_) | Term::All(_) => return Part::default(),
        };
        if self.positions.len() >= POSITIONS_MAX {
            return Part::default();
        }
        let index = self.positions.len() as u32;
        self.positions.push(Position {
            matches,
            min: particle.min,
            max: particle.max,
            follow: Vec::new(),
            last: false,
        });
        Part {
            first: vec![index],
            last: vec![index],
            nullable: particle.min == 0,
        }
    }

    fn part(&mut self, particle: &Particle, elements: &dyn Elements) -> Part {
        if matches!(particle.term, Term::Element(_) | Term::Any(_)) {
            return self.leaf(particle, elements);
        }
        let once = Particle {
            min: 1,
            ..particle.clone()
        };
        let nullable = once.is_nullable();
        // What may be nothing need not be repeated.
        let least = if nullable { 1 } else { particle.min.clamp(1, COPIES_MAX) };
        let endless = particle.max > COPIES_MAX;
        let count = if endless { least } else { particle.max };
        let mut whole = Part::default();
        let mut before: Option<Part> = None;
        for copy in 1..=count {
            let part = self.group(&particle.term, elements);
            match &before {
                None => whole.first.clone_from(&part.first),
                Some(before) => self.connect(&before.last, &part.first),
            }
            if copy >= least {
                whole.last.extend(&part.last);
            }
            before = Some(part);
        }
        if let Some(last) = before.filter(|_| endless) {
            self.connect(&last.last, &last.first);
        }
        whole.nullable = particle.min == 0 || nullable;
        whole
    }

    fn group(&mut self, term: &Term, elements: &dyn Elements) -> Part {
        match term {
            Term::Sequence(parts) => self.sequence(parts, elements),
            // Below other groups the order of `xs:all` is not held to: the standard forbids it there.
            Term::Choice(parts) | Term::All(parts) => {
                let mut whole = Part {
                    nullable: parts.is_empty(),
                    ..Part::default()
                };
                for part in parts {
                    let part = self.part(part, elements);
                    whole.first.extend(part.first);
                    whole.last.extend(part.last);
                    whole.nullable |= part.nullable;
                }
                whole
            }
            Term::Element(_) | Term::Any(_) => Part::default(),
        }
    }

    fn sequence(&mut self, parts: &[Particle], elements: &dyn Elements) -> Part {
        let mut whole = Part {
            nullable: true,
            ..Part::default()
        };
        for part in parts {
            let part = self.part(part, elements);
            self.connect(&whole.last, &part.first);
            if whole.nullable {
                whole.first.extend(&part.first);
            }
            if part.nullable {
                whole.last.extend(part.last);
            } else {
                whole.last = part.last;
            }
            whole.nullable &= part.nullable;
        }
        whole
    }

    fn connect(&mut self, from: &[u32], to: &[u32]) {
        for index in from {
            if let Some(position) = self.positions.get_mut(*index as usize) {
                for next in to {
                    if !position.follow.contains(next) {
                        position.follow.push(*next);
                    }
                }
            }
        }
    }
}
