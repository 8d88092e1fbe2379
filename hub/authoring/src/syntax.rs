// SPDX-License-Identifier: EUPL-1.2
//! A TOML file line by line, comments and all, as a person wrote it; broken lines are kept as they are.
//!
//! The crate `toml` gives values and forgets comments; here it is the other way round: what stands where, in which
//! order, and how it is spelled.

mod build;
mod value;

use std::ops::Range;

pub(crate) use value::{Inside, Item, Value};

/// A file.
#[derive(Debug, Default)]
pub(crate) struct Document {
    /// What stands on its lines, in order; an entry may take several lines.
    pub(crate) lines: Vec<Line>,
    /// Whether the parser found fault with it.
    pub(crate) broken: bool,
}

/// What stands on a line.
#[derive(Debug)]
pub(crate) enum Line {
    /// Nothing.
    Blank,
    /// A comment alone, with its `#`.
    Comment(Range<usize>),
    /// `[name]` or `[[name]]`.
    Header(Header),
    /// `key = value`
    Entry(Entry),
}

/// `[name]` or `[[name]]`.
#[derive(Debug)]
pub(crate) struct Header {
    /// The parts of the name.
    pub(crate) key: Vec<Part>,
    /// Whether it is `[[name]]`.
    pub(crate) array: bool,
    /// The comment behind it.
    pub(crate) comment: Option<Range<usize>>,
    /// All of it, the comment aside.
    pub(crate) span: Range<usize>,
}

/// `key = value`
#[derive(Debug)]
pub(crate) struct Entry {
    /// The parts of the key.
    pub(crate) key: Vec<Part>,
    /// The value.
    pub(crate) value: Value,
    /// The comment behind it.
    pub(crate) comment: Option<Range<usize>>,
}

/// A part of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// What it means, without quotation marks.
    pub(crate) name: String,
    /// Where it stands.
    pub(crate) span: Range<usize>,
}

impl Document {
    /// Reads a text.
    pub(crate) fn parse(text: &str) -> Self {
        build::document(text)
    }
}

/// The names of a key.
pub(crate) fn names(key: &[Part]) -> Vec<&str> {
    key.iter().map(|part| part.name.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A short form of a document.
    fn shown(text: &str) -> Vec<String> {
        let document = Document::parse(text);
        let at = |span: &Range<usize>| text.get(span.clone()).unwrap_or_default().to_owned();
        let line = |line: &Line| match line {
            Line::Blank => "-".to_owned(),
            Line::Comment(span) => at(span),
            Line::Header(header) => format!(
                "{}{}{}",
                if header.array { "[[]] " } else { "[] " },
                names(&header.key).join("/"),
                header
                    .comment
                    .as_ref()
                    .map(|c| format!(" {}", at(c)))
                    .unwrap_or_default()
            ),
            Line::Entry(entry) => format!(
                "{} = {}{}",
                names(&entry.key).join("/"),
                entry.value.shown(text),
                entry
                    .comment
                    .as_ref()
                    .map(|c| format!(" {}", at(c)))
                    .unwrap_or_default()
            ),
        };
        document.lines.iter().map(line).collect()
    }

    #[test]
    fn lines_are_kept_in_their_order() {
        assert_eq!(
            shown("# top\na = 1 # one\n\nb.\"*\" = 'x'\n[c.d] # head\n[[e]]\nf = [\n"),
            [
                "# top",
                "a = 1 # one",
                "-",
                "b/* = x",
                "[] c/d # head",
                "[[]] e",
                "f = []"
            ]
        );
    }

    #[test]
    fn comments_inside_of_values_are_kept() {
        assert_eq!(
            shown("a = [ # open\n  # above\n  1, # one\n  { b = 2, c = 'd' }, 3 # three\n  # last\n] # end\n"),
            ["a = [# open|# above|\n1 # one|\n{b = 2|c = d}|3 # three|# last] # end"]
        );
    }

    #[test]
    fn broken_lines_do_not_take_the_rest_with_them() {
        let document = Document::parse("a = \nb = 1\n[c\nd = 2\n");
        assert!(document.broken);
        assert_eq!(shown("a = \nb = 1\n[c\nd = 2\n"), ["a = ", "b = 1", "[] c", "d = 2"]);
    }
}
