// SPDX-License-Identifier: EUPL-1.2
//! The strict layers by themselves: a document of any kind is walked without a mapping, and refused as it would be with
//! one. For whoever looks at a document before there is a mapping for it, and for tests that hold the layers against
//! other readers.
//!
//! A document is decoded first; the offsets that the listener is told count in the decoded text.

use std::borrow::Cow;

use hub_message::Rejection;

use crate::json::JsonSource;
use crate::source::{Listener, Source};
use crate::xml::{State, Xml};

/// The text of an XML document, by its byte order mark and its declaration.
pub fn decode_xml(input: &[u8]) -> Result<Cow<'_, str>, Rejection> {
    Xml::default().decode(input)
}

/// Walks the text of an XML document, whatever its root element is.
pub fn walk_xml(text: &str, to: &mut impl Listener) -> Result<(), Rejection> {
    Xml::default().read(text, &mut State::default(), to)
}

/// The text of a JSON document.
pub fn decode_json(input: &[u8]) -> Result<Cow<'_, str>, Rejection> {
    JsonSource.decode(input)
}

/// Walks the text of a JSON document whose top is an object.
pub fn walk_json(text: &str, to: &mut impl Listener) -> Result<(), Rejection> {
    JsonSource.read(text, &mut (), to)
}
