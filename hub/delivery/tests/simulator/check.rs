// SPDX-License-Identifier: EUPL-1.2
//! What must hold when everything was healed and has come to its end.

use std::collections::HashMap;

use hub_message::Outcome;

use super::{ROUTES, World};

impl World {
    pub(crate) fn check(&mut self) {
        for n in 0..self.messages.len() {
            if self.messages[n].accepted.is_some() {
                self.check_message(n);
            }
        }
        for to in 0..self.targets.len() {
            self.check_order(to);
        }
    }

    /// Accepted: on record, and for each recipient an effect, in doubt, or a dead letter; at most one effect, with a
    /// receipt.
    fn check_message(&mut self, n: usize) {
        if !self.records.contains(&n) {
            self.broken.push(format!("message {n} has no record"));
        }
        if self.messages[n].poison && !self.dead_letters.contains(&n) {
            self.broken.push(format!("poison {n} is no dead letter"));
        }
        for to in ROUTES[self.messages[n].source] {
            let effects = self.targets[*to].effects.iter().filter(|of| **of == n).count();
            let outcome = self.outcomes.get(&format!("{:032x}", n * 4 + to));
            if effects > 1 {
                self.broken.push(format!("message {n} has {effects} effects at {to}"));
            }
            let sound = match outcome {
                Some(Outcome::Done { .. }) => effects == 1,
                Some(Outcome::Rejected { .. }) => effects == 0,
                Some(Outcome::InDoubt) => *to == 2,
                None => effects == 0 && self.dead_letters.contains(&n),
            };
            if !sound {
                self.broken.push(format!(
                    "message {n} at {to}: {effects} effects and the outcome {outcome:?}"
                ));
            }
        }
    }

    /// First effects come in the order in which their messages were accepted, for each source and order key. A dead
    /// letter has left the order: should its source repeat it later, it is planned then.
    fn check_order(&mut self, to: usize) {
        let mut last: HashMap<(usize, u64), u64> = HashMap::new();
        let mut known = std::collections::HashSet::new();
        for n in &self.targets[to].effects {
            if self.dead_letters.contains(n) {
                continue;
            }
            let message = &self.messages[*n];
            let place = message.accepted.unwrap_or_default();
            let before = last.insert((message.source, message.key), place);
            if known.insert(*n) && before.is_some_and(|before| before > place) {
                self.broken.push(format!("message {n} comes too late at {to}"));
            }
        }
    }
}
