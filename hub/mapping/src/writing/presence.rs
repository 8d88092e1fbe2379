// SPDX-License-Identifier: EUPL-1.2
//! Which leaves of the scopes that are being written are there.

use super::plan::{Follower, Plan, WORD};

/// A set of leaves for each scope that is open, one behind the other.
#[derive(Debug, Default)]
pub(super) struct Presence {
    words: Vec<u64>,
}

impl Presence {
    /// Begins a scope's occurrence, with its constants; gives where its set begins.
    pub(super) fn open(&mut self, plan: &Plan) -> usize {
        let base = self.words.len();
        self.words.extend_from_slice(&plan.constants);
        base
    }

    /// Ends the scope whose set begins here, and those that were opened in it.
    pub(super) fn close(&mut self, base: usize) {
        self.words.truncate(base);
    }

    /// A leaf is there.
    pub(super) fn add(&mut self, base: usize, leaf: u32) {
        if let Some(word) = self.words.get_mut(base + leaf as usize / WORD) {
            *word |= 1 << (leaf as usize % WORD);
        }
    }

    /// The first leaf that is there, of this one and those behind it.
    pub(super) fn next(&self, plan: &Plan, base: usize, from: u32) -> Option<u32> {
        let from = from as usize;
        let words = self.words.get(base..base + plan.constants.len())?;
        let mut at = from / WORD;
        let mut word = words.get(at)? & (u64::MAX << (from % WORD));
        while word == 0 {
            at += 1;
            word = *words.get(at)?;
        }
        Some((at * WORD) as u32 + word.trailing_zeros())
    }

    /// Whether anything is there that makes the places above it exist.
    pub(super) fn any(&self, plan: &Plan, base: usize) -> bool {
        self.any_between(&plan.causing, base, 0, plan.leaves.len() as u32)
    }

    /// Takes away what would only accompany something, where that is not there; and then what is only demanded.
    pub(super) fn settle(&mut self, plan: &Plan, base: usize) {
        self.take_away(&plan.accompanying, &plan.causing, base);
        self.take_away(&plan.demanded, &plan.undemanded, base);
    }

    fn take_away(&mut self, followers: &[Follower], others: &[u64], base: usize) {
        for follower in followers {
            if !self.any_between(others, base, follower.first, follower.end)
                && let Some(word) = self.words.get_mut(base + follower.leaf as usize / WORD)
            {
                *word &= !(1 << (follower.leaf as usize % WORD));
            }
        }
    }

    fn any_between(&self, others: &[u64], base: usize, first: u32, end: u32) -> bool {
        let (first, end) = (first as usize, end as usize);
        let words = self.words.iter().skip(base).zip(others);
        let from = first / WORD;
        let last = end.div_ceil(WORD);
        words.take(last).enumerate().skip(from).any(|(at, (there, others))| {
            let mut wanted = u64::MAX;
            if at == from {
                wanted &= u64::MAX << (first % WORD);
            }
            if (at + 1) * WORD > end {
                wanted &= !(u64::MAX << (end % WORD));
            }
            there & others & wanted != 0
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::writing::plan::{Leaf, What};

    const LEAF: Leaf = Leaf {
        place: 0,
        behind: 0,
        what: What::Content(0),
    };

    /// A plan with so many leaves, all of which cause but those named.
    fn plan(leaves: usize, not_causing: &[usize]) -> Plan {
        let mut plan = Plan {
            leaves: vec![LEAF; leaves],
            causing: vec![u64::MAX; leaves.div_ceil(WORD)],
            constants: vec![0; leaves.div_ceil(WORD)],
            ..Plan::default()
        };
        for number in not_causing {
            plan.causing[number / WORD] &= !(1 << (number % WORD));
        }
        plan
    }

    #[test]
    fn leaves_are_found_in_order_over_the_borders_of_words() {
        let plan = plan(130, &[]);
        let mut present = Presence::default();
        let outer = present.open(&plan);
        let base = present.open(&plan);
        present.add(outer, 7);
        for leaf in [0, 63, 64, 129] {
            present.add(base, leaf);
        }
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(leaf) = present.next(&plan, base, from) {
            found.push(leaf);
            from = leaf + 1;
        }
        assert_eq!(found, [0, 63, 64, 129]);
        present.close(base);
        assert_eq!(present.next(&plan, outer, 8), None);
        assert_eq!(present.next(&plan, outer, 7), Some(7));
    }

    #[test]
    fn what_is_between_is_neither_before_nor_behind() {
        let plan = plan(130, &[70]);
        for (leaf, expected) in [
            (9, false),
            (10, true),
            (63, true),
            (70, false),
            (127, true),
            (128, false),
        ] {
            let mut present = Presence::default();
            let base = present.open(&plan);
            present.add(base, leaf);
            assert_eq!(present.any_between(&plan.causing, base, 10, 128), expected, "{leaf}");
            assert_eq!(present.any(&plan, base), leaf != 70);
        }
    }
}
