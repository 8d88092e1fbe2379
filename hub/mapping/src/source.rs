// SPDX-License-Identifier: EUPL-1.2
//! How a format is read: a [`Source`] walks the document once and tells a [`Listener`] what it meets.
//!
//! Every format is told in the same words, those of a tree of named places:
//!
//! | | XML | JSON | CSV and fixed width |
//! | --- | --- | --- | --- |
//! | document | root element | top-level object | the whole file, or from one record that `starts` to the next |
//! | `enter`/`leave` | element | key; **each item of an array is one occurrence of the key** | record (by its type), in it each column |
//! | `attribute` | attribute | never | never |
//! | `text` | text, joined from its pieces | string, number, `true`, `false`; `null` is not told | the column's text |
//!
//! An array inside an array is an occurrence of the outer key's place whose items are occurrences of `item` below it.
//!
//! **Order**: `begin`, then for each child `enter`, its attributes, its text and children in document order, `leave`; at
//! last `end`. The root's own attributes and text come right after `begin`. When `enter` answers `false`, nothing below
//! is wanted: the source still checks that the document is well formed, but tells nothing more of that subtree, **not
//! even its `leave`**.
//!
//! **Names** are symbols. A source asks [`Names`] once per spelling and keeps the answer; a name that no row mentions is
//! [`Symbol::UNKNOWN`] and is still told, with its spelling, for the coverage report.
//!
//! **Offsets** count bytes in the decoded text, the one that [`Source::decode`] returned. Where a text stands literally
//! in it, it is told as a span and nothing is copied.
//!
//! Formats that hold bytes and not only text (multipart, e-mail) are [`RawSource`]s: they walk the input itself, their
//! offsets count bytes in it, and every text is told as made. At places that hold a file they tell its *content* beside
//! the text, when [`Listener::takes`] says that somebody wants it.

use std::borrow::Cow;
use std::collections::HashMap;

use hub_message::Rejection;

/// A name that the mapping mentions, as a small number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Symbol(pub(crate) u16);

impl Symbol {
    /// A name that no row mentions.
    pub const UNKNOWN: Symbol = Symbol(0);

    /// The number of the symbol; 0 is [`Self::UNKNOWN`].
    pub fn number(self) -> u16 {
        self.0
    }
}

/// The names that a mapping mentions, elements, attributes, keys, records and columns alike.
#[derive(Debug, Default)]
pub struct Names {
    /// Namespace (empty without one) → local name → symbol.
    by_name: HashMap<String, HashMap<String, Symbol>>,
    /// As the mapping spells it, with the mapping's prefix; index = symbol − 1.
    spelled: Vec<String>,
}

impl Names {
    /// Names for a listener of one's own: namespace (empty without one) and local name each. The first has the symbol
    /// that [`Symbol::number`] calls 1.
    pub fn of<'n>(names: impl IntoIterator<Item = (&'n str, &'n str)>) -> Self {
        let mut known = Self::default();
        for (namespace, local) in names {
            known.intern(namespace, None, local);
        }
        known
    }

    /// The symbol of a name without namespace: a key, a record, a column, an XML name without namespace.
    pub fn find(&self, name: &str) -> Symbol {
        self.find_in("", name)
    }

    /// The symbol of an XML name.
    pub fn find_in(&self, namespace: &str, local: &str) -> Symbol {
        self.by_name
            .get(namespace)
            .and_then(|names| names.get(local))
            .copied()
            .unwrap_or(Symbol::UNKNOWN)
    }

    /// The name as the mapping spells it, `cbc:ID`; empty for [`Symbol::UNKNOWN`].
    pub fn spelled(&self, symbol: Symbol) -> &str {
        (symbol.0 as usize)
            .checked_sub(1)
            .and_then(|index| self.spelled.get(index))
            .map_or("", String::as_str)
    }

    /// All names as the mapping spells them, in the order of [`Symbol::number`].
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.spelled.iter().map(String::as_str)
    }

    /// How many symbols there are, [`Symbol::UNKNOWN`] not counted.
    pub fn len(&self) -> usize {
        self.spelled.len()
    }

    /// Whether no name was mentioned.
    pub fn is_empty(&self) -> bool {
        self.spelled.is_empty()
    }

    /// Makes a name known. `prefix` is the mapping's.
    pub(crate) fn intern(&mut self, namespace: &str, prefix: Option<&str>, local: &str) -> Symbol {
        match prefix {
            Some(prefix) => self.intern_as(namespace, local, &format!("{prefix}:{local}")),
            None => self.intern_as(namespace, local, local),
        }
    }

    /// Makes a name known that the mapping spells like this.
    pub(crate) fn intern_as(&mut self, namespace: &str, local: &str, spelled: &str) -> Symbol {
        let known = self.find_in(namespace, local);
        if known != Symbol::UNKNOWN {
            return known;
        }
        self.spelled.push(spelled.to_owned());
        let symbol = Symbol(u16::try_from(self.spelled.len()).unwrap_or(0));
        self.by_name
            .entry(namespace.to_owned())
            .or_default()
            .insert(local.to_owned(), symbol);
        symbol
    }
}

/// A text that a source met.
#[derive(Debug, Clone, Copy)]
pub enum Piece<'t> {
    /// It stands literally in the decoded text, from this byte to before that one.
    Span(usize, usize),
    /// It was made (an escape resolved, a quotation mark undoubled); it begins at this offset of the decoded text.
    Made(&'t str, usize),
}

/// The bytes of a file that stands in a document: a part of a multipart form, an attachment.
#[derive(Debug, Clone, Copy)]
pub struct Found<'t> {
    /// The bytes, transfer encodings undone.
    pub bytes: &'t [u8],
    /// Media type as the document states it; empty where it does not.
    pub media_type: &'t str,
    /// File name as the document states it. It may say something about a person.
    pub name: Option<&'t str>,
    /// Where it begins in the document.
    pub at: usize,
}

/// What is wanted of the place just entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Takes {
    /// Its text.
    pub text: bool,
    /// Its content.
    pub content: bool,
    /// Something below it.
    pub below: bool,
}

/// Who is told about a document: the engine, or a test that writes down what it hears.
pub trait Listener {
    /// The names that the mapping mentions.
    fn names(&self) -> &Names;
    /// A document begins at this offset.
    fn begin(&mut self, at: usize);
    /// The document ends at this offset.
    fn end(&mut self, at: usize);
    /// A place is entered. `spelled` is its name as the document has it. `false`: tell nothing more of it.
    fn enter(&mut self, name: Symbol, spelled: &str, at: usize) -> bool;
    /// An attribute of the place just entered.
    fn attribute(&mut self, name: Symbol, spelled: &str, value: Piece<'_>);
    /// Text directly at the place; several pieces are joined.
    fn text(&mut self, piece: Piece<'_>);
    /// Text that is nothing but white space: most of what stands in a laid out document, and mostly of no interest.
    fn blank(&mut self, from: usize, to: usize) {
        self.text(Piece::Span(from, to));
    }
    /// What is wanted of the place just entered. Sources to which text or contents cost something ask before they make
    /// it; what is told unasked does no harm.
    fn takes(&self) -> Takes {
        Takes {
            text: true,
            content: true,
            below: true,
        }
    }
    /// Whether an attribute of the place just entered is wanted. In formats whose attributes are technical, a source asks
    /// before it tells one.
    fn takes_attribute(&self, _name: Symbol) -> bool {
        true
    }
    /// The content of the place just entered.
    fn content(&mut self, _found: Found<'_>) {}
    /// Whether it also wants to hear of technical places that no row mentions: trace headers of a mail. Their absence from
    /// a mapping is no gap, so they are not told for the coverage report.
    fn is_curious(&self) -> bool {
        false
    }
    /// The place is left.
    fn leave(&mut self, at: usize);
}

/// A format that can be read. One value per mapping, immutable; what changes from document to document stands in its
/// `State`, which a worker keeps.
pub trait Source {
    /// Buffers and caches that are reused from document to document.
    type State: Default;

    /// The document as text. Borrowed when it is UTF-8 already. Bytes that the encoding does not have are refused, never
    /// replaced.
    fn decode<'a>(&self, input: &'a [u8]) -> Result<Cow<'a, str>, Rejection>;

    /// Walks the document and tells `to`. A document that is not well formed is refused with line and column, whatever
    /// was told before.
    fn read<L: Listener>(&self, text: &str, state: &mut Self::State, to: &mut L) -> Result<(), Rejection>;

    /// The path of what stands at `offset`, with indices, for a rejection. Walks the document again: only for failures.
    fn path_at(&self, text: &str, offset: usize) -> String {
        self.paths_at(text, &[offset]).pop().unwrap_or_default()
    }

    /// The paths of what stands at several offsets, which grow, found in one walk.
    fn paths_at(&self, text: &str, offsets: &[usize]) -> Vec<String>;
}

/// A format that holds bytes: it is read as it came, and text is decoded where it stands.
pub trait RawSource {
    /// Walks the document and tells `to`, as [`Source::read`] does.
    fn read<L: Listener>(&self, input: &[u8], to: &mut L) -> Result<(), Rejection>;

    /// The paths of what stands at several offsets, with indices, for rejections and for whoever asks where everything
    /// comes from. Walks the document again.
    fn paths_at(&self, input: &[u8], offsets: &[usize]) -> Vec<String>;
}
