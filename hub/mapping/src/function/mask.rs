// SPDX-License-Identifier: EUPL-1.2
//! `mask(4)`: only the end stays readable.

use unicode_normalization::char::is_combining_mark;

use crate::letters::composed;

use super::{Conversion, Example, Function, Law, Prepared, one_length};

pub(super) const MASK: Function = Function {
    name: "mask",
    arguments: "length",
    law: Law::Normalising,
    english: "Replaces every letter and digit by `*` but the last ones, in both directions. A value that is not longer \
              is masked whole.",
    german: "Ersetzt alle Buchstaben und Ziffern bis auf die letzten durch `*`, in beiden Richtungen. Was nicht länger \
             ist, wird ganz verdeckt.",
    example: Example {
        arguments: &["4"],
        source: "DE02 1203 0000 0000 2020 51",
        canonical: "**** **** **** **** **20 51",
    },
    prepare: |arguments| {
        let open = one_length(arguments)?;
        Ok(Prepared::Each(Conversion::form(move |text, out| {
            let text = composed(text);
            let is_sign = |c: &char| *c == '*' || (c.is_alphanumeric() && !is_combining_mark(*c));
            let signs = text.chars().filter(is_sign).count();
            // What is short would stand open as a whole, so it is covered as a whole.
            let covered = if signs > open { signs - open } else { signs };
            let mut seen = 0;
            for c in text.chars() {
                // A mark would tell something of the letter that is covered.
                if is_combining_mark(c) && out.ends_with('*') {
                    continue;
                }
                seen += usize::from(is_sign(&c));
                out.push(if is_sign(&c) && seen <= covered { '*' } else { c });
            }
            Ok(())
        })))
    },
};
