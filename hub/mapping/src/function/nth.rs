// SPDX-License-Identifier: EUPL-1.2
//! `nth(2)`: the match with this number.

use super::{Argument, Example, Function, Law, Pick, Prepared, whole};

pub(super) const NTH: Function = Function {
    name: "nth",
    arguments: "number",
    law: Law::OneWay,
    english: "The match with this number (the first is 1) of a place that may occur several times.",
    german: "Den Treffer mit dieser Nummer (der erste ist 1) einer Stelle, die mehrmals vorkommen darf.",
    example: Example {
        arguments: &["2"],
        source: "a|b|c",
        canonical: "b",
    },
    prepare: |arguments| match arguments {
        [Argument::Number(number)] => whole(number, "the number")?
            .checked_sub(1)
            .map(|index| Prepared::Pick(Pick::Nth(index)))
            .ok_or_else(|| "matches count from 1".to_owned()),
        _ => Err("it takes the number of the match".to_owned()),
    },
};
