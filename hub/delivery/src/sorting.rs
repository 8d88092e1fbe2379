// SPDX-License-Identifier: EUPL-1.2
//! What a reader does with the messages that it took: some it has published before, some it takes one at a time.

use crate::published::Published;
use crate::suspect::Suspicion;

/// Messages that were taken, each kind in the order of the stream.
#[derive(Debug)]
pub struct Sorted<T> {
    /// Published before, come again: they are only acknowledged.
    pub again: Vec<T>,
    /// In flight at an unclean stop: decided, published and acknowledged one at a time, before the others.
    pub careful: Vec<T>,
    /// All others.
    pub usual: Vec<T>,
    /// The highest sequence that is to be decided.
    pub up_to: Option<u64>,
}

/// Sorts what was taken.
pub fn sort<T>(items: Vec<T>, sequence: impl Fn(&T) -> u64, published: &Published, suspicion: &Suspicion) -> Sorted<T> {
    let (again, left): (Vec<_>, Vec<_>) = items.into_iter().partition(|item| published.contains(sequence(item)));
    let up_to = left.iter().map(&sequence).max();
    let (careful, usual) = left.into_iter().partition(|item| suspicion.is_careful(sequence(item)));
    Sorted {
        again,
        careful,
        usual,
        up_to,
    }
}
