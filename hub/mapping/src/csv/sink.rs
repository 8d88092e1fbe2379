// SPDX-License-Identifier: EUPL-1.2
//! CSV as a target of the mapping engine.

use hub_message::{Code, Rejection};

use super::{CsvFormat, Record};
use crate::flat::is_unnamed;
use crate::sink::{Sink, ValueKind};
use crate::source::{Names, Symbol};

/// Writes one CSV file over an output buffer.
pub(crate) struct CsvSink<'a> {
    format: &'a CsvFormat,
    names: &'a Names,
    out: &'a mut Vec<u8>,
    /// The record that is being filled.
    record: Option<&'a Record>,
    /// The column that was entered.
    column: Option<usize>,
    /// The columns of the record, encoded and quoted.
    slots: Vec<Vec<u8>>,
}

impl<'a> CsvSink<'a> {
    pub(crate) fn new(format: &'a CsvFormat, names: &'a Names, out: &'a mut Vec<u8>) -> Self {
        Self {
            format,
            names,
            out,
            record: None,
            column: None,
            slots: Vec::new(),
        }
    }

    /// The columns as a line.
    fn line(&mut self) -> Result<(), Rejection> {
        let delimiter = char::from(self.format.delimiter).to_string();
        for (n, slot) in self.slots.iter().enumerate() {
            if n > 0 {
                self.format.file.encode(&delimiter, self.out)?;
            }
            self.out.extend_from_slice(slot);
        }
        self.format.file.encode(self.format.file.line_end, self.out)
    }

    /// Puts a text into a column, quoted where it must be.
    fn put(&mut self, column: usize, text: &str) -> Result<(), Rejection> {
        let quoted = self.format.quoted(text)?;
        let Some(slot) = self.slots.get_mut(column) else {
            return Ok(());
        };
        slot.clear();
        self.format.file.encode(quoted.as_deref().unwrap_or(text), slot)
    }
}

impl CsvFormat {
    /// The text in quotation marks, where it cannot stand without; an error where there are no marks to put.
    fn quoted(&self, text: &str) -> Result<Option<String>, Rejection> {
        let Some(quote) = self.quote.map(char::from) else {
            if text.contains(char::from(self.delimiter)) || text.contains(['\n', '\r', '\0']) {
                return Err(Rejection::new(
                    Code::new("AH-C132"),
                    "the value holds a delimiter or a line end, and the format has no quotation marks",
                    "correct the value, or replace the character in the mapping: `| replace(';', ',')`",
                ));
            }
            return Ok(None);
        };
        let apart = text.contains([char::from(self.delimiter), quote, '\n', '\r']);
        let edges = text.is_empty() || text.starts_with([' ', '\t']) || text.ends_with([' ', '\t']);
        if !self.always_quoted && !apart && !edges {
            return Ok(None);
        }
        let doubled = text.replace(quote, &format!("{quote}{quote}"));
        Ok(Some(format!("{quote}{doubled}{quote}")))
    }
}

/// Whether a spreadsheet would run the text as a formula. Numbers with a sign are none, and neither is a sign alone: many
/// write `-` where there is nothing.
fn is_formula(text: &str) -> bool {
    text.len() > 1 && text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_signed_number(text)
}

fn is_signed_number(text: &str) -> bool {
    let Some(digits) = text.strip_prefix(['+', '-']) else {
        return false;
    };
    let marks = digits.bytes().filter(|b| matches!(b, b'.' | b',')).count();
    let whole = digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','));
    whole && marks <= 1 && digits.bytes().next().is_some_and(|b| b.is_ascii_digit())
}

/// A place that the format does not have. Loading a mapping finds it first.
fn unknown_place() -> Rejection {
    Rejection::new(
        Code::new("AH-C133"),
        "the format has no record or column of this name",
        "correct the place in the mapping, or add the column to its [format]",
    )
}

impl Sink for CsvSink<'_> {
    fn begin(&mut self) -> Result<(), Rejection> {
        self.format.file.encoding.begin(self.out);
        if let (true, Some(record)) = (self.format.header, self.format.records.first()) {
            self.slots = vec![Vec::new(); record.columns.len()];
            for (n, column) in record
                .columns
                .iter()
                .enumerate()
                .filter(|(_, column)| !is_unnamed(column))
            {
                self.put(n, column)?;
            }
            self.line()?;
        }
        Ok(())
    }

    fn list(&mut self, _: Symbol) -> Result<(), Rejection> {
        Ok(())
    }

    fn end_list(&mut self, _: Symbol) -> Result<(), Rejection> {
        Ok(())
    }

    fn enter(&mut self, name: Symbol) -> Result<(), Rejection> {
        let name = self.names.spelled(name);
        if let Some(record) = self.record {
            self.column = record.columns.iter().position(|column| column == name);
            return self.column.map(|_| ()).ok_or_else(unknown_place);
        }
        let record = self.format.records.iter().find(|record| record.name == name);
        let record = record.ok_or_else(unknown_place)?;
        self.record = Some(record);
        self.slots.clear();
        self.slots.resize(record.columns.len(), Vec::new());
        match self.format.by {
            Some(by) => self.put(by, &record.name),
            None => Ok(()),
        }
    }

    fn attribute(&mut self, _: Symbol, _: &str) -> Result<(), Rejection> {
        Err(unknown_place())
    }

    fn value(&mut self, value: &str, kind: ValueKind) -> Result<(), Rejection> {
        let Some(column) = self.column else {
            return Err(unknown_place());
        };
        if self.format.guarded && kind == ValueKind::Text && is_formula(value) {
            return self.put(column, &format!("'{value}"));
        }
        self.put(column, value)
    }

    fn leave(&mut self, _: Symbol) -> Result<(), Rejection> {
        if self.column.take().is_some() {
            return Ok(());
        }
        match self.record.take() {
            Some(_) => self.line(),
            None => Ok(()),
        }
    }

    fn end(&mut self) -> Result<(), Rejection> {
        Ok(())
    }
}
