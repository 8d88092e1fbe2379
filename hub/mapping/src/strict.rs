// SPDX-License-Identifier: EUPL-1.2
//! The strict layers by themselves: a document of any kind is walked without a mapping, and refused as it would be with
//! one. For whoever looks at a document before there is a mapping for it, and for tests that hold the layers against
//! other readers.
//!
//! A document is decoded first; the offsets that the listener is told count in the decoded text.

use std::borrow::Cow;

use hub_message::Rejection;

use crate::form::FormFormat;
use crate::json::JsonSource;
use crate::mail::MailFormat;
use crate::multipart::MultipartFormat;
use crate::source::{Listener, RawSource, Source};
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

/// Walks a web form in UTF-8. Offsets count in the input.
pub fn walk_form(input: &[u8], to: &mut impl Listener) -> Result<(), Rejection> {
    FormFormat::default().read(input, to)
}

/// Walks a multipart form. Offsets count in the input.
pub fn walk_multipart(input: &[u8], to: &mut impl Listener) -> Result<(), Rejection> {
    MultipartFormat::default().read(input, to)
}

/// Walks an e-mail. Offsets count in the input.
pub fn walk_mail(input: &[u8], to: &mut impl Listener) -> Result<(), Rejection> {
    MailFormat::default().read(input, to)
}
