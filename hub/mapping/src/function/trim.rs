// SPDX-License-Identifier: EUPL-1.2
//! `trim`: no white space at either end.

use super::{Conversion, Example, Function, Law, Prepared, no_arguments};

pub(super) const TRIM: Function = Function {
    name: "trim",
    arguments: "",
    law: Law::Normalising,
    english: "Removes white space at both ends.",
    german: "Entfernt Leerraum an beiden Enden.",
    example: Example {
        arguments: &[],
        source: "  Weber ",
        canonical: "Weber",
    },
    prepare: |arguments| {
        no_arguments(arguments)?;
        Ok(Prepared::Each(Conversion::form(|text, out| {
            out.push_str(text.trim());
            Ok(())
        })))
    },
};
