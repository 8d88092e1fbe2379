// SPDX-License-Identifier: EUPL-1.2
//! `sum`: the exact sum of all matches.

use super::digits::Decimal;
use super::{Example, Fold, Function, Law, Made, Misfit, Prepared, no_arguments};

pub(super) const SUM: Function = Function {
    name: "sum",
    arguments: "",
    law: Law::OneWay,
    english: "The exact decimal sum of all matches of the place, with as many decimal places as the longest of them; \
              absent where there is none.",
    german: "Die genaue Summe aller Treffer der Stelle, mit so vielen Nachkommastellen wie der längste; ohne Treffer \
             fehlt das Feld.",
    example: Example {
        arguments: &[],
        source: "19.99|0.011|-5",
        canonical: "15.001",
    },
    prepare: |arguments| {
        no_arguments(arguments)?;
        Ok(Prepared::Fold(Fold::Sum))
    },
};

pub(super) fn sum<'a>(values: impl IntoIterator<Item = &'a str>, out: &mut String) -> Result<Made, Misfit> {
    let mut total: Option<Decimal> = None;
    for value in values {
        let value = Decimal::parse(value.trim(), '.')?;
        total = Some(match total {
            None => value,
            Some(total) => total.plus(&value).ok_or_else(Decimal::too_long)?,
        });
    }
    match total {
        None => Ok(Made::Absent),
        Some(total) => {
            total.write(out);
            Ok(Made::Number)
        }
    }
}
