// SPDX-License-Identifier: EUPL-1.2
//! `last`: the last match.

use super::{Example, Function, Law, Pick, Prepared, no_arguments};

pub(super) const LAST: Function = Function {
    name: "last",
    arguments: "",
    law: Law::Normalising,
    english: "The last match of a place that may occur several times.",
    german: "Den letzten Treffer einer Stelle, die mehrmals vorkommen darf.",
    example: Example {
        arguments: &[],
        source: "a|b",
        canonical: "b",
    },
    prepare: |arguments| {
        no_arguments(arguments)?;
        Ok(Prepared::Pick(Pick::Last))
    },
};
