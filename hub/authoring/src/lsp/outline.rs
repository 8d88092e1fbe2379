// SPDX-License-Identifier: EUPL-1.2
//! What stands where in a file: its sections, and every value with the path of its keys.

use std::ops::Range;

use crate::syntax::{Document, Inside, Line, Part, Value};

/// What stands where.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) sections: Vec<Section>,
    pub(super) leaves: Vec<Leaf>,
}

/// `[name]` with what stands below it.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) path: Vec<String>,
    pub(super) array: bool,
    /// The header.
    pub(super) span: Range<usize>,
    /// The end of its last line.
    pub(super) end: usize,
}

/// A value that is no table and no list, or a table or list as a whole.
#[derive(Debug)]
pub(super) struct Leaf {
    /// Section, keys, and keys of inline tables.
    pub(super) path: Vec<String>,
    /// The section that it stands in; `None`: the head of the file.
    pub(super) section: Option<usize>,
    /// Its key; for an item of a list the list's.
    pub(super) key: Range<usize>,
    /// The parts of the key, each with its place.
    pub(super) parts: Vec<Part>,
    /// What it says, when it is a text.
    pub(super) text: Option<String>,
    /// The value with its quotation marks or brackets.
    pub(super) span: Range<usize>,
}

impl Outline {
    /// Of a text, which need not parse.
    pub(super) fn of(text: &str) -> Self {
        let mut outline = Self::default();
        for line in &Document::parse(text).lines {
            match line {
                Line::Header(header) => outline.sections.push(Section {
                    path: header.key.iter().map(|part| part.name.clone()).collect(),
                    array: header.array,
                    span: header.span.clone(),
                    end: header.span.end,
                }),
                Line::Entry(entry) => {
                    let above = outline
                        .sections
                        .last()
                        .map(|section| section.path.clone())
                        .unwrap_or_default();
                    outline.add(&above, &entry.key, &entry.value);
                    let end = outline.leaves.last().map_or(0, |leaf| leaf.span.end);
                    if let Some(section) = outline.sections.last_mut() {
                        section.end = section.end.max(end);
                    }
                }
                Line::Blank | Line::Comment(_) => {}
            }
        }
        outline
    }

    fn add(&mut self, above: &[String], key: &[Part], value: &Value) {
        let mut path = above.to_vec();
        path.extend(key.iter().map(|part| part.name.clone()));
        let (text, span) = match value {
            Value::Text { text, span } => (Some(text.clone()), span.clone()),
            Value::Plain(span) => (None, span.clone()),
            Value::List(inside) | Value::Table(inside) => (None, inside.span.clone()),
        };
        let whole = span.clone();
        let first = key.first().map_or(span.start, |part| part.span.start);
        let last = key.last().map_or(span.start, |part| part.span.end);
        let leaf = Leaf {
            path: path.clone(),
            section: self.sections.len().checked_sub(1),
            key: first..last,
            parts: key.to_vec(),
            text,
            span,
        };
        if let Value::List(inside) | Value::Table(inside) = value {
            self.inside(&path, key, inside);
        }
        // What contains others comes behind them, so that the innermost is found first.
        self.leaves.push(leaf);
        debug_assert!(whole.start <= whole.end);
    }

    fn inside(&mut self, path: &[String], key: &[Part], inside: &Inside) {
        for item in &inside.items {
            if item.key.is_empty() {
                let above = path
                    .get(..path.len().saturating_sub(key.len()))
                    .unwrap_or_default()
                    .to_vec();
                self.add(&above, key, &item.value);
            } else {
                self.add(path, &item.key, &item.value);
            }
        }
    }

    /// The text at a path: `["format", "kind"]`.
    pub(super) fn text(&self, path: &[&str]) -> Option<&str> {
        self.leaf(path)?.text.as_deref()
    }

    /// The value at a path.
    pub(super) fn leaf(&self, path: &[&str]) -> Option<&Leaf> {
        self.leaves.iter().find(|leaf| leaf.path == path)
    }

    /// The innermost value whose key or value holds a byte.
    pub(super) fn at(&self, offset: usize) -> Option<&Leaf> {
        let holds = |span: &Range<usize>| span.start <= offset && offset <= span.end;
        let found = self.leaves.iter().find(|leaf| holds(&leaf.span) && leaf.text.is_some());
        found.or_else(|| self.leaves.iter().find(|leaf| holds(&leaf.key) || holds(&leaf.span)))
    }

    /// The names that stand below a table at the top, each once: of `[tables.x]`, `[at]`, `[fragments.x]`.
    pub(super) fn names(&self, table: &str) -> Vec<&str> {
        let paths = self.sections.iter().map(|section| &section.path);
        let mut found: Vec<&str> = Vec::new();
        for path in paths.chain(self.leaves.iter().map(|leaf| &leaf.path)) {
            if let [top, name, ..] = path.as_slice()
                && top == table
                && !found.contains(&name.as_str())
            {
                found.push(name);
            }
        }
        found
    }

    /// Where a name below a table at the top is said: the header of its section, or its key.
    pub(super) fn said(&self, table: &str, name: &str) -> Option<Range<usize>> {
        let is = |path: &[String]| matches!(path, [top, found, ..] if top == table && found == name);
        let section = self
            .sections
            .iter()
            .find(|section| is(&section.path))
            .map(|section| section.span.clone());
        let key = || {
            self.leaves
                .iter()
                .find(|leaf| is(&leaf.path))
                .map(|leaf| leaf.key.clone())
        };
        section.or_else(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "id = 'x'\n[at]\np = 'a/b'\n[case]\nkeys = [{ field = 'n', kind = 'k' }]\n[fields]\nseller.name = { path = 'q' }\n[tables.t]\n";

    #[test]
    fn every_value_has_the_path_of_its_keys() {
        let outline = Outline::of(TEXT);
        let texts: Vec<String> = outline
            .leaves
            .iter()
            .filter_map(|leaf| Some(format!("{}={}", leaf.path.join("/"), leaf.text.as_deref()?)))
            .collect();
        assert_eq!(
            texts,
            [
                "id=x",
                "at/p=a/b",
                "case/keys/field=n",
                "case/keys/kind=k",
                "fields/seller/name/path=q"
            ]
        );
        assert_eq!(outline.names("tables"), ["t"]);
        assert_eq!(outline.names("at"), ["p"]);
        assert_eq!(TEXT.get(outline.said("tables", "t").unwrap()), Some("[tables.t]"));
        assert_eq!(outline.text(&["at", "p"]), Some("a/b"));
    }

    #[test]
    fn the_innermost_value_is_found_and_broken_lines_do_no_harm() {
        let outline = Outline::of(TEXT);
        let at = |needle: &str| outline.at(TEXT.find(needle).unwrap()).map(|leaf| leaf.path.join("/"));
        assert_eq!(at("'n'").as_deref(), Some("case/keys/field"));
        assert_eq!(at("seller").as_deref(), Some("fields/seller/name"));
        let outline = Outline::of("[at]\na = \"x\nb = \"y\"\n[fields]\nn = \n");
        assert_eq!(outline.text(&["at", "b"]), Some("y"));
    }
}
