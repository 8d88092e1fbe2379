// SPDX-License-Identifier: EUPL-1.2
//! `right(3)`: the last characters.

use crate::letters::{composed, cut_from_end};

use super::{Conversion, Example, Function, Law, Prepared, one_length};

pub(super) const RIGHT: Function = Function {
    name: "right",
    arguments: "length",
    law: Law::Normalising,
    english: "Keeps the last characters, in both directions. A letter is never parted from its marks.",
    german: "Behält die letzten Zeichen, in beiden Richtungen. Ein Buchstabe wird nie von seinen Akzenten getrennt.",
    example: Example {
        arguments: &["3"],
        source: "GEW-2026-017",
        canonical: "017",
    },
    prepare: |arguments| {
        let length = one_length(arguments)?;
        Ok(Prepared::Each(Conversion::form(move |text, out| {
            let text = composed(text);
            out.push_str(text.get(cut_from_end(&text, length)..).unwrap_or_default());
            Ok(())
        })))
    },
};
