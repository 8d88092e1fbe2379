// SPDX-License-Identifier: EUPL-1.2
//! A block of header fields: `Name: value`, folded over several lines, up to an empty line (RFC 5322, section 2.2).

use std::ops::Range;

use super::{Fault, is_blank, slice};

/// The largest block, in bytes. Mail servers hold back less (Postfix: 100 KiB).
const BLOCK_BYTES_MAX: usize = 256 * 1024;

/// The most fields of a block.
const FIELDS_MAX: usize = 1_000;

/// A header field: where its name and its value stand. The value is raw, with its line breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    name: Range<usize>,
    pub(crate) value: Range<usize>,
}

/// A block, and where what follows it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) fields: Vec<Field>,
    pub(crate) end: usize,
}

/// What becomes of a line that is no header field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stray {
    /// It is refused.
    Refused,
    /// There the body begins, as every mail program takes it.
    Begins,
}

impl Field {
    /// The name in small letters.
    pub(crate) fn name(&self, input: &[u8]) -> String {
        let name = slice(input, self.name.clone());
        name.iter().map(|byte| char::from(byte.to_ascii_lowercase())).collect()
    }

    /// Where the value stands, or in it a word, whatever its case.
    pub(crate) fn place(&self, input: &[u8], word: &[u8]) -> usize {
        let raw = slice(input, self.value.clone());
        let blanks = raw.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let mut windows = raw.windows(word.len().max(1));
        let found = windows.position(|found| !word.is_empty() && found.eq_ignore_ascii_case(word));
        self.value.start + found.unwrap_or(blanks)
    }

    /// The name as it stands.
    pub(crate) fn spelled(&self, input: &[u8]) -> String {
        slice(input, self.name.clone())
            .iter()
            .map(|byte| char::from(*byte))
            .collect()
    }
}

impl Block {
    /// The first field of this name, in small letters.
    pub(crate) fn find(&self, input: &[u8], name: &str) -> Option<&Field> {
        let is_it = |field: &&Field| slice(input, field.name.clone()).eq_ignore_ascii_case(name.as_bytes());
        self.fields.iter().find(is_it)
    }

    /// Parses the block at the beginning of `range`.
    pub(crate) fn parse(input: &[u8], range: &Range<usize>, stray: Stray) -> Result<Self, Fault> {
        let mut fields: Vec<Field> = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let line = line(input, at, range.end);
            if at - range.start > BLOCK_BYTES_MAX || fields.len() > FIELDS_MAX {
                return Err(too_large(at));
            }
            let text = slice(input, line.text.clone());
            if text.is_empty() {
                return Ok(Self { fields, end: line.next });
            }
            let folded = text.first().copied().is_some_and(is_blank);
            match (folded, fields.last_mut()) {
                (true, Some(field)) => field.value.end = line.text.end,
                _ => match field(text, at) {
                    Some(field) => fields.push(field),
                    None if stray == Stray::Begins => return Ok(Self { fields, end: at }),
                    None => return Err(no_field(at)),
                },
            }
            at = line.next;
        }
        Ok(Self { fields, end: range.end })
    }
}

fn too_large(at: usize) -> Fault {
    Fault::new(
        at,
        "AH-E135",
        format!("the header has more than {BLOCK_BYTES_MAX} bytes or {FIELDS_MAX} fields"),
        "look whether this is a mail at all; a header of this size is an attack or a fault of the sender",
    )
}

fn no_field(at: usize) -> Fault {
    Fault::new(
        at,
        "AH-E134",
        "this line in the header is no header field (`Name: value`)",
        "have the source hand over the whole message as it came, from its first header line on",
    )
}

/// A line without its end, and where the next one begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) text: Range<usize>,
    pub(crate) next: usize,
}

/// The line at `at`. Lines end with LF or CR LF.
pub(crate) fn line(input: &[u8], at: usize, end: usize) -> Line {
    let rest = slice(input, at..end);
    let Some(length) = rest.iter().position(|byte| *byte == b'\n') else {
        return Line {
            text: at..end,
            next: end,
        };
    };
    let before = rest.get(..length).unwrap_or_default();
    let text = before.len() - usize::from(before.ends_with(b"\r"));
    Line {
        text: at..at + text,
        next: at + length + 1,
    }
}

/// `Name: value`; the name is of printable ASCII characters (RFC 5322, section 2.2). White space before the colon is
/// tolerated (section 4.5).
fn field(line: &[u8], at: usize) -> Option<Field> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = line.get(..colon)?.trim_ascii_end();
    if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    Some(Field {
        name: at..at + name.len(),
        value: at + colon + 1..at + line.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `name=value|…` of the fields, `#`, and what follows the block; or offset and code of the fault.
    #[track_caller]
    fn check(input: &str, stray: Stray, expected: &str) {
        let bytes = input.as_bytes();
        let shown = match Block::parse(bytes, &(0..bytes.len()), stray) {
            Ok(block) => {
                let fields = block.fields.iter();
                let shown = fields.map(|field| {
                    let value = slice(bytes, field.value.clone());
                    format!("{}={}|", field.name(bytes), String::from_utf8_lossy(value))
                });
                let rest = slice(bytes, block.end..bytes.len());
                format!(
                    "{}#{}",
                    shown.collect::<Vec<_>>().concat(),
                    String::from_utf8_lossy(rest)
                )
            }
            Err(fault) => format!("{} {}", fault.offset, fault.code),
        };
        assert_eq!(shown, expected, "{input:?}");
    }

    #[test]
    fn fields_are_folded_and_end_at_the_empty_line() {
        check("A: 1\r\nb : 2\r\n\t3\r\n\r\nx", Stray::Refused, "a= 1|b= 2\r\n\t3|#x");
        check("A:\n\nx\n", Stray::Refused, "a=|#x\n");
        check("A: 1", Stray::Refused, "a= 1|#");
        check("\nx", Stray::Refused, "#x");
    }

    #[test]
    fn what_is_no_field_is_refused_or_begins_the_body() {
        check("A: 1\nno field\n", Stray::Refused, "5 AH-E134");
        check("A: 1\nno field\n", Stray::Begins, "a= 1|#no field\n");
        check(" folded\n", Stray::Refused, "0 AH-E134");
        check("Ä: 1\n", Stray::Refused, "0 AH-E134");
        check(": 1\n", Stray::Refused, "0 AH-E134");
    }

    #[test]
    fn a_header_without_end_is_refused() {
        let endless = format!("A: {}\n", "x".repeat(70)).repeat(BLOCK_BYTES_MAX / 70);
        let fault = Block::parse(endless.as_bytes(), &(0..endless.len()), Stray::Begins).unwrap_err();
        assert_eq!(fault.code, "AH-E135");
    }
}
