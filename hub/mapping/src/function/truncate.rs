// SPDX-License-Identifier: EUPL-1.2
//! `truncate(60)`: cut at a word, with an ellipsis.

use crate::letters::{composed, cut};

use super::{Conversion, Example, Function, Law, Prepared, one_length};

pub(super) const TRUNCATE: Function = Function {
    name: "truncate",
    arguments: "length",
    law: Law::Normalising,
    english: "Shortens text that is longer, at the end of a word where one is near, and says so by `...`; in both \
              directions.",
    german: "Kürzt Längeres, möglichst am Wortende, und zeigt es mit `...` an; in beiden Richtungen.",
    example: Example {
        arguments: &["24"],
        source: "Bestätigung nach § 15 Gewerbeordnung",
        canonical: "Bestätigung nach § 15...",
    },
    prepare: |arguments| {
        let length = one_length(arguments)?;
        if length < 4 {
            return Err("the length must be 4 or more: three characters are the dots".to_owned());
        }
        Ok(Prepared::Each(Conversion::form(move |text, out| {
            shorten(&composed(text), length, out);
            Ok(())
        })))
    },
};

fn shorten(text: &str, length: usize, out: &mut String) {
    if text.chars().nth(length).is_none() {
        out.push_str(text);
        return;
    }
    let room = length - 3;
    let (kept, rest) = text.split_at_checked(cut(text, room)).unwrap_or_default();
    out.push_str(kept);
    let at_word = rest.starts_with(char::is_whitespace);
    if !at_word {
        // A word's end within the last third is better than half a word.
        let (at, _) = out.char_indices().nth(room * 2 / 3).unwrap_or((0, ' '));
        if let Some(space) = out.rfind(char::is_whitespace).filter(|space| *space >= at) {
            out.truncate(space);
        }
    }
    out.truncate(out.trim_end().len());
    out.push_str("...");
}
