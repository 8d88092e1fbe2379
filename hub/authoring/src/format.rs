// SPDX-License-Identifier: EUPL-1.2
//! `amtshub fmt`: one canonical spelling of mapping files and of the configuration.
//!
//! # The spelling
//!
//! - The sections of a mapping stand in the order of its grammar: the head, `[format]`, `[at]`, the rows (`[fields]`,
//!   `[lists.…]`, `[always]`), `[fragments.…]`, `[tables.…]`, `[case]`, `[coverage]`, `[[test]]`. Rows keep their order:
//!   it is the order in which a document is written. Sections of one kind keep theirs.
//! - One blank line between sections; none between the parts of one list, fragment or format, unless a comment stands
//!   between them. Within a section blank lines group rows; two become one.
//! - `=` and the comments behind rows are aligned from blank line to blank line; the comments also from one comment line
//!   to the next. What is longer than the rest by far ([`print::KEY_MAX`], [`print::LINE_MAX`]) stands aside.
//! - Texts stand in `"…"`, or in `'…'` where they hold a quotation mark or a backslash. Keys are bare where they can be.
//! - ` | ` between place and functions, `, ` between arguments, ` = ` in predicates, no space inside of brackets.
//! - What stands on one line stays on one line, what stands on several stays on several, indented by two, with a comma
//!   behind the last.
//!
//! Only spelling changes: the values before and after are compared, and so are the comments.

mod compare;
mod order;
mod print;
mod row;
mod spelling;

use crate::syntax::{Document, Line, names};

/// What a file is, as far as its spelling depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A mapping: its sections have an order, its texts hold rows.
    Mapping,
    /// Another TOML file: `hub.toml`, a connector, routes.
    Configuration,
}

impl Kind {
    /// By the name of the file, or else by what stands in it.
    pub fn of(file: &str, text: &str) -> Self {
        let says_so = || {
            let document = Document::parse(text);
            let mut head = document
                .lines
                .iter()
                .take_while(|line| !matches!(line, Line::Header(_)));
            head.any(|line| matches!(line, Line::Entry(entry) if names(&entry.key) == ["mapping"]))
        };
        if file.ends_with(".map.toml") || says_so() {
            Self::Mapping
        } else {
            Self::Configuration
        }
    }
}

/// Why a file was not formatted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unformatted {
    /// It is no TOML; `check` says where.
    Broken,
    /// The result would not mean the same. That is a fault of the formatter; the file is right to stay as it is.
    Changed,
}

/// The canonical spelling of a file.
pub fn format(text: &str, kind: Kind) -> Result<String, Unformatted> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = Document::parse(text);
    if document.broken {
        return Err(Unformatted::Broken);
    }
    let before = compare::Meaning::of(&document, text, kind);
    let ordered = match kind {
        Kind::Mapping => order::mapping(document, text),
        Kind::Configuration => order::as_it_is(document, text),
    };
    let formatted = print::print(&ordered, text, kind);
    let after = compare::Meaning::of(&Document::parse(&formatted), &formatted, kind);
    if before == after {
        Ok(formatted)
    } else {
        Err(Unformatted::Changed)
    }
}

#[cfg(test)]
mod tests;
