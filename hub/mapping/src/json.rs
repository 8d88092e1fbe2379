// SPDX-License-Identifier: EUPL-1.2
//! The strict JSON layer (RFC 8259) and JSON as a format of mappings.
//!
//! Stricter than most readers, because two systems that read the same bytes differently are a way around every check:
//! a key that comes twice in an object is refused, numbers are kept digit by digit, half a surrogate pair is no
//! character, and nothing may follow the document. A byte order mark is skipped (section 8.1 allows it).

#[cfg(test)]
mod corpus;
mod scan;
mod sink;
mod source;
mod string;

use std::borrow::Cow;

use hub_message::{Code, Place, Rejection, Tree, TreeBuilder};

use crate::encoding::Encoding;
use scan::{Event, Scanner};

pub(crate) use sink::JsonSink;
pub(crate) use source::JsonSource;

/// The deepest nesting of objects and arrays.
pub const DEPTH_MAX: usize = 64;

/// Values that every document may have, containers counted.
pub const NODES_MAX: usize = 100_000;

/// Bytes for each value that a document has beyond [`NODES_MAX`]. A member with a short key and a number has as many; a
/// document of nothing but `0,0,0,` would need more than ten times its size of memory.
pub const NODE_BYTES: usize = 8;

/// The most characters of a number. Amounts have twenty.
pub const NUMBER_MAX: usize = 1000;

/// The most bytes of a key, as it is written.
pub const KEY_BYTES_MAX: usize = 1024;

/// The most bytes of a text, as it is written.
pub const TEXT_BYTES_MAX: usize = 10 * 1024 * 1024;

/// The most bytes of a document.
pub const DOCUMENT_BYTES_MAX: usize = 1024 * 1024 * 1024;

/// Reads a JSON document. The bytes are not kept.
pub fn parse(input: &[u8]) -> Result<Tree, Rejection> {
    let text = decode(input)?;
    let mut builder = TreeBuilder::default();
    let mut scanner = Scanner::new(&text);
    let mut key: Option<Cow<'_, str>> = None;
    while let Some(event) = scanner.next().map_err(|fault| fault.in_text(&text))? {
        let name = if matches!(event, Event::Key { .. }) {
            None
        } else {
            key.take()
        };
        let name = name.as_deref();
        match event {
            Event::OpenMap { .. } => builder.open_map(name),
            Event::OpenList { .. } => builder.open_list(name),
            Event::CloseMap { .. } | Event::CloseList { .. } => builder.close(),
            Event::Key { name, .. } => key = Some(name),
            Event::Text { value, .. } => builder.text(name, &value),
            Event::Number { digits, .. } => builder.number(name, digits),
            Event::Bool { value, .. } => builder.bool(name, value),
            Event::Null { .. } => builder.null(name),
        }
    }
    Ok(builder.finish())
}

/// The bytes as text: UTF-8 (RFC 8259, section 8.1), without a byte order mark.
fn decode(input: &[u8]) -> Result<Cow<'_, str>, Rejection> {
    if input.len() > DOCUMENT_BYTES_MAX {
        return Err(Fault {
            defect: Defect::TooLarge,
            offset: 0,
        }
        .in_text(""));
    }
    Encoding::Utf8.decode(input).map_err(|bad| {
        Rejection::new(
            Code::new("AH-J101"),
            format!("the bytes from offset {} are not UTF-8", bad.offset),
            "have the source system send JSON in UTF-8, as RFC 8259 demands",
        )
        .at(Place::of(input, bad.offset))
    })
}

/// What is wrong in a JSON text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Defect {
    Unexpected(&'static str),
    DuplicateKey,
    TooDeep,
    TooMany,
    LongNumber,
    LongText,
    LongKey,
    TooLarge,
    Trailing,
    Truncated,
    ControlCharacter,
    Escape,
    LoneSurrogate,
    Number,
    NoObject,
}

/// A defect and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) defect: Defect,
    pub(crate) offset: usize,
}

impl Fault {
    /// The rejection, with line and column.
    pub(crate) fn in_text(self, text: &str) -> Rejection {
        let (code, what, remedy) = self.defect.words();
        Rejection::new(Code::new(code), what, remedy).at(Place::of(text.as_bytes(), self.offset))
    }
}

impl Defect {
    fn words(self) -> (&'static str, String, &'static str) {
        let resend = "have the source system send well-formed JSON (RFC 8259)";
        let (code, what, remedy) = match self {
            Self::Unexpected(wanted) => {
                return (
                    "AH-J100",
                    format!("this is not JSON: {wanted} is expected here"),
                    resend,
                );
            }
            Self::DuplicateKey => (
                "AH-J102",
                "a key comes twice in the same object",
                "have the source system send each key once: which of the two counts is for nobody to guess",
            ),
            Self::TooDeep => {
                let what = format!("objects and arrays are nested more than {DEPTH_MAX} deep");
                return ("AH-J103", what, "have the source system send a flatter document");
            }
            Self::TooMany => {
                let what =
                    format!("the document has more than {NODES_MAX} values, and more than one for {NODE_BYTES} bytes");
                return ("AH-J104", what, "have the source system send it in parts");
            }
            Self::LongNumber => {
                let what = format!("a number has more than {NUMBER_MAX} characters");
                return (
                    "AH-J112",
                    what,
                    "have the source system send numbers with the digits that they need",
                );
            }
            Self::LongText => (
                "AH-J113",
                "a text is longer than 10 MiB",
                "have the source system send it as a file",
            ),
            Self::LongKey => ("AH-J114", "a key is longer than 1 KiB", resend),
            Self::TooLarge => (
                "AH-J115",
                "the document is larger than 1 GiB",
                "have the source system send it in parts",
            ),
            Self::Trailing => ("AH-J105", "something follows the end of the document", resend),
            Self::Truncated => (
                "AH-J106",
                "the document ends before it is complete",
                "have it sent again; see whether the transfer was cut off",
            ),
            Self::ControlCharacter => (
                "AH-J107",
                "a control character stands in a string without an escape",
                resend,
            ),
            Self::Escape => ("AH-J108", "an escape in a string is none that JSON knows", resend),
            Self::LoneSurrogate => (
                "AH-J109",
                "an escape is half of a surrogate pair and no character",
                resend,
            ),
            Self::Number => ("AH-J110", "a number is not written as JSON demands", resend),
            Self::NoObject => (
                "AH-J111",
                "the document is not an object",
                "look whether the message type fits: mappings read a JSON object",
            ),
        };
        (code, what.to_owned(), remedy)
    }
}
