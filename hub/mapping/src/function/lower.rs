// SPDX-License-Identifier: EUPL-1.2
//! `lower`: small letters.

use super::{Conversion, Example, Function, Law, Prepared, no_arguments};

pub(super) const LOWER: Function = Function {
    name: "lower",
    arguments: "",
    law: Law::Normalising,
    english: "Makes small letters of capital ones.",
    german: "Macht Kleinbuchstaben.",
    example: Example {
        arguments: &[],
        source: "Poststelle@Stadt.example",
        canonical: "poststelle@stadt.example",
    },
    prepare: |arguments| {
        no_arguments(arguments)?;
        Ok(Prepared::Each(Conversion::form(|text, out| {
            out.extend(text.chars().flat_map(char::to_lowercase));
            Ok(())
        })))
    },
};
