// SPDX-License-Identifier: EUPL-1.2
//! `strip_prefix('RE-')`: without what stands before.

use super::{Conversion, Example, Function, Law, Made, Prepared, one_text};
use hub_message::LeafKind;

pub(super) const STRIP_PREFIX: Function = Function {
    name: "strip_prefix",
    arguments: "'prefix'",
    law: Law::Normalising,
    english: "Removes the prefix where it stands; writing puts it before.",
    german: "Entfernt den Vorsatz, wo er steht; Schreiben setzt ihn davor.",
    example: Example {
        arguments: &["'DE-'"],
        source: "DE-12345",
        canonical: "12345",
    },
    prepare: |arguments| {
        let prefix = one_text(arguments, "the prefix")?.to_owned();
        let before = prefix.clone();
        Ok(Prepared::Each(Conversion::normalising(
            LeafKind::Text,
            move |input, out| {
                out.push_str(input.text.strip_prefix(&prefix).unwrap_or(input.text));
                Ok(Made::Text)
            },
            move |input, out| {
                out.push_str(&before);
                out.push_str(input.text);
                Ok(Made::Text)
            },
        )))
    },
};
