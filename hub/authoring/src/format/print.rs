// SPDX-License-Identifier: EUPL-1.2
//! Lays the lines out: blank lines, columns of `=` and of comments.

use std::ops::Range;

use super::Kind;
use super::order::{Section, Sections, is_directive};
use super::row::Where;
use super::spelling::{Spelling, key};
use crate::syntax::{Entry, Line, names};

/// Keys longer than this do not move the `=` of the others.
pub(super) const KEY_MAX: usize = 40;

/// Rows longer than this do not move the comments of the others.
pub(super) const LINE_MAX: usize = 110;

/// Prints a file.
pub(super) fn print(file: &Sections<'_>, source: &str, kind: Kind) -> String {
    let mut out = Out {
        source,
        kind,
        text: String::new(),
    };
    out.comments(&file.top);
    if file.top.last().is_some_and(|last| !is_directive(source, last)) {
        out.blank();
    }
    out.section(&file.head);
    let mut before: Option<&Section> = None;
    for section in &file.others {
        let is_part = before.is_some_and(|before| unit(before) == unit(section) && !starts_anew(section));
        let has_comments = section.above.iter().any(|line| matches!(line, Line::Comment(_)));
        // What stands directly above a header would count as its own the next time.
        let ends_in_comment = before.is_some_and(|before| matches!(before.lines.last(), Some(Line::Comment(_))));
        if !is_part || has_comments || ends_in_comment {
            out.blank();
        }
        out.above(&section.above);
        out.section(section);
        before = Some(section);
    }
    out.text
}

/// Whether a section is the next of its kind and no part of the one before: `[[test]]`.
fn starts_anew(section: &Section) -> bool {
    section.header.as_ref().is_some_and(|header| header.array)
}

/// What a section is a part of: a list, a fragment, the format.
fn unit(section: &Section) -> Vec<&str> {
    let mut names = section.names();
    let is_list = |names: &[&str]| {
        names
            .first()
            .is_some_and(|first| *first == "lists" || *first == "fragments")
    };
    if is_list(&names) {
        while names
            .last()
            .is_some_and(|last| matches!(*last, "fields" | "always" | "each" | "item"))
            && names.len() > 2
        {
            names.pop();
        }
    } else {
        names.truncate(1);
    }
    names
}

struct Out<'t> {
    source: &'t str,
    kind: Kind,
    text: String,
}

/// An entry, spelled.
struct Spelled {
    key: String,
    value: String,
    comment: Option<String>,
    /// Whether the value takes several lines: then the comment stands behind its last.
    spread: bool,
}

impl Out<'_> {
    fn at(&self, span: &Range<usize>) -> &str {
        self.source.get(span.clone()).unwrap_or_default()
    }

    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// One blank line, unless there is one or nothing stands above.
    fn blank(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn comments(&mut self, lines: &[Line]) {
        for line in lines {
            if let Line::Comment(span) = line {
                let text = self.at(span).to_owned();
                self.line(&text);
            }
        }
    }

    /// Comments above a header, with the blank lines between them.
    fn above(&mut self, lines: &[Line]) {
        let is_comment = |line: &Line| matches!(line, Line::Comment(_));
        for (index, line) in lines.iter().enumerate() {
            match line {
                Line::Comment(_) => self.comments(std::slice::from_ref(line)),
                // A comment that stands apart from the header stays apart from it.
                _ if lines.get(..index).is_some_and(|before| before.iter().any(is_comment)) => self.blank(),
                _ => {}
            }
        }
    }

    fn section(&mut self, section: &Section) {
        if let Some(header) = &section.header {
            let name = key(&header.key);
            let spelled = if header.array {
                format!("[[{name}]]")
            } else {
                format!("[{name}]")
            };
            let comment = header.comment.as_ref().map(|span| format!("  {}", self.at(span)));
            self.line(&format!("{spelled}{}", comment.unwrap_or_default()));
        }
        let names = section.names();
        let mut lines = section.lines.as_slice();
        let mut first = true;
        while let Some(line) = lines.first() {
            if matches!(line, Line::Blank) {
                lines = lines.get(1..).unwrap_or_default();
                continue;
            }
            if !first {
                self.blank();
            }
            first = false;
            let length = lines
                .iter()
                .position(|line| matches!(line, Line::Blank))
                .unwrap_or(lines.len());
            let (block, rest) = lines.split_at(length);
            self.block(block, &names);
            lines = rest;
        }
    }

    /// Lines without a blank line between them.
    fn block(&mut self, lines: &[Line], section: &[&str]) {
        let entries = lines.iter().filter_map(|line| match line {
            Line::Entry(entry) => Some(key(&entry.key).chars().count()),
            _ => None,
        });
        let width = entries.filter(|width| *width <= KEY_MAX).max().unwrap_or(0);
        let mut run: Vec<Spelled> = Vec::new();
        for line in lines {
            match line {
                Line::Entry(entry) => run.push(self.spelled(entry, section, width)),
                Line::Comment(_) => {
                    self.run(std::mem::take(&mut run));
                    self.comments(std::slice::from_ref(line));
                }
                Line::Blank | Line::Header(_) => {}
            }
        }
        self.run(run);
    }

    fn spelled(&self, entry: &Entry, section: &[&str], width: usize) -> Spelled {
        let rows = match self.kind {
            Kind::Mapping => Where::of(section, &names(&entry.key)),
            Kind::Configuration => Where::Nowhere,
        };
        let spelling = Spelling {
            source: self.source,
            rows,
        };
        Spelled {
            key: format!("{:width$} = ", key(&entry.key)),
            value: spelling.value(&entry.value, 0),
            comment: entry.comment.as_ref().map(|span| self.at(span).to_owned()),
            spread: entry.value.is_spread(self.source),
        }
    }

    /// Entries whose comments stand below each other.
    fn run(&mut self, entries: Vec<Spelled>) {
        let width = |entry: &Spelled| entry.key.chars().count() + entry.value.chars().count();
        let aligned = |entry: &&Spelled| entry.comment.is_some() && !entry.spread && width(entry) <= LINE_MAX;
        let column = entries.iter().filter(aligned).map(width).max().unwrap_or(0);
        for entry in entries {
            let line = format!("{}{}", entry.key, entry.value);
            match &entry.comment {
                None => self.line(&line),
                Some(comment) if entry.spread => self.line(&format!("{line}  {comment}")),
                Some(comment) => self.line(&format!("{line:column$}  {comment}")),
            }
        }
    }
}
