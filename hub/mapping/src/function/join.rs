// SPDX-License-Identifier: EUPL-1.2
//! `join(', ')`: all matches in one text.

use super::{Example, Fold, Function, Law, Made, Prepared, one_text};

pub(super) const JOIN: Function = Function {
    name: "join",
    arguments: "'separator'",
    law: Law::OneWay,
    english: "Joins the texts of all matches of the place, with the separator between them.",
    german: "Verbindet die Texte aller Treffer der Stelle mit dem Trennzeichen.",
    example: Example {
        arguments: &["', '"],
        source: "Erika|Maria",
        canonical: "Erika, Maria",
    },
    prepare: |arguments| {
        let between = one_text(arguments, "what stands between the texts")?;
        Ok(Prepared::Fold(Fold::Join(between.to_owned())))
    },
};

pub(super) fn join<'a>(between: &str, values: impl IntoIterator<Item = &'a str>, out: &mut String) -> Made {
    let mut made = Made::Absent;
    for value in values {
        if made == Made::Text {
            out.push_str(between);
        }
        out.push_str(value);
        made = Made::Text;
    }
    made
}
