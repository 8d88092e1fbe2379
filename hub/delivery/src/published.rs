// SPDX-License-Identifier: EUPL-1.2
//! Sequences whose decisions were published by this reader.
//!
//! What the stream gives again after a reset or a late acknowledgement is then acknowledged only. It spares work;
//! nothing rests on it.

use std::collections::VecDeque;

/// How many sequences are remembered: more than can be in flight at once.
const REMEMBERED: usize = 8192;

/// The last published sequences, sorted. Exact ones rather than the highest, so that a message that comes late is never
/// taken for one that was published.
#[derive(Debug, Default)]
pub struct Published(VecDeque<u64>);

impl Published {
    /// Whether everything that follows from this message is in `OUT`.
    pub fn contains(&self, sequence: u64) -> bool {
        self.0.binary_search(&sequence).is_ok()
    }

    /// Notes sequences.
    pub fn note(&mut self, sequences: impl Iterator<Item = u64>) {
        let known = &mut self.0;
        for sequence in sequences {
            if let Err(at) = known.binary_search(&sequence) {
                known.insert(at, sequence);
            }
        }
        let surplus = known.len().saturating_sub(REMEMBERED);
        known.drain(..surplus);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_published_is_remembered_out_of_order_too() {
        let mut published = Published::default();
        published.note([5, 3, 9, 3].into_iter());
        assert!([3, 5, 9].into_iter().all(|sequence| published.contains(sequence)));
        assert!(![1, 4, 10].into_iter().any(|sequence| published.contains(sequence)));
        published.note(10..10 + REMEMBERED as u64);
        assert!(!published.contains(3), "the oldest are forgotten");
        assert!(published.contains(REMEMBERED as u64));
    }
}
