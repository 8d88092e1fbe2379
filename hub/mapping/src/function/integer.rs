// SPDX-License-Identifier: EUPL-1.2
//! `integer`: a number without fraction.

use super::digits::Decimal;
use super::{Conversion, Example, Function, Law, Made, Misfit, Prepared, no_arguments};
use hub_message::LeafKind;

pub(super) const INTEGER: Function = Function {
    name: "integer",
    arguments: "",
    law: Law::Normalising,
    english: "A whole number; leading zeros go. Blank is absent.",
    german: "Eine ganze Zahl; führende Nullen entfallen. Leer heißt: fehlt.",
    example: Example {
        arguments: &[],
        source: "000417",
        canonical: "417",
    },
    prepare: |arguments| {
        no_arguments(arguments)?;
        Ok(Prepared::Each(Conversion::normalising(
            LeafKind::Integer,
            |input, out| match input.text.trim() {
                "" => Ok(Made::Absent),
                text => whole_number(Decimal::parse(text, '.')?, out),
            },
            |input, out| whole_number(Decimal::of_json(input.text)?, out),
        )))
    },
};

fn whole_number(number: Decimal, out: &mut String) -> Result<Made, Misfit> {
    let whole = number.scaled(0).ok_or_else(|| Misfit::new("is not a whole number"))?;
    whole.write(out);
    Ok(Made::Number)
}
