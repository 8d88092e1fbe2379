// SPDX-License-Identifier: EUPL-1.2
//! Characters and names (XML 1.0, sections 2.2 and 2.3).

use super::fault::{Breach, Checked, Fault};

/// What a scan over a whole document found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scanned {
    /// Whether a carriage return stands anywhere, so that line ends must be made one.
    pub(super) returns: bool,
    /// Whether `]]>` stands anywhere: it ends a CDATA section, or stands in a text, where it must not.
    pub(super) section_ends: bool,
}

/// Refuses characters that XML 1.0 does not allow.
pub(super) fn scan(text: &str) -> Checked<Scanned> {
    let mut returns = false;
    let mut brackets = false;
    let mut suspicious = false;
    for &byte in text.as_bytes() {
        returns |= byte == b'\r';
        brackets |= byte == b']';
        suspicious |= (byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')) || (byte == 0xEF);
    }
    if suspicious && let Some((at, _)) = text.char_indices().find(|(_, c)| !is_char(*c)) {
        let sentence = "this character is not allowed in XML";
        return Err(Fault::new(Breach::Character, at, sentence));
    }
    Ok(Scanned {
        returns,
        section_ends: brackets && text.contains("]]>"),
    })
}

/// `Char` of XML 1.0.
pub(super) fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}

/// White space of XML.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn is_name_start(c: char) -> bool {
    matches!(c,
        'A'..='Z' | 'a'..='z' | '_' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}')
}

fn is_name_char(c: char) -> bool {
    is_name_start(c) || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// A name without colon (`NCName` of Namespaces in XML).
pub(super) fn is_plain_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(is_name_start) && chars.all(is_name_char)
}

/// The value of a numeric reference without `&#` and `;`, if it is an allowed character.
pub(super) fn numeric_reference(digits: &str) -> Option<char> {
    let code = match digits.strip_prefix('x') {
        Some(hex) if !hex.is_empty() && hex.bytes().all(|b| b.is_ascii_hexdigit()) => {
            u32::from_str_radix(hex, 16).ok()?
        }
        None if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().ok()?,
        _ => return None,
    };
    char::from_u32(code).filter(|c| is_char(*c))
}

/// The text of a reference without `&` and `;`.
pub(super) fn reference(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => numeric_reference(name.strip_prefix('#')?),
    }
}
