// SPDX-License-Identifier: EUPL-1.2
//! A content model while a document goes through it.

use super::{Automaton, Matches, Met, Position, START, State};
use crate::xsd::model::ElementId;
use crate::xsd::names::NameId;

impl Automaton {
    fn position(&self, index: u32) -> Option<&Position> {
        self.positions.get(index as usize)
    }

    /// Takes a child. The states behind it go into `next`; `None`: it may not stand here. `work` counts comparisons.
    pub(in crate::xsd) fn step(
        &self,
        states: &[State],
        name: Option<NameId>,
        namespace: &str,
        next: &mut Vec<State>,
        work: &mut u64,
    ) -> Option<Met<'_>> {
        next.clear();
        let mut met = None;
        if self.all {
            return self.step_all(states, name, namespace, next, work);
        }
        for state in states {
            let here = self.position(state.position);
            let (follow, may_leave) = match here {
                None => (&self.first, true),
                Some(position) => (&position.follow, state.count >= position.min),
            };
            if let Some(position) = here.filter(|position| state.count < position.max) {
                let again = State {
                    position: state.position,
                    count: state.count.saturating_add(1),
                };
                take(position, again, name, namespace, &mut met, next);
            }
            *work += 1;
            if !may_leave {
                continue;
            }
            for index in follow {
                *work += 1;
                if let Some(position) = self.position(*index) {
                    let first = State {
                        position: *index,
                        count: 1,
                    };
                    take(position, first, name, namespace, &mut met, next);
                }
            }
        }
        met
    }

    fn step_all(
        &self,
        states: &[State],
        name: Option<NameId>,
        namespace: &str,
        next: &mut Vec<State>,
        work: &mut u64,
    ) -> Option<Met<'_>> {
        let seen = |index: u32| states.iter().find(|s| s.position == index).map_or(0, |s| s.count);
        for (index, position) in (0_u32..).zip(&self.positions) {
            *work += 1;
            let count = seen(index);
            if count >= position.max {
                continue;
            }
            let Some(met) = position.matches.met(name, namespace) else {
                continue;
            };
            next.extend(states.iter().filter(|s| s.position != index && s.position != START));
            next.push(State {
                position: index,
                count: count + 1,
            });
            return Some(met);
        }
        None
    }

    /// Whether the model may end here.
    pub(in crate::xsd) fn accepts(&self, states: &[State]) -> bool {
        if self.all {
            let is_start = states.iter().all(|s| s.position == START);
            return (is_start && self.nullable) || self.wanted(states).is_empty();
        }
        states.iter().any(|state| match self.position(state.position) {
            None => self.nullable,
            Some(position) => position.last && state.count >= position.min,
        })
    }

    /// The elements that may come next.
    pub(in crate::xsd) fn next_names(&self, states: &[State]) -> Vec<NameId> {
        let mut found = Vec::new();
        if self.all {
            return self.wanted(states);
        }
        for state in states {
            match self.position(state.position) {
                None => self.names(&self.first, &mut found),
                Some(position) if state.count < position.min => position.names(&mut found),
                Some(position) => self.names(&position.follow, &mut found),
            }
        }
        found
    }

    /// What an `xs:all` still demands.
    fn wanted(&self, states: &[State]) -> Vec<NameId> {
        let mut found = Vec::new();
        for (index, position) in (0_u32..).zip(&self.positions) {
            let count = states.iter().find(|s| s.position == index).map_or(0, |s| s.count);
            if count < position.min {
                position.names(&mut found);
            }
        }
        found
    }

    fn names(&self, positions: &[u32], found: &mut Vec<NameId>) {
        for position in positions.iter().filter_map(|index| self.position(*index)) {
            position.names(found);
        }
    }

    /// States at every position that lets this name in, to go on from behind a mistake.
    pub(in crate::xsd) fn states_of(&self, name: NameId, next: &mut Vec<State>) -> Option<ElementId> {
        next.clear();
        let mut element = None;
        for (index, position) in (0_u32..).zip(&self.positions) {
            if let Some(Met::Element(found)) = position.matches.met(Some(name), "\u{0}") {
                element = Some(found);
                next.push(State {
                    position: index,
                    count: 1,
                });
                break;
            }
        }
        element
    }

    /// Whether a name may come later, when what must stand between is passed over.
    pub(in crate::xsd) fn is_ahead(&self, states: &[State], name: NameId) -> bool {
        let mut waiting: Vec<u32> = Vec::new();
        for state in states {
            match self.position(state.position) {
                None => waiting.extend(&self.first),
                Some(position) => waiting.extend(&position.follow),
            }
        }
        let mut seen = vec![false; self.positions.len()];
        while let Some(index) = waiting.pop() {
            let (Some(position), Some(mark)) = (self.position(index), seen.get_mut(index as usize)) else {
                continue;
            };
            if std::mem::replace(mark, true) {
                continue;
            }
            if matches!(position.matches.met(Some(name), "\u{0}"), Some(Met::Element(_))) {
                return true;
            }
            waiting.extend(&position.follow);
        }
        false
    }
}

/// Adds a state if its position lets the child in; elements win over wildcards.
fn take<'a>(
    position: &'a Position,
    state: State,
    name: Option<NameId>,
    namespace: &str,
    met: &mut Option<Met<'a>>,
    next: &mut Vec<State>,
) {
    let Some(found) = position.matches.met(name, namespace) else {
        return;
    };
    match (&met, &found) {
        (Some(Met::Element(_)), Met::Any(_)) => return,
        (Some(Met::Any(_)), Met::Element(_)) => {
            next.clear();
            *met = Some(found);
        }
        (None, _) => *met = Some(found),
        _ => {}
    }
    if !next.contains(&state) {
        next.push(state);
    }
}

impl Position {
    fn names(&self, found: &mut Vec<NameId>) {
        if let Matches::Elements(elements) = &self.matches {
            for (name, _) in elements {
                if !found.contains(name) {
                    found.push(*name);
                }
            }
        }
    }
}

impl Matches {
    fn met(&self, name: Option<NameId>, namespace: &str) -> Option<Met<'_>> {
        match self {
            Self::Elements(elements) => {
                let name = name?;
                let found = elements.iter().find(|(known, _)| *known == name);
                found.map(|(_, element)| Met::Element(*element))
            }
            Self::Any(wildcard) => wildcard.allows(namespace).then_some(Met::Any(wildcard)),
        }
    }
}
