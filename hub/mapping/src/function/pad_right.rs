// SPDX-License-Identifier: EUPL-1.2
//! `pad_right(8)`: at least so many characters, filled from the right.

use super::pad_left::padding;
use super::{Conversion, Example, Function, Law, Prepared};

pub(super) const PAD_RIGHT: Function = Function {
    name: "pad_right",
    arguments: "length, 'character'?",
    law: Law::Normalising,
    english: "Fills up to the length with the character (a space by default) from the right, in both directions; \
              longer text stays as it is.",
    german: "Füllt von rechts mit dem Zeichen (sonst Leerzeichen) bis zur Länge auf, in beiden Richtungen; Längeres \
             bleibt.",
    example: Example {
        arguments: &["5", "'.'"],
        source: "417",
        canonical: "417..",
    },
    prepare: |arguments| {
        let (length, fill) = padding(arguments)?;
        Ok(Prepared::Each(Conversion::form(move |text, out| {
            let missing = length.saturating_sub(text.chars().count());
            out.push_str(text);
            out.extend(std::iter::repeat_n(fill, missing));
            Ok(())
        })))
    },
};
