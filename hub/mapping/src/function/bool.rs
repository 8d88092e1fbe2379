// SPDX-License-Identifier: EUPL-1.2
//! `bool`, `bool('J','N')`: yes and no.

use super::{Argument, Conversion, Example, Function, Law, Made, Misfit, Prepared};
use hub_message::LeafKind;

pub(super) const BOOL: Function = Function {
    name: "bool",
    arguments: "'yes'?, 'no'?",
    law: Law::Normalising,
    english: "`true` and `false` as the source spells them: the two texts given, else `true`, `1`, `false`, `0`. Blank \
              is absent, unless blank is one of the two.",
    german: "Ja und nein, wie die Quelle es schreibt: die beiden Texte, sonst `true`, `1`, `false`, `0`. Leer heißt: \
             fehlt, wenn leer nicht selbst einer der beiden ist.",
    example: Example {
        arguments: &["'J'", "'N'"],
        source: "J",
        canonical: "true",
    },
    prepare: |arguments| {
        let (yes, no) = match arguments {
            [] => (
                vec!["true".to_owned(), "1".to_owned()],
                vec!["false".to_owned(), "0".to_owned()],
            ),
            [Argument::Text(yes), Argument::Text(no)] if yes.trim() != no.trim() => {
                (vec![yes.trim().to_owned()], vec![no.trim().to_owned()])
            }
            _ => return Err("it takes two different texts, the one for yes and the one for no, or nothing".to_owned()),
        };
        let spelled = [
            yes.first().cloned().unwrap_or_default(),
            no.first().cloned().unwrap_or_default(),
        ];
        Ok(Prepared::Each(Conversion::normalising(
            LeafKind::Bool,
            move |input, out| {
                let text = input.text.trim();
                let is = |spelling: &[String]| spelling.iter().any(|s| s == text);
                let value = match (is(&yes), is(&no)) {
                    (true, _) => "true",
                    (_, true) => "false",
                    _ if text.is_empty() => return Ok(Made::Absent),
                    _ => return Err(Misfit::new("is neither the text for yes nor the text for no")),
                };
                out.push_str(value);
                Ok(Made::Bool)
            },
            move |input, out| {
                let [yes, no] = &spelled;
                out.push_str(match input.text {
                    "true" => yes,
                    "false" => no,
                    _ => return Err(Misfit::new("is not true or false")),
                });
                Ok(if yes == "true" { Made::Bool } else { Made::Text })
            },
        )))
    },
};
