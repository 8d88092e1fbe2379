// SPDX-License-Identifier: EUPL-1.2
//! The parts of one message, and which of them are its text.

use std::cell::Cell;
use std::ops::Range;

use crate::mime::block::{Block, Field, Stray};
use crate::mime::boundary;
use crate::mime::charset::Bad;
use crate::mime::params::Params;
use crate::mime::{Fault, slice};

/// The most parts of a mail, nested messages included.
pub(super) const PARTS_MAX: usize = 1_000;

/// The deepest nesting of multiparts in a message.
const DEPTH_MAX: usize = 20;

/// What is walked: the mail itself, or a nested message that had to be decoded first, whose offsets then all are that of
/// the part which held it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Level<'a> {
    pub(super) input: &'a [u8],
    pub(super) fixed: Option<usize>,
    /// Parts so far, over all levels.
    pub(super) parts: &'a Cell<usize>,
}

/// A part of a message; the message itself is one.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) block: Block,
    /// Where its header begins.
    pub(super) begins: usize,
    pub(super) body: Range<usize>,
    /// Media type in small letters, and its parameters.
    pub(super) kind: Params,
    pub(super) disposition: Params,
    children: Vec<Part>,
}

impl Level<'_> {
    /// The offset in the mail.
    pub(super) fn at(&self, offset: usize) -> usize {
        self.fixed.unwrap_or(offset)
    }

    /// A fault of this level as one of the mail.
    pub(super) fn moved(&self, mut fault: Fault) -> Fault {
        fault.offset = self.at(fault.offset);
        fault
    }

    /// A field that cannot be decoded.
    pub(super) fn undecodable(&self, bad: Bad, at: usize) -> Fault {
        undecodable(bad, self.at(at))
    }

    /// The message that stands in a range.
    pub(super) fn message(&self, range: &Range<usize>) -> Result<Part, Fault> {
        let mut range = range.clone();
        // A file out of a mailbox begins with a line that is none of the message (RFC 4155).
        loop {
            let rest = slice(self.input, range.clone());
            if !rest.starts_with(b"From ") && !rest.starts_with(b">From ") {
                break;
            }
            range.start = crate::mime::block::line(self.input, range.start, range.end).next;
        }
        let part = self
            .part(&range, "text/plain", Stray::Refused, 0)
            .map_err(|fault| self.moved(fault))?;
        if part.block.fields.is_empty() {
            return Err(Fault::new(
                self.at(range.start),
                "AH-E141",
                "this is no mail: it begins with no header",
                "have the source hand over the whole message as it came, from its first header line on",
            ));
        }
        Ok(part)
    }

    fn part(&self, range: &Range<usize>, default: &str, stray: Stray, depth: usize) -> Result<Part, Fault> {
        self.parts.set(self.parts.get() + 1);
        if self.parts.get() > PARTS_MAX {
            return Err(too_many(range.start));
        }
        let block = Block::parse(self.input, range, stray)?;
        let kind = match block.find(self.input, "content-type") {
            Some(field) => known(self.params(field)?),
            None => Params::of(default),
        };
        let disposition = match block.find(self.input, "content-disposition") {
            Some(field) => self.params(field)?,
            None => Params::default(),
        };
        let body = block.end..range.end;
        let children = if kind.value.starts_with("multipart/") {
            let at = block
                .find(self.input, "content-type")
                .map_or(range.start, |field| field.place(self.input, &[]));
            self.children(&body, &kind, at, depth)?
        } else {
            Vec::new()
        };
        Ok(Part {
            block,
            begins: range.start,
            body,
            kind,
            disposition,
            children,
        })
    }

    fn children(&self, body: &Range<usize>, kind: &Params, at: usize, depth: usize) -> Result<Vec<Part>, Fault> {
        if depth >= DEPTH_MAX {
            return Err(too_deep(body.start));
        }
        let boundary = kind
            .get("boundary")
            .filter(|boundary| !boundary.is_empty())
            .ok_or_else(|| {
                let text = "a multipart does not say by which boundary its parts are divided";
                Fault::new(
                    at,
                    "AH-E138",
                    text,
                    "have the sender send it again from another program",
                )
            })?;
        let divided = boundary::divide(self.input, body, boundary.as_bytes(), PARTS_MAX);
        if divided.parts.len() > PARTS_MAX {
            return Err(too_many(body.start));
        }
        if !divided.found {
            let text = "the boundary that this multipart names does not stand in its body";
            return Err(Fault::new(
                at,
                "AH-E139",
                text,
                "have it sent again; see whether the body was lost on the way",
            ));
        }
        if divided.closed.is_none() {
            let text = "a multipart ends without its closing boundary";
            return Err(Fault::new(
                body.end,
                "AH-E140",
                text,
                "have it sent again; see whether the transfer was cut off: the last attachment may lack its end",
            ));
        }
        let default = if kind.value == "multipart/digest" {
            "message/rfc822"
        } else {
            "text/plain"
        };
        let parts = divided.parts.iter();
        parts
            .map(|range| self.part(range, default, Stray::Begins, depth + 1))
            .collect()
    }

    fn params(&self, field: &Field) -> Result<Params, Fault> {
        Params::parse(slice(self.input, field.value.clone()))
            .map_err(|bad| undecodable(bad, field.place(self.input, &[])))
    }
}

/// A type that is none counts as text (RFC 2045, section 5.2), one that is not text as any bytes.
fn known(kind: Params) -> Params {
    if !kind.value.contains('/') {
        let meant = match kind.value.as_str() {
            "" | "text" => "text/plain",
            _ => "application/octet-stream",
        };
        return Params::of(meant).with(kind);
    }
    kind
}

/// What cannot be decoded is refused, never replaced.
pub(crate) fn undecodable(bad: Bad, at: usize) -> Fault {
    match bad {
        Bad::Unknown => Fault::new(
            at,
            "AH-E130",
            "the charset of this text is none that is known here",
            "have the sender send it again in UTF-8",
        ),
        Bad::Malformed => Fault::new(
            at,
            "AH-E131",
            "this text is not in the charset that it says",
            "have the sender send it again in UTF-8; what the bytes were to mean cannot be told",
        ),
    }
}

fn too_many(at: usize) -> Fault {
    Fault::new(
        at,
        "AH-E136",
        format!("the mail has more than {PARTS_MAX} parts"),
        "look at the original; a mail like this is an attack or a fault of the sender",
    )
}

/// A nesting that nobody writes.
pub(super) fn too_deep(at: usize) -> Fault {
    Fault::new(
        at,
        "AH-E137",
        format!("parts are nested more than {DEPTH_MAX} deep"),
        "look at the original; a mail like this is an attack or a fault of the sender",
    )
}

impl Part {
    /// The file name, as either of the two headers says it.
    pub(super) fn file_name(&self) -> Option<&str> {
        self.disposition.get("filename").or_else(|| self.kind.get("name"))
    }

    /// Whether it is a message in a message.
    pub(super) fn is_message(&self) -> bool {
        matches!(self.kind.value.as_str(), "message/rfc822" | "message/global")
    }

    /// All parts that are no multiparts, in the order of the message.
    pub(super) fn leaves(&self) -> Vec<&Part> {
        if !self.kind.value.starts_with("multipart/") {
            return vec![self];
        }
        self.children.iter().flat_map(Part::leaves).collect()
    }

    /// The parts that are the text of the message.
    pub(super) fn bodies(&self) -> Bodies<'_> {
        let mut bodies = Bodies::default();
        bodies.collect(std::slice::from_ref(self), "mixed", false, (true, true));
        bodies
    }
}

/// The parts that are the text of a message (RFC 8621, section 4.1.4), as plain text and as HTML.
#[derive(Debug, Default)]
pub(super) struct Bodies<'p> {
    pub(super) text: Vec<&'p Part>,
    pub(super) html: Vec<&'p Part>,
}

impl<'p> Bodies<'p> {
    /// Whether a part is among them.
    pub(super) fn has(&self, part: &Part) -> bool {
        self.text.iter().chain(&self.html).any(|body| std::ptr::eq(*body, part))
    }

    fn collect(&mut self, parts: &'p [Part], around: &str, in_alternative: bool, wanted: (bool, bool)) {
        let (mut text, mut html) = wanted;
        let before = (self.text.len(), self.html.len());
        for (index, part) in parts.iter().enumerate() {
            let kind = part.kind.value.as_str();
            if let Some(inner) = kind.strip_prefix("multipart/") {
                self.collect(
                    &part.children,
                    inner,
                    in_alternative || inner == "alternative",
                    (text, html),
                );
                continue;
            }
            let is_plain = kind == "text/plain";
            // A second text with a file name is an attachment, and so is everything but the first in `related`.
            let first = index == 0 || (around != "related" && part.file_name().is_none());
            let shown = part.disposition.value != "attachment" && first;
            if !shown || !(is_plain || kind == "text/html") {
                continue;
            }
            if around != "alternative" && in_alternative {
                (text, html) = (text && is_plain, html && !is_plain);
            }
            let both = around != "alternative";
            if text && (both || is_plain) {
                self.text.push(part);
            }
            if html && (both || !is_plain) {
                self.html.push(part);
            }
        }
        if around == "alternative" && text && html {
            let found = (self.text.len() > before.0, self.html.len() > before.1);
            match found {
                (false, true) => self.text.extend(self.html.iter().skip(before.1)),
                (true, false) => self.html.extend(self.text.iter().skip(before.0)),
                _ => {}
            }
        }
    }
}
