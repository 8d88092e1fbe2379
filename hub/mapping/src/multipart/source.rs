// SPDX-License-Identifier: EUPL-1.2
//! A multipart form as a source of the mapping engine.

use std::borrow::Cow;
use std::ops::Range;

use hub_message::Rejection;

use super::MultipartFormat;
use crate::mail::undecodable;
use crate::mime::block::{Block, Field, Stray, line};
use crate::mime::finder::Finder;
use crate::mime::params::Params;
use crate::mime::transfer::Transfer;
use crate::mime::{Fault, boundary, charset, slice, words};
use crate::source::{Found, Listener, Piece, RawSource, Symbol};

/// The most parts of a form.
const PARTS_MAX: usize = 10_000;

/// The part that says the charset of the others.
const CHARSET: &str = "_charset_";

const RESEND: &str = "have the portal send the form as RFC 7578 says";

impl RawSource for MultipartFormat {
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
    let (boundary, body) = begin(input)?;
    let divided = boundary::divide(input, &body, &boundary, PARTS_MAX);
    if let Some(beyond) = divided.parts.get(PARTS_MAX) {
        let text = format!("the form has more than {PARTS_MAX} parts");
        return Err(Fault::new(
            beyond.start,
            "AH-E136",
            text,
            "have the portal send it in several",
        ));
    }
    let parts = divided.parts.iter().map(|range| Part::parse(input, range));
    let parts: Vec<Part> = parts.collect::<Result<_, _>>()?;
    let Some(end) = divided.closed else {
        let text = "the form ends without its closing boundary";
        let remedy = "have it sent again; see whether the transfer was cut off";
        return Err(Fault::new(input.len(), "AH-E112", text, remedy));
    };
    let behind = slice(input, end..input.len());
    if let Some(at) = behind.iter().position(|byte| !byte.is_ascii_whitespace()) {
        return Err(Fault::new(
            end + at,
            "AH-E115",
            "something follows the end of the form",
            RESEND,
        ));
    }
    let said = parts.iter().find(|part| part.name == CHARSET && part.file.is_none());
    let said = said.map_or("", |part| {
        std::str::from_utf8(slice(input, part.body.clone())).unwrap_or("?")
    });
    to.begin(0);
    for part in &parts {
        part.tell(input, said, to)?;
    }
    to.end(end);
    Ok(())
}

/// The boundary, and what it divides.
fn begin(input: &[u8]) -> Result<(Vec<u8>, Range<usize>), Fault> {
    if let Some(rest) = input.strip_prefix(b"--") {
        let first = line(rest, 0, rest.len());
        let boundary = slice(rest, first.text).trim_ascii_end().to_vec();
        if !boundary.is_empty() {
            return Ok((boundary, 0..input.len()));
        }
    }
    let none = |at| {
        let text =
            "the form begins neither with `Content-Type: multipart/form-data; boundary=…` nor with a boundary line";
        Fault::new(
            at,
            "AH-E110",
            text,
            "have the source hand over the form with its Content-Type, or from the first boundary on",
        )
    };
    let block = Block::parse(input, &(0..input.len()), Stray::Refused).map_err(|fault| none(fault.offset))?;
    let field = block.find(input, "content-type").ok_or_else(|| none(0))?;
    let kind = params(input, field)?;
    let boundary = kind.get("boundary").filter(|boundary| !boundary.is_empty());
    match boundary {
        Some(boundary) if kind.value == "multipart/form-data" => {
            Ok((boundary.as_bytes().to_vec(), block.end..input.len()))
        }
        _ => Err(Fault::new(
            field.place(input, &[]),
            "AH-E111",
            "this is no `multipart/form-data` with a boundary",
            "look whether the message type fits: plain forms have a mapping with `kind = \"form\"`, mails one with \"mail\"",
        )),
    }
}

fn params(input: &[u8], field: &Field) -> Result<Params, Fault> {
    let parsed = Params::parse(slice(input, field.value.clone()));
    parsed.map_err(|bad| undecodable(bad, field.place(input, &[])))
}

/// A part of the form.
struct Part {
    name: String,
    /// File name, with its place.
    file: Option<(String, usize)>,
    /// Media type with its place.
    kind: Option<(Params, usize)>,
    transfer: Transfer,
    begins: usize,
    body: Range<usize>,
}

impl Part {
    fn parse(input: &[u8], range: &Range<usize>) -> Result<Self, Fault> {
        let block = Block::parse(input, range, Stray::Refused)?;
        let disposition = block.find(input, "content-disposition");
        let named = match disposition {
            Some(field) => Some((params(input, field)?, field)),
            None => None,
        };
        let named = named.filter(|(disposition, _)| disposition.value == "form-data");
        let name = named.as_ref().and_then(|(disposition, _)| disposition.get("name"));
        let (Some(name), Some((disposition, field))) = (name, &named) else {
            let text = "a part does not say which field of the form it is";
            return Err(Fault::new(range.start, "AH-E113", text, RESEND));
        };
        let file = disposition.get("filename");
        let kind = match block.find(input, "content-type") {
            Some(field) => Some((params(input, field)?, field.place(input, &[]))),
            None => None,
        };
        let transfer = match block.find(input, "content-transfer-encoding") {
            Some(field) => {
                let at = field.place(input, &[]);
                let name = words::text(slice(input, field.value.clone())).map_err(|bad| undecodable(bad, at))?;
                Transfer::named(&name, at)?
            }
            None => Transfer::Plain,
        };
        Ok(Self {
            name: unescaped(name),
            file: file.map(|file| (unescaped(file), field.place(input, b"filename"))),
            kind,
            transfer,
            begins: range.start,
            body: block.end..range.end,
        })
    }

    /// Whether nobody filled it in.
    fn is_absent(&self) -> bool {
        let unnamed = self.file.as_ref().is_none_or(|(name, _)| name.is_empty());
        self.body.is_empty() && unnamed
    }

    fn tell<L: Listener>(&self, input: &[u8], charset_said: &str, to: &mut L) -> Result<(), Fault> {
        let symbol = to.names().find(&self.name);
        let silent = symbol == Symbol::UNKNOWN && self.name == CHARSET && !to.is_curious();
        if self.is_absent() || silent || !to.enter(symbol, &self.name, self.begins) {
            return Ok(());
        }
        if let Some((file, at)) = &self.file {
            attribute("filename", file, *at, to);
        }
        if let Some((kind, at)) = &self.kind {
            attribute("type", &kind.value, *at, to);
        }
        if to.takes_attribute(to.names().find("size")) && !to.is_curious() {
            let size = self.bytes(input)?.len().to_string();
            attribute("size", &size, self.begins, to);
        }
        let kind = self.kind.as_ref().map(|(kind, _)| kind);
        let is_text = match kind {
            Some(kind) => kind.value.starts_with("text/"),
            None => self.file.is_none(),
        };
        if to.takes().text && (is_text || self.file.is_none()) {
            let charset = kind.and_then(|kind| kind.get("charset")).unwrap_or(charset_said);
            let charset = if charset.is_empty() { "utf-8" } else { charset };
            let bytes = self.bytes(input)?;
            let text = charset::decode(charset, &bytes).map_err(|bad| undecodable(bad, self.body.start))?;
            to.text(Piece::Made(&text.replace("\r\n", "\n"), self.body.start));
        }
        if to.takes().content {
            let bytes = self.bytes(input)?;
            to.content(Found {
                bytes: &bytes,
                media_type: kind.map_or("", |kind| kind.value.as_str()),
                name: self
                    .file
                    .as_ref()
                    .map(|(name, _)| name.as_str())
                    .filter(|name| !name.is_empty()),
                at: self.body.start,
            });
        }
        to.leave(self.body.end);
        Ok(())
    }

    fn bytes<'i>(&self, input: &'i [u8]) -> Result<Cow<'i, [u8]>, Fault> {
        self.transfer.decode(input, &self.body)
    }
}

fn attribute<L: Listener>(name: &str, value: &str, at: usize, to: &mut L) {
    let symbol = to.names().find(name);
    if to.takes_attribute(symbol) {
        to.attribute(symbol, name, Piece::Made(value, at));
    }
}

/// Browsers escape a quotation mark in a name as if it stood in a URL (WHATWG HTML, section 4.10.21.8).
fn unescaped(name: &str) -> String {
    name.replace("%22", "\"")
}
