// SPDX-License-Identifier: EUPL-1.2
//! `pad_left(8,'0')`: at least so many characters, filled from the left.

use super::{Argument, Conversion, Example, Function, Law, Prepared, whole};

pub(super) const PAD_LEFT: Function = Function {
    name: "pad_left",
    arguments: "length, 'character'?",
    law: Law::Normalising,
    english: "Fills up to the length with the character (a space by default) from the left, in both directions; longer \
              text stays as it is.",
    german: "Füllt von links mit dem Zeichen (sonst Leerzeichen) bis zur Länge auf, in beiden Richtungen; Längeres \
             bleibt.",
    example: Example {
        arguments: &["6", "'0'"],
        source: "417",
        canonical: "000417",
    },
    prepare: |arguments| {
        let (length, fill) = padding(arguments)?;
        Ok(Prepared::Each(Conversion::form(move |text, out| {
            let missing = length.saturating_sub(text.chars().count());
            out.extend(std::iter::repeat_n(fill, missing));
            out.push_str(text);
            Ok(())
        })))
    },
};

/// The arguments of both paddings: length and character.
pub(super) fn padding(arguments: &[Argument]) -> Result<(usize, char), String> {
    let (length, fill) = match arguments {
        [Argument::Number(length)] => (length, " "),
        [Argument::Number(length), Argument::Text(fill)] => (length, fill.as_str()),
        _ => return Err("it takes a length and, if it is not a space, a character in quotation marks".to_owned()),
    };
    let mut characters = fill.chars();
    match (characters.next(), characters.next()) {
        (Some(fill), None) => Ok((whole(length, "the length")? as usize, fill)),
        _ => Err("the filling must be exactly one character".to_owned()),
    }
}
