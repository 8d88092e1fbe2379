// SPDX-License-Identifier: EUPL-1.2
//! `squeeze`: every run of white space becomes one space.

use super::{Conversion, Example, Function, Law, Prepared, no_arguments};

pub(super) const SQUEEZE: Function = Function {
    name: "squeeze",
    arguments: "",
    law: Law::Normalising,
    english: "Makes one space of every run of white space; the ends are not trimmed away.",
    german: "Macht aus jeder Folge von Leerraum ein Leerzeichen; auch an den Enden bleibt eines.",
    example: Example {
        arguments: &[],
        source: "Gewerbeanmeldung   Bäckerei",
        canonical: "Gewerbeanmeldung Bäckerei",
    },
    prepare: |arguments| {
        no_arguments(arguments)?;
        Ok(Prepared::Each(Conversion::form(|text, out| {
            let mut in_space = false;
            for c in text.chars() {
                let space = c.is_whitespace();
                if !space {
                    out.push(c);
                } else if !in_space {
                    out.push(' ');
                }
                in_space = space;
            }
            Ok(())
        })))
    },
};
