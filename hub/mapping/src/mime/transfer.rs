// SPDX-License-Identifier: EUPL-1.2
//! Transfer encodings (RFC 2045, section 6).

use std::borrow::Cow;
use std::ops::Range;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{Fault, is_blank, slice};

/// A transfer encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transfer {
    /// `7bit`, `8bit`, `binary`: as it stands.
    Plain,
    QuotedPrintable,
    Base64,
}

/// Base64 with or without the signs that fill its end.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

impl Transfer {
    /// The encoding of this name; a comment behind it is left out. `at` is where it stands.
    pub(crate) fn named(name: &str, at: usize) -> Result<Self, Fault> {
        let name = name.split(['(', ';']).next().unwrap_or_default();
        match name.trim().to_ascii_lowercase().as_str() {
            "" | "7bit" | "8bit" | "binary" => Ok(Self::Plain),
            "quoted-printable" => Ok(Self::QuotedPrintable),
            "base64" => Ok(Self::Base64),
            _ => Err(Fault::new(
                at,
                "AH-E132",
                "the transfer encoding is none that mails use",
                "have the sender send it again as Base64; this encoding is in no standard",
            )),
        }
    }

    /// The bytes of a body.
    pub(crate) fn decode<'a>(self, input: &'a [u8], body: &Range<usize>) -> Result<Cow<'a, [u8]>, Fault> {
        let bytes = slice(input, body.clone());
        match self {
            Self::Plain => Ok(Cow::Borrowed(bytes)),
            Self::QuotedPrintable => Ok(Cow::Owned(quoted_printable(bytes))),
            Self::Base64 => base64(bytes).map(Cow::Owned).map_err(|at| {
                Fault::new(
                    body.start + at,
                    "AH-E133",
                    "the Base64 of this part is damaged",
                    "have it sent again; something changed or cut it off on the way",
                )
            }),
        }
    }
}

/// Base64 in lines. White space is left out; everything else that is no Base64 would be lost, so it is refused, with
/// its offset.
fn base64(bytes: &[u8]) -> Result<Vec<u8>, usize> {
    let plain: Vec<u8> = bytes
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    LENIENT.decode(&plain).map_err(|_| {
        let strange =
            |byte: &u8| !(byte.is_ascii_alphanumeric() || byte.is_ascii_whitespace() || b"+/=".contains(byte));
        let padding = |byte: &u8| *byte == b'=';
        let at = bytes
            .iter()
            .position(strange)
            .or_else(|| bytes.iter().position(padding));
        at.unwrap_or(bytes.len())
    })
}

/// Quoted-printable. What is no escape stays as it stands (section 6.7: a decoder may), so nothing is lost. White space
/// at the end of a line was added on the way.
fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for whole in bytes.split_inclusive(|byte| *byte == b'\n') {
        let line = whole.strip_suffix(b"\n").unwrap_or(whole);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let end = whole.get(line.len()..).unwrap_or_default();
        let blanks = line.iter().rev().take_while(|byte| is_blank(**byte)).count();
        let line = line.get(..line.len() - blanks).unwrap_or_default();
        if let Some(broken) = line.strip_suffix(b"=") {
            escapes(broken, false, &mut out);
        } else {
            escapes(line, false, &mut out);
            out.extend_from_slice(end);
        }
    }
    out
}

/// Undoes `=C3`, and in encoded words `_` for a space.
pub(super) fn escapes(line: &[u8], in_word: bool, out: &mut Vec<u8>) {
    let mut rest = line;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match (byte, after) {
            (b'=', [high, low, behind @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    out.push(high * 16 + low);
                    rest = behind;
                }
                _ => out.push(byte),
            },
            (b'_', _) if in_word => out.push(b' '),
            _ => out.push(byte),
        }
    }
}

/// The value of a hexadecimal digit.
pub(crate) fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

/// The Base64 of an encoded word, however its end is filled.
pub(super) fn base64_word(text: &str) -> Option<Vec<u8>> {
    LENIENT.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, body: &str, expected: Result<&str, (usize, &str)>) {
        let transfer = Transfer::named(name, 0);
        let found = transfer.and_then(|transfer| transfer.decode(body.as_bytes(), &(0..body.len())));
        let found = found.map(|bytes| String::from_utf8(bytes.into_owned()).unwrap());
        assert_eq!(
            found.as_deref().map_err(|fault| (fault.offset, fault.code)),
            expected.as_ref().map(|text| *text).map_err(|fault| *fault),
            "{name} {body:?}"
        );
    }

    #[test]
    fn transfer_encodings() {
        check("8bit", "a=\n", Ok("a=\n"));
        check("Base64 (comment)", "R3LDvMOf\r\n ZQ==\r\n", Ok("Grüße"));
        check("base64", "R3LDvMOfZQ", Ok("Grüße"));
        check("base64", "", Ok(""));
        check("Quoted-Printable", "Gr=C3=BC=c3=9fe=\r\n!  \r\nx", Ok("Grüße!\r\nx"));
        check("quoted-printable", "a=3\n=zz=", Ok("a=3\n=zz"));
    }

    #[test]
    fn what_would_be_lost_is_refused() {
        check("base64", "R3LD\n-- footer", Err((5, "AH-E133")));
        check("base64", "R3LDvMOfZQ==R3LD", Err((10, "AH-E133")));
        check("base64", "R3LDv", Err((5, "AH-E133")));
        check("x-uuencode", "", Err((0, "AH-E132")));
    }
}
