// SPDX-License-Identifier: EUPL-1.2
//! `count`: how many matches.

use super::{Example, Fold, Function, Law, Made, Prepared, no_arguments};

pub(super) const COUNT: Function = Function {
    name: "count",
    arguments: "",
    law: Law::OneWay,
    english: "How many matches the place has; 0 where there is none.",
    german: "Wie viele Treffer die Stelle hat; 0, wo keiner ist.",
    example: Example {
        arguments: &[],
        source: "a|b|c",
        canonical: "3",
    },
    prepare: |arguments| {
        no_arguments(arguments)?;
        Ok(Prepared::Fold(Fold::Count))
    },
};

pub(super) fn count<'a>(values: impl IntoIterator<Item = &'a str>, out: &mut String) -> Made {
    out.push_str(&values.into_iter().count().to_string());
    Made::Number
}
