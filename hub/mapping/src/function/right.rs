// SPDX-License-Identifier: EUPL-1.2
//! `right(3)`: the last characters.

use super::{Conversion, Example, Function, Law, Prepared, one_length};

pub(super) const RIGHT: Function = Function {
    name: "right",
    arguments: "length",
    law: Law::Normalising,
    english: "Keeps the last characters, in both directions.",
    german: "Behält die letzten Zeichen, in beiden Richtungen.",
    example: Example {
        arguments: &["3"],
        source: "GEW-2026-017",
        canonical: "017",
    },
    prepare: |arguments| {
        let length = one_length(arguments)?;
        Ok(Prepared::Each(Conversion::form(move |text, out| {
            let before = text.chars().count().saturating_sub(length);
            out.extend(text.chars().skip(before));
            Ok(())
        })))
    },
};
