// SPDX-License-Identifier: EUPL-1.2
//! Places in a text: bytes here, lines and code units in the protocol.

use std::ops::Range;

use lsp_types::{Position, PositionEncodingKind};

/// What the numbers of a column count. Editors that say nothing count UTF-16.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// Code units of UTF-16: `𝄞` is two, `ü` one.
    #[default]
    Utf16,
}

impl Encoding {
    /// The first that the editor names and that is known here.
    pub(super) fn chosen(offered: &[PositionEncodingKind]) -> Self {
        let known = offered.iter().find_map(|kind| match kind.as_str() {
            "utf-8" => Some(Self::Utf8),
            "utf-16" => Some(Self::Utf16),
            _ => None,
        });
        known.unwrap_or_default()
    }

    /// As the protocol calls it.
    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
        }
    }

    fn length(self, c: char) -> usize {
        match self {
            Self::Utf8 => c.len_utf8(),
            Self::Utf16 => c.len_utf16(),
        }
    }

    /// The position of a byte; one inside of a character counts as its beginning.
    pub(super) fn position(self, text: &str, offset: usize) -> Position {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = text.get(..offset).unwrap_or_default();
        let begin = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count();
        let column: usize = before
            .chars()
            .rev()
            .take_while(|c| *c != '\n')
            .map(|c| self.length(c))
            .sum();
        debug_assert!(begin <= offset);
        Position::new(line as u32, column as u32)
    }

    /// The positions of a byte range.
    pub(super) fn range(self, text: &str, span: &Range<usize>) -> lsp_types::Range {
        lsp_types::Range::new(self.position(text, span.start), self.position(text, span.end))
    }

    /// The byte at a position; behind the end of a line is its end.
    pub(super) fn offset(self, text: &str, position: Position) -> usize {
        let mut begin = 0;
        for _ in 0..position.line {
            match text.get(begin..).and_then(|rest| rest.find('\n')) {
                Some(at) => begin += at + 1,
                None => return text.len(),
            }
        }
        let line = text.get(begin..).unwrap_or_default();
        let mut left = position.character as usize;
        let mut offset = begin;
        for c in line.chars().take_while(|c| !matches!(c, '\n' | '\r')) {
            let length = self.length(c);
            if left < length {
                break;
            }
            left -= length;
            offset += c.len_utf8();
        }
        offset
    }

    /// From the beginning of a text to its end.
    pub(super) fn whole(self, text: &str) -> lsp_types::Range {
        self.range(text, &(0..text.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(encoding: Encoding, text: &str, offset: usize, line: u32, column: u32) {
        let position = Position::new(line, column);
        assert_eq!(encoding.position(text, offset), position);
        assert_eq!(encoding.offset(text, position), offset);
    }

    #[test]
    fn columns_count_what_was_agreed_on() {
        let text = "a\r\nö𝄞x\n";
        check(Encoding::Utf16, text, 0, 0, 0);
        check(Encoding::Utf16, text, 1, 0, 1);
        check(Encoding::Utf16, text, 3, 1, 0);
        check(Encoding::Utf16, text, 9, 1, 3);
        check(Encoding::Utf8, text, 9, 1, 6);
        check(Encoding::Utf16, text, text.len(), 2, 0);
    }

    #[test]
    fn places_that_are_not_there_become_the_nearest() {
        assert_eq!(Encoding::Utf16.offset("ab\ncd", Position::new(0, 99)), 2);
        assert_eq!(Encoding::Utf16.offset("ab\ncd", Position::new(9, 0)), 5);
        assert_eq!(Encoding::Utf16.offset("𝄞", Position::new(0, 1)), 0);
        assert_eq!(Encoding::Utf16.position("ö", 1), Position::new(0, 0));
    }

    #[test]
    fn the_first_encoding_that_both_know_is_taken() {
        let kinds = |names: &[&'static str]| {
            names
                .iter()
                .map(|name| PositionEncodingKind::new(name))
                .collect::<Vec<_>>()
        };
        assert_eq!(Encoding::chosen(&kinds(&["utf-32", "utf-8", "utf-16"])), Encoding::Utf8);
        assert_eq!(Encoding::chosen(&kinds(&["utf-16", "utf-8"])), Encoding::Utf16);
        assert_eq!(Encoding::chosen(&[]), Encoding::Utf16);
    }
}
