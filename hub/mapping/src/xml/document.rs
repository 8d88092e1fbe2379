// SPDX-License-Identifier: EUPL-1.2
//! The strict walk over a document.

use std::ops::Range;

use hub_message::Rejection;
use quick_xml::events::Event;
use quick_xml::reader::Reader;

use super::attributes::Attribute;
use super::characters::{self, is_space};
use super::declaration;
use super::fault::{Breach, refuse};
use super::namespaces::Namespaces;
use super::{TEXT_BYTES_MAX, Xml};
use crate::source::{Listener, Piece};

/// Buffers of the walk, used again from document to document.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(super) namespaces: Namespaces,
    pub(super) open: Vec<Open>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) value: String,
}

/// An element that is open.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open {
    /// Byte range of its name.
    pub(super) name: (usize, usize),
    /// Bindings in force outside.
    pub(super) outside: usize,
    /// Whether the listener is told about what is in it.
    pub(super) told: bool,
    /// Whether text was told.
    pub(super) has_text: bool,
    /// Whether a child element was met.
    pub(super) has_child: bool,
    /// Bytes of text so far.
    pub(super) text: usize,
}

/// Where in the document the walk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing was met.
    Start,
    /// Before the root element.
    Prolog,
    /// In the root element.
    Inside,
    /// Behind it.
    Epilog,
}

pub(super) struct Walk<'w, L> {
    pub(super) xml: &'w Xml,
    pub(super) text: &'w str,
    pub(super) state: &'w mut State,
    pub(super) to: &'w mut L,
    pub(super) phase: Phase,
    returns: bool,
    brackets: bool,
}

/// Walks a document.
pub(super) fn read<L: Listener>(xml: &Xml, text: &str, state: &mut State, to: &mut L) -> Result<(), Rejection> {
    if text.is_empty() {
        return Err(refuse(Breach::Empty, text, 0, "the document is empty"));
    }
    let scanned = characters::scan(text)?;
    state.namespaces.clear();
    state.open.clear();
    let mut walk = Walk {
        xml,
        text,
        state,
        to,
        phase: Phase::Start,
        returns: scanned.returns,
        brackets: scanned.brackets,
    };
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.check_comments = false;
    loop {
        let from = reader.buffer_position() as usize;
        let event = reader
            .read_event()
            .map_err(|error| refuse(Breach::Syntax, text, reader.error_position() as usize, syntax(&error)))?;
        let to = reader.buffer_position() as usize;
        if walk.event(&event, from, to)? {
            return Ok(());
        }
    }
}

/// quick-xml's own errors in words, nothing of the document in them.
fn syntax(error: &quick_xml::Error) -> &'static str {
    use quick_xml::errors::{IllFormedError, SyntaxError};
    match error {
        quick_xml::Error::Syntax(SyntaxError::UnclosedComment) => "a comment is not closed",
        quick_xml::Error::Syntax(SyntaxError::UnclosedCData) => "a CDATA section is not closed",
        quick_xml::Error::Syntax(SyntaxError::UnclosedPI | SyntaxError::UnclosedXmlDecl) => {
            "a processing instruction is not closed"
        }
        quick_xml::Error::Syntax(SyntaxError::UnclosedDoctype) => "a DOCTYPE is not closed",
        quick_xml::Error::Syntax(SyntaxError::InvalidBangMarkup) => "`<!` begins neither a comment nor a CDATA section",
        quick_xml::Error::IllFormed(IllFormedError::UnclosedReference) => "a reference is not closed by `;`",
        _ => "a tag is not closed",
    }
}

impl<L: Listener> Walk<'_, L> {
    /// Takes an event; `true`: the document ended well.
    fn event(&mut self, event: &Event<'_>, from: usize, to: usize) -> Result<bool, Rejection> {
        let before = self.phase;
        if self.phase == Phase::Start {
            self.phase = Phase::Prolog;
        }
        match event {
            Event::Start(tag) => self.start(from, tag.len(), tag.name().0.len(), false)?,
            Event::Empty(tag) => self.start(from, tag.len(), tag.name().0.len(), true)?,
            Event::End(_) => self.end(from, to)?,
            Event::Text(text) => self.characters(from, text.len())?,
            Event::CData(data) => self.cdata(from + "<![CDATA[".len(), data.len())?,
            Event::GeneralRef(reference) => self.reference(from, reference)?,
            Event::Comment(comment) => {
                if comment.contains("--") || comment.ends_with('-') {
                    return Err(self.refuse(Breach::Markup, from, "`--` stands in a comment"));
                }
            }
            Event::PI(instruction) => self.instruction(from, instruction)?,
            Event::Decl(_) => {
                if before != Phase::Start || from != 0 {
                    return Err(self.refuse(
                        Breach::Declaration,
                        from,
                        "the XML declaration stands at the beginning only",
                    ));
                }
                declaration::check(self.text, from, to)?;
            }
            Event::DocType(_) => return Err(self.refuse(Breach::Doctype, from, "the document has a DOCTYPE")),
            Event::Eof => return self.eof(from).map(|()| true),
        }
        Ok(false)
    }

    pub(super) fn refuse(&self, breach: Breach, at: usize, sentence: &str) -> Rejection {
        refuse(breach, self.text, at, sentence)
    }

    pub(super) fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }

    fn end(&mut self, from: usize, to: usize) -> Result<(), Rejection> {
        let Some(open) = self.state.open.last() else {
            return Err(self.refuse(Breach::Balance, from, "an end tag has no start tag"));
        };
        let name = self.slice(open.name.0..open.name.1);
        let tag = self.slice(from + 2..to.saturating_sub(1));
        if tag != name && tag.trim_end_matches([' ', '\t', '\n', '\r']) != name {
            return Err(self.refuse(
                Breach::Balance,
                from,
                "an end tag closes another element than the one that is open",
            ));
        }
        self.close(from);
        Ok(())
    }

    pub(super) fn close(&mut self, at: usize) {
        let Some(open) = self.state.open.pop() else {
            return;
        };
        self.state.namespaces.leave(open.outside);
        let is_root = self.state.open.is_empty();
        if open.told {
            if !open.has_text && !open.has_child {
                self.to.text(Piece::Span(at, at));
            }
            if !is_root {
                self.to.leave(at);
            }
        }
        if is_root {
            self.phase = Phase::Epilog;
            self.to.end(at);
        }
    }

    /// Text outside of markup.
    fn characters(&mut self, at: usize, length: usize) -> Result<(), Rejection> {
        let text = self.text;
        let raw = text.get(at..at + length).unwrap_or_default();
        if self.phase != Phase::Inside {
            if let Some(offset) = raw.bytes().position(|b| !is_space(b)) {
                let sentence = "text stands outside of the root element";
                return Err(self.refuse(Breach::Root, at + offset, sentence));
            }
            return Ok(());
        }
        if self.brackets
            && raw.as_bytes().contains(&b']')
            && let Some(offset) = raw.find("]]>")
        {
            return Err(self.refuse(Breach::Markup, at + offset, "`]]>` stands in a text"));
        }
        self.tell(at, length)
    }

    fn cdata(&mut self, at: usize, length: usize) -> Result<(), Rejection> {
        if self.phase != Phase::Inside {
            return Err(self.refuse(Breach::Root, at, "text stands outside of the root element"));
        }
        self.tell(at, length)
    }

    fn tell(&mut self, at: usize, length: usize) -> Result<(), Rejection> {
        let text = self.text;
        let raw = text.get(at..at + length).unwrap_or_default();
        let Some(open) = self.state.open.last_mut() else {
            return Ok(());
        };
        open.text += length;
        if open.text > TEXT_BYTES_MAX {
            return Err(self.refuse(Breach::Limit, at, "a text is longer than 10 MiB"));
        }
        // White space behind a child element is layout, and what stands in a nil element is none of its text.
        let is_layout = open.has_child && !open.has_text && raw.bytes().all(is_space);
        if !open.told || is_layout {
            return Ok(());
        }
        open.has_text = true;
        if self.returns && raw.contains('\r') {
            // Line ends become one line feed (section 2.11).
            let made = raw.replace("\r\n", "\n").replace('\r', "\n");
            self.to.text(Piece::Made(&made, at));
        } else {
            self.to.text(Piece::Span(at, at + length));
        }
        Ok(())
    }

    fn reference(&mut self, at: usize, name: &str) -> Result<(), Rejection> {
        if self.phase != Phase::Inside {
            return Err(self.refuse(Breach::Root, at, "text stands outside of the root element"));
        }
        let Some(c) = characters::reference(name) else {
            return Err(self.refuse(Breach::Reference, at, "this reference is not known"));
        };
        if let Some(open) = self.state.open.last_mut().filter(|open| open.told) {
            open.has_text = true;
            let mut buffer = [0; 4];
            self.to.text(Piece::Made(c.encode_utf8(&mut buffer), at));
        }
        Ok(())
    }

    fn instruction(&mut self, at: usize, content: &str) -> Result<(), Rejection> {
        let target = content.split([' ', '\t', '\n', '\r']).next().unwrap_or_default();
        if target.eq_ignore_ascii_case("xml") {
            let sentence = "the XML declaration stands at the beginning only, in small letters";
            return Err(self.refuse(Breach::Declaration, at, sentence));
        }
        if !characters::is_plain_name(target) {
            return Err(self.refuse(Breach::Markup, at, "a processing instruction has no name"));
        }
        Ok(())
    }

    fn eof(&self, at: usize) -> Result<(), Rejection> {
        match self.phase {
            Phase::Epilog => Ok(()),
            Phase::Inside => Err(self.refuse(
                Breach::Balance,
                at,
                "the document ends before its root element is closed",
            )),
            Phase::Start | Phase::Prolog => Err(self.refuse(Breach::Empty, at, "the document has no root element")),
        }
    }
}
