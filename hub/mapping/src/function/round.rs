// SPDX-License-Identifier: EUPL-1.2
//! `round(2)`: commercial rounding.

use super::digits::Decimal;
use super::{Argument, Conversion, Example, Function, Law, Made, Misfit, Prepared, whole};
use hub_message::LeafKind;

pub(super) const ROUND: Function = Function {
    name: "round",
    arguments: "places",
    law: Law::Normalising,
    english: "Rounds a decimal number to so many places, half away from zero, in both directions.",
    german: "Rundet kaufmännisch auf so viele Nachkommastellen, in beiden Richtungen.",
    example: Example {
        arguments: &["2"],
        source: "2.345",
        canonical: "2.35",
    },
    prepare: |arguments| {
        let [Argument::Number(places)] = arguments else {
            return Err("it takes the number of places".to_owned());
        };
        let places = whole(places, "the number of places")? as usize;
        if places > 100 {
            return Err("100 places are the most".to_owned());
        }
        let round = move |number: Decimal, out: &mut String| -> Result<Made, Misfit> {
            number.rounded(places).ok_or_else(Decimal::too_long)?.write(out);
            Ok(Made::Number)
        };
        Ok(Prepared::Each(Conversion::normalising(
            LeafKind::Number,
            move |input, out| match input.text.trim() {
                "" => Ok(Made::Absent),
                text => round(Decimal::of_json(text)?, out),
            },
            move |input, out| round(Decimal::of_json(input.text)?, out),
        )))
    },
};
