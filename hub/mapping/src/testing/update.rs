// SPDX-License-Identifier: EUPL-1.2
//! Expectations that are brought up to date, everything around them left as it is.

use std::fmt::Write;
use std::ops::Range;

use hub_message::{Kind, NodeRef, Tree, TreeBuilder};

use super::compare::same_value;

/// What has to be written so that an expectation holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Update {
    /// In the mapping file, instead of what stands at this byte range.
    Text {
        /// Byte range in the mapping file.
        range: Range<usize>,
        /// TOML.
        text: String,
    },
    /// A whole file beside the mapping.
    File {
        /// Its name, relative to the mapping's folder.
        name: String,
        /// Its contents.
        contents: Vec<u8>,
    },
}

/// The mapping file with everything put in that `updates` say; comments and spelling around stay.
pub fn rewrite<'u>(file: &str, updates: impl IntoIterator<Item = &'u Update>) -> String {
    let mut edits: Vec<(&Range<usize>, &str)> = updates
        .into_iter()
        .filter_map(|update| match update {
            Update::Text { range, text } => Some((range, text.as_str())),
            Update::File { .. } => None,
        })
        .collect();
    edits.sort_by_key(|(range, _)| range.start);
    let mut out = String::with_capacity(file.len());
    let mut from = 0;
    for (range, text) in edits {
        // Two tests never share a value, but nothing is written twice if they did.
        if range.start < from {
            continue;
        }
        out.push_str(file.get(from..range.start).unwrap_or_default());
        out.push_str(text);
        from = range.end;
    }
    out.push_str(file.get(from..).unwrap_or_default());
    out
}

/// Expected canonical documents as they should be: what still holds stays as it was, `*` too.
pub(super) fn canonical(expected: &str, before: &[Tree], found: &[Tree]) -> String {
    let many = found.len() > 1;
    let mut out = String::new();
    for (index, found) in found.iter().enumerate() {
        let before = before.get(index).and_then(Tree::root);
        let mut builder = TreeBuilder::default();
        if let Some(found) = found.root() {
            keep(before, found, &mut builder);
        }
        let made = builder.finish();
        let pretty = !many && expected.trim_end().contains('\n');
        out.push_str(&if pretty { made.to_json_pretty() } else { made.to_json() });
        if many || expected.ends_with('\n') || pretty {
            out.push('\n');
        }
    }
    out
}

/// Copies `found`, but leaves what `before` has where it means the same.
fn keep(before: Option<NodeRef<'_>>, found: NodeRef<'_>, out: &mut TreeBuilder) {
    let key = found.key();
    let holds = before.is_some_and(|before| match (before.text(), found.text()) {
        (Some("*"), None) => true,
        (Some(expected), Some(found)) => same_value(expected, found),
        _ => false,
    });
    match (before, found.kind()) {
        (Some(before), _) if holds => out.copy(key, before),
        (_, Kind::Map) => {
            out.open_map(key);
            for child in found.children() {
                let before = before.and_then(|before| before.get(child.key().unwrap_or_default()));
                keep(before, child, out);
            }
            out.close();
        }
        (_, Kind::List) => {
            out.open_list(key);
            let mut items = before
                .filter(|before| before.kind() == Kind::List)
                .map(NodeRef::children);
            for child in found.children() {
                keep(items.as_mut().and_then(Iterator::next), child, out);
            }
            out.close();
        }
        _ => out.copy(key, found),
    }
}

/// A leaf as a TOML value; `raw` is what stands there now.
pub(super) fn literal(node: NodeRef<'_>, raw: &str) -> String {
    let text = node.text().unwrap_or_default();
    let fits = match node.kind() {
        Kind::Bool => true,
        // TOML numbers are 64 bit wide.
        Kind::Number => text.parse::<i64>().is_ok() || text.contains(['.', 'e', 'E']),
        _ => false,
    };
    let was_text = raw.starts_with(['"', '\'']);
    if fits && !(was_text && node.kind() == Kind::Number) {
        return text.to_owned();
    }
    quoted(text, raw)
}

/// A text in quotation marks, those of `like` where they can hold it (TOML 1.0, section String).
pub(super) fn quoted(text: &str, like: &str) -> String {
    let control = |c: char| c.is_control() && c != '\t';
    let one_line = !text.contains(control);
    let many_lines = !text.contains(|c: char| control(c) && c != '\n');
    if like.starts_with("'''") && many_lines && !text.contains("'''") && !text.ends_with('\'') {
        return format!("'''\n{text}'''");
    }
    if like.starts_with("\"\"\"") && many_lines {
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
        return format!("\"\"\"\n{escaped}\"\"\"");
    }
    if like.starts_with('\'') && one_line && !text.contains('\'') {
        return format!("'{text}'");
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::json;

    #[test]
    fn only_the_values_are_rewritten() {
        let file = "a = 1 # one\nb = 'x'\n";
        let text = |range: Range<usize>, text: &str| Update::Text {
            range,
            text: text.to_owned(),
        };
        let file_update = Update::File {
            name: "f".to_owned(),
            contents: Vec::new(),
        };
        let updates = [text(16..19, "'y z'"), file_update, text(4..5, "22")];
        assert_eq!(rewrite(file, &updates), "a = 22 # one\nb = 'y z'\n");
    }

    #[test]
    fn what_holds_stays_in_an_expected_document() {
        let tree = |text: &str| json::parse(text.as_bytes()).unwrap();
        let before = tree(r#"{"id":"*","n":1.50,"gone":1,"l":["a","*","c"],"m":"*"}"#);
        let found = tree(r#"{"id":"7","n":1.5,"l":["a","b","d","e"],"m":{"x":1}}"#);
        assert_eq!(
            canonical("{}", &[before], std::slice::from_ref(&found)),
            r#"{"id":"*","n":1.50,"l":["a","*","d","e"],"m":"*"}"#
        );
        assert_eq!(canonical("{\n}\n", &[], &[tree(r#"{"a":1}"#)]), "{\n  \"a\": 1\n}\n");
        assert_eq!(canonical("", &[], &[tree("{}"), tree(r#"{"a":1}"#)]), "{}\n{\"a\":1}\n");
    }

    #[test]
    fn values_keep_their_kind_and_their_quotation_marks() {
        let check = |json: &str, raw: &str, expected: &str| {
            let tree = json::parse(json.as_bytes()).unwrap();
            assert_eq!(literal(tree.root().unwrap(), raw), expected);
        };
        check("1.50", "2", "1.50");
        check("1.50", "'2'", "'1.50'");
        check("123456789012345678901", "1", "\"123456789012345678901\"");
        check("true", "false", "true");
        check("\"it's\"", "'x'", "\"it's\"");
        check("\"x\"", "\"y\"", "\"x\"");
    }

    proptest! {
        #[test]
        fn quoted_texts_are_read_back(text in any::<String>(), like in "'|''''''|\"|\"\"\"\"\"\"") {
            let toml = format!("a = {}\n", quoted(&text, &like));
            let mut report = crate::report::Report::new("x");
            let table = crate::language::value::parse(&toml, &mut report);
            let back = table.text("a", &mut report).map(|text| text.value);
            prop_assert_eq!(back, Some(text));
        }
    }
}
