// SPDX-License-Identifier: EUPL-1.2
//! The attributes of a start tag (XML 1.0, section 3.1), strictly.

use std::ops::Range;

use hub_message::Rejection;

use super::characters::{is_space, reference};
use super::fault::{Breach, refuse};
use super::{ATTRIBUTES_MAX, NAME_BYTES_MAX, TEXT_BYTES_MAX};

/// An attribute as byte ranges of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attribute {
    pub(super) name: Range<usize>,
    pub(super) value: Range<usize>,
    /// Whether the value has a reference or white space that normalisation changes (section 3.3.3).
    pub(super) changes: bool,
}

/// Reads the attributes between `from` and `to` into `found`.
pub(super) fn parse(text: &str, from: usize, to: usize, found: &mut Vec<Attribute>) -> Result<(), Rejection> {
    found.clear();
    let bytes = text.as_bytes().get(..to).unwrap_or_default();
    let at = |index: usize| bytes.get(index).copied();
    let skip = |mut index: usize| {
        while at(index).is_some_and(is_space) {
            index += 1;
        }
        index
    };
    let syntax = |index: usize, sentence: &str| Err(refuse(Breach::Syntax, text, index, sentence));
    let mut index = from;
    loop {
        let start = skip(index);
        if start >= to {
            return Ok(());
        }
        if start == index {
            return syntax(start, "white space is missing between attributes");
        }
        let mut end = start;
        while at(end).is_some_and(|b| !is_space(b) && b != b'=') {
            end += 1;
        }
        if end - start > NAME_BYTES_MAX {
            return Err(refuse(Breach::Limit, text, start, "a name is longer than 1 KiB"));
        }
        let equals = skip(end);
        if at(equals) != Some(b'=') {
            return syntax(start, "an attribute has no value");
        }
        let open = skip(equals + 1);
        let Some(quote @ (b'"' | b'\'')) = at(open) else {
            return syntax(open, "an attribute's value stands in quotation marks");
        };
        let (close, changes) = value(text, bytes, open + 1, quote)?;
        found.push(Attribute {
            name: start..end,
            value: open + 1..close,
            changes,
        });
        if found.len() > ATTRIBUTES_MAX {
            return Err(refuse(
                Breach::Limit,
                text,
                start,
                "an element has more than 256 attributes",
            ));
        }
        index = close + 1;
    }
}

/// Where the value that begins at `from` ends, and whether normalisation changes it.
fn value(text: &str, bytes: &[u8], from: usize, quote: u8) -> Result<(usize, bool), Rejection> {
    let mut changes = false;
    for (offset, byte) in bytes.get(from..).unwrap_or_default().iter().enumerate() {
        match *byte {
            b if b == quote => {
                if offset > TEXT_BYTES_MAX {
                    return Err(refuse(Breach::Limit, text, from, "a value is longer than 10 MiB"));
                }
                return Ok((from + offset, changes));
            }
            b'<' => {
                return Err(refuse(
                    Breach::Syntax,
                    text,
                    from + offset,
                    "`<` stands in an attribute's value",
                ));
            }
            b'&' | b'\t' | b'\n' | b'\r' => changes = true,
            _ => {}
        }
    }
    Err(refuse(
        Breach::Syntax,
        text,
        from,
        "an attribute's value has no closing quotation mark",
    ))
}

/// The normalised value: references resolved, white space made blanks (section 3.3.3).
pub(super) fn normalised(text: &str, value: &Range<usize>, out: &mut String) -> Result<(), Rejection> {
    out.clear();
    let raw = text.get(value.clone()).unwrap_or_default();
    let mut rest = raw;
    while let Some(c) = rest.chars().next() {
        let at = value.start + raw.len() - rest.len();
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        match c {
            '&' => {
                let resolved = rest
                    .split_once(';')
                    .and_then(|(name, after)| Some((reference(name)?, after)));
                let Some((c, after)) = resolved else {
                    return Err(refuse(
                        Breach::Reference,
                        text,
                        at,
                        "this reference is not known, or it is incomplete",
                    ));
                };
                out.push(c);
                rest = after;
            }
            '\r' => {
                rest = rest.strip_prefix('\n').unwrap_or(rest);
                out.push(' ');
            }
            '\t' | '\n' => out.push(' '),
            c => out.push(c),
        }
    }
    Ok(())
}
