// SPDX-License-Identifier: EUPL-1.2
//! `ascii_fold`: basic letters for all Latin letters.

use super::{Conversion, Example, Function, Law, Misfit, Prepared, no_arguments};
use crate::encoding::fold;

pub(super) const ASCII_FOLD: Function = Function {
    name: "ascii_fold",
    arguments: "",
    law: Law::Normalising,
    english: "Basic Latin letters for all Latin letters, as the search form of DIN 91379 says, with capitals kept; a \
              letter of another script is refused. In both directions.",
    german: "Grundbuchstaben für alle lateinischen Buchstaben nach der Suchform der DIN 91379, Großschreibung bleibt; \
             andere Schriften werden zurückgewiesen. In beiden Richtungen.",
    example: Example {
        arguments: &[],
        source: "Jürgen Łuczak, GÖẞ",
        canonical: "Juergen Luczak, GOESS",
    },
    prepare: |arguments| {
        no_arguments(arguments)?;
        Ok(Prepared::Each(Conversion::form(|text, out| {
            fold::fold(text, |c| c.is_ascii(), out).map_err(|_| Misfit::new("has a character without a basic letter"))
        })))
    },
};
