// SPDX-License-Identifier: EUPL-1.2
//! XML: a strict reader, and a writer.
//!
//! XML 1.0 (fifth edition) and Namespaces in XML 1.0, without document types, which are refused altogether. What is left
//! is so small a grammar that the reader walks over the bytes itself. A tokenizer underneath would find the same borders
//! first, and everything that it lets pass (undeclared prefixes, two roots, illegal characters, attributes of any form)
//! would be looked for a second time. `tests/strictness` holds the reader against public corpora and against other
//! readers; the corpus beside this file names what each refusal is called.

mod attributes;
mod characters;
mod content;
#[cfg(test)]
mod corpus;
mod declaration;
mod document;
mod encoding;
mod fault;
mod namespaces;
mod path;
mod runs;
mod tags;
mod writer;

use std::borrow::Cow;

use hub_message::Rejection;

use crate::source::{Listener, Source};

pub(crate) use document::State;
pub(crate) use writer::{Written, XmlSink};

/// Elements may nest this deep.
pub(crate) const DEPTH_MAX: usize = 64;
/// An element may have so many attributes.
pub(crate) const ATTRIBUTES_MAX: usize = 256;
/// So many declarations of prefixes may be in force at one place. Every name is looked up among them.
pub(crate) const BINDINGS_MAX: usize = 256;
/// Bytes of a name.
pub(crate) const NAME_BYTES_MAX: usize = 1024;
/// Bytes of a text or an attribute's value.
pub(crate) const TEXT_BYTES_MAX: usize = 10 * 1024 * 1024;
/// Bytes of a document.
pub(crate) const DOCUMENT_BYTES_MAX: usize = 1024 * 1024 * 1024;

/// XML documents with one kind of root element; by default with any.
#[derive(Debug, Clone, Default)]
pub(crate) struct Xml {
    /// Namespace of the root element; empty without one.
    pub(crate) namespace: String,
    /// Local name of the root element.
    pub(crate) local: String,
    /// How the mapping spells the root element; empty: any will do.
    pub(crate) spelled: String,
}

impl Source for Xml {
    type State = State;

    fn decode<'a>(&self, input: &'a [u8]) -> Result<Cow<'a, str>, Rejection> {
        if input.len() > DOCUMENT_BYTES_MAX {
            return Err(fault::too_large());
        }
        encoding::decode(input)
    }

    fn read<L: Listener>(&self, text: &str, state: &mut State, to: &mut L) -> Result<(), Rejection> {
        document::read(self, text, state, to)
    }

    fn paths_at(&self, text: &str, offsets: &[usize]) -> Vec<String> {
        path::paths_at(text, offsets)
    }
}

/// The text of an XML file that the administrator laid down, in the encoding that it declares.
pub(crate) fn decoded(input: &[u8]) -> Result<Cow<'_, str>, Rejection> {
    Xml::default().decode(input)
}
