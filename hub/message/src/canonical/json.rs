// SPDX-License-Identifier: EUPL-1.2
//! Canonical documents as JSON text (RFC 8259).

use std::fmt::{self, Write};

use super::{Kind, NodeRef, Tree};

impl Tree {
    /// The document as JSON text without white space.
    pub fn to_json(&self) -> String {
        let mut out = String::with_capacity(self.text.len() + self.nodes.len() * 8);
        if let Some(root) = self.root() {
            root.write_json(&mut out);
        }
        out
    }

    /// The document as JSON with two spaces of indentation, for people.
    pub fn to_json_pretty(&self) -> String {
        let mut out = String::new();
        // A `String` takes everything.
        let _ = self.write_pretty(&mut out);
        out
    }

    /// Writes the document as JSON with two spaces of indentation, piece by piece, so that a large one is never there
    /// twice.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_pretty(&self, out: &mut dyn Write) -> fmt::Result {
        match self.root() {
            Some(root) => root.write_pretty(out, 0, &mut String::new()),
            None => Ok(()),
        }
    }
}

impl NodeRef<'_> {
    /// Writes the subtree as JSON without white space.
    pub fn write_json(self, out: &mut String) {
        match self.kind() {
            Kind::Map | Kind::List => {
                let (open, close) = if self.kind() == Kind::Map {
                    ('{', '}')
                } else {
                    ('[', ']')
                };
                out.push(open);
                for (n, child) in self.children().enumerate() {
                    if n > 0 {
                        out.push(',');
                    }
                    if let Some(key) = child.key() {
                        write_string(out, key);
                        out.push(':');
                    }
                    child.write_json(out);
                }
                out.push(close);
            }
            Kind::Text => write_string(out, self.text().unwrap_or_default()),
            Kind::Number | Kind::Bool => out.push_str(self.text().unwrap_or_default()),
            Kind::Null => out.push_str("null"),
        }
    }

    /// `piece` is a buffer for what is written at once.
    fn write_pretty(self, out: &mut dyn Write, depth: usize, piece: &mut String) -> fmt::Result {
        let mut children = self.children().peekable();
        if children.peek().is_none() {
            piece.clear();
            self.write_json(piece);
            return out.write_str(piece);
        }
        let (open, close) = if self.kind() == Kind::Map {
            ('{', '}')
        } else {
            ('[', ']')
        };
        out.write_char(open)?;
        for (n, child) in children.enumerate() {
            piece.clear();
            piece.push_str(if n > 0 { ",\n" } else { "\n" });
            indent(piece, depth + 1);
            if let Some(key) = child.key() {
                write_string(piece, key);
                piece.push_str(": ");
            }
            out.write_str(piece)?;
            child.write_pretty(out, depth + 1, piece)?;
        }
        piece.clear();
        piece.push('\n');
        indent(piece, depth);
        piece.push(close);
        out.write_str(piece)
    }
}

fn indent(out: &mut String, depth: usize) {
    for _ in 0..depth {
        out.push_str("  ");
    }
}

/// Writes `text` as a JSON string with its quotation marks (RFC 8259, section 7).
pub fn write_string(out: &mut String, text: &str) {
    out.push('"');
    // Nearly all texts are copied; to find that out without branches is cheaper than to stop at the first other byte.
    let is_plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
    if text.bytes().fold(true, |plain, byte| plain & is_plain(byte)) {
        out.push_str(text);
        out.push('"');
        return;
    }
    let mut clean = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..=0x1f => "",
            _ => continue,
        };
        out.push_str(text.get(clean..at).unwrap_or_default());
        if escape.is_empty() {
            let _ = write!(out, "\\u{byte:04x}");
        } else {
            out.push_str(escape);
        }
        clean = at + 1;
    }
    out.push_str(text.get(clean..).unwrap_or_default());
    out.push('"');
}

/// Whether `text` is a JSON number (RFC 8259, section 6).
pub fn is_number(text: &str) -> bool {
    fn digits(rest: &[u8]) -> usize {
        rest.iter().take_while(|b| b.is_ascii_digit()).count()
    }
    let mut rest = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest.first() == Some(&b'0')) {
        return false;
    }
    rest = rest.get(whole..).unwrap_or_default();
    if let Some(after) = rest.strip_prefix(b".") {
        let part = digits(after);
        if part == 0 {
            return false;
        }
        rest = after.get(part..).unwrap_or_default();
    }
    if let Some(after) = rest.strip_prefix(b"e").or_else(|| rest.strip_prefix(b"E")) {
        let after = after
            .strip_prefix(b"+")
            .or_else(|| after.strip_prefix(b"-"))
            .unwrap_or(after);
        let part = digits(after);
        return part > 0 && part == after.len();
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::tests::sample;
    #[test]
    fn json_keeps_digits_and_escapes() {
        assert_eq!(
            sample().to_json(),
            r#"{"number":"R\u0001\"1\n","lines":[{"net":10.00}],"paid":false}"#
        );
    }

    #[test]
    fn pretty_is_the_same_document() {
        let pretty: serde_json::Value = serde_json::from_str(&sample().to_json_pretty()).unwrap();
        let plain: serde_json::Value = serde_json::from_str(&sample().to_json()).unwrap();
        assert_eq!(pretty, plain);
    }

    #[test]
    fn numbers_are_those_of_rfc_8259() {
        for good in ["0", "-0", "10.00", "1e5", "1.5E-7", "123456789012345678901234567890"] {
            assert!(is_number(good), "{good}");
        }
        for bad in ["", "-", "01", ".5", "5.", "1e", "+1", "1 ", "0x1", "NaN"] {
            assert!(!is_number(bad), "{bad}");
        }
    }
}
