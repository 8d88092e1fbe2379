// SPDX-License-Identifier: EUPL-1.2
//! XML written: names as the mapping spells them, all namespaces declared at the root element.

use hub_message::{Code, Rejection};

use super::characters::is_char;
use crate::sink::{Sink, ValueKind};
use crate::source::{Names, Symbol};

/// What the writer knows of a mapping.
#[derive(Debug, Clone, Default)]
pub(crate) struct Written {
    /// `<ubl:Invoice xmlns:… …`, without the closing `>`.
    pub(crate) root_open: String,
    /// `</ubl:Invoice>`
    pub(crate) root_close: String,
    /// One for each symbol, in the order of their numbers.
    tags: Vec<Tag>,
}

/// What is written around what bears a name.
#[derive(Debug, Clone)]
struct Tag {
    /// `><cbc:ID`, with the end of the tag before it.
    open: String,
    /// `</cbc:ID>`
    close: String,
    /// ` currencyID="`
    attribute: String,
}

impl Written {
    /// For a root element and the namespaces that are declared at it.
    pub(crate) fn new(root: &str, namespaces: &[(String, String)]) -> Self {
        let mut root_open = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root}");
        for (prefix, uri) in namespaces {
            root_open.push_str(" xmlns:");
            root_open.push_str(prefix);
            root_open.push_str("=\"");
            let mut escaped = Vec::new();
            // Loading refused a namespace with control characters.
            let _ = escape(uri, true, &mut escaped);
            root_open.push_str(&String::from_utf8_lossy(&escaped));
            root_open.push('"');
        }
        Self {
            root_open,
            root_close: format!("</{root}>\n"),
            tags: Vec::new(),
        }
    }

    /// Takes in all names that elements and attributes have.
    pub(crate) fn name(&mut self, names: &Names) {
        let tags = names.all().map(|name| Tag {
            open: format!("><{name}"),
            close: format!("</{name}>"),
            attribute: format!(" {name}=\""),
        });
        self.tags = tags.collect();
    }

    fn tag(&self, name: Symbol) -> Option<&Tag> {
        self.tags.get((name.number() as usize).checked_sub(1)?)
    }
}

/// Writes a document into a buffer.
pub(crate) struct XmlSink<'a> {
    written: &'a Written,
    out: &'a mut Vec<u8>,
    /// Whether a start tag waits for its `>`.
    open: bool,
}

impl<'a> XmlSink<'a> {
    pub(crate) fn new(written: &'a Written, out: &'a mut Vec<u8>) -> Self {
        Self {
            written,
            out,
            open: false,
        }
    }

    fn close_tag(&mut self) {
        if self.open {
            self.out.push(b'>');
            self.open = false;
        }
    }
}

impl Sink for XmlSink<'_> {
    fn begin(&mut self) -> Result<(), Rejection> {
        self.out.extend_from_slice(self.written.root_open.as_bytes());
        self.open = true;
        Ok(())
    }

    fn list(&mut self, _name: Symbol) -> Result<(), Rejection> {
        Ok(())
    }

    fn end_list(&mut self, _name: Symbol) -> Result<(), Rejection> {
        Ok(())
    }

    fn enter(&mut self, name: Symbol) -> Result<(), Rejection> {
        let open = self.written.tag(name).map_or(&[][..], |tag| tag.open.as_bytes());
        let from = usize::from(!self.open);
        self.out.extend_from_slice(open.get(from..).unwrap_or_default());
        self.open = true;
        Ok(())
    }

    fn attribute(&mut self, name: Symbol, value: &str) -> Result<(), Rejection> {
        let attribute = self.written.tag(name).map_or(&[][..], |tag| tag.attribute.as_bytes());
        self.out.extend_from_slice(attribute);
        escape(value, true, self.out)?;
        self.out.push(b'"');
        Ok(())
    }

    fn value(&mut self, value: &str, _kind: ValueKind) -> Result<(), Rejection> {
        if value.is_empty() {
            return Ok(());
        }
        self.close_tag();
        escape(value, false, self.out)
    }

    fn leave(&mut self, name: Symbol) -> Result<(), Rejection> {
        if self.open {
            self.out.extend_from_slice(b"/>");
            self.open = false;
        } else {
            let close = self.written.tag(name).map_or(&[][..], |tag| tag.close.as_bytes());
            self.out.extend_from_slice(close);
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Rejection> {
        self.close_tag();
        self.out.extend_from_slice(self.written.root_close.as_bytes());
        Ok(())
    }
}

/// What becomes of a byte.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Copied = 0,
    /// `<`, `>`, `&`, and what a reader would change.
    Escaped,
    /// As [`Fate::Escaped`], in attributes only.
    EscapedInAttribute,
    /// XML 1.0 has no way to carry it, not even by reference; or it begins a character of which that may be true.
    Doubtful,
}

const FATES: [Fate; 256] = {
    let mut fates = [Fate::Copied; 256];
    let mut byte = 0;
    while byte < 256 {
        // The index runs over the array's own length.
        #[allow(clippy::indexing_slicing)]
        {
            fates[byte] = match byte as u8 {
                b'<' | b'>' | b'&' | b'\r' => Fate::Escaped,
                b'"' | b'\n' | b'\t' => Fate::EscapedInAttribute,
                0..0x20 | 0xEF => Fate::Doubtful,
                _ => Fate::Copied,
            };
        }
        byte += 1;
    }
    fates
};

fn fate(byte: u8) -> Fate {
    FATES.get(byte as usize).copied().unwrap_or(Fate::Copied)
}

/// Escapes what a reader would take for markup, and line ends that a reader would change.
fn escape(value: &str, attribute: bool, out: &mut Vec<u8>) -> Result<(), Rejection> {
    let bytes = value.as_bytes();
    // Nearly all values are copied; to find that out without branches is cheaper than to stop at the first other byte.
    if bytes.iter().fold(0, |seen, byte| seen | fate(*byte) as u8) == Fate::Copied as u8 {
        out.extend_from_slice(bytes);
        return Ok(());
    }
    let mut clean = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let escaped: &[u8] = match (fate(*byte), byte) {
            (Fate::Copied, _) => continue,
            (Fate::Doubtful, _) => {
                check(value, at)?;
                continue;
            }
            (Fate::EscapedInAttribute, _) if !attribute => continue,
            (_, b'<') => b"&lt;",
            (_, b'>') => b"&gt;",
            (_, b'&') => b"&amp;",
            (_, b'\r') => b"&#13;",
            (_, b'"') => b"&quot;",
            (_, b'\n') => b"&#10;",
            (_, _) => b"&#9;",
        };
        out.extend_from_slice(bytes.get(clean..at).unwrap_or_default());
        out.extend_from_slice(escaped);
        clean = at + 1;
    }
    out.extend_from_slice(bytes.get(clean..).unwrap_or_default());
    Ok(())
}

/// Whether XML can carry the character that begins at a byte.
fn check(value: &str, at: usize) -> Result<(), Rejection> {
    if value.get(at..).and_then(|rest| rest.chars().next()).is_none_or(is_char) {
        return Ok(());
    }
    let position = value.get(..at).unwrap_or_default().chars().count();
    Err(Rejection::new(
        Code::new("AH-M217"),
        format!("character {} of the value cannot be written in XML", position + 1),
        "correct the value at its source",
    ))
}
