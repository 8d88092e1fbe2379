// SPDX-License-Identifier: EUPL-1.2
//! The values of header fields as they are written: RFC 5322 with encoded words (RFC 2047), nothing but ASCII.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hub_message::{Code, Rejection};
use mail_parser::DateTime;

use super::header::{self, Kind};

/// Bytes of text in one encoded word: with what stands around it it has at most 75 characters.
const WORD_BYTES_MAX: usize = 45;

/// The longest run of characters without a space that is not encoded; a line has at most 998 (RFC 5322, section 2.1.1).
const RUN_BYTES_MAX: usize = 500;

/// A text without structure.
pub(super) fn text(text: &str) -> String {
    let spaced = text.starts_with(' ') || text.ends_with(' ') || text.contains("  ");
    let long = text.split(' ').any(|word| word.len() > RUN_BYTES_MAX);
    if text.is_ascii() && !text.contains("=?") && !spaced && !long {
        return text.to_owned();
    }
    encoded(text)
}

/// A text as encoded words, divided between characters only.
fn encoded(text: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut chunk = String::new();
    for c in text.chars() {
        if chunk.len() + c.len_utf8() > WORD_BYTES_MAX {
            words.push(word(&chunk));
            chunk.clear();
        }
        chunk.push(c);
    }
    words.push(word(&chunk));
    words.join(" ")
}

fn word(chunk: &str) -> String {
    format!("=?utf-8?B?{}?=", STANDARD.encode(chunk))
}

/// `name <address>`.
pub(super) fn address(name: Option<&str>, address: &str) -> Result<String, Rejection> {
    let address = address.trim();
    if !is_address(address) {
        return Err(no_address());
    }
    let Some(name) = name.map(str::trim).filter(|name| !name.is_empty()) else {
        return Ok(address.to_owned());
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || " !#$%&'*+-/^_`{|}~".contains(c);
    let quoted = |c: char| c.is_ascii_graphic() || c == ' ';
    let name = if name.chars().all(plain) && !name.contains("  ") {
        name.to_owned()
    } else if name.chars().all(quoted) && !name.contains("=?") && !name.contains("  ") && name.len() <= RUN_BYTES_MAX {
        format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        encoded(name)
    };
    Ok(format!("{name} <{address}>"))
}

/// The addresses of a text as people write them: `Erika Müller <e@x.example>, f@x.example`.
pub(super) fn addresses(text: &str) -> Result<Vec<String>, Rejection> {
    let found = header::occurrences(Kind::Addresses, text.as_bytes()).map_err(|_| no_address())?;
    let attribute = |one: &header::Occurrence, wanted: &str| {
        let found = one.attributes.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.clone())
    };
    let each = found.iter().map(|(_, one)| match attribute(one, "address") {
        Some(mail) => address(attribute(one, "name").as_deref(), &mail),
        None => Err(no_address()),
    });
    each.collect()
}

/// Whether something is `local@domain` in characters that every mail server takes.
fn is_address(address: &str) -> bool {
    let Some((local, domain)) = address.rsplit_once('@') else {
        return false;
    };
    let part = |text: &str, more: &str| {
        let fits = |c: char| c.is_ascii_alphanumeric() || more.contains(c);
        !text.is_empty() && text.chars().all(fits) && !text.starts_with('.') && !text.ends_with('.')
    };
    address.len() <= 254 && part(local, ".!#$%&'*+-/=?^_`{|}~") && part(domain, ".-") && !address.contains("..")
}

fn no_address() -> Rejection {
    Rejection::new(
        Code::new("AH-E161"),
        "the value is no mail address of the form `local@domain`",
        "correct the address at its source",
    )
}

/// An identifier in brackets; one without a domain gets that of the format.
pub(super) fn id(text: &str, domain: Option<&str>) -> Result<String, Rejection> {
    let id = text.trim().trim_start_matches('<').trim_end_matches('>');
    let fits = |part: &str| {
        let mut signs = part.chars();
        !part.is_empty() && part.len() <= 250 && signs.all(|c| c.is_ascii_graphic() && !"<>@\"()[]\\,;:".contains(c))
    };
    match (id.split_once('@'), domain) {
        (Some((left, right)), _) if fits(left) && fits(right) => Ok(format!("<{id}>")),
        (None, Some(domain)) if fits(id) => Ok(format!("<{id}@{domain}>")),
        _ => Err(Rejection::new(
            Code::new("AH-E162"),
            "the value is no message identifier of the form `left@domain`",
            "give one, or name a `domain` in the mapping's [format] that is put behind identifiers without one",
        )),
    }
}

/// RFC 3339 becomes the date of a mail.
pub(super) fn date(text: &str) -> Result<String, Rejection> {
    let date = DateTime::parse_rfc3339(text.trim()).filter(DateTime::is_valid);
    date.map(|date| date.to_rfc822()).ok_or_else(|| {
        Rejection::new(
            Code::new("AH-E164"),
            "the value is no date with time and offset (RFC 3339)",
            "give one: `\"header:Date\" = { write = \"$message.time\" }`",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_plain_or_encoded() {
        assert_eq!(text("Ihr Antrag"), "Ihr Antrag");
        assert_eq!(text("Grüße"), "=?utf-8?B?R3LDvMOfZQ==?=");
        assert_eq!(text(" a"), "=?utf-8?B?IGE=?=");
        let long = text(&"ä".repeat(40));
        assert!(
            long.split(' ').all(|word| word.len() <= 75) && long.split(' ').count() == 2,
            "{long}"
        );
    }

    #[track_caller]
    fn check(name: Option<&str>, mail: &str, expected: Result<&str, &str>) {
        let found = address(name, mail);
        assert_eq!(
            found.as_deref().map_err(|fault| fault.code.as_str()),
            expected.as_ref().map(|x| *x).map_err(|x| *x)
        );
    }

    #[test]
    fn addresses_are_written_so_that_nothing_can_be_put_into_them() {
        check(None, " e@x.example ", Ok("e@x.example"));
        check(Some("Erika M"), "e@x.example", Ok("Erika M <e@x.example>"));
        check(
            Some("Müller"),
            "e@x.example",
            Ok("=?utf-8?B?TcO8bGxlcg==?= <e@x.example>"),
        );
        check(Some("M\"\\, E."), "e@x.example", Ok("\"M\\\"\\\\, E.\" <e@x.example>"));
        for bad in [
            "",
            "e",
            "@x",
            "e@",
            "e@x>,<f@y",
            "e f@x",
            "e@x,f@y",
            "ä@x.example",
            "e..f@x",
            ".e@x",
            "e@-\r\nBcc: f@y",
        ] {
            check(None, bad, Err("AH-E161"));
        }
        assert_eq!(
            addresses("Müller <a@x>, b@x").unwrap(),
            ["=?utf-8?B?TcO8bGxlcg==?= <a@x>", "b@x"]
        );
        assert!(addresses("Amt").is_err());
    }

    #[test]
    fn identifiers_and_dates() {
        assert_eq!(id("1a", Some("x.example")).unwrap(), "<1a@x.example>");
        assert_eq!(id("<1a@y>", Some("x.example")).unwrap(), "<1a@y>");
        for bad in ["1a", "", "@x", "a b@x", "a@b@c", "a@b>\r\nX: y"] {
            assert_eq!(id(bad, None).unwrap_err().code.as_str(), "AH-E162", "{bad}");
        }
        assert_eq!(
            date("2026-06-01T10:00:00+02:00").unwrap(),
            "Mon, 1 Jun 2026 10:00:00 +0200"
        );
        assert_eq!(date("2026-06-01").unwrap_err().code.as_str(), "AH-E164");
    }
}
