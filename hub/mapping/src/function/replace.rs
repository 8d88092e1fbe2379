// SPDX-License-Identifier: EUPL-1.2
//! `replace('from','to')`: one text for another.

use super::{Argument, Conversion, Example, Function, Law, Made, Misfit, Prepared};
use hub_message::LeafKind;

pub(super) const REPLACE: Function = Function {
    name: "replace",
    arguments: "'from', 'to'",
    law: Law::Normalising,
    english: "Replaces every occurrence of a text. One character by another is replaced back when writing; removing \
              one character writes the rest; anything longer has no way back.",
    german: "Ersetzt jedes Vorkommen eines Textes. Ein Zeichen gegen ein anderes wird beim Schreiben zurückgetauscht; \
             Längeres hat keinen Rückweg.",
    example: Example {
        arguments: &["'/'", "'-'"],
        source: "2026/017",
        canonical: "2026-017",
    },
    prepare: |arguments| {
        let [Argument::Text(from), Argument::Text(to)] = arguments else {
            return Err("it takes two arguments, what to replace and by what, in quotation marks".to_owned());
        };
        if from.is_empty() {
            return Err("what is to be replaced must not be empty".to_owned());
        }
        if from == to {
            return Err("the two texts are equal".to_owned());
        }
        let single = |text: &str| text.chars().count() == 1;
        let back = single(from) && (single(to) || to.is_empty());
        let (from, to) = (from.clone(), to.clone());
        Ok(Prepared::Each(if back {
            let (canonical, source) = (to.clone(), from.clone());
            Conversion::normalising(
                LeafKind::Text,
                move |input, out| exchange(input.text, &from, &to, out),
                move |input, out| {
                    if input.text.contains(&source) {
                        return Err(Misfit::new("holds the character that reading replaces"));
                    }
                    if canonical.is_empty() {
                        out.push_str(input.text);
                        return Ok(Made::Text);
                    }
                    exchange(input.text, &canonical, &source, out)
                },
            )
        } else {
            Conversion::one_way(move |input, out| exchange(input.text, &from, &to, out))
        }))
    },
};

fn exchange(text: &str, from: &str, to: &str, out: &mut String) -> Result<Made, Misfit> {
    for (n, part) in text.split(from).enumerate() {
        if n > 0 {
            out.push_str(to);
        }
        out.push_str(part);
    }
    Ok(Made::Text)
}
