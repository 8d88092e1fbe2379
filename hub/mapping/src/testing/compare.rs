// SPDX-License-Identifier: EUPL-1.2
//! When two texts are the same, and when a rejection is the expected one.

use std::cmp::Ordering;

use hub_message::Rejection;

use crate::comparison::{Difference, side_by_side};
use crate::condition::compare_numbers;

/// Stands for any value in an expected document.
const ANY: &str = "*";

/// Whether two leaves are the same: numbers by value.
pub(super) fn same_value(expected: &str, found: &str) -> bool {
    expected == ANY || expected == found || compare_numbers(expected, found) == Some(Ordering::Equal)
}

/// Whether two documents are the same. White space between the tags of XML says nothing, and neither do ends of lines.
pub(super) fn same_text(expected: &str, found: &str) -> bool {
    lines_of(expected, found) == lines_of(found, found)
}

/// The lines that differ; of XML each tag is a line.
pub(super) fn lines(expected: &str, found: &str) -> Vec<Difference> {
    let (before, after) = (lines_of(expected, found), lines_of(found, found));
    let pairs = side_by_side(&before, &after).into_iter();
    let pairs = pairs.map(|(one, other)| {
        let line = one.or(other).unwrap_or_default() + 1;
        let text = |lines: &[String], at: Option<usize>| at.and_then(|at| lines.get(at)).cloned();
        Difference {
            path: format!("line {line}"),
            field: "line".to_owned(),
            before: text(&before, one),
            after: text(&after, other),
        }
    });
    pairs.filter(|pair| pair.before != pair.after).collect()
}

fn lines_of(text: &str, found: &str) -> Vec<String> {
    let is_xml = found.trim_start().starts_with('<');
    let text = text.replace("\r\n", "\n");
    if is_xml {
        return tags(&text);
    }
    text.trim_end().split('\n').map(str::to_owned).collect()
}

/// The document with one tag, and the text behind it, a line.
fn tags(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for part in text.split('<').skip(1) {
        let (tag, behind) = part.split_once('>').unwrap_or((part, ""));
        let behind = if behind.trim().is_empty() { "" } else { behind };
        lines.push(format!("<{tag}>{behind}"));
    }
    lines
}

/// Whether one of the findings is the expected one.
pub(super) fn rejected(rejection: &Rejection, [code, field, source]: [&Option<String>; 3]) -> Result<(), String> {
    let fits = |found: &Rejection| {
        let code_fits = code.as_ref().is_none_or(|code| {
            let found = found.code.as_str();
            found == code || found.strip_prefix("AH-") == Some(code.as_str())
        });
        let field_fits = field.as_ref().is_none_or(|field| found.field.as_ref() == Some(field));
        let place = found.place.map(|place| place.to_string());
        code_fits && field_fits && source.as_ref().is_none_or(|source| place.as_ref() == Some(source))
    };
    if fits(rejection) || rejection.also.iter().any(fits) {
        return Ok(());
    }
    Err(format!("rejected otherwise: {}", shown(rejection)))
}

/// All findings of a rejection.
pub(super) fn shown(rejection: &Rejection) -> String {
    let all = std::iter::once(rejection).chain(&rejection.also);
    let shown: Vec<String> = all
        .map(|finding| match &finding.rule {
            Some(rule) => format!("{finding} by {rule}"),
            None => finding.to_string(),
        })
        .collect();
    shown.join("; ")
}
