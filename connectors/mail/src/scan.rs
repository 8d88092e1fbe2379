// SPDX-License-Identifier: EUPL-1.2
//! Looks at a mail while it comes in: how it is built, and the few header fields that decide whether it is taken. The
//! bytes stay as they are, and nothing is decoded; what a mail says is a matter of mappings.

use std::ops::ControlFlow;

/// Deepest nesting of parts and of mails in mails.
const DEPTH_MAX: usize = 8;
/// Parts of one mail.
const PARTS_MAX: usize = 200;
/// Bytes of a line that are looked at; boundaries and header lines are shorter.
const LINE_MAX: usize = 8 * 1024;
/// Bytes of a report that are kept.
const REPORT_MAX: usize = 64 * 1024;

/// Why a mail is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Its header, or that of a part.
    Header,
    /// Mails in mails, or parts in parts.
    Depth,
    /// Too many parts.
    Parts,
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// `Received` fields.
    pub received: usize,
    /// `Auto-Submitted`, in small letters.
    pub auto_submitted: Option<String>,
    /// `Message-ID` without its brackets.
    pub message_id: Option<String>,
    /// Hops that hubs have counted.
    pub hops: Option<u32>,
    /// Whether it is a report about the delivery of a mail (RFC 3464).
    pub is_report: bool,
    /// In a report: which delivery of a hub it is about.
    pub delivery: Option<String>,
    /// In a report: the message id of the mail it is about.
    pub about: Option<String>,
    /// Why it is not taken.
    pub fault: Option<Fault>,
}

#[derive(Debug, PartialEq, Eq)]
enum Within {
    Header,
    Body,
    /// The fields of a delivery report.
    Report,
}

/// The look at one mail.
#[derive(Debug)]
pub(crate) struct Scan {
    seen: Seen,
    header_max: usize,
    line: Vec<u8>,
    /// The unfolded field that is being read.
    field: Vec<u8>,
    header_bytes: usize,
    report_bytes: usize,
    within: Within,
    /// Boundaries from the outside in, and how deep each stands.
    boundaries: Vec<(Vec<u8>, usize)>,
    depth: usize,
    parts: usize,
    /// Content type of the part whose header is being read.
    content_type: Option<String>,
    /// Whether the header is that of the mail itself.
    outermost: bool,
}

impl Scan {
    /// With this limit for each header, in bytes.
    pub(crate) fn new(header_max: usize) -> Self {
        Self {
            seen: Seen::default(),
            header_max,
            line: Vec::new(),
            field: Vec::new(),
            header_bytes: 0,
            report_bytes: 0,
            within: Within::Header,
            boundaries: Vec::new(),
            depth: 0,
            parts: 0,
            content_type: None,
            outermost: true,
        }
    }

    /// The next bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if self.seen.fault.is_some() {
            return;
        }
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let room = LINE_MAX.saturating_sub(self.line.len());
            self.line
                .extend_from_slice(piece.get(..room.min(piece.len())).unwrap_or_default());
            if self.within == Within::Header {
                self.header_bytes += piece.len();
                if self.header_bytes > self.header_max {
                    self.seen.fault = Some(Fault::Header);
                    return;
                }
            }
            if piece.ends_with(b"\n") {
                let line = std::mem::take(&mut self.line);
                if self.take(line.trim_ascii_end()).is_break() {
                    return;
                }
            }
        }
    }

    /// What was found, when all bytes have come.
    pub(crate) fn finish(mut self) -> Seen {
        if self.seen.fault.is_none() {
            let line = std::mem::take(&mut self.line);
            // Whatever is found in it, there is nothing behind it.
            let _ = self.take(line.trim_ascii_end());
            self.end_field();
        }
        self.seen
    }

    fn take(&mut self, line: &[u8]) -> ControlFlow<()> {
        if line.starts_with(b"--") && self.is_boundary(line) {
            return self.fault();
        }
        match self.within {
            Within::Body => {}
            Within::Report => self.report(line),
            Within::Header if line.is_empty() => {
                self.end_field();
                self.end_header();
            }
            Within::Header if line.starts_with(b" ") || line.starts_with(b"\t") => self.field.extend_from_slice(line),
            Within::Header => {
                self.end_field();
                self.field.extend_from_slice(line);
            }
        }
        self.fault()
    }

    fn fault(&self) -> ControlFlow<()> {
        if self.seen.fault.is_some() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    /// A boundary of any level around the place ends everything further in.
    fn is_boundary(&mut self, line: &[u8]) -> bool {
        let rest = line.get(2..).unwrap_or_default();
        let found = self.boundaries.iter().rposition(|(boundary, _)| {
            rest.strip_prefix(boundary.as_slice())
                .is_some_and(|end| end.is_empty() || end == b"--")
        });
        let Some(at) = found else {
            return false;
        };
        self.end_field();
        self.boundaries.truncate(at + 1);
        let closes = self
            .boundaries
            .last()
            .is_some_and(|(boundary, _)| rest.len() > boundary.len());
        self.depth = self.boundaries.last().map_or(0, |(_, depth)| *depth);
        if closes {
            self.boundaries.pop();
            self.within = Within::Body;
            return true;
        }
        self.parts += 1;
        if self.parts > PARTS_MAX {
            self.seen.fault = Some(Fault::Parts);
        }
        self.begin_header(false);
        true
    }

    fn begin_header(&mut self, outermost: bool) {
        self.within = Within::Header;
        self.header_bytes = 0;
        self.content_type = None;
        self.outermost = outermost;
    }

    fn deeper(&mut self) {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            self.seen.fault = Some(Fault::Depth);
        }
    }

    fn end_header(&mut self) {
        let content_type = self.content_type.take().unwrap_or_default();
        let kind = content_type
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        if self.outermost && kind == "multipart/report" {
            let of_what = parameter(&content_type, "report-type").unwrap_or_default();
            self.seen.is_report = of_what.eq_ignore_ascii_case("delivery-status");
        }
        self.within = Within::Body;
        if kind.starts_with("multipart/") {
            if let Some(boundary) = parameter(&content_type, "boundary").filter(|boundary| !boundary.is_empty()) {
                self.deeper();
                self.boundaries.push((boundary.into_bytes(), self.depth));
            }
        } else if matches!(kind.as_str(), "message/rfc822" | "message/global") {
            self.deeper();
            self.begin_header(false);
        } else if self.seen.is_report && kind == "message/delivery-status" {
            self.within = Within::Report;
        } else if self.seen.is_report && kind == "text/rfc822-headers" {
            self.begin_header(false);
        }
    }

    fn report(&mut self, line: &[u8]) {
        self.report_bytes += line.len();
        if self.report_bytes > REPORT_MAX {
            self.within = Within::Body;
        } else if let Some(("original-envelope-id", value)) = named(line).as_ref().map(|(n, v)| (n.as_str(), v)) {
            self.seen.delivery.get_or_insert_with(|| value.clone());
        }
    }

    fn end_field(&mut self) {
        let field = std::mem::take(&mut self.field);
        let Some((name, value)) = named(&field) else {
            return;
        };
        if name == "content-type" {
            self.content_type.get_or_insert(value);
        } else if self.outermost {
            self.own_field(&name, value);
        } else if self.seen.is_report {
            match name.as_str() {
                "message-id" => _ = self.seen.about.get_or_insert_with(|| id(&value)),
                "x-amtshub-delivery" => _ = self.seen.delivery.get_or_insert(value),
                _ => {}
            }
        }
    }

    fn own_field(&mut self, name: &str, value: String) {
        match name {
            "received" => self.seen.received += 1,
            "auto-submitted" => {
                _ = self
                    .seen
                    .auto_submitted
                    .get_or_insert_with(|| value.to_ascii_lowercase())
            }
            "message-id" => _ = self.seen.message_id.get_or_insert_with(|| id(&value)),
            "x-amtshub-hops" => self.seen.hops = Some(value.parse().unwrap_or(u32::MAX)),
            _ => {}
        }
    }
}

/// Name in small letters and value of a field.
fn named(field: &[u8]) -> Option<(String, String)> {
    let text = String::from_utf8_lossy(field);
    let (name, value) = text.split_once(':')?;
    Some((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
}

fn id(value: &str) -> String {
    value.trim().trim_start_matches('<').trim_end_matches('>').to_owned()
}

/// A parameter of a content type.
fn parameter(content_type: &str, name: &str) -> Option<String> {
    let mut rest = content_type.split_once(';')?.1;
    loop {
        let (key, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let (value, next) = if let Some(quoted) = after.strip_prefix('"') {
            unquoted(quoted)
        } else {
            let end = after.find(';').unwrap_or(after.len());
            (after.get(..end)?.trim().to_owned(), after.get(end..)?)
        };
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = next.split_once(';')?.1;
    }
}

fn unquoted(text: &str) -> (String, &str) {
    let (mut value, mut escaped) = (String::new(), false);
    for (at, c) in text.char_indices() {
        match c {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return (value, text.get(at + 1..).unwrap_or_default()),
            c => {
                escaped = false;
                value.push(c);
            }
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests;
