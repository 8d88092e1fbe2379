// SPDX-License-Identifier: EUPL-1.2
//! What CSV and fixed width have in common: files of lines, each line a record, in some encoding.

mod finder;
mod layout;
#[cfg(test)]
mod trials;

use std::borrow::Cow;

use hub_message::{Code, Place, Rejection};

use crate::encoding::{Encoding, Lossy, SUGGESTED};
use crate::language::value::{Table, Value};
use crate::report::Report;
use crate::source::Listener;

pub(crate) use finder::Finder;
pub(crate) use layout::Layout;

/// The name of the records of a file that has one kind of record only.
pub(crate) const ROW: &str = "row";

/// The most lines of a file.
pub(crate) const LINES_MAX: usize = if cfg!(test) { 1_000 } else { 1_000_000 };

/// A column whose contents are of no interest; written blank.
pub(crate) fn is_unnamed(column: &str) -> bool {
    column.is_empty() || column == "-"
}

/// The settings of a text file: `encoding`, `lossy`, `line_end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TextFile {
    pub(crate) encoding: Encoding,
    pub(crate) lossy: Lossy,
    pub(crate) line_end: &'static str,
}

impl Default for TextFile {
    fn default() -> Self {
        Self {
            encoding: Encoding::Utf8,
            lossy: Lossy::Reject,
            line_end: "\r\n",
        }
    }
}

impl TextFile {
    /// Reads them: UTF-8, `reject` and CR LF (RFC 4180, section 2) when nothing is said.
    pub(crate) fn of(table: &Table, report: &mut Report) -> Self {
        let mut file = Self::default();
        if let Some(name) = table.text("encoding", report) {
            if let Some(encoding) = Encoding::named(&name.value) {
                file.encoding = encoding;
            } else {
                let text = format!("there is no encoding `{}` here", name.value);
                report.unknown("AH-M130", name.span.clone(), text, &name.value, SUGGESTED);
            }
        }
        if let Some(lossy) = table.text("lossy", report) {
            match Lossy::named(&lossy.value) {
                Some(lossy) => file.lossy = lossy,
                None => report.error("AH-M130", lossy.span, "`lossy` is `reject` or `transliterate`"),
            }
        }
        match table.text("line_end", report) {
            Some(end) if end.value == "lf" => file.line_end = "\n",
            Some(end) if end.value != "crlf" => report.error("AH-M130", end.span, "`line_end` is `crlf` or `lf`"),
            _ => {}
        }
        file
    }

    /// The file as text.
    pub(crate) fn decode<'a>(&self, input: &'a [u8]) -> Result<Cow<'a, str>, Rejection> {
        let name = self.encoding.name();
        let text = self.encoding.decode(input).map_err(|bad| {
            let what = format!("the bytes from offset {} are not {name}", bad.offset);
            let remedy = "see in which encoding the source system writes, and name it in the mapping's [format]";
            Rejection::new(Code::new("AH-C101"), what, remedy).at(Place::of(input, bad.offset))
        })?;
        if let Some(at) = text.find('\0') {
            return Err(Fault::new(at, "AH-C102", "a NUL character stands in the file").in_text(&text));
        }
        Ok(text)
    }

    /// Appends a value in the encoding of the file.
    pub(crate) fn encode(&self, value: &str, out: &mut Vec<u8>) -> Result<(), Rejection> {
        self.encoding.encode(value, self.lossy, out).map_err(|fault| {
            let what = format!(
                "character {} of the value is one that {} does not have",
                fault.position + 1,
                self.encoding.name()
            );
            let remedy = match self.lossy {
                Lossy::Reject => "set `lossy = \"transliterate\"` in the mapping's [format] if basic letters will do",
                Lossy::Transliterate => "correct the value: no basic letter stands for this character",
            };
            Rejection::new(Code::new("AH-C130"), what, remedy)
        })
    }
}

/// The text without the end-of-file sign that DOS programs put behind it.
pub(crate) fn without_dos_end(text: &str) -> &str {
    text.strip_suffix('\u{1a}').unwrap_or(text)
}

/// What is wrong in a file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    offset: usize,
    code: &'static str,
    text: Cow<'static, str>,
    remedy: &'static str,
}

const RESEND: &str = "have the source system write the file again in the agreed form";

impl Fault {
    pub(crate) fn new(offset: usize, code: &'static str, text: impl Into<Cow<'static, str>>) -> Self {
        Self {
            offset,
            code,
            text: text.into(),
            remedy: RESEND,
        }
    }

    pub(crate) fn remedy(mut self, remedy: &'static str) -> Self {
        self.remedy = remedy;
        self
    }

    /// The rejection, with line and column.
    pub(crate) fn in_text(self, text: &str) -> Rejection {
        Rejection::new(Code::new(self.code), self.text, self.remedy).at(Place::of(text.as_bytes(), self.offset))
    }
}

/// Divides the records of a file into canonical documents and tells the listener.
#[derive(Debug)]
pub(crate) struct Documents {
    /// Whether some records begin a document; else the whole file is one.
    many: bool,
    open: bool,
    lines: usize,
}

impl Documents {
    pub(crate) fn new(many: bool) -> Self {
        Self {
            many,
            open: false,
            lines: 0,
        }
    }

    /// A record comes, which may begin a document.
    pub(crate) fn record<L: Listener>(&mut self, starts: bool, at: usize, to: &mut L) -> Result<(), Fault> {
        self.lines += 1;
        if self.lines > LINES_MAX {
            let text = format!("the file has more than {LINES_MAX} records");
            return Err(Fault::new(at, "AH-C105", text).remedy("have the source system send it in parts"));
        }
        if self.many && !starts && !self.open {
            let text = "a record stands before the first one that begins a document";
            return Err(Fault::new(at, "AH-C103", text));
        }
        if self.open && starts {
            to.end(at);
            self.open = false;
        }
        if !self.open {
            to.begin(at);
            self.open = true;
        }
        Ok(())
    }

    /// The file ends.
    pub(crate) fn finish<L: Listener>(self, at: usize, to: &mut L) -> Result<(), Fault> {
        if !self.open {
            return Err(Fault::new(0, "AH-C100", "the file holds no record"));
        }
        to.end(at);
        Ok(())
    }
}

/// A record type that the mapping does not know.
pub(crate) fn unknown_record(at: usize) -> Fault {
    Fault::new(
        at,
        "AH-C104",
        "this line is of a record type that the mapping does not know",
    )
    .remedy("add the record type to the mapping's [format], or have the source system leave it out")
}

/// Whether a value cannot stand in a line as it is.
pub(crate) fn breaks_line(value: &str) -> bool {
    value.contains(['\n', '\r', '\0'])
}

/// The number under a key; anything but a whole number from 1 is a finding.
pub(crate) fn count_of(value: &Value, what: &str, report: &mut Report) -> Option<usize> {
    if let Value::Number(digits, _) = value
        && let Ok(number) = digits.parse::<usize>()
        && number >= 1
    {
        return Some(number);
    }
    report.error(
        "AH-M105",
        value.span(),
        format!("`{what}` must be a whole number from 1"),
    );
    None
}
