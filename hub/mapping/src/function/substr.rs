// SPDX-License-Identifier: EUPL-1.2
//! `substr(5,4)`: characters from the middle.

use crate::letters::{composed, cut};

use super::{Argument, Conversion, Example, Function, Law, Made, Prepared, whole};

pub(super) const SUBSTR: Function = Function {
    name: "substr",
    arguments: "start, length?",
    law: Law::OneWay,
    english: "Characters from the given position (the first is 1), so many or to the end; nothing there is absent.",
    german: "Zeichen ab der Stelle (die erste ist 1), so viele oder bis zum Ende; steht dort nichts, fehlt das Feld.",
    example: Example {
        arguments: &["5", "4"],
        source: "GEW-2026-017",
        canonical: "2026",
    },
    prepare: |arguments| {
        let (start, length) = match arguments {
            [Argument::Number(start)] => (start, None),
            [Argument::Number(start), Argument::Number(length)] => (start, Some(length)),
            _ => {
                return Err("it takes the position of the first character and, if not to the end, a length".to_owned());
            }
        };
        let skipped = whole(start, "the position")?
            .checked_sub(1)
            .ok_or("positions count from 1")?;
        let length = length.map_or(Ok(u32::MAX), |length| whole(length, "the length"))?;
        Ok(Prepared::Each(Conversion::one_way(move |input, out| {
            let text = composed(input.text);
            let start = cut(&text, skipped as usize);
            let end = cut(&text, skipped as usize + length as usize);
            out.push_str(text.get(start..end).unwrap_or_default());
            Ok(if out.is_empty() { Made::Absent } else { Made::Text })
        })))
    },
};
