// SPDX-License-Identifier: EUPL-1.2
//! `blob`, `blob('base64')`, `blob('text')`: a content goes to the document store.

use hub_message::Digest;

use super::base64::{decoded, without_space};
use super::{Argument, Conversion, Example, Function, Keeps, Law, Made, Misfit, Prepared};

pub(super) const BLOB: Function = Function {
    name: "blob",
    arguments: "'base64' | 'text'?",
    law: Law::OneWay,
    english: "Puts the content into the document store and its SHA-256 into the field: the file at the place in formats \
              that have files (mail, multipart), else Base64; with 'base64' or 'text' always that. Media type and file \
              name come from `mediaType` and `name` beside the field, else from the source.",
    german: "Legt den Inhalt in die Dokumentenablage und seine SHA-256-Prüfsumme in das Feld: die Datei an der Stelle, \
             wo das Format Dateien hat (E-Mail, Multipart), sonst Base64; mit 'base64' oder 'text' immer dies. \
             Medientyp und Dateiname stehen daneben in `mediaType` und `name`, sonst gelten die der Quelle.",
    example: Example {
        arguments: &[],
        source: "SGFsbG8=",
        canonical: "753692ec36adb4c794c973945eb2a99c1649703ea6f76bf259abb4fb838e013e",
    },
    prepare: |arguments| {
        let keeps = match arguments {
            [] => Keeps::Place,
            [Argument::Text(kind)] if kind == "base64" => Keeps::Base64,
            [Argument::Text(kind)] if kind == "text" => Keeps::Text,
            _ => return Err("it takes 'base64', 'text' or nothing".to_owned()),
        };
        let mut conversion = Conversion::one_way(move |input, out| {
            out.push_str(Digest::of(&bytes(keeps, input.text)?).as_str());
            Ok(Made::Text)
        });
        conversion.keeps = Some(keeps);
        Ok(Prepared::Each(conversion))
    },
};

/// The content that a text stands for.
pub(crate) fn bytes(keeps: Keeps, text: &str) -> Result<Vec<u8>, Misfit> {
    match keeps {
        Keeps::Place | Keeps::Base64 => decoded(&without_space(text)),
        Keeps::Text => Ok(text.as_bytes().to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::laws::{prepared, read};

    #[test]
    fn the_digest_is_that_of_the_bytes() {
        let hello = "185f8db32271fe25f561a6fc938b2e264306ec304eda518007d1764826381969";
        assert_eq!(read("blob", &["'text'"], "Hello"), Ok(Some(hello.to_owned())));
        assert_eq!(read("blob", &["'base64'"], "SGVs\nbG8="), Ok(Some(hello.to_owned())));
        assert_eq!(read("blob", &[], "SGVsbG8="), Ok(Some(hello.to_owned())));
        assert_eq!(read("blob", &[], "Hello!"), Err("is not valid Base64".to_owned()));
        assert!(prepared("blob", &["'file'"]).is_err());
    }
}
