// SPDX-License-Identifier: EUPL-1.2
//! `first`: the first match.

use super::{Example, Function, Law, Pick, Prepared, no_arguments};

pub(super) const FIRST: Function = Function {
    name: "first",
    arguments: "",
    law: Law::Normalising,
    english: "The first match of a place that may occur several times.",
    german: "Den ersten Treffer einer Stelle, die mehrmals vorkommen darf.",
    example: Example {
        arguments: &[],
        source: "a|b",
        canonical: "a",
    },
    prepare: |arguments| {
        no_arguments(arguments)?;
        Ok(Prepared::Pick(Pick::First))
    },
};
