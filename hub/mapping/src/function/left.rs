// SPDX-License-Identifier: EUPL-1.2
//! `left(3)`: the first characters.

use crate::letters::{composed, cut};

use super::{Conversion, Example, Function, Law, Prepared, one_length};

pub(super) const LEFT: Function = Function {
    name: "left",
    arguments: "length",
    law: Law::Normalising,
    english: "Keeps the first characters, in both directions. A letter is never parted from its marks.",
    german: "Behält die ersten Zeichen, in beiden Richtungen. Ein Buchstabe wird nie von seinen Akzenten getrennt.",
    example: Example {
        arguments: &["5"],
        source: "16099001",
        canonical: "16099",
    },
    prepare: |arguments| {
        let length = one_length(arguments)?;
        Ok(Prepared::Each(Conversion::form(move |text, out| {
            let text = composed(text);
            out.push_str(text.get(..cut(&text, length)).unwrap_or_default());
            Ok(())
        })))
    },
};
