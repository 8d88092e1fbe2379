// SPDX-License-Identifier: EUPL-1.2
//! `part('year')`: a part of a date.

use super::{Conversion, Example, Function, Law, Made, Misfit, Prepared, one_text};
use hub_message::LeafKind;

pub(super) const PART: Function = Function {
    name: "part",
    arguments: "'year' | 'month' | 'day'",
    law: Law::OneWay,
    english: "Year, month or day of a date in canonical form, as a number; a part that is not known is absent.",
    german: "Jahr, Monat oder Tag eines kanonischen Datums als Zahl; was nicht bekannt ist, fehlt.",
    example: Example {
        arguments: &["'year'"],
        source: "1980-05",
        canonical: "1980",
    },
    prepare: |arguments| {
        let index = match one_text(arguments, "'year', 'month' or 'day'")? {
            "year" => 0,
            "month" => 1,
            "day" => 2,
            _ => return Err("a part is 'year', 'month' or 'day'".to_owned()),
        };
        let mut conversion = Conversion::one_way(move |input, out| {
            let date = input.text.split('T').next().unwrap_or_default();
            let Some(digits) = date.split('-').nth(index) else {
                return Ok(Made::Absent);
            };
            if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return Err(Misfit::new("is not a date in canonical form"));
            }
            let number = digits.trim_start_matches('0');
            out.push_str(if number.is_empty() { "0" } else { number });
            Ok(Made::Number)
        });
        conversion.makes = Some(LeafKind::Integer);
        Ok(Prepared::Each(conversion))
    },
};
