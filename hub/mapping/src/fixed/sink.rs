// SPDX-License-Identifier: EUPL-1.2
//! Fixed width as a target of the mapping engine.

use hub_message::{Code, Rejection};

use super::{Column, FixedFormat, Range, Record};
use crate::flat::breaks_line;
use crate::sink::{Sink, ValueKind};
use crate::source::{Names, Symbol};

/// Writes one fixed-width file over an output buffer.
pub(crate) struct FixedSink<'a> {
    format: &'a FixedFormat,
    names: &'a Names,
    out: &'a mut Vec<u8>,
    record: Option<&'a Record>,
    column: Option<&'a Column>,
    line: Vec<u8>,
    value: Vec<u8>,
}

impl<'a> FixedSink<'a> {
    pub(crate) fn new(format: &'a FixedFormat, names: &'a Names, out: &'a mut Vec<u8>) -> Self {
        Self {
            format,
            names,
            out,
            record: None,
            column: None,
            line: Vec::new(),
            value: Vec::new(),
        }
    }

    /// Puts the value that stands in `self.value` at its place in the line.
    fn place(&mut self, at: Range, right: bool, fill: u8) -> Result<(), Rejection> {
        let width = at.width();
        let Some(missing) = width.checked_sub(self.value.len()) else {
            return Err(Rejection::new(
                Code::new("AH-C131"),
                format!("the value is longer than its column, which has {width} bytes"),
                "shorten the value at its source, or say in the mapping how: `| truncate(…)`",
            ));
        };
        let Some(slot) = self.line.get_mut(at.start..at.end) else {
            return Err(unknown_place());
        };
        // A sign stands before the zeros that fill up a number.
        let sign = right && fill == b'0' && matches!(self.value.first(), Some(b'-' | b'+'));
        let signs = usize::from(sign);
        let (before, behind) = if right { (missing, 0) } else { (0, missing) };
        let filled = self
            .value
            .iter()
            .take(signs)
            .copied()
            .chain(std::iter::repeat_n(fill, before))
            .chain(self.value.iter().skip(signs).copied())
            .chain(std::iter::repeat_n(fill, behind));
        slot.iter_mut().zip(filled).for_each(|(to, from)| *to = from);
        Ok(())
    }
}

/// A place that the format does not have. Loading a mapping finds it first.
fn unknown_place() -> Rejection {
    Rejection::new(
        Code::new("AH-C133"),
        "the format has no record or column of this name",
        "correct the place in the mapping, or add the column to its [format]",
    )
}

impl Sink for FixedSink<'_> {
    fn begin(&mut self) -> Result<(), Rejection> {
        self.format.file.encoding.begin(self.out);
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
            self.column = record.columns.iter().find(|column| column.name == name);
            return self.column.map(|_| ()).ok_or_else(unknown_place);
        }
        let record = self.format.records.iter().find(|record| record.name == name);
        let record = record.ok_or_else(unknown_place)?;
        self.record = Some(record);
        self.line.clear();
        self.line.resize(record.length, b' ');
        // Columns that get no value are blank; zeros would be a value.
        let Some(by) = self.format.by else {
            return Ok(());
        };
        self.value.clear();
        self.format.file.encode(&record.name, &mut self.value)?;
        self.place(by, false, b' ')
    }

    fn attribute(&mut self, _: Symbol, _: &str) -> Result<(), Rejection> {
        Err(unknown_place())
    }

    fn value(&mut self, value: &str, kind: ValueKind) -> Result<(), Rejection> {
        let Some(column) = self.column else {
            return Err(unknown_place());
        };
        if breaks_line(value) {
            return Err(Rejection::new(
                Code::new("AH-C132"),
                "the value holds a line end, which no column can hold",
                "correct the value at its source, or make spaces of line ends in the mapping: `| squeeze`",
            ));
        }
        self.value.clear();
        self.format.file.encode(value, &mut self.value)?;
        let right = column.right.unwrap_or(kind == ValueKind::Number);
        self.place(column.at, right, column.fill)
    }

    fn leave(&mut self, _: Symbol) -> Result<(), Rejection> {
        if self.column.take().is_some() || self.record.take().is_none() {
            return Ok(());
        }
        self.out.extend_from_slice(&self.line);
        self.format.file.encode(self.format.file.line_end, self.out)
    }

    fn end(&mut self) -> Result<(), Rejection> {
        Ok(())
    }
}
