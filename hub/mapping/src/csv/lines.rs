// SPDX-License-Identifier: EUPL-1.2
//! Cuts a CSV text into lines and columns (RFC 4180, section 2), strictly.

use super::{COLUMNS_MAX, CsvFormat};
use crate::flat::Fault;

/// A column of a line, as byte offsets inside of its quotation marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) quoted: bool,
    /// Whether doubled quotation marks stand in it.
    pub(super) doubled: bool,
}

/// A walk over the lines of a text.
pub(super) struct Lines<'t> {
    bytes: &'t [u8],
    at: usize,
    delimiter: u8,
    quote: Option<u8>,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str, format: &CsvFormat) -> Self {
        Self {
            bytes: text.as_bytes(),
            at: 0,
            delimiter: format.delimiter,
            quote: format.quote,
        }
    }

    /// Puts the columns of the next line that is not empty into `fields` and gives the line's offset; `None` at the end.
    pub(super) fn next(&mut self, fields: &mut Vec<Field>) -> Result<Option<usize>, Fault> {
        while self.end_of_line()? {}
        if self.at >= self.bytes.len() {
            return Ok(None);
        }
        let start = self.at;
        fields.clear();
        loop {
            if fields.len() == COLUMNS_MAX {
                let text = format!("the line has more than {COLUMNS_MAX} columns");
                return Err(Fault::new(self.at, "AH-C114", text));
            }
            let field = if self.peek().is_some() && self.peek() == self.quote {
                self.quoted()?
            } else {
                self.plain()?
            };
            fields.push(field);
            if self.peek() == Some(self.delimiter) {
                self.at += 1;
            } else if self.at >= self.bytes.len() || self.end_of_line()? {
                return Ok(Some(start));
            } else {
                return Err(Fault::new(
                    self.at,
                    "AH-C111",
                    "something follows the closing quotation mark of a column",
                )
                .remedy("have the source system double quotation marks inside of a quoted column"));
            }
        }
    }

    fn plain(&mut self) -> Result<Field, Fault> {
        let start = self.at;
        let rest = self.bytes.get(start..).unwrap_or_default();
        let ends = |b: &u8| *b == self.delimiter || *b == b'\n' || *b == b'\r' || Some(*b) == self.quote;
        self.at += rest.iter().position(ends).unwrap_or(rest.len());
        if self.peek().is_some() && self.peek() == self.quote {
            return Err(Fault::new(
                self.at,
                "AH-C110",
                "a quotation mark stands in a column that does not begin with one",
            )
            .remedy("have the source system quote the whole column and double the mark, or set `quote = \"\"`"));
        }
        Ok(Field {
            start,
            end: self.at,
            quoted: false,
            doubled: false,
        })
    }

    fn quoted(&mut self) -> Result<Field, Fault> {
        let opening = self.at;
        let start = opening + 1;
        let mut doubled = false;
        self.at = start;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let Some(length) = rest.iter().position(|b| Some(*b) == self.quote) else {
                return Err(
                    Fault::new(opening, "AH-C112", "a quotation mark opens here and none closes it")
                        .remedy("have the source system close quoted columns; see whether the transfer was cut off"),
                );
            };
            let end = self.at + length;
            self.at = end + 1;
            if self.peek().is_none() || self.peek() != self.quote {
                return Ok(Field {
                    start,
                    end,
                    quoted: true,
                    doubled,
                });
            }
            doubled = true;
            self.at += 1;
        }
    }

    /// Takes CR LF or LF if one stands here.
    fn end_of_line(&mut self) -> Result<bool, Fault> {
        match (self.peek(), self.bytes.get(self.at + 1)) {
            (Some(b'\n'), _) => self.at += 1,
            (Some(b'\r'), Some(b'\n')) => self.at += 2,
            (Some(b'\r'), _) => {
                return Err(Fault::new(
                    self.at,
                    "AH-C117",
                    "a carriage return stands without a line feed",
                ));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }
}
