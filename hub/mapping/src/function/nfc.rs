// SPDX-License-Identifier: EUPL-1.2
//! `nfc`: one way to write a letter with its marks.

use unicode_normalization::UnicodeNormalization;

use super::{Conversion, Example, Function, Law, Prepared, no_arguments};

pub(super) const NFC: Function = Function {
    name: "nfc",
    arguments: "",
    law: Law::Normalising,
    english: "Letters and their marks composed (Unicode normalisation form C, which DIN 91379 demands), in both \
              directions.",
    german: "Buchstaben und ihre Zeichen zusammengesetzt (Unicode-Normalform C, wie DIN 91379 sie verlangt), in beiden \
             Richtungen.",
    example: Example {
        arguments: &[],
        source: "Mu\u{308}ller",
        canonical: "Müller",
    },
    prepare: |arguments| {
        no_arguments(arguments)?;
        Ok(Prepared::Each(Conversion::form(|text, out| {
            out.extend(text.nfc());
            Ok(())
        })))
    },
};
