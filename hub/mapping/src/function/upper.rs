// SPDX-License-Identifier: EUPL-1.2
//! `upper`: capital letters.

use super::{Conversion, Example, Function, Law, Prepared, no_arguments};

pub(super) const UPPER: Function = Function {
    name: "upper",
    arguments: "",
    law: Law::Normalising,
    english: "Makes capital letters of small ones; `ß` stays as it is, so that names do not change their spelling.",
    german: "Macht Großbuchstaben; `ß` bleibt stehen, damit Namen ihre Schreibweise behalten.",
    example: Example {
        arguments: &[],
        source: "de",
        canonical: "DE",
    },
    prepare: |arguments| {
        no_arguments(arguments)?;
        Ok(Prepared::Each(Conversion::form(|text, out| {
            for c in text.chars() {
                let mut capitals = c.to_uppercase();
                // One letter stays one letter: `ß`, `ŉ` and ligatures have no single capital.
                match (capitals.next(), capitals.next()) {
                    (Some(capital), None) => out.push(capital),
                    _ => out.push(c),
                }
            }
            Ok(())
        })))
    },
};
