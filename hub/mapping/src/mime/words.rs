// SPDX-License-Identifier: EUPL-1.2
//! Text in header fields: folding, encoded words (RFC 2047), bytes beyond ASCII (RFC 6532).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::charset::{self, Bad};
use super::transfer::{base64_word, escapes};

/// A raw value as text, with its line breaks taken out.
pub(crate) fn unfolded(raw: &[u8]) -> Result<String, Bad> {
    let text = charset::unsaid(raw)?;
    if text.contains('\0') {
        return Err(Bad::Malformed);
    }
    Ok(text.replace(['\r', '\n'], "").trim_matches([' ', '\t']).to_owned())
}

/// A raw value that is nothing but text, decoded.
pub(crate) fn text(raw: &[u8]) -> Result<String, Bad> {
    replaced(&unfolded(raw)?, |decoded, out| out.push_str(decoded))
}

/// A raw value that has a structure of its own: its encoded words are made anew, in UTF-8 and each of whole characters,
/// so that whoever parses the structure decodes them without loss.
pub(crate) fn structured(raw: &[u8]) -> Result<String, Bad> {
    replaced(&unfolded(raw)?, |decoded, out| {
        out.push_str("=?utf-8?B?");
        STANDARD.encode_string(decoded, out);
        out.push_str("?=");
    })
}

/// An encoded word, `=?charset?Q?text?=`.
struct Word<'t> {
    charset: &'t str,
    bytes: Vec<u8>,
    /// What follows it.
    rest: &'t str,
}

/// The text with every run of encoded words replaced. Words of one charset that stand side by side are decoded
/// together: programs divide them in the middle of a character, although they must not.
fn replaced(text: &str, put: impl Fn(&str, &mut String)) -> Result<String, Bad> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("=?") {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let Some(first) = word(from) else {
            out.push_str("=?");
            rest = from.strip_prefix("=?").unwrap_or_default();
            continue;
        };
        let mut run = String::new();
        let (mut charset, mut bytes) = (first.charset, first.bytes);
        rest = first.rest;
        // White space between two encoded words is none of the text (section 6.2).
        while let Some(next) = word(rest.trim_start_matches([' ', '\t'])) {
            if next.charset.eq_ignore_ascii_case(charset) {
                bytes.extend_from_slice(&next.bytes);
            } else {
                run.push_str(&charset::decode(charset, &bytes)?);
                (charset, bytes) = (next.charset, next.bytes);
            }
            rest = next.rest;
        }
        run.push_str(&charset::decode(charset, &bytes)?);
        // A line break that somebody hid in a word is none of a header field.
        put(&run.replace(['\r', '\n'], " "), &mut out);
    }
    out.push_str(rest);
    Ok(out)
}

/// The longest encoded word. The standard allows 75 bytes, and programs that write whole texts into one are read too.
const WORD_BYTES_MAX: usize = 4_000;

/// The encoded word at the beginning of a text. What only looks like one is text (section 6.3).
fn word(text: &str) -> Option<Word<'_>> {
    let window = text.get(..text.floor_char_boundary(WORD_BYTES_MAX))?;
    let (charset, rest) = window.strip_prefix("=?")?.split_once('?')?;
    let (encoding, rest) = rest.split_once('?')?;
    let (payload, rest) = rest.split_once("?=")?;
    let rest = text.get(window.len() - rest.len()..)?;
    // A language may stand behind the charset (RFC 2231, section 5).
    let charset = charset.split('*').next().unwrap_or_default();
    if charset.is_empty() || charset.contains(|c: char| c.is_whitespace() || c.is_control()) || payload.contains('?') {
        return None;
    }
    let bytes = match encoding {
        "q" | "Q" => {
            let mut bytes = Vec::new();
            escapes(payload.as_bytes(), true, &mut bytes);
            bytes
        }
        "b" | "B" => base64_word(payload)?,
        _ => return None,
    };
    Some(Word { charset, bytes, rest })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(raw: &[u8], expected: Result<&str, Bad>) {
        assert_eq!(text(raw).as_deref(), expected.as_deref());
    }

    #[test]
    fn header_texts() {
        check(b" plain \r\n\tfolded\r\n", Ok("plain \tfolded"));
        check(
            b"=?utf-8?q?Gr=C3=BC=C3=9Fe_aus?= =?utf-8?B?IEvDtmxu?= am Rhein",
            Ok("Grüße aus Köln am Rhein"),
        );
        check(
            b"=?iso-8859-1*de?Q?M=FCller?=\r\n =?utf-8?Q?_&_S=C3=B6hne?=",
            Ok("Müller & Söhne"),
        );
        // A character that is divided between two words.
        check(b"=?utf-8?Q?K=C3?= =?UTF-8?Q?=B6ln?=", Ok("Köln"));
        check("Grüße".as_bytes(), Ok("Grüße"));
        check(b"Gr\xfc\xdfe", Ok("Grüße"));
        check(b"a =?utf-8?Q?b?=c", Ok("a bc"));
    }

    #[test]
    fn what_only_looks_like_a_word_is_text() {
        for same in [
            "=?",
            "=?a?b",
            "=?utf-8?X?a?=",
            "=?utf-8?B?!?=",
            "=??Q?a?=",
            "1=?2",
            "=?a b?Q?c?=",
        ] {
            check(same.as_bytes(), Ok(same));
        }
    }

    #[test]
    fn what_cannot_be_decoded_is_refused() {
        check(b"=?x-klingon?Q?a?=", Err(Bad::Unknown));
        check(b"=?utf-8?Q?=FC?=", Err(Bad::Malformed));
        check(b"a\0b", Err(Bad::Malformed));
        check(b"=?utf-8?Q?=00?=", Err(Bad::Malformed));
    }

    #[test]
    fn structured_values_keep_their_structure() {
        let value = structured(b"=?iso-8859-1?Q?M=FCller,_Erika?= <e@x.example>");
        assert_eq!(value.as_deref(), Ok("=?utf-8?B?TcO8bGxlciwgRXJpa2E=?= <e@x.example>"));
    }

    #[test]
    fn words_without_end_cost_no_more_than_they_are_long() {
        let long = "=?a?q?x".repeat(30_000);
        check(long.as_bytes(), Ok(&long));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(raw in prop::collection::vec(prop_oneof![Just(b'='), Just(b'?'), Just(b'Q'), any::<u8>()], 0..60)) {
            if let Ok(text) = text(&raw) {
                prop_assert!(!text.contains(['\r', '\n', '\0']));
            }
            let _ = structured(&raw);
        }
    }
}
