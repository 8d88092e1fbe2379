// SPDX-License-Identifier: EUPL-1.2
//! The attributes of a start tag (XML 1.0, section 3.1), strictly.

use std::ops::Range;

use super::characters::reference;
use super::fault::{Breach, Checked, Fault};
use super::runs;
use super::{ATTRIBUTES_MAX, NAME_BYTES_MAX, TEXT_BYTES_MAX};

/// An attribute as byte ranges of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attribute {
    pub(super) name: Range<usize>,
    pub(super) value: Range<usize>,
    /// Whether the value has a reference or white space that normalisation changes (section 3.3.3).
    pub(super) changes: bool,
}

/// Reads the attributes from `from` on into `found`, and gives where the first byte stands that is none of theirs: what
/// ends the tag, or the end of the document.
pub(super) fn parse(text: &str, from: usize, found: &mut Vec<Attribute>) -> Checked<usize> {
    found.clear();
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        let start = after_space(bytes, at);
        if matches!(bytes.get(start), None | Some(b'>' | b'/' | b'?')) {
            return Ok(start);
        }
        if start == at {
            return Err(syntax(start, "white space is missing between attributes"));
        }
        let attribute = one(bytes, start)?;
        at = attribute.value.end + 1;
        found.push(attribute);
        if found.len() > ATTRIBUTES_MAX {
            return Err(limit(start, "an element has more than 256 attributes"));
        }
    }
}

fn one(bytes: &[u8], start: usize) -> Checked<Attribute> {
    let end = start + runs::attribute_name(from(bytes, start));
    if end - start > NAME_BYTES_MAX {
        return Err(limit(start, "a name is longer than 1 KiB"));
    }
    let equals = after_space(bytes, end);
    if bytes.get(equals) != Some(&b'=') {
        return Err(syntax(start, "an attribute has no value"));
    }
    let open = after_space(bytes, equals + 1);
    let Some(quote @ (b'"' | b'\'')) = bytes.get(open) else {
        return Err(syntax(open, "an attribute's value stands in quotation marks"));
    };
    let (close, changes) = value(bytes, open + 1, *quote)?;
    Ok(Attribute {
        name: start..end,
        value: open + 1..close,
        changes,
    })
}

/// Where the value that begins at `start` ends, and whether normalisation changes it.
fn value(bytes: &[u8], start: usize, quote: u8) -> Checked<(usize, bool)> {
    let mut changes = false;
    let mut at = start;
    loop {
        at += runs::value(from(bytes, at), quote);
        match bytes.get(at) {
            Some(byte) if *byte == quote => break,
            Some(b'<') => return Err(syntax(at, "`<` stands in an attribute's value")),
            None => return Err(syntax(start, "an attribute's value has no closing quotation mark")),
            Some(_) => changes = true,
        }
        at += 1;
    }
    if at - start > TEXT_BYTES_MAX {
        return Err(limit(start, "a value is longer than 10 MiB"));
    }
    Ok((at, changes))
}

fn from(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(at..).unwrap_or_default()
}

fn after_space(bytes: &[u8], at: usize) -> usize {
    at + runs::space(from(bytes, at))
}

fn syntax(at: usize, sentence: &'static str) -> Fault {
    Fault::new(Breach::Syntax, at, sentence)
}

fn limit(at: usize, sentence: &'static str) -> Fault {
    Fault::new(Breach::Limit, at, sentence)
}

/// The normalised value: references resolved, white space made blanks (section 3.3.3).
pub(super) fn normalised(text: &str, value: &Range<usize>, out: &mut String) -> Checked<()> {
    out.clear();
    let raw = text.get(value.clone()).unwrap_or_default();
    let mut rest = raw;
    while let Some(at) = rest.find(['&', '\t', '\n', '\r']) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let place = value.start + raw.len() - from.len();
        rest = from.get(1..).unwrap_or_default();
        if from.starts_with('&') {
            let resolved = rest
                .split_once(';')
                .and_then(|(name, after)| Some((reference(name)?, after)));
            let Some((c, after)) = resolved else {
                let sentence = "this reference is not known, or it is incomplete";
                return Err(Fault::new(Breach::Reference, place, sentence));
            };
            out.push(c);
            rest = after;
        } else {
            if from.starts_with('\r') {
                rest = rest.strip_prefix('\n').unwrap_or(rest);
            }
            out.push(' ');
        }
    }
    out.push_str(rest);
    Ok(())
}
