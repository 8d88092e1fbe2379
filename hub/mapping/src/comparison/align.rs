// SPDX-License-Identifier: EUPL-1.2
//! Which items of a list are the same ones in another list, so that one that was put in does not make all behind it differ.

use std::hash::{DefaultHasher, Hash, Hasher};

/// Lists up to this length are looked through for equal items in other positions.
const ITEMS_MAX: usize = 1_000;

/// An item on both sides, or on one.
pub(crate) type Pair = (Option<usize>, Option<usize>);

/// The items of two lists side by side: equal ones first of all, what lies between them in its order.
pub(crate) fn align<T: Eq + Hash>(before: &[T], after: &[T]) -> Vec<Pair> {
    let start = before.iter().zip(after).take_while(|(one, other)| one == other).count();
    let (rest, other_rest) = (
        before.get(start..).unwrap_or_default(),
        after.get(start..).unwrap_or_default(),
    );
    let pairs = rest.iter().rev().zip(other_rest.iter().rev());
    let end = pairs.take_while(|(one, other)| one == other).count();
    let middle = rest.get(..rest.len() - end).unwrap_or_default();
    let other_middle = other_rest.get(..other_rest.len() - end).unwrap_or_default();
    let mut found: Vec<Pair> = (0..start).map(|at| (Some(at), Some(at))).collect();
    let mut anchors = common(middle, other_middle);
    anchors.push((middle.len(), other_middle.len()));
    let (mut one, mut other) = (0, 0);
    for (anchor, other_anchor) in anchors {
        for step in 0..(anchor - one).max(other_anchor - other) {
            let inside = |from: usize, to: usize| (from + step < to).then_some(start + from + step);
            found.push((inside(one, anchor), inside(other, other_anchor)));
        }
        if anchor < middle.len() {
            found.push((Some(start + anchor), Some(start + other_anchor)));
        }
        (one, other) = (anchor + 1, other_anchor + 1);
    }
    let (behind, other_behind) = (start + middle.len(), start + other_middle.len());
    found.extend((0..end).map(|at| (Some(behind + at), Some(other_behind + at))));
    found
}

/// The longest run of items that both lists have in the same order.
fn common<T: Hash>(before: &[T], after: &[T]) -> Vec<(usize, usize)> {
    // With equal numbers the items are most likely the same ones, changed.
    if before.len() == after.len() || before.len() > ITEMS_MAX || after.len() > ITEMS_MAX {
        return Vec::new();
    }
    let (before, after) = (hashes(before), hashes(after));
    let width = after.len() + 1;
    let mut lengths = vec![0_u16; (before.len() + 1) * width];
    let length = |lengths: &[u16], one: usize, other: usize| lengths.get(one * width + other).copied().unwrap_or(0);
    for (one, hash) in before.iter().enumerate().rev() {
        for (other, other_hash) in after.iter().enumerate().rev() {
            let best = if hash == other_hash {
                length(&lengths, one + 1, other + 1) + 1
            } else {
                length(&lengths, one + 1, other).max(length(&lengths, one, other + 1))
            };
            if let Some(place) = lengths.get_mut(one * width + other) {
                *place = best;
            }
        }
    }
    let (mut one, mut other, mut found) = (0, 0, Vec::new());
    while let (Some(hash), Some(other_hash)) = (before.get(one), after.get(other)) {
        if hash == other_hash {
            found.push((one, other));
            (one, other) = (one + 1, other + 1);
        } else if length(&lengths, one + 1, other) >= length(&lengths, one, other + 1) {
            one += 1;
        } else {
            other += 1;
        }
    }
    found
}

fn hashes<T: Hash>(items: &[T]) -> Vec<u64> {
    let hash = |item: &T| {
        let mut hasher = DefaultHasher::new();
        item.hash(&mut hasher);
        hasher.finish()
    };
    items.iter().map(hash).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: &str, after: &str, expected: &str) {
        let (one, other): (Vec<char>, Vec<char>) = (before.chars().collect(), after.chars().collect());
        let shown: Vec<String> = align(&one, &other)
            .into_iter()
            .map(|(a, b)| format!("{}{}", a.map_or('-', |a| one[a]), b.map_or('-', |b| other[b])))
            .collect();
        assert_eq!(shown.join(" "), expected);
    }

    #[test]
    fn equal_items_stay_together() {
        check("abc", "abc", "aa bb cc");
        check("abc", "xbc", "ax bb cc");
        check("abc", "bc", "a- bb cc");
        check("bc", "abxc", "-a bb -x cc");
        check("abcd", "bxd", "a- bb cx dd");
        check("", "ab", "-a -b");
        check("ab", "", "a- b-");
        check("abc", "cba", "ac bb ca");
        check("aab", "ab", "aa a- bb");
    }
}
