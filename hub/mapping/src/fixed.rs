// SPDX-License-Identifier: EUPL-1.2
//! Fixed width as a format of mappings: lines whose columns stand at byte positions.
//!
//! ```toml
//! [format]
//! kind     = "fixed"
//! encoding = "windows-1252"             # UTF-8; UTF-16 has no byte columns
//! lossy    = "transliterate"            # reject
//! line_end = "lf"                       # crlf
//! short    = "reject"                   # blank: a line may leave out blanks at its end
//!
//! records  = { by = "1-2" }             # where the record type stands
//! [format.record.01]
//! starts   = true                       # begins a document
//! length   = 93                         # of the line; else up to the last column
//! columns  = { caseNo = "3-14", opened = "15-22", amount = { at = "23-32", align = "right", fill = "0" } }
//! ```
//!
//! A file with one kind of record has `columns`, `starts` and `length` in `[format]`, and its places are `row/caseNo`.
//! Positions count bytes from 1. Blanks at the end of a column are padding and no part of its text (at its beginning
//! too, if it is aligned to the right); a blank column is absent. Writing fills up with blanks, numbers from the left; a
//! value that is longer than its column is refused and never cut.

mod settings;
mod sink;
mod source;
#[cfg(test)]
mod trials;

use crate::flat::{Layout, TextFile};

pub(crate) use sink::FixedSink;

/// The longest line, in bytes.
pub(crate) const LINE_MAX: usize = 100_000;

/// A fixed-width format, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FixedFormat {
    pub(crate) file: TextFile,
    /// Whether a line must have its full length.
    full_lines: bool,
    by: Option<Range>,
    records: Vec<Record>,
}

/// Byte positions in a line, from 0, the end not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Range {
    start: usize,
    end: usize,
}

impl Range {
    fn width(self) -> usize {
        self.end - self.start
    }
}

/// A kind of record.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Record {
    name: String,
    starts: bool,
    /// Of a written line. Of a read one, if the mapping says so.
    length: usize,
    /// Whether the mapping names the length, so that a line may not be longer.
    closed: bool,
    columns: Vec<Column>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Column {
    name: String,
    at: Range,
    /// Aligned to the right; `None`: numbers to the right, everything else to the left.
    right: Option<bool>,
    /// ASCII.
    fill: u8,
}

impl FixedFormat {
    /// The kinds of records with their columns.
    pub(crate) fn layout(&self) -> Layout<'_> {
        Layout::of(self.records.iter().map(|record| {
            let columns = record.columns.iter().map(|column| column.name.as_str()).collect();
            (record.name.as_str(), Some(columns))
        }))
    }
}
