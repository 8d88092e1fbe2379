// SPDX-License-Identifier: EUPL-1.2
//! XML files that administrators lay down (schemas, code lists) as a tree whose nodes know where they stand.
//!
//! Documents of messages never come here; they go through the strict reader in [`crate::xml`] and are never made a tree.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use quick_xml::events::Event;
use quick_xml::reader::Reader;

/// Elements may nest this deep.
const DEPTH_MAX: usize = 128;
/// Bytes that one entity may stand for.
const ENTITY_BYTES_MAX: usize = 1024;

/// The bindings of prefixes that are in force, the innermost last.
type Bindings = Arc<Vec<(String, Arc<str>)>>;

/// An element.
#[derive(Debug)]
pub(crate) struct Node {
    /// Its namespace; empty without one.
    pub(crate) namespace: Arc<str>,
    /// Its local name.
    pub(crate) name: String,
    /// Its attributes without those that stand in a namespace.
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) children: Vec<Node>,
    /// The text directly in it.
    pub(crate) text: String,
    /// Byte range of its name in the start tag.
    pub(crate) at: Range<usize>,
    bindings: Bindings,
}

/// An attribute.
#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) value: String,
    /// Byte range of the value.
    pub(crate) at: Range<usize>,
}

/// Why a file is no XML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flaw {
    pub(crate) at: usize,
    pub(crate) text: &'static str,
}

impl Node {
    /// The value of an attribute.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.attribute(name).map(|attribute| attribute.value.as_str())
    }

    /// An attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// The namespace that a prefix means here; the default namespace for an empty one.
    pub(crate) fn bound(&self, prefix: &str) -> Option<&Arc<str>> {
        let mut bindings = self.bindings.iter().rev();
        bindings.find(|(known, _)| known == prefix).map(|(_, uri)| uri)
    }

    /// The prefixes that are bound here.
    pub(crate) fn prefixes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.bindings.iter().map(|(prefix, uri)| (prefix.as_str(), &**uri))
    }
}

/// Reads a whole file.
pub(crate) fn parse(text: &str) -> Result<Node, Flaw> {
    let mut reader = Reader::from_str(text);
    let mut growing = Growing::default();
    loop {
        let from = reader.buffer_position() as usize;
        let event = reader.read_event().map_err(|_| Flaw {
            at: reader.error_position() as usize,
            text: "this is not well-formed XML",
        })?;
        match event {
            Event::Start(tag) => growing.start(text, from, tag.name().0.len(), tag.len())?,
            Event::Empty(tag) => {
                growing.start(text, from, tag.name().0.len(), tag.len())?;
                growing.end();
            }
            Event::End(_) => growing.end(),
            Event::Text(piece) => growing.text(&piece),
            Event::CData(piece) => growing.text(&piece),
            Event::GeneralRef(reference) => {
                let resolved = growing.entity(&reference).ok_or(Flaw {
                    at: from,
                    text: "this reference is not known",
                })?;
                growing.text(&resolved);
            }
            Event::DocType(declaration) => growing.declare(&declaration),
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
            Event::Eof => {
                return growing.root.filter(|_| growing.open.is_empty()).ok_or(Flaw {
                    at: from,
                    text: "the file ends before its root element does",
                });
            }
        }
    }
}

/// The tree so far.
#[derive(Debug, Default)]
struct Growing {
    open: Vec<Node>,
    root: Option<Node>,
    entities: HashMap<String, String>,
}

impl Growing {
    /// A start tag at `from`, its name and its whole content so many bytes long.
    fn start(&mut self, text: &str, from: usize, name_length: usize, length: usize) -> Result<(), Flaw> {
        let flaw = |at, text| Err(Flaw { at, text });
        if self.root.is_some() && self.open.is_empty() {
            return flaw(from, "a second root element begins here");
        }
        if self.open.len() >= DEPTH_MAX {
            return flaw(from, "elements nest deeper than 128");
        }
        let at = from + 1..from + 1 + name_length;
        let raw = scan_attributes(text, at.end, from + 1 + length)?;
        let mut bindings = self
            .open
            .last()
            .map_or_else(Bindings::default, |above| Arc::clone(&above.bindings));
        let mut attributes = Vec::new();
        for (name, range) in raw {
            let value = self.resolved(text, &range)?;
            if let Some(prefix) = declared_prefix(name) {
                Arc::make_mut(&mut bindings).push((prefix.to_owned(), value.into()));
            } else if !name.contains(':') {
                attributes.push(Attribute {
                    name: name.to_owned(),
                    value,
                    at: range,
                });
            }
        }
        let spelled = text.get(at.clone()).unwrap_or_default();
        let (prefix, local) = spelled.split_once(':').unwrap_or(("", spelled));
        let mut node = Node {
            namespace: Arc::default(),
            name: local.to_owned(),
            attributes,
            children: Vec::new(),
            text: String::new(),
            at,
            bindings,
        };
        match (node.bound(prefix), prefix) {
            (Some(uri), _) => node.namespace = Arc::clone(uri),
            (None, "") => {}
            (None, _) => return flaw(from, "a prefix is not declared"),
        }
        self.open.push(node);
        Ok(())
    }

    fn end(&mut self) {
        let Some(done) = self.open.pop() else {
            return;
        };
        match self.open.last_mut() {
            Some(above) => above.children.push(done),
            None => self.root = Some(done),
        }
    }

    fn text(&mut self, piece: &str) {
        if let Some(open) = self.open.last_mut() {
            open.text.push_str(piece);
        }
    }

    /// Takes the simple entities of a document type: older schemas of the W3C have them.
    fn declare(&mut self, declaration: &str) {
        for part in declaration.split("<!ENTITY").skip(1) {
            let mut words = part.trim_start().splitn(2, char::is_whitespace);
            let (Some(name), Some(rest)) = (words.next(), words.next()) else {
                continue;
            };
            let rest = rest.trim_start();
            let value = ['"', '\'']
                .into_iter()
                .find_map(|quote| rest.strip_prefix(quote)?.split(quote).next());
            if let Some(value) = value.filter(|value| value.len() <= ENTITY_BYTES_MAX && !value.contains(['&', '<'])) {
                self.entities.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    fn entity(&self, name: &str) -> Option<String> {
        let known = match name {
            "amp" => "&",
            "lt" => "<",
            "gt" => ">",
            "quot" => "\"",
            "apos" => "'",
            _ => return character(name).or_else(|| self.entities.get(name).cloned()),
        };
        Some(known.to_owned())
    }

    /// An attribute's value with its references resolved.
    fn resolved(&self, text: &str, range: &Range<usize>) -> Result<String, Flaw> {
        let raw = text.get(range.clone()).unwrap_or_default();
        let mut pieces = raw.split('&');
        let mut value = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let resolved = piece
                .split_once(';')
                .and_then(|(name, rest)| Some((self.entity(name)?, rest)));
            let Some((resolved, rest)) = resolved else {
                return Err(Flaw {
                    at: range.start,
                    text: "this reference is not known",
                });
            };
            value.push_str(&resolved);
            value.push_str(rest);
        }
        Ok(value)
    }
}

/// The character of `#228` or `#xE4`.
fn character(reference: &str) -> Option<String> {
    let digits = reference.strip_prefix('#')?;
    let number = match digits.strip_prefix('x') {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    char::from_u32(number).map(String::from)
}

/// The prefix that `xmlns:p` or `xmlns` declares.
fn declared_prefix(name: &str) -> Option<&str> {
    match name.strip_prefix("xmlns")? {
        "" => Some(""),
        rest => rest.strip_prefix(':'),
    }
}

/// The names and the ranges of the values in a start tag.
fn scan_attributes(text: &str, from: usize, to: usize) -> Result<Vec<(&str, Range<usize>)>, Flaw> {
    let mut found = Vec::new();
    let mut at = from;
    let space = [' ', '\t', '\n', '\r'];
    loop {
        let rest = text.get(at..to).unwrap_or_default();
        let trimmed = rest.trim_start_matches(space);
        if trimmed.is_empty() || trimmed == "/" {
            return Ok(found);
        }
        let start = at + (rest.len() - trimmed.len());
        let scanned = trimmed.split_once('=').and_then(|(name, rest)| {
            let value = rest.trim_start_matches(space);
            let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let value = value.get(1..)?;
            let length = value.find(quote)?;
            let open = start + (trimmed.len() - value.len());
            Some((name.trim_end_matches(space), open..open + length))
        });
        let Some((name, value)) = scanned else {
            return Err(Flaw {
                at: start,
                text: "an attribute has no value",
            });
        };
        at = value.end + 1;
        found.push((name, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_know_their_names_and_places() {
        let text = "<!DOCTYPE a [<!ENTITY e \"urn:e\">]>\n<p:a xmlns:p='&e;' x=\"1 &lt; 2\"><b y='z'>t&#228;<![CDATA[<]]></b></p:a>";
        let root = parse(text).unwrap();
        assert_eq!((&*root.namespace, root.name.as_str()), ("urn:e", "a"));
        assert_eq!(root.get("x"), Some("1 < 2"));
        let b = &root.children[0];
        assert_eq!((&*b.namespace, b.name.as_str(), b.text.as_str()), ("", "b", "tä<"));
        assert_eq!(text.get(b.at.clone()), Some("b"));
        assert_eq!(text.get(b.attribute("y").unwrap().at.clone()), Some("z"));
        assert_eq!(b.bound("p").map(|uri| &**uri), Some("urn:e"));
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(parse(text).unwrap_err().text, expected, "{text}");
    }

    #[test]
    fn what_is_no_xml() {
        check("<a>", "the file ends before its root element does");
        check("<a/><b/>", "a second root element begins here");
        check("<p:a/>", "a prefix is not declared");
        check("<a x='&y;'/>", "this reference is not known");
        check("<a>&y;</a>", "this reference is not known");
        check("<a x/>", "an attribute has no value");
        check("<a></b>", "this is not well-formed XML");
        check(
            &format!("{}{}", "<a>".repeat(129), "</a>".repeat(129)),
            "elements nest deeper than 128",
        );
    }
}
