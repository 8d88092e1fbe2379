// SPDX-License-Identifier: EUPL-1.2
//! XML: a strict reader over quick-xml's events, and a writer.
//!
//! quick-xml alone is no well-formedness gate (it lets undeclared prefixes, two roots, illegal characters and much else
//! pass), so this layer checks what it leaves: XML 1.0 (fifth edition) and Namespaces in XML 1.0, without document types,
//! which are refused altogether.

mod attributes;
mod characters;
#[cfg(test)]
mod corpus;
mod declaration;
mod document;
mod fault;
mod namespaces;
mod path;
mod tags;
mod writer;

use std::borrow::Cow;

use hub_message::{Code, Place, Rejection};

use crate::encoding::Encoding;
use crate::source::{Listener, Source};

pub(crate) use document::State;
pub(crate) use writer::{Written, XmlSink};

/// Elements may nest this deep.
pub(crate) const DEPTH_MAX: usize = 64;
/// An element may have so many attributes.
pub(crate) const ATTRIBUTES_MAX: usize = 256;
/// Bytes of a name.
pub(crate) const NAME_BYTES_MAX: usize = 1024;
/// Bytes of a text or an attribute's value.
pub(crate) const TEXT_BYTES_MAX: usize = 10 * 1024 * 1024;
/// Bytes of a document.
pub(crate) const DOCUMENT_BYTES_MAX: usize = 1024 * 1024 * 1024;

/// XML documents with one kind of root element.
#[derive(Debug, Clone, Default)]
pub(crate) struct Xml {
    /// Namespace of the root element; empty without one.
    pub(crate) namespace: String,
    /// Local name of the root element.
    pub(crate) local: String,
    /// How the mapping spells the root element.
    pub(crate) spelled: String,
}

impl Source for Xml {
    type State = State;

    fn decode<'a>(&self, input: &'a [u8]) -> Result<Cow<'a, str>, Rejection> {
        if input.len() > DOCUMENT_BYTES_MAX {
            return Err(fault::too_large());
        }
        let encoding = declared_encoding(input)?;
        encoding.decode(input).map_err(|bad| {
            Rejection::new(
                Code::new("AH-X111"),
                format!(
                    "byte {} is no text in the encoding that the document declares",
                    bad.offset + 1
                ),
                "let the source declare the encoding that it writes",
            )
            .at(Place::of(input, bad.offset))
        })
    }

    fn read<L: Listener>(&self, text: &str, state: &mut State, to: &mut L) -> Result<(), Rejection> {
        document::read(self, text, state, to)
    }

    fn path_at(&self, text: &str, offset: usize) -> String {
        path::path_at(text, offset)
    }
}

/// The encoding by byte order mark, else by declaration, else UTF-8 (XML 1.0, section 4.3.3).
fn declared_encoding(input: &[u8]) -> Result<Encoding, Rejection> {
    let mark = match input {
        [0xEF, 0xBB, 0xBF, ..] => Some(Encoding::Utf8),
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => Some(Encoding::Utf16Le),
        [0xFE, 0xFF, ..] | [0, b'<', ..] => Some(Encoding::Utf16Be),
        _ => None,
    };
    if let Some(encoding) = mark {
        return Ok(encoding);
    }
    let Some(name) = declared_name(input) else {
        return Ok(Encoding::Utf8);
    };
    let known = Encoding::named(&name).filter(|encoding| *encoding != Encoding::Cp850);
    match known {
        // Without byte order mark and readable byte by byte, it is no UTF-16, whatever it says.
        Some(Encoding::Utf16 | Encoding::Utf16Le | Encoding::Utf16Be) | None => Err(Rejection::new(
            Code::new("AH-X111"),
            "the document declares an encoding that it does not have, or that this hub does not read",
            "send UTF-8, UTF-16, ISO-8859-1, ISO-8859-15 or windows-1252",
        )
        .at(Place { line: 1, column: 1 })),
        Some(encoding) => Ok(encoding),
    }
}

/// The name in `<?xml … encoding="…"?>`, if the document begins so.
fn declared_name(input: &[u8]) -> Option<String> {
    let head = input.get(..input.len().min(256))?;
    let end = head.windows(2).position(|pair| pair == b"?>")?;
    let declaration = std::str::from_utf8(head.get(..end)?).ok()?.strip_prefix("<?xml")?;
    let (_, rest) = declaration.split_once("encoding")?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    rest.get(1..)?.split(quote).next().map(str::to_owned)
}
