// SPDX-License-Identifier: EUPL-1.2
//! The strict walk over a document.

use std::ops::Range;

use hub_message::Rejection;
use quick_xml::events::Event;
use quick_xml::reader::Reader;

use super::attributes::{self, Attribute};
use super::characters::{self, is_space};
use super::fault::{Breach, refuse};
use super::namespaces::{Namespaces, XML, XMLNS};
use super::{DEPTH_MAX, NAME_BYTES_MAX, TEXT_BYTES_MAX, Xml};
use crate::source::{Listener, Piece, Symbol};

/// Buffers of the walk, used again from document to document.
#[derive(Debug, Default)]
pub(crate) struct State {
    namespaces: Namespaces,
    open: Vec<Open>,
    attributes: Vec<Attribute>,
    value: String,
}

/// An element that is open.
#[derive(Debug, Clone, Copy)]
struct Open {
    /// Byte range of its name.
    name: (usize, usize),
    /// Bindings in force outside.
    outside: usize,
    /// Whether the listener is told about what is in it.
    told: bool,
    /// Whether text was told.
    has_text: bool,
    /// Whether a child element was met.
    has_child: bool,
    /// Bytes of text so far.
    text: usize,
}

/// Where in the document the walk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nothing was met.
    Start,
    /// Before the root element.
    Prolog,
    /// In the root element.
    Inside,
    /// Behind it.
    Epilog,
}

struct Walk<'w, L> {
    xml: &'w Xml,
    text: &'w str,
    state: &'w mut State,
    to: &'w mut L,
    phase: Phase,
    returns: bool,
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
                declaration(self.text, from, to)?;
            }
            Event::DocType(_) => return Err(self.refuse(Breach::Doctype, from, "the document has a DOCTYPE")),
            Event::Eof => return self.eof(from).map(|()| true),
        }
        Ok(false)
    }

    fn refuse(&self, breach: Breach, at: usize, sentence: &str) -> Rejection {
        refuse(breach, self.text, at, sentence)
    }

    fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }

    fn start(&mut self, at: usize, length: usize, name_length: usize, empty: bool) -> Result<(), Rejection> {
        if self.phase == Phase::Epilog {
            return Err(self.refuse(Breach::Root, at, "a second root element begins here"));
        }
        if self.state.open.len() >= DEPTH_MAX {
            return Err(self.refuse(Breach::Limit, at, "elements nest deeper than 64"));
        }
        if name_length > NAME_BYTES_MAX {
            return Err(self.refuse(Breach::Limit, at, "a name is longer than 1 KiB"));
        }
        let name = (at + 1, at + 1 + name_length);
        let mut attributes = std::mem::take(&mut self.state.attributes);
        let done = self.element(at, name, at + 1 + length, &mut attributes);
        self.state.attributes = attributes;
        done?;
        if empty {
            self.close(at);
        }
        Ok(())
    }

    fn element(
        &mut self,
        at: usize,
        name: (usize, usize),
        end: usize,
        attributes: &mut Vec<Attribute>,
    ) -> Result<(), Rejection> {
        let outside = self.state.namespaces.mark();
        if name.1 < end {
            attributes::parse(self.text, name.1, end, attributes)?;
        } else {
            attributes.clear();
        }
        for attribute in attributes.iter() {
            self.bind(attribute)?;
        }
        let is_root = self.phase == Phase::Prolog;
        if is_root {
            self.state.namespaces.root_is_bound();
        }
        let text = self.text;
        let spelled = text.get(name.0..name.1).unwrap_or_default();
        let known = self.state.namespaces.look_up(spelled, false, self.to.names());
        let Some(known) = known else {
            return Err(self.bad_name(spelled, name.0));
        };
        let told = if is_root {
            self.check_root(spelled, at)?;
            self.phase = Phase::Inside;
            self.to.begin(at);
            true
        } else {
            let above = self.state.open.last_mut();
            let told = above.is_some_and(|above| {
                above.has_child = true;
                above.told
            });
            told && self.to.enter(known.symbol, spelled, at)
        };
        let mut open = Open {
            name,
            outside,
            told,
            has_text: false,
            has_child: false,
            text: 0,
        };
        if !attributes.is_empty() {
            self.check_duplicates(attributes)?;
            for attribute in attributes.iter() {
                self.attribute(attribute, &mut open)?;
            }
        }
        self.state.open.push(open);
        Ok(())
    }

    /// Binds a prefix if the attribute is a declaration (Namespaces in XML 1.0, section 3).
    fn bind(&mut self, attribute: &Attribute) -> Result<(), Rejection> {
        let text = self.text;
        let name = text.get(attribute.name.clone()).unwrap_or_default();
        let prefix = match name.strip_prefix("xmlns") {
            Some("") => "",
            Some(rest) if rest.starts_with(':') => rest.get(1..).unwrap_or_default(),
            _ => return Ok(()),
        };
        let at = attribute.name.start;
        attributes::normalised(text, &attribute.value, &mut self.state.value)?;
        let namespace = self.state.value.as_str();
        let fault = match (prefix, namespace) {
            ("xmlns", _) => Some("the prefix `xmlns` cannot be declared"),
            ("xml", XML) => None,
            ("xml", _) | (_, XML) => Some("the prefix `xml` and its namespace belong together"),
            (_, XMLNS) => Some("the namespace of `xmlns` cannot be bound"),
            ("", _) => None,
            (_, "") => Some("a prefix cannot be bound to nothing"),
            (prefix, _) if !characters::is_plain_name(prefix) => Some("this is no prefix"),
            _ => None,
        };
        if let Some(sentence) = fault {
            return Err(self.refuse(Breach::Namespace, at, sentence));
        }
        let value = std::mem::take(&mut self.state.value);
        self.state.namespaces.bind(prefix, &value);
        self.state.value = value;
        Ok(())
    }

    fn bad_name(&self, name: &str, at: usize) -> Rejection {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let is_name = characters::is_plain_name(local) && (!name.contains(':') || characters::is_plain_name(prefix));
        if is_name {
            self.refuse(Breach::Namespace, at, "a prefix is not declared")
        } else {
            self.refuse(Breach::Name, at, "this is no name of XML")
        }
    }

    fn check_root(&self, spelled: &str, at: usize) -> Result<(), Rejection> {
        let (prefix, local) = spelled.split_once(':').unwrap_or(("", spelled));
        let namespace = self.state.namespaces.namespace(prefix).unwrap_or_default();
        if local == self.xml.root_local && namespace == self.xml.root_namespace {
            return Ok(());
        }
        let sentence = format!(
            "the root element is not `{}`, which this mapping reads",
            self.xml.root_spelled
        );
        Err(refuse(Breach::WrongRoot, self.text, at, sentence))
    }

    /// No two attributes with the same expanded name (Namespaces in XML 1.0, section 6.3).
    fn check_duplicates(&self, attributes: &[Attribute]) -> Result<(), Rejection> {
        for (index, attribute) in attributes.iter().enumerate() {
            let name = self.slice(attribute.name.clone());
            for other in attributes.get(..index).unwrap_or_default() {
                if self.same_name(name, self.slice(other.name.clone())) {
                    let at = attribute.name.start;
                    return Err(self.refuse(
                        Breach::DuplicateAttribute,
                        at,
                        "an attribute stands twice in an element",
                    ));
                }
            }
        }
        Ok(())
    }

    fn same_name(&self, one: &str, other: &str) -> bool {
        if one == other {
            return true;
        }
        let (Some((a, local_a)), Some((b, local_b))) = (one.split_once(':'), other.split_once(':')) else {
            return false;
        };
        local_a == local_b && self.state.namespaces.namespace(a) == self.state.namespaces.namespace(b)
    }

    fn attribute(&mut self, attribute: &Attribute, open: &mut Open) -> Result<(), Rejection> {
        let text = self.text;
        let name = text.get(attribute.name.clone()).unwrap_or_default();
        if name.starts_with("xmlns") && (name.len() == 5 || name.as_bytes().get(5) == Some(&b':')) {
            return Ok(());
        }
        let Some(known) = self.state.namespaces.look_up(name, true, self.to.names()) else {
            return Err(self.bad_name(name, attribute.name.start));
        };
        if attribute.changes {
            attributes::normalised(text, &attribute.value, &mut self.state.value)?;
        }
        if !open.told || name.starts_with("xml:") {
            return Ok(());
        }
        if known.is_xsi && known.symbol == Symbol::UNKNOWN {
            let value = text.get(attribute.value.clone()).unwrap_or_default().trim();
            // What is nil is absent: its text is not told, and neither is that it is empty.
            open.has_child |= name.ends_with(":nil") && matches!(value, "true" | "1");
            return Ok(());
        }
        let piece = if attribute.changes {
            Piece::Made(&self.state.value, attribute.value.start)
        } else {
            Piece::Span(attribute.value.start, attribute.value.end)
        };
        self.to.attribute(known.symbol, name, piece);
        Ok(())
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

    fn close(&mut self, at: usize) {
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
        if let Some(offset) = raw.find("]]>") {
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
        let too_long = self.state.open.last_mut().is_some_and(|open| {
            open.text += length;
            open.text > TEXT_BYTES_MAX
        });
        if too_long {
            return Err(self.refuse(Breach::Limit, at, "a text is longer than 10 MiB"));
        }
        let Some(open) = self.state.open.last_mut() else {
            return Ok(());
        };
        if !open.told || (open.has_child && !open.has_text && self.nil_or_mixed(at, length)) {
            return Ok(());
        }
        if let Some(open) = self.state.open.last_mut() {
            open.has_text = true;
        }
        let raw = self.text.get(at..at + length).unwrap_or_default();
        if self.returns && raw.contains('\r') {
            // Line ends become one line feed (section 2.11).
            let made = raw.replace("\r\n", "\n").replace('\r', "\n");
            self.to.text(Piece::Made(&made, at));
        } else {
            self.to.text(Piece::Span(at, at + length));
        }
        Ok(())
    }

    /// White space behind a child element is layout; it is not told.
    fn nil_or_mixed(&self, at: usize, length: usize) -> bool {
        self.slice(at..at + length).bytes().all(is_space)
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

/// The XML declaration (section 2.8): `version`, then `encoding`, then `standalone`.
fn declaration(text: &str, from: usize, to: usize) -> Result<(), Rejection> {
    let wrong = |at: usize, sentence: &str| Err(refuse(Breach::Declaration, text, at, sentence));
    let mut found = Vec::new();
    attributes::parse(text, from + "<?xml".len(), to - "?>".len(), &mut found).map_err(|fault| Rejection {
        code: hub_message::Code::new("AH-X112"),
        ..fault
    })?;
    let part = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
    let mut expected = ["version", "encoding", "standalone"].into_iter();
    for (index, attribute) in found.iter().enumerate() {
        let (name, value) = (part(&attribute.name), part(&attribute.value));
        if (index == 0) != (name == "version") || !expected.any(|known| known == name) {
            return wrong(
                attribute.name.start,
                "the XML declaration has version, encoding and standalone, in this order",
            );
        }
        let fits = match name {
            "version" => value == "1.0",
            "standalone" => matches!(value, "yes" | "no"),
            _ => {
                let mut bytes = value.bytes();
                bytes.next().is_some_and(|b| b.is_ascii_alphabetic())
                    && bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
            }
        };
        if !fits {
            return wrong(
                attribute.value.start,
                "this is no value for the XML declaration; the version must be 1.0",
            );
        }
    }
    if found.is_empty() {
        return wrong(from, "the XML declaration has no version");
    }
    Ok(())
}
