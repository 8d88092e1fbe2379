// SPDX-License-Identifier: EUPL-1.2
//! How a batch goes out when the server refuses a whole one for a single duplicate: by halves, until the duplicate is
//! found; its group then goes out one by one. What is there already counts as published.

use std::ops::Range;

/// What is to be sent next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// These groups as one atomic batch.
    Batch(Range<usize>),
    /// The members of these groups one by one, in order.
    OneByOne(Range<usize>),
}

/// The way of one batch. Iterative, so that its depth is bounded by its stack of ranges.
#[derive(Debug)]
pub struct Bisection {
    sizes: Vec<usize>,
    members_max: usize,
    ranges: Vec<Range<usize>>,
    done: usize,
    /// The group on top was refused by itself.
    refused: bool,
}

impl Bisection {
    /// Groups of these sizes; the server takes `members_max` members in one batch.
    pub fn new(sizes: impl Iterator<Item = usize>, members_max: usize) -> Self {
        let sizes: Vec<usize> = sizes.collect();
        Self {
            ranges: std::iter::once(0..sizes.len()).collect(),
            sizes,
            members_max,
            done: 0,
            refused: false,
        }
    }

    /// How many groups, from the first, are certainly published.
    pub fn done(&self) -> usize {
        self.done
    }

    /// What is to be sent next; `None` when everything is published. Answered with [`Bisection::published`] or
    /// [`Bisection::duplicate`].
    pub fn next_step(&mut self) -> Option<Step> {
        while let Some(range) = self.ranges.last().cloned() {
            let members: usize = self.sizes.get(range.clone()).unwrap_or_default().iter().sum();
            let one_by_one = self.refused || members == 1 || members > self.members_max;
            match (members, one_by_one) {
                (0, _) => self.published(),
                (_, false) => return Some(Step::Batch(range)),
                (_, true) if range.len() == 1 => return Some(Step::OneByOne(range)),
                (_, true) => self.duplicate(),
            }
        }
        None
    }

    /// What was to be sent is published.
    pub fn published(&mut self) {
        self.refused = false;
        if let Some(range) = self.ranges.pop() {
            self.done = range.end;
        }
    }

    /// The batch that was to be sent holds a duplicate, or is too large.
    pub fn duplicate(&mut self) {
        let Some(range) = self.ranges.pop() else { return };
        self.refused = range.len() == 1;
        if self.refused {
            self.ranges.push(range);
            return;
        }
        let middle = range.start + range.len() / 2;
        self.ranges.push(middle..range.end);
        self.ranges.push(range.start..middle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends groups of these sizes past a server that has `there` already: the steps that it takes, and all is done.
    fn check(sizes: &[usize], there: &[usize], steps: &[Step]) {
        let mut bisection = Bisection::new(sizes.iter().copied(), 1000);
        let mut taken = Vec::new();
        while let Some(step) = bisection.next_step() {
            match &step {
                Step::Batch(range) if there.iter().any(|n| range.contains(n)) => bisection.duplicate(),
                _ => bisection.published(),
            }
            taken.push(step);
        }
        assert_eq!(taken, steps);
        assert_eq!(bisection.done(), sizes.len());
    }

    #[test]
    fn the_duplicate_is_found_by_halves_and_its_group_goes_out_one_by_one() {
        check(&[2, 2], &[], &[Step::Batch(0..2)]);
        check(&[], &[], &[]);
        check(&[1], &[], &[Step::OneByOne(0..1)]);
        check(&[1001], &[], &[Step::OneByOne(0..1)]);
        check(&[600, 600], &[], &[Step::Batch(0..1), Step::Batch(1..2)]);
        let (whole, first, second) = (Step::Batch(0..2), Step::Batch(0..1), Step::Batch(1..2));
        check(&[2, 2], &[1], &[whole, first, second, Step::OneByOne(1..2)]);
    }
}
