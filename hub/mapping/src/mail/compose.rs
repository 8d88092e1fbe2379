// SPDX-License-Identifier: EUPL-1.2
//! A mail as it is sent: header, text, HTML, attachments (RFC 5322, 2045, 2046). The same mail always has the same bytes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hub_message::{Code, Rejection};

use super::write;
use crate::mime::write::boundary_for;

/// Lines are folded so that they have at most so many characters (RFC 5322, section 2.1.1).
const LINE_MAX: usize = 78;

/// A line of text that is sent as it is may have so many bytes.
const PLAIN_LINE_MAX: usize = 990;

/// Header fields of which a mail has one; addresses and identifiers of several occurrences share it.
const ONCE: [&str; 12] = [
    "from",
    "sender",
    "reply-to",
    "to",
    "cc",
    "bcc",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "subject",
    "disposition-notification-to",
];

/// An attachment that is written from a text.
#[derive(Debug, Default)]
pub(super) struct Attached {
    pub(super) file_name: Option<String>,
    pub(super) media_type: Option<String>,
    pub(super) content_id: Option<String>,
    pub(super) disposition: Option<String>,
    pub(super) text: String,
}

/// What a mail says.
#[derive(Debug, Default)]
pub(super) struct Mail {
    /// Names and values, as they are written.
    header: Vec<(String, Vec<String>)>,
    pub(super) text: Option<String>,
    pub(super) html: Option<String>,
    pub(super) parts: Vec<Attached>,
}

impl Mail {
    /// Adds the values of a field. Addresses and identifiers go to the field that is there.
    pub(super) fn add(&mut self, name: &str, values: Vec<String>) -> Result<(), Rejection> {
        let once = ONCE.contains(&name.to_ascii_lowercase().as_str());
        let known = self
            .header
            .iter_mut()
            .find(|(known, _)| once && known.eq_ignore_ascii_case(name));
        match known {
            None => self.header.push((name.to_owned(), values)),
            Some(_) if !is_list(name) => {
                return Err(Rejection::new(
                    Code::new("AH-E165"),
                    format!("a mail has one `{name}`, and this one would have several"),
                    "write the first one only: `| first`",
                ));
            }
            Some((_, before)) => before.extend(values),
        }
        Ok(())
    }
}

fn is_list(name: &str) -> bool {
    !["date", "message-id", "subject", "sender"].contains(&name.to_ascii_lowercase().as_str())
}

fn is_ids(name: &str) -> bool {
    ["in-reply-to", "references"].contains(&name.to_ascii_lowercase().as_str())
}

/// Writes a mail.
pub(super) fn write(mail: &Mail, out: &mut Vec<u8>) -> Result<(), Rejection> {
    for needed in ["From", "Date", "Message-ID"] {
        if !mail.header.iter().any(|(name, _)| name.eq_ignore_ascii_case(needed)) {
            return Err(Rejection::new(
                Code::new("AH-E163"),
                format!("the mail would have no `{needed}`, and no server takes such a mail"),
                "let the document say it, or give the row a `default`",
            ));
        }
    }
    let mut header = String::new();
    for (name, values) in &mail.header {
        let between = if is_ids(name) { " " } else { ", " };
        let lines = if is_list(name) && ONCE.contains(&name.to_ascii_lowercase().as_str()) {
            vec![values.join(between)]
        } else {
            values.clone()
        };
        for value in lines {
            field(name, &value, &mut header);
        }
    }
    header.push_str("MIME-Version: 1.0\r\n");
    out.extend_from_slice(header.as_bytes());
    out.extend_from_slice(body(mail).as_bytes());
    Ok(())
}

/// A header field, folded at spaces. A value has no double spaces.
fn field(name: &str, value: &str, out: &mut String) {
    out.push_str(name);
    out.push(':');
    let mut column = name.len() + 1;
    for (index, word) in value.split(' ').enumerate() {
        if column + 1 + word.len() > LINE_MAX && index > 0 {
            out.push_str("\r\n");
            column = 0;
        }
        out.push(' ');
        out.push_str(word);
        column += 1 + word.len();
    }
    out.push_str("\r\n");
}

/// The header fields of the body, an empty line, the body.
fn body(mail: &Mail) -> String {
    let readable = match (&mail.text, &mail.html) {
        (Some(text), Some(html)) => multipart("alternative", &[part("plain", text), part("html", html)]),
        (None, Some(html)) => part("html", html),
        (text, None) => part("plain", text.as_deref().unwrap_or_default()),
    };
    if mail.parts.is_empty() {
        return readable;
    }
    let mut parts = vec![readable];
    parts.extend(mail.parts.iter().map(attached));
    multipart("mixed", &parts)
}

fn multipart(kind: &str, parts: &[String]) -> String {
    let boundary = boundary_for(parts);
    let mut out = format!("Content-Type: multipart/{kind}; boundary=\"{boundary}\"\r\n\r\n");
    for part in parts {
        out.extend(["--", &boundary, "\r\n", part, "\r\n"]);
    }
    out.extend(["--", &boundary, "--\r\n"]);
    out
}

fn part(kind: &str, text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let plain =
        text.is_ascii() && !text.contains(['\r', '\0']) && text.lines().all(|line| line.len() <= PLAIN_LINE_MAX);
    let (encoding, body) = if plain {
        ("7bit", text.replace('\n', "\r\n"))
    } else {
        ("quoted-printable", quoted_printable(&text))
    };
    let end = if body.ends_with("\r\n") { "" } else { "\r\n" };
    format!("Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}{end}")
}

/// A text as quoted-printable (RFC 2045, section 6.7).
fn quoted_printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push_str("\r\n");
        }
        let mut column = 0;
        for (at, byte) in line.bytes().enumerate() {
            let last = at + 1 == line.len();
            let stands = (byte.is_ascii_graphic() && byte != b'=') || (matches!(byte, b' ' | b'\t') && !last);
            let sign = if stands {
                char::from(byte).to_string()
            } else {
                format!("={byte:02X}")
            };
            if column + sign.len() > 75 {
                out.push_str("=\r\n");
                column = 0;
            }
            column += sign.len();
            out.push_str(&sign);
        }
    }
    out
}

fn attached(part: &Attached) -> String {
    let kind = part.media_type.as_deref().unwrap_or("text/plain");
    let charset = if kind.starts_with("text/") && !kind.contains(';') {
        "; charset=utf-8"
    } else {
        ""
    };
    let mut header = String::new();
    field("Content-Type", &format!("{kind}{charset}"), &mut header);
    let mut disposition = part.disposition.clone().unwrap_or_else(|| "attachment".to_owned());
    if let Some(name) = &part.file_name {
        disposition.push_str(&file_name(name));
    }
    field("Content-Disposition", &disposition, &mut header);
    if let Some(id) = &part.content_id {
        let value = write::text(&format!("<{id}>"));
        field("Content-ID", &value, &mut header);
    }
    header.push_str("Content-Transfer-Encoding: base64\r\n\r\n");
    for line in STANDARD.encode(&part.text).as_bytes().chunks(76) {
        header.push_str(&String::from_utf8_lossy(line));
        header.push_str("\r\n");
    }
    header
}

/// `; filename=…`, escaped as RFC 2231 says where it is not plain.
fn file_name(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._ ".contains(c);
    if name.chars().all(plain) && !name.contains("  ") {
        return format!("; filename=\"{name}\"");
    }
    let escaped: String = name
        .bytes()
        .map(|byte| match byte {
            b'-' | b'.' | b'_' => char::from(byte).to_string(),
            byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect();
    format!("; filename*=utf-8''{escaped}")
}
