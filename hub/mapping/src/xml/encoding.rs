// SPDX-License-Identifier: EUPL-1.2
//! In which encoding a document is (XML 1.0, section 4.3.3 and appendix F).

use std::borrow::Cow;

use hub_message::{Code, Place, Rejection};

use crate::encoding::Encoding;

/// The text of a document, by its byte order mark, else by what it declares, else as UTF-8. One that declares another
/// encoding than it has is refused: two readers could take it for two different documents.
pub(super) fn decode(input: &[u8]) -> Result<Cow<'_, str>, Rejection> {
    if let Some(marked) = marked(input) {
        let text = decode_as(marked, input)?;
        match declared(text.as_bytes()) {
            Some(name) if !agrees(marked, &name) => Err(foreign("the document declares another encoding than it has")),
            _ => Ok(text),
        }
    } else if let Some(name) = declared(input) {
        match Encoding::named(&name).filter(|encoding| *encoding != Encoding::Cp850) {
            // Without byte order mark and readable byte by byte, it is no UTF-16, whatever it says.
            Some(Encoding::Utf16 | Encoding::Utf16Le | Encoding::Utf16Be) | None => Err(foreign(
                "the document declares an encoding that it does not have, or that this hub does not read",
            )),
            Some(encoding) => decode_as(encoding, input),
        }
    } else {
        decode_as(Encoding::Utf8, input)
    }
}

/// What the first bytes say.
fn marked(input: &[u8]) -> Option<Encoding> {
    match input {
        [0xEF, 0xBB, 0xBF, ..] => Some(Encoding::Utf8),
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => Some(Encoding::Utf16Le),
        [0xFE, 0xFF, ..] | [0, b'<', ..] => Some(Encoding::Utf16Be),
        _ => None,
    }
}

/// Whether a document in the marked encoding may declare this name.
fn agrees(marked: Encoding, name: &str) -> bool {
    let known = Encoding::named(name);
    known == Some(marked) || (marked != Encoding::Utf8 && known == Some(Encoding::Utf16))
}

/// The name in `<?xml … encoding="…"?>`, if the document begins so. Where the declaration is not well formed, what is
/// taken for its encoding does not matter: it is refused when it is read.
fn declared(input: &[u8]) -> Option<String> {
    let rest = input.strip_prefix(b"<?xml")?;
    let end = rest.windows(2).position(|pair| pair == b"?>")?;
    let declaration = std::str::from_utf8(rest.get(..end)?).ok()?;
    let (_, rest) = declaration.split_once("encoding")?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    rest.get(1..)?.split(quote).next().map(str::to_owned)
}

fn decode_as(encoding: Encoding, input: &[u8]) -> Result<Cow<'_, str>, Rejection> {
    encoding.decode(input).map_err(|bad| {
        let sentence = format!("byte {} is no text in the encoding of the document", bad.offset + 1);
        Rejection::new(
            Code::new("AH-X111"),
            sentence,
            "let the source declare the encoding that it writes",
        )
        .at(Place::of(input, bad.offset))
    })
}

fn foreign(sentence: &str) -> Rejection {
    let remedy = "send UTF-8, UTF-16, ISO-8859-1, ISO-8859-15 or windows-1252, and declare what is sent";
    Rejection::new(Code::new("AH-X111"), sentence, remedy).at(Place { line: 1, column: 1 })
}
