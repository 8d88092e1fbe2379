// SPDX-License-Identifier: EUPL-1.2
//! Runs of bytes, eight at a time in a word. Most runs of a document are short, so what counts is how soon the end of one
//! is found, not how fast a long one is passed.

use super::characters::is_space;

const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The word that has this byte eight times.
const fn eight(byte: u8) -> u64 {
    LOW * byte as u64
}

/// Marks the first byte that is zero; behind it marks may stand where they should not.
fn zero(word: u64) -> u64 {
    word.wrapping_sub(LOW) & !word & HIGH
}

/// Marks the first byte that is this one.
fn is(word: u64, byte: u8) -> u64 {
    zero(word ^ eight(byte))
}

/// Marks the first byte that is below this one, which is ASCII.
fn below(word: u64, byte: u8) -> u64 {
    word.wrapping_sub(eight(byte)) & !word & HIGH
}

/// How many bytes stand before the first that ends the run: all of them if none does. `ends` marks it in a word.
#[inline]
fn run(bytes: &[u8], ends: impl Fn(u64) -> u64) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let marks = ends(u64::from_le_bytes(*word));
        if marks != 0 {
            return index * 8 + marks.trailing_zeros() as usize / 8;
        }
    }
    let mut last = [0x7f; 8];
    if let Some(last) = last.get_mut(..rest.len()) {
        last.copy_from_slice(rest);
    }
    let marks = ends(u64::from_le_bytes(last));
    bytes.len() - rest.len() + rest.len().min(marks.trailing_zeros() as usize / 8)
}

/// Text up to markup or a reference.
#[inline]
pub(super) fn text(bytes: &[u8]) -> usize {
    run(bytes, |word| is(word, b'<') | is(word, b'&'))
}

/// A name up to white space or what ends a tag.
#[inline]
pub(super) fn name(bytes: &[u8]) -> usize {
    run(bytes, |word| below(word, b'!') | is(word, b'/') | is(word, b'>'))
}

/// The name of an attribute up to white space, the equals sign or what ends a tag.
#[inline]
pub(super) fn attribute_name(bytes: &[u8]) -> usize {
    run(bytes, |word| {
        below(word, b'!') | is(word, b'=') | is(word, b'/') | is(word, b'>')
    })
}

/// An attribute's value up to the quotation mark, or what must not stand in it as it is.
#[inline]
pub(super) fn value(bytes: &[u8], quote: u8) -> usize {
    run(bytes, |word| {
        below(word, b' ') | is(word, quote) | is(word, b'<') | is(word, b'&')
    })
}

/// White space: line ends, and behind them blanks that indent.
#[inline]
pub(super) fn space(bytes: &[u8]) -> usize {
    let mut at = 0;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        match rest.first() {
            Some(b' ') => at += run(rest, |word| word ^ eight(b' ')),
            Some(byte) if is_space(*byte) => at += 1,
            _ => return at,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn count(bytes: &[u8], ends: impl Fn(u8) -> bool) -> usize {
        bytes.iter().position(|byte| ends(*byte)).unwrap_or(bytes.len())
    }

    proptest! {
        #[test]
        fn runs_end_where_counting_says(bytes in "([ -~]|\\PC|[ \\n\\t\\r]{1,9}|[<&='\"/>!]|[\\x00-\\x20]|\u{ff}|\u{7f}|\u{80}){0,40}") {
            let bytes = bytes.as_bytes();
            for from in 0..bytes.len() {
                let bytes = &bytes[from..];
                prop_assert_eq!(text(bytes), count(bytes, |b| matches!(b, b'<' | b'&')));
                prop_assert_eq!(name(bytes), count(bytes, |b| b <= b' ' || matches!(b, b'/' | b'>')));
                prop_assert_eq!(attribute_name(bytes), count(bytes, |b| b <= b' ' || matches!(b, b'/' | b'>' | b'=')));
                prop_assert_eq!(value(bytes, b'"'), count(bytes, |b| b < b' ' || matches!(b, b'"' | b'<' | b'&')));
                prop_assert_eq!(space(bytes), count(bytes, |b| !is_space(b)));
            }
        }
    }
}
