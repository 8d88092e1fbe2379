// SPDX-License-Identifier: EUPL-1.2
//! How a file spells a string: where each character of the string stands between the quotation marks, whatever escapes
//! and line ends are between them. Findings point at characters of the file, so they need this.

use std::iter::Peekable;
use std::str::CharIndices;

/// Where the bytes of a string stand in the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Spelling {
    /// The file does not have the string: it stands for something else, or it could not be followed.
    #[default]
    Unknown,
    /// As it is, from this offset of the file.
    Plain(usize),
    /// With escapes: each byte's offset in the file, and the end.
    Escaped(Box<[usize]>),
}

impl Spelling {
    /// Follows `raw`, the file's spelling with its quotation marks, which stands at `start` and means `value`.
    pub(super) fn of(raw: &str, value: &str, start: usize) -> Self {
        let quotes = ["'''", "\"\"\"", "'", "\"", ""];
        for quote in quotes {
            if raw.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) == Some(value) {
                return Self::Plain(start + quote.len());
            }
        }
        let quote = quotes
            .into_iter()
            .find(|quote| raw.starts_with(quote))
            .unwrap_or_default();
        let inside = raw.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        let Some(inside) = inside.filter(|_| !quote.is_empty()) else {
            return Self::Unknown;
        };
        let (mut at, mut inside) = (start + quote.len(), inside);
        if quote.len() == 3 {
            // The line end behind the opening marks is no part of the string.
            let text = inside
                .strip_prefix("\r\n")
                .or_else(|| inside.strip_prefix('\n'))
                .unwrap_or(inside);
            at += inside.len() - text.len();
            inside = text;
        }
        if quote.starts_with('\'') {
            return if inside == value {
                Self::Plain(at)
            } else {
                Self::Unknown
            };
        }
        escaped(inside, value, at).map_or(Self::Unknown, |offsets| Self::Escaped(offsets.into()))
    }

    /// The spelling of a string that is a part of another one: the offsets of its bytes in that one, and where those
    /// are in the file.
    pub(super) fn through(offsets: &[usize], file: impl Fn(usize) -> usize) -> Self {
        Self::Escaped(offsets.iter().map(|at| file(*at)).collect())
    }

    /// The place in the file of a byte range of the string.
    pub(super) fn place(&self, range: &std::ops::Range<usize>) -> Option<std::ops::Range<usize>> {
        match self {
            Self::Unknown => None,
            Self::Plain(start) => Some(start + range.start..start + range.end),
            Self::Escaped(offsets) => Some(*offsets.get(range.start)?..*offsets.get(range.end)?),
        }
    }
}

/// The offset of each byte of `value`, and of the end; `None` if `inside` does not mean `value`.
fn escaped(inside: &str, value: &str, start: usize) -> Option<Vec<usize>> {
    let mut offsets = Vec::with_capacity(value.len() + 1);
    let mut made = String::with_capacity(value.len());
    let mut chars = inside.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match if c == '\\' {
            escape(&mut chars)?
        } else {
            Meant::Character(c)
        } {
            Meant::Character(meant) => {
                made.push(meant);
                offsets.resize(made.len(), start + at);
            }
            Meant::Nothing => {}
        }
    }
    offsets.push(start + inside.len());
    (made == value).then_some(offsets)
}

/// What an escape means.
enum Meant {
    Character(char),
    /// A line end, with the white space behind it.
    Nothing,
}

/// What an escape means behind its `\`; `None`: there is no such escape.
fn escape(chars: &mut Peekable<CharIndices<'_>>) -> Option<Meant> {
    let (_, c) = chars.next()?;
    let digits = match c {
        'b' => return Some(Meant::Character('\u{8}')),
        't' => return Some(Meant::Character('\t')),
        'n' => return Some(Meant::Character('\n')),
        'f' => return Some(Meant::Character('\u{c}')),
        'r' => return Some(Meant::Character('\r')),
        'e' => return Some(Meant::Character('\u{1b}')),
        '"' | '\\' => return Some(Meant::Character(c)),
        'x' => 2,
        'u' => 4,
        'U' => 8,
        c if c.is_ascii_whitespace() => {
            while chars.next_if(|(_, c)| c.is_ascii_whitespace()).is_some() {}
            return Some(Meant::Nothing);
        }
        _ => return None,
    };
    let mut code = 0;
    for _ in 0..digits {
        code = code * 16 + chars.next()?.1.to_digit(16)?;
    }
    char::from_u32(code).map(Meant::Character)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The characters of the file that `word`, a part of the value, stands at.
    #[track_caller]
    fn check(raw: &str, value: &str, word: &str, expected: &str) {
        let source = format!("key = {raw} # end");
        let spelling = Spelling::of(raw, value, 6);
        let start = value.find(word).unwrap();
        let range = spelling.place(&(start..start + word.len())).unwrap_or(6..6 + raw.len());
        assert_eq!(source.get(range), Some(expected), "{spelling:?}");
    }

    #[test]
    fn characters_are_found_in_every_kind_of_string() {
        check("\"a/b | c\"", "a/b | c", "b", "b");
        check("'a/b'", "a/b", "b", "b");
        check("key", "key", "ey", "ey");
        check(r#""\"x\"/b""#, "\"x\"/b", "b", "b");
        check(r#""\u00e4/b""#, "ä/b", "ä", r"\u00e4");
        check(r#""\u00e4/b""#, "ä/b", "b", "b");
        check("\"\"\"\n  a/b \\\n   | c\"\"\"", "  a/b | c", "| c", "| c");
        check("'''\na\nb'''", "a\nb", "b", "b");
        check("'''\r\na\r\nb'''", "a\r\nb", "b", "b");
        check(r#""a\\d""#, r"a\d", r"\d", r"\\d");
        check("\"\"\"a\"b\"\"\"", "a\"b", "b", "b");
    }

    #[test]
    fn what_cannot_be_followed_is_pointed_at_whole() {
        check("'other'", "value", "val", "'other'");
        check(r#""\q""#, "q", "q", r#""\q""#);
    }

    proptest! {
        #[test]
        fn every_basic_string_can_be_followed(value in "\\PC{0,20}", from in 0usize..20) {
            let raw = toml::Value::String(value.clone()).to_string();
            let spelling = Spelling::of(&raw, &value, 0);
            let whole = spelling.place(&(0..value.len()));
            prop_assert!(whole.is_some(), "{raw}");
            let from = value.char_indices().map(|(at, _)| at).nth(from).unwrap_or(value.len());
            let place = spelling.place(&(from..value.len()));
            prop_assert!(place.is_some_and(|place| raw.get(place).is_some()));
        }
    }
}
