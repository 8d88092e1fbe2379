// SPDX-License-Identifier: EUPL-1.2
//! What a file says, whatever its spelling: its values by their paths, in the order that matters, and its comments.

use std::ops::Range;

use super::Kind;
use super::row::{Where, without_spaces};
use crate::syntax::{Document, Inside, Item, Line, Value, names};

/// What a file says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Meaning {
    /// Every value with its path, section by section. Within a section and between sections of one name the order
    /// matters.
    values: Vec<(String, Vec<String>)>,
    /// Every comment, sorted.
    comments: Vec<String>,
}

impl Meaning {
    /// What a document says.
    pub(super) fn of(document: &Document, source: &str, kind: Kind) -> Self {
        let mut made = Collector {
            source,
            kind,
            values: Vec::new(),
            comments: Vec::new(),
        };
        let mut section: Vec<String> = Vec::new();
        for line in &document.lines {
            match line {
                Line::Blank => {}
                Line::Comment(span) => made.comment(span),
                Line::Header(header) => {
                    section = names(&header.key).into_iter().map(str::to_owned).collect();
                    header.comment.iter().for_each(|span| made.comment(span));
                    let mark = if header.array { "[[]]" } else { "[]" };
                    made.push(&section, mark.to_owned());
                }
                Line::Entry(entry) => {
                    entry.comment.iter().for_each(|span| made.comment(span));
                    let outer: Vec<&str> = section.iter().map(String::as_str).collect();
                    let rows = match kind {
                        Kind::Mapping => Where::of(&outer, &names(&entry.key)),
                        Kind::Configuration => Where::Nowhere,
                    };
                    let mut path = section.clone();
                    path.extend(names(&entry.key).into_iter().map(str::to_owned));
                    made.value(&path, &entry.value, rows);
                }
            }
        }
        made.finish()
    }
}

struct Collector<'t> {
    source: &'t str,
    kind: Kind,
    values: Vec<(String, Vec<String>)>,
    comments: Vec<String>,
}

impl Collector<'_> {
    fn comment(&mut self, span: &Range<usize>) {
        self.comments
            .push(self.source.get(span.clone()).unwrap_or_default().to_owned());
    }

    /// Notes a value under the section to which it belongs. What is written in the order of the file belongs together.
    fn push(&mut self, path: &[String], value: String) {
        let top = path.first().map(String::as_str).unwrap_or_default();
        let group = match (self.kind, top) {
            (Kind::Mapping, "lists" | "always") => "fields",
            (Kind::Mapping, top) => top,
            (Kind::Configuration, _) => "",
        };
        let line = format!("{path:?} {value}");
        match self.values.iter_mut().find(|(name, _)| name == group) {
            Some((_, lines)) => lines.push(line),
            None => self.values.push((group.to_owned(), vec![line])),
        }
    }

    fn value(&mut self, path: &[String], value: &Value, rows: Where) {
        match value {
            Value::Text { text, .. } if rows == Where::Here => self.push(path, format!("row {}", without_spaces(text))),
            Value::Text { text, .. } => self.push(path, format!("text {}", text.replace("\r\n", "\n"))),
            Value::Plain(span) => {
                let raw = self.source.get(span.clone()).unwrap_or_default().to_owned();
                self.push(path, raw);
            }
            Value::List(inside) => {
                self.push(path, "list".to_owned());
                self.inside(path, inside, |_| rows);
            }
            Value::Table(inside) => {
                self.push(path, "table".to_owned());
                self.inside(path, inside, |item| {
                    rows.below(item.key.last().map_or("", |part| &part.name))
                });
            }
        }
    }

    fn inside(&mut self, path: &[String], inside: &Inside, rows: impl Fn(&Item) -> Where) {
        inside.comment.iter().for_each(|span| self.comment(span));
        for (index, item) in inside.items.iter().enumerate() {
            item.above
                .iter()
                .chain(&item.comment)
                .for_each(|span| self.comment(span));
            let mut below = path.to_vec();
            if item.key.is_empty() {
                below.push(index.to_string());
            } else {
                below.extend(names(&item.key).into_iter().map(str::to_owned));
            }
            self.value(&below, &item.value, rows(item));
        }
        inside.below.iter().for_each(|span| self.comment(span));
    }

    fn finish(mut self) -> Meaning {
        self.values.sort();
        self.comments.sort();
        Meaning {
            values: self.values,
            comments: self.comments,
        }
    }
}
