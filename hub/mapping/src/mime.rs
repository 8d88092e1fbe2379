// SPDX-License-Identifier: EUPL-1.2
//! What e-mails and multipart forms have in common (RFC 2045 to 2047, 2231): header blocks, parts between boundaries,
//! transfer encodings, charsets, encoded words.
//!
//! Everything works on the bytes as they came, and every fault knows its offset in them. Nothing is ever replaced by
//! U+FFFD: what cannot be decoded is refused.

pub(crate) mod block;
pub(crate) mod boundary;
pub(crate) mod charset;
pub(crate) mod finder;
pub(crate) mod params;
pub(crate) mod transfer;
pub(crate) mod words;
pub(crate) mod write;

use std::borrow::Cow;

use hub_message::{Code, Place, Rejection};

/// What is wrong in a document, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) offset: usize,
    pub(crate) code: &'static str,
    text: Cow<'static, str>,
    remedy: &'static str,
}

impl Fault {
    pub(crate) fn new(
        offset: usize,
        code: &'static str,
        text: impl Into<Cow<'static, str>>,
        remedy: &'static str,
    ) -> Self {
        Self {
            offset,
            code,
            text: text.into(),
            remedy,
        }
    }

    /// The rejection, with line and column.
    pub(crate) fn in_input(self, input: &[u8]) -> Rejection {
        Rejection::new(Code::new(self.code), self.text, self.remedy).at(Place::of(input, self.offset))
    }
}

/// The bytes of a range; none where it is not one.
pub(crate) fn slice(input: &[u8], range: std::ops::Range<usize>) -> &[u8] {
    input.get(range).unwrap_or_default()
}

/// White space inside a line.
pub(crate) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}
