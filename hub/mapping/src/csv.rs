// SPDX-License-Identifier: EUPL-1.2
//! CSV (RFC 4180, with any delimiter and encoding) as a format of mappings.
//!
//! ```toml
//! [format]
//! kind      = "csv"
//! encoding  = "windows-1252"            # UTF-8
//! lossy     = "transliterate"           # reject: what the encoding does not have
//! delimiter = ";"                       # ,
//! quote     = '"'                       # '"'; "" for files without quoting
//! quoting   = "always"                  # needed
//! line_end  = "lf"                      # crlf
//! formulas  = "keep"                    # guard: `'` before text that a spreadsheet would run
//! ```
//!
//! then one of these: names in the first line, names by position, or several kinds of records in one file.
//!
//! ```toml
//! header  = true                        # the first line names the columns
//! columns = ["number", "amount"]        # their order when writing; when reading each of them must be there
//! starts  = true                        # each line is a document of its own
//!
//! columns = ["number", "-", "amount"]   # without a header; "-" and "" are of no interest
//!
//! records = { by = 1 }                  # the column that holds the record type; needed for reading
//! [format.record.K]
//! starts  = true                        # begins a document
//! columns = ["art", "number", "date"]   # all columns, that of the record type too
//! [format.record.P]
//! columns = ["art", "account", "amount"]
//! ```
//!
//! Places are `K/number`; in a file with one kind of record `row/number`. A column without anything in it is absent, one
//! with `""` is an empty text. Every line must have all columns: a line with more or fewer is refused, and so is a
//! quotation mark where none can be; lines are never merged by guess.

mod lines;
mod settings;
mod sink;
mod source;
#[cfg(test)]
mod trials;

use crate::flat::{Layout, TextFile};

pub(crate) use sink::CsvSink;

/// The most columns of a line.
pub(crate) const COLUMNS_MAX: usize = 1_000;

/// A CSV format, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CsvFormat {
    pub(crate) file: TextFile,
    /// ASCII.
    delimiter: u8,
    /// ASCII; `None` where nothing is quoted.
    quote: Option<u8>,
    always_quoted: bool,
    guarded: bool,
    /// Whether the first line names the columns.
    header: bool,
    /// Index of the column that holds the record type.
    by: Option<usize>,
    records: Vec<Record>,
}

/// A kind of record.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Record {
    name: String,
    starts: bool,
    columns: Vec<String>,
}

impl CsvFormat {
    /// The kinds of records with their columns, as far as the mapping says them.
    pub(crate) fn layout(&self) -> Layout<'_> {
        let known = |record: &Record| !self.header || !record.columns.is_empty();
        Layout::of(self.records.iter().map(|record| {
            let columns = record.columns.iter().map(String::as_str).collect();
            (record.name.as_str(), known(record).then_some(columns))
        }))
    }
}
