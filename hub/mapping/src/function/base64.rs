// SPDX-License-Identifier: EUPL-1.2
//! `base64`, `base64('text')`: bytes in a text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Argument, Conversion, Example, Function, Law, Made, Misfit, Prepared};
use hub_message::LeafKind;

pub(super) const BASE64: Function = Function {
    name: "base64",
    arguments: "'text'?",
    law: Law::Normalising,
    english: "Base64 (RFC 4648, section 4) that is checked and freed of white space; with 'text' the source's Base64 \
              holds UTF-8 text, which the canonical document has in plain.",
    german: "Base64 (RFC 4648, Abschnitt 4), geprüft und ohne Leerraum; mit 'text' enthält das Base64 der Quelle \
             UTF-8-Text, der kanonisch im Klartext steht.",
    example: Example {
        arguments: &["'text'"],
        source: "R3LDvMOfZQ==",
        canonical: "Grüße",
    },
    prepare: |arguments| match arguments {
        [] => Ok(Prepared::Each(Conversion::form(|text, out| {
            let plain = without_space(text);
            decoded(&plain)?;
            out.push_str(&plain);
            Ok(())
        }))),
        [Argument::Text(text)] if text == "text" => Ok(Prepared::Each(Conversion::normalising(
            LeafKind::Text,
            |input, out| {
                let text = String::from_utf8(decoded(&without_space(input.text))?);
                out.push_str(&text.map_err(|_| Misfit::new("holds bytes that are not UTF-8 text"))?);
                Ok(Made::Text)
            },
            |input, out| {
                STANDARD.encode_string(input.text, out);
                Ok(Made::Text)
            },
        ))),
        _ => Err("it takes 'text' or nothing".to_owned()),
    },
};

pub(super) fn without_space(text: &str) -> String {
    text.chars().filter(|c| !c.is_ascii_whitespace()).collect()
}

pub(super) fn decoded(text: &str) -> Result<Vec<u8>, Misfit> {
    STANDARD.decode(text).map_err(|_| Misfit::new("is not valid Base64"))
}
