// SPDX-License-Identifier: EUPL-1.2
//! E-mail as a source of the mapping engine.

use std::borrow::Cow;
use std::cell::Cell;

use hub_message::Rejection;

use super::part::{Bodies, Level, Part, too_deep};
use super::{MailFormat, flowed, header, html};
use crate::mime::block::Field;
use crate::mime::finder::Finder;
use crate::mime::transfer::Transfer;
use crate::mime::{Fault, charset, slice, words};
use crate::source::{Found, Listener, Piece, RawSource, Symbol};

/// The deepest nesting of messages in messages.
const MESSAGES_MAX: usize = 10;

impl RawSource for MailFormat {
    fn read<L: Listener>(&self, input: &[u8], to: &mut L) -> Result<(), Rejection> {
        walk(input, to).map_err(|fault| fault.in_input(input))
    }

    fn paths_at(&self, input: &[u8], offsets: &[usize]) -> Vec<String> {
        Finder::find(offsets, |finder| {
            // Whatever is wrong further on, the paths before it stand.
            let _ = walk(input, finder);
        })
    }
}

fn walk<L: Listener>(input: &[u8], to: &mut L) -> Result<(), Fault> {
    let parts = Cell::new(0);
    let level = Level {
        input,
        fixed: None,
        parts: &parts,
    };
    let start = if input.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let range = start..input.len();
    let message = level.message(&range)?;
    to.begin(0);
    if to.takes().content {
        to.content(Found {
            bytes: slice(input, range),
            media_type: "message/rfc822",
            name: None,
            at: 0,
        });
    }
    Telling { level, to, depth: 0 }.message(&message)?;
    to.end(input.len());
    Ok(())
}

struct Telling<'t, L> {
    level: Level<'t>,
    to: &'t mut L,
    depth: usize,
}

impl<'t, L: Listener> Telling<'t, L> {
    /// What stands in a message: its header, its text, its parts.
    fn message(&mut self, message: &Part) -> Result<(), Fault> {
        for field in &message.block.fields {
            self.header(field)?;
        }
        let bodies = message.bodies();
        self.text_body(&bodies)?;
        self.html_body(&bodies)?;
        for part in message.leaves() {
            if part.is_message() {
                self.nested(part)?;
            } else if !bodies.has(part) {
                self.part(part)?;
            }
        }
        Ok(())
    }

    /// A header field. One of which nothing is wanted is not decoded.
    fn header(&mut self, field: &Field) -> Result<(), Fault> {
        let name = field.name(self.level.input);
        let symbol = self.to.names().find_in("header", &name);
        let silent = symbol == Symbol::UNKNOWN && !header::AUTHORED.contains(&name.as_str());
        if silent && !self.to.is_curious() {
            return Ok(());
        }
        let spelled = format!("header:{}", field.spelled(self.level.input));
        let raw = slice(self.level.input, field.value.clone());
        let (start, begins) = (field.value.start, field.place(self.level.input, &[]));
        if !self.to.enter(symbol, &spelled, self.level.at(begins)) {
            return Ok(());
        }
        let occurrences = match header::occurrences(header::Kind::of(&name), raw) {
            Ok(occurrences) => occurrences,
            // Who only looks for a path goes on.
            Err(_) if self.to.is_curious() => Vec::new(),
            Err(bad) => return Err(self.level.undecodable(bad, begins)),
        };
        for (index, (offset, occurrence)) in occurrences.iter().enumerate() {
            let at = self.level.at(start + offset);
            if index > 0 {
                self.to.leave(at);
                if !self.to.enter(symbol, &spelled, at) {
                    return Ok(());
                }
            }
            for (name, value) in &occurrence.attributes {
                self.attribute(name, value, at);
            }
            self.text(&occurrence.text, at);
        }
        self.to.leave(self.level.at(field.value.end));
        Ok(())
    }

    /// The text of the message: its plain text, or that of its HTML.
    fn text_body(&mut self, bodies: &Bodies<'_>) -> Result<(), Fault> {
        let Some(first) = bodies.text.first() else {
            return Ok(());
        };
        let at = self.level.at(first.body.start);
        let symbol = self.to.names().find_in("body", "text");
        if !self.to.enter(symbol, "body:text", at) {
            return Ok(());
        }
        self.attribute("type", &first.kind.value, at);
        if self.to.takes().text {
            let mut text = String::new();
            for part in &bodies.text {
                let read = self.decoded(part)?;
                let read = match part.kind.value.as_str() {
                    "text/html" => html::text(&read),
                    _ if flows(part) => flowed::joined(&read, part.kind.get("delsp").is_some_and(is_yes)),
                    _ => read,
                };
                add(&mut text, &read);
            }
            self.text(&text, at);
        }
        self.whole(&bodies.text)?;
        self.to.leave(at);
        Ok(())
    }

    /// The HTML of the message. It says the same as the text, so that its absence from a mapping is no gap.
    fn html_body(&mut self, bodies: &Bodies<'_>) -> Result<(), Fault> {
        let html: Vec<&Part> = bodies
            .html
            .iter()
            .copied()
            .filter(|part| part.kind.value == "text/html")
            .collect();
        let symbol = self.to.names().find_in("body", "html");
        let Some(first) = html
            .first()
            .filter(|_| symbol != Symbol::UNKNOWN || self.to.is_curious())
        else {
            return Ok(());
        };
        let at = self.level.at(first.body.start);
        if !self.to.enter(symbol, "body:html", at) {
            return Ok(());
        }
        if self.to.takes().text {
            let mut text = String::new();
            for part in &html {
                add(&mut text, &self.decoded(part)?);
            }
            self.text(&text, at);
        }
        self.whole(&html)?;
        self.to.leave(at);
        Ok(())
    }

    /// The content of a text of the message, as it was sent: only where it is of one part.
    fn whole(&mut self, parts: &[&Part]) -> Result<(), Fault> {
        match parts {
            [part] if self.to.takes().content => self.content(part, None),
            _ => Ok(()),
        }
    }

    /// An attachment, or what else is no text of the message.
    fn part(&mut self, part: &Part) -> Result<(), Fault> {
        let symbol = self.to.names().find("part");
        if !self.to.enter(symbol, "part", self.level.at(part.begins)) {
            return Ok(());
        }
        self.described(part)?;
        if self.to.takes().text && part.kind.value.starts_with("text/") {
            let text = self.decoded(part)?;
            self.text(&text, self.level.at(part.body.start));
        }
        if self.to.takes().content {
            self.content(part, part.file_name())?;
        }
        self.to.leave(self.level.at(part.body.end));
        Ok(())
    }

    /// A message that stands in this one.
    fn nested(&mut self, part: &Part) -> Result<(), Fault> {
        let symbol = self.to.names().find("message");
        if !self.to.enter(symbol, "message", self.level.at(part.begins)) {
            return Ok(());
        }
        if self.depth >= MESSAGES_MAX {
            return Err(too_deep(self.level.at(part.begins)));
        }
        self.described(part)?;
        let takes = self.to.takes();
        if takes.content {
            self.content(part, part.file_name())?;
        }
        // What is taken whole and not looked into has no gaps.
        if takes.content && !takes.below {
            self.to.leave(self.level.at(part.body.end));
            return Ok(());
        }
        let transfer = self.transfer(part)?;
        let bytes = transfer
            .decode(self.level.input, &part.body)
            .map_err(|fault| self.level.moved(fault))?;
        let (level, range) = match &bytes {
            Cow::Borrowed(_) => (self.level, part.body.clone()),
            Cow::Owned(decoded) => {
                let inner = Level {
                    input: decoded,
                    fixed: Some(self.level.at(part.body.start)),
                    parts: self.level.parts,
                };
                (inner, 0..decoded.len())
            }
        };
        let message = level.message(&range)?;
        let mut telling = Telling {
            level,
            to: &mut *self.to,
            depth: self.depth + 1,
        };
        telling.message(&message)?;
        self.to.leave(self.level.at(part.body.end));
        Ok(())
    }

    /// What a part says about itself.
    fn described(&mut self, part: &Part) -> Result<(), Fault> {
        let begins = self.level.at(part.begins);
        self.attribute("type", &part.kind.value, self.place(part, "content-type", &[]));
        if let Some(name) = part.file_name() {
            let at = match part.disposition.get("filename") {
                Some(_) => self.place(part, "content-disposition", b"filename"),
                None => self.place(part, "content-type", b"name"),
            };
            self.attribute("filename", name, at);
        }
        if !part.disposition.value.is_empty() {
            let at = self.place(part, "content-disposition", &[]);
            self.attribute("disposition", &part.disposition.value, at);
        }
        if let Some(field) = part.block.find(self.level.input, "content-id") {
            let raw = slice(self.level.input, field.value.clone());
            let text = words::text(raw).map_err(|bad| self.level.undecodable(bad, field.value.start))?;
            let id = text.trim_start_matches('<').trim_end_matches('>');
            self.attribute("cid", id, self.place(part, "content-id", &[]));
        }
        if self.to.takes_attribute(self.to.names().find("size")) && !self.to.is_curious() {
            let size = self.bytes(part)?.len().to_string();
            self.attribute("size", &size, begins);
        }
        Ok(())
    }

    /// Where the value of a field of a part stands, or a word in it; the part where it has no such field.
    fn place(&self, part: &Part, field: &str, word: &[u8]) -> usize {
        let Some(field) = part.block.find(self.level.input, field) else {
            return self.level.at(part.begins);
        };
        self.level.at(field.place(self.level.input, word))
    }

    fn content(&mut self, part: &Part, name: Option<&str>) -> Result<(), Fault> {
        let at = self.level.at(part.body.start);
        let bytes = self.bytes(part)?;
        let found = Found {
            bytes: &bytes,
            media_type: &part.kind.value,
            name,
            at,
        };
        self.to.content(found);
        Ok(())
    }

    fn transfer(&self, part: &Part) -> Result<Transfer, Fault> {
        let Some(field) = part.block.find(self.level.input, "content-transfer-encoding") else {
            return Ok(Transfer::Plain);
        };
        let raw = slice(self.level.input, field.value.clone());
        let at = self.level.at(field.value.start);
        let name = words::text(raw).map_err(|bad| self.level.undecodable(bad, field.value.start))?;
        Transfer::named(&name, at)
    }

    /// The bytes of a part.
    fn bytes(&self, part: &Part) -> Result<Cow<'t, [u8]>, Fault> {
        let transfer = self.transfer(part)?;
        let bytes = transfer.decode(self.level.input, &part.body);
        bytes.map_err(|fault| self.level.moved(fault))
    }

    /// The text of a part, its lines ended by LF.
    fn decoded(&self, part: &Part) -> Result<String, Fault> {
        let bytes = self.bytes(part)?;
        let charset = part.kind.get("charset").unwrap_or_default();
        let text = charset::decode(charset, &bytes).map_err(|bad| self.level.undecodable(bad, part.body.start))?;
        Ok(text.replace("\r\n", "\n"))
    }

    fn attribute(&mut self, name: &str, value: &str, at: usize) {
        let symbol = self.to.names().find(name);
        if self.to.takes_attribute(symbol) {
            self.to.attribute(symbol, name, Piece::Made(value, at));
        }
    }

    /// A text; an empty one is absent.
    fn text(&mut self, text: &str, at: usize) {
        if !text.is_empty() && self.to.takes().text {
            self.to.text(Piece::Made(text, at));
        }
    }
}

/// Appends a text on a line of its own, without the line ends at its own end.
fn add(text: &mut String, more: &str) {
    let more = more.trim_end_matches(['\n', '\r', ' ']);
    if !text.is_empty() && !more.is_empty() {
        text.push('\n');
    }
    text.push_str(more);
}

fn flows(part: &Part) -> bool {
    part.kind
        .get("format")
        .is_some_and(|format| format.eq_ignore_ascii_case("flowed"))
}

fn is_yes(value: &str) -> bool {
    value.eq_ignore_ascii_case("yes")
}
