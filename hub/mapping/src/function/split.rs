// SPDX-License-Identifier: EUPL-1.2
//! `split(';', 2)`: one part of a text that has several.

use super::{Argument, Conversion, Example, Function, Law, Made, Prepared, whole};

pub(super) const SPLIT: Function = Function {
    name: "split",
    arguments: "'separator', number",
    law: Law::OneWay,
    english: "Divides at the separator and takes the part with this number (the first is 1); a part that is not there \
              is absent.",
    german: "Teilt am Trennzeichen und nimmt den Teil mit dieser Nummer (der erste ist 1); fehlt er, fehlt das Feld.",
    example: Example {
        arguments: &["'-'", "2"],
        source: "GEW-2026-017",
        canonical: "2026",
    },
    prepare: |arguments| {
        let [Argument::Text(separator), Argument::Number(number)] = arguments else {
            return Err("it takes the separator in quotation marks and the number of the part".to_owned());
        };
        if separator.is_empty() {
            return Err("the separator must not be empty".to_owned());
        }
        let skipped = whole(number, "the number of the part")?
            .checked_sub(1)
            .ok_or("parts count from 1")?;
        let separator = separator.clone();
        Ok(Prepared::Each(Conversion::one_way(move |input, out| {
            match input.text.split(separator.as_str()).nth(skipped as usize) {
                Some(part) => {
                    out.push_str(part);
                    Ok(Made::Text)
                }
                None => Ok(Made::Absent),
            }
        })))
    },
};
