// SPDX-License-Identifier: EUPL-1.2
//! A listener that keeps what it is told as trees, and panics when it is told something out of order.

use hub_message::Rejection;

use super::seeds::SECRET;
use crate::source::{Found, Listener, Names, Piece, RawSource, Source, Symbol};

/// A place with what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Node {
    pub(super) spelled: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) text: String,
    pub(super) content: Vec<Vec<u8>>,
    pub(super) children: Vec<Node>,
}

/// What offsets count in.
#[derive(Debug, Clone, Copy)]
enum Told<'t> {
    Text(&'t str),
    /// So many bytes, of which every text is made.
    Bytes(usize),
}

/// What was told so far.
pub(super) struct Watch<'t> {
    names: Names,
    told: Told<'t>,
    open: Vec<Node>,
    /// Whether attributes may still come.
    fresh: bool,
    entered: usize,
    /// Every so many places it wants to hear nothing of; 0: it wants all.
    unwanted: usize,
    pub(super) documents: Vec<Node>,
}

impl<'t> Watch<'t> {
    fn new(told: Told<'t>, unwanted: usize) -> Self {
        Self {
            names: Names::of([("", "b"), ("urn:p", "c"), ("", "row")]),
            told,
            open: Vec::new(),
            fresh: false,
            entered: 0,
            unwanted,
            documents: Vec::new(),
        }
    }

    fn at(&self, offset: usize) {
        let is_one = match self.told {
            Told::Text(text) => text.is_char_boundary(offset),
            Told::Bytes(length) => offset <= length,
        };
        assert!(is_one, "offset {offset} is none of the document");
    }

    fn piece<'a>(&'a self, piece: Piece<'a>) -> &'a str {
        match piece {
            Piece::Span(start, end) => match self.told {
                Told::Text(text) => text.get(start..end).expect("a span of the text"),
                Told::Bytes(_) => panic!("there is no text to have a span of"),
            },
            Piece::Made(made, at) => {
                self.at(at);
                made
            }
        }
    }

    fn top(&mut self) -> &mut Node {
        self.open.last_mut().expect("something is open")
    }
}

impl Listener for Watch<'_> {
    fn names(&self) -> &Names {
        &self.names
    }

    fn begin(&mut self, at: usize) {
        self.at(at);
        assert!(self.open.is_empty(), "a document begins in another");
        self.open.push(Node::default());
        self.fresh = true;
    }

    fn end(&mut self, at: usize) {
        self.at(at);
        assert_eq!(self.open.len(), 1, "a document ends while places are open");
        self.documents.extend(self.open.pop());
    }

    fn enter(&mut self, _: Symbol, spelled: &str, at: usize) -> bool {
        self.at(at);
        assert!(!self.open.is_empty(), "a place stands outside of a document");
        self.entered += 1;
        if self.unwanted > 0 && self.entered.is_multiple_of(self.unwanted) {
            self.fresh = false;
            return false;
        }
        self.open.push(Node {
            spelled: spelled.to_owned(),
            ..Node::default()
        });
        self.fresh = true;
        true
    }

    fn attribute(&mut self, _: Symbol, spelled: &str, value: Piece<'_>) {
        assert!(self.fresh, "an attribute comes late");
        let value = self.piece(value).to_owned();
        self.top().attributes.push((spelled.to_owned(), value));
    }

    fn text(&mut self, piece: Piece<'_>) {
        self.fresh = false;
        let text = self.piece(piece).to_owned();
        self.top().text.push_str(&text);
    }

    fn content(&mut self, found: Found<'_>) {
        self.at(found.at);
        self.top().content.push(found.bytes.to_vec());
    }

    fn leave(&mut self, at: usize) {
        self.at(at);
        assert!(self.open.len() > 1, "more is left than was entered");
        self.fresh = false;
        let node = self.open.pop().expect("something is open");
        self.top().children.push(node);
    }
}

/// What a source tells about a document, twice: by `state`, which other documents went through, and by a new one.
pub(super) fn told<S: Source>(
    source: &S,
    document: &[u8],
    state: &mut S::State,
    unwanted: usize,
) -> Result<Vec<Node>, Rejection> {
    let text = source.decode(document).inspect_err(|fault| sound(fault, document))?;
    let read = |state: &mut S::State| {
        let mut watch = Watch::new(Told::Text(&text), unwanted);
        source.read(&text, state, &mut watch)?;
        assert!(watch.open.is_empty(), "a document was not ended");
        Ok(watch.documents)
    };
    let known = read(state);
    assert_eq!(
        known,
        read(&mut S::State::default()),
        "told differently the second time"
    );
    for offset in [0, text.len() / 2, text.len()] {
        let _ = source.path_at(&text, offset);
    }
    known.inspect_err(|fault| sound(fault, text.as_bytes()))
}

/// What a source of bytes tells about a document, twice.
pub(super) fn told_raw<S: RawSource>(source: &S, document: &[u8], unwanted: usize) -> Result<Vec<Node>, Rejection> {
    let read = || {
        let mut watch = Watch::new(Told::Bytes(document.len()), unwanted);
        source.read(document, &mut watch)?;
        assert!(watch.open.is_empty(), "a document was not ended");
        Ok(watch.documents)
    };
    let known = read();
    assert_eq!(known, read(), "told differently the second time");
    let _ = source.paths_at(document, &[0, document.len() / 2, document.len()]);
    known.inspect_err(|fault| sound(fault, document))
}

/// Whether a rejection is one that helps and tells nothing it must not.
pub(super) fn sound(fault: &Rejection, document: &[u8]) {
    let place = fault.place.expect("a rejection has a place");
    let lines = document.iter().filter(|byte| **byte == b'\n').count() + 1;
    assert!((1..=lines).contains(&(place.line as usize)), "{fault}");
    assert!((1..=document.len() + 1).contains(&(place.column as usize)), "{fault}");
    assert!(!fault.text.is_empty() && !fault.remedy.is_empty());
    let shown = fault.to_string();
    assert!(!shown.contains(SECRET), "a value is shown: {shown}");
}
