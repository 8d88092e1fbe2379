// SPDX-License-Identifier: EUPL-1.2
//! `find('[A-Z]+-[0-9]+')`: the first part of a text that has this form.

use super::matches::compiled;
use super::{Conversion, Example, Function, Law, Made, Prepared, one_text};

pub(super) const FIND: Function = Function {
    name: "find",
    arguments: "'regular expression'",
    law: Law::OneWay,
    english: "The first part of the text that has this form; absent where none has. Where the expression has a group in \
              brackets, what stands in the first one.",
    german: "Der erste Teil des Textes, der diese Form hat; hat keiner sie, fehlt der Wert. Enthält der Ausdruck eine \
             Klammer, dann das, was in der ersten steht.",
    example: Example {
        arguments: &["'GEW-[0-9]{4}-[0-9]+'"],
        source: "AW: Ihr Antrag GEW-2026-017 vom Mai",
        canonical: "GEW-2026-017",
    },
    prepare: |arguments| {
        let expression = compiled(one_text(arguments, "a regular expression")?)?;
        Ok(Prepared::Each(Conversion::one_way(move |input, out| {
            let found = expression.captures(input.text);
            let part = found.as_ref().and_then(|found| found.get(1).or_else(|| found.get(0)));
            match part.filter(|part| !part.is_empty()) {
                Some(part) => {
                    out.push_str(part.as_str());
                    Ok(Made::Text)
                }
                None => Ok(Made::Absent),
            }
        })))
    },
};

#[cfg(test)]
mod tests {
    use super::super::laws::{prepared, read};

    #[test]
    fn the_first_part_or_its_group() {
        assert_eq!(read("find", &["'[0-9]+'"], "a 12 b 3"), Ok(Some("12".to_owned())));
        assert_eq!(
            read("find", &["'Az\\. ([0-9]+)'"], "zu Az. 12"),
            Ok(Some("12".to_owned()))
        );
        assert_eq!(read("find", &["'[0-9]*'"], "a"), Ok(None));
        assert_eq!(read("find", &["'x'"], "a"), Ok(None));
        assert!(prepared("find", &["'('"]).is_err());
    }
}
