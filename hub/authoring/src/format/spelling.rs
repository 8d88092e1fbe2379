// SPDX-License-Identifier: EUPL-1.2
//! How keys, texts and values are spelled.

use std::fmt::Write;

use super::row;
use crate::syntax::{Inside, Item, Part, Value};

/// A key: bare where it can be.
pub(super) fn key(parts: &[Part]) -> String {
    let spelled: Vec<String> = parts.iter().map(|part| name(&part.name)).collect();
    spelled.join(".")
}

fn name(name: &str) -> String {
    let bare = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    if !name.is_empty() && name.bytes().all(bare) {
        return name.to_owned();
    }
    quoted(name).unwrap_or_else(|| escaped(name))
}

/// A text in quotation marks that needs no escape, if there is one.
fn quoted(text: &str) -> Option<String> {
    if text.chars().any(|c| !is_plain(c)) {
        return None;
    }
    if !text.contains(['"', '\\']) {
        return Some(format!("\"{text}\""));
    }
    (!text.contains('\'')).then(|| format!("'{text}'"))
}

/// Whether a character can be seen, so that it may stand for itself. Marks and joiners cannot.
fn is_plain(c: char) -> bool {
    let unseen = matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{a0}');
    !c.is_control() && !unseen
}

/// A text with escapes (TOML 1.0, section String).
fn escaped(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_plain(c) => out.push(c),
            c => {
                let _ = write!(out, "\\u{:04X}", c as u32);
            }
        }
    }
    out.push('"');
    out
}

/// How values of an entry are spelled.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spelling<'t> {
    /// The file.
    pub(super) source: &'t str,
    /// Which of its texts are rows.
    pub(super) rows: row::Where,
}

impl Spelling<'_> {
    /// A value, its first line without indentation, the others as deep as they belong.
    pub(super) fn value(self, value: &Value, depth: usize) -> String {
        match value {
            Value::Plain(span) => self.source.get(span.clone()).unwrap_or_default().to_owned(),
            Value::Text { text, span } => self.text(text, self.source.get(span.clone()).unwrap_or_default()),
            Value::List(inside) => self.list(inside, depth),
            Value::Table(inside) => self.table(inside, depth),
        }
    }

    fn text(self, text: &str, raw: &str) -> String {
        // Texts of several lines and escapes are an author's own choice.
        if raw.starts_with("'''") || raw.starts_with("\"\"\"") {
            return raw.replace("\r\n", "\n");
        }
        let spaced = match self.rows {
            row::Where::Nowhere => None,
            row::Where::Here => row::spaced(text),
        };
        let text = spaced.as_deref().unwrap_or(text);
        quoted(text).unwrap_or_else(|| {
            if spaced.is_none() {
                raw.to_owned()
            } else {
                escaped(text)
            }
        })
    }

    fn list(self, inside: &Inside, depth: usize) -> String {
        let items = inside
            .items
            .iter()
            .map(|item| (item, self.value(&item.value, depth + 1)));
        self.brackets(inside, ("[", "]"), items.collect(), depth)
    }

    fn table(self, inside: &Inside, depth: usize) -> String {
        let items = inside.items.iter().map(|item| {
            let below = Spelling {
                rows: self.rows.below(item.key.last().map_or("", |part| &part.name)),
                ..self
            };
            (
                item,
                format!("{} = {}", key(&item.key), below.value(&item.value, depth + 1)),
            )
        });
        let brackets = if inside.spread { ("{", "}") } else { ("{ ", " }") };
        self.brackets(inside, brackets, items.collect(), depth)
    }

    fn brackets(
        self,
        inside: &Inside,
        (open, close): (&str, &str),
        items: Vec<(&Item, String)>,
        depth: usize,
    ) -> String {
        if items.is_empty() && inside.below.is_empty() && inside.comment.is_none() {
            return format!("{}{}", open.trim(), close.trim());
        }
        if !inside.spread {
            let parts: Vec<String> = items.into_iter().map(|(_, text)| text).collect();
            return format!("{open}{}{close}", parts.join(", "));
        }
        let indent = "  ".repeat(depth + 1);
        let comment = |span: &std::ops::Range<usize>| self.source.get(span.clone()).unwrap_or_default().to_owned();
        let mut out = open.to_owned();
        if let Some(span) = &inside.comment {
            let _ = write!(out, "  {}", comment(span));
        }
        // Whether the next item must begin a line: behind the bracket, and behind a comment.
        let mut break_line = true;
        for (item, text) in items {
            for span in &item.above {
                let _ = write!(out, "\n{indent}{}", comment(span));
                break_line = true;
            }
            if break_line || item.begins {
                let _ = write!(out, "\n{indent}");
            } else {
                out.push(' ');
            }
            out.push_str(&text);
            out.push(',');
            break_line = item.comment.is_some();
            if let Some(span) = &item.comment {
                let _ = write!(out, "  {}", comment(span));
            }
        }
        for span in &inside.below {
            let _ = write!(out, "\n{indent}{}", comment(span));
        }
        let _ = write!(out, "\n{}{close}", "  ".repeat(depth));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_bare_where_they_can_be() {
        let check = |given: &str, expected: &str| assert_eq!(name(given), expected);
        check("vatId", "vatId");
        check("01", "01");
        check("*", "\"*\"");
        check("cbc:ID", "\"cbc:ID\"");
        check("", "\"\"");
        check("say \"x\"", "'say \"x\"'");
        check("both ' and \"", "\"both ' and \\\"\"");
        check("line\nend", "\"line\\nend\"");
        check("zero\u{200b}width", "\"zero\\u200Bwidth\"");
    }
}
