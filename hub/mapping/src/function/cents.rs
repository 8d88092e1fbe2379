// SPDX-License-Identifier: EUPL-1.2
//! `cents`: an amount that the source counts in cents.

use super::digits::Decimal;
use super::{Conversion, Example, Function, Law, Made, Misfit, Prepared, no_arguments};
use hub_message::LeafKind;

pub(super) const CENTS: Function = Function {
    name: "cents",
    arguments: "",
    law: Law::Normalising,
    english: "An amount in whole cents in the source, in euros with two places in the canonical document. Blank is \
              absent.",
    german: "Ein Betrag, der in der Quelle in ganzen Cent steht, kanonisch in Euro mit zwei Stellen. Leer heißt: \
             fehlt.",
    example: Example {
        arguments: &[],
        source: "0000002600",
        canonical: "26.00",
    },
    prepare: |arguments| {
        no_arguments(arguments)?;
        Ok(Prepared::Each(Conversion::normalising(
            LeafKind::Number,
            |input, out| {
                let text = input.text.trim();
                if text.is_empty() {
                    return Ok(Made::Absent);
                }
                let cents = Decimal::parse(text, '.')?;
                if !cents.fraction().is_empty() || text.contains('.') {
                    return Err(Misfit::new("is not a whole number of cents"));
                }
                cents.shifted(-2).ok_or_else(Decimal::too_long)?.write(out);
                Ok(Made::Number)
            },
            |input, out| {
                let cents = Decimal::of_json(input.text)?.shifted(2).ok_or_else(Decimal::too_long)?;
                let whole = cents.scaled(0).ok_or_else(|| Misfit::new("has parts of a cent"))?;
                whole.write(out);
                Ok(Made::Number)
            },
        )))
    },
};
