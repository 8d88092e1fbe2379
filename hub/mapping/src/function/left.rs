// SPDX-License-Identifier: EUPL-1.2
//! `left(3)`: the first characters.

use super::{Conversion, Example, Function, Law, Prepared, one_length};

pub(super) const LEFT: Function = Function {
    name: "left",
    arguments: "length",
    law: Law::Normalising,
    english: "Keeps the first characters, in both directions.",
    german: "Behält die ersten Zeichen, in beiden Richtungen.",
    example: Example {
        arguments: &["5"],
        source: "16099001",
        canonical: "16099",
    },
    prepare: |arguments| {
        let length = one_length(arguments)?;
        Ok(Prepared::Each(Conversion::form(move |text, out| {
            out.extend(text.chars().take(length));
            Ok(())
        })))
    },
};
