// SPDX-License-Identifier: EUPL-1.2
//! Where a text may be divided: never between a letter and its marks.
//!
//! Lengths count characters as XSD's and JSON Schema's `maxLength` do, code point by code point, so that what was cut to
//! a length fits into a field of that length. But 149 of the letters of DIN 91379 are sequences of two or three
//! (`J̌`, `C̨̆`, `K͟h`): where a cut would fall into one, it stands whole on the side behind. What comes decomposed is
//! composed first, so that `é` counts the same however it was sent.

use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The text with letters and marks composed where that is possible.
pub(crate) fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc(text) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// The byte offset of the last place at which the text may be divided and before which no more than `length` characters
/// stand.
pub(crate) fn cut(text: &str, length: usize) -> usize {
    let mut last = 0;
    let mut before = None;
    for (count, (at, c)) in text.char_indices().enumerate() {
        if is_boundary(before, c) {
            last = at;
        }
        if count >= length {
            return last;
        }
        before = Some(c);
    }
    text.len()
}

/// The byte offset of the first place at which the text may be divided and behind which no more than `length`
/// characters stand.
pub(crate) fn cut_from_end(text: &str, length: usize) -> usize {
    let skipped = text.chars().count().saturating_sub(length);
    let mut before = None;
    for (count, (at, c)) in text.char_indices().enumerate() {
        if count >= skipped && is_boundary(before, c) {
            return at;
        }
        before = Some(c);
    }
    text.len()
}

/// Whether the text may be divided between two characters.
pub(crate) fn is_boundary(before: Option<char>, behind: char) -> bool {
    !is_combining_mark(behind) && !before.is_some_and(joins)
}

/// Marks that stand over or under two letters, of which the second follows.
fn joins(c: char) -> bool {
    matches!(c, '\u{35C}'..='\u{362}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, length: usize, start: &str, end: &str) {
        let text = composed(text);
        assert_eq!(text.split_at(cut(&text, length)).0, start);
        assert_eq!(text.split_at(cut_from_end(&text, length)).1, end);
    }

    #[test]
    fn a_letter_keeps_its_marks() {
        check("Weber", 3, "Web", "ber");
        check("Weber", 9, "Weber", "Weber");
        check("Weber", 0, "", "");
        check("Müller", 2, "Mü", "er");
        check("Mu\u{308}ller", 2, "Mü", "er");
        check("aJ\u{30c}b", 2, "a", "b");
        check("aJ\u{30c}b", 3, "aJ\u{30c}", "J\u{30c}b");
        check("C\u{328}\u{306}", 2, "", "");
        check("K\u{35f}hK\u{35f}h", 4, "K\u{35f}h", "K\u{35f}h");
        check("K\u{35f}h", 2, "", "");
    }

    proptest! {
        #[test]
        fn parts_are_no_longer_than_asked_and_whole_together(text in "[aeuJK\u{308}\u{30c}\u{35f}h😀]{0,12}", length in 0usize..12) {
            let text = composed(&text);
            let (start, rest) = text.split_at(cut(&text, length));
            let (_, end) = text.split_at(cut_from_end(&text, length));
            prop_assert!(start.chars().count() <= length && end.chars().count() <= length);
            let first = rest.chars().next();
            prop_assert!(start.is_empty() || first.is_none_or(|c| is_boundary(start.chars().last(), c)));
            // What was cut stays as it is when it is cut again.
            prop_assert_eq!(cut(start, length), start.len());
            prop_assert_eq!(cut_from_end(end, length), 0);
        }
    }
}
