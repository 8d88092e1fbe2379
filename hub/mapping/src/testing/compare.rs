// SPDX-License-Identifier: EUPL-1.2
//! What differs, in words.

use std::cmp::Ordering;

use hub_message::{Kind, NodeRef, Rejection};

use crate::condition::compare_numbers;

/// Stands for any value in an expected document.
const ANY: &str = "*";

/// Whether two leaves are the same: numbers by value.
pub(super) fn same_value(expected: &str, found: &str) -> bool {
    expected == ANY || expected == found || compare_numbers(expected, found) == Some(Ordering::Equal)
}

/// Finds the first difference between two canonical documents.
pub(super) fn same(expected: NodeRef<'_>, found: NodeRef<'_>, path: &str) -> Result<(), String> {
    let place = if path.is_empty() { "the document" } else { path };
    let any = expected.kind() == Kind::Text && expected.text() == Some(ANY);
    if expected.kind() != found.kind() && !any {
        return Err(format!("`{place}` is {}, not {}", in_words(found), in_words(expected)));
    }
    match expected.kind() {
        Kind::Map => same_members(expected, found, path),
        Kind::List => {
            let (many, few) = (found.children().count(), expected.children().count());
            for (index, (expected, found)) in expected.children().zip(found.children()).enumerate() {
                same(expected, found, &format!("{path}[{index}]"))?;
            }
            if many != few {
                return Err(format!("`{place}` has {many} items, not {few}"));
            }
            Ok(())
        }
        _ => {
            let (expected, found) = (expected.text().unwrap_or_default(), found.text().unwrap_or_default());
            if same_value(expected, found) {
                return Ok(());
            }
            Err(format!("`{place}` is `{found}`, not `{expected}`"))
        }
    }
}

fn same_members(expected: NodeRef<'_>, found: NodeRef<'_>, path: &str) -> Result<(), String> {
    let below = |key: &str| {
        if path.is_empty() {
            key.to_owned()
        } else {
            format!("{path}.{key}")
        }
    };
    for member in expected.children() {
        let key = member.key().unwrap_or_default();
        match found.get(key) {
            Some(there) => same(member, there, &below(key))?,
            None => return Err(format!("`{}` is absent", below(key))),
        }
    }
    match found
        .children()
        .find(|member| expected.get(member.key().unwrap_or_default()).is_none())
    {
        Some(more) => Err(format!(
            "`{}` is there, and is not expected",
            below(more.key().unwrap_or_default())
        )),
        None => Ok(()),
    }
}

fn in_words(node: NodeRef<'_>) -> &'static str {
    match node.kind() {
        Kind::Map => "an object",
        Kind::List => "a list",
        Kind::Text => "a text",
        Kind::Number => "a number",
        Kind::Bool => "true or false",
        Kind::Null => "null",
    }
}

/// Finds the first line that differs. White space between the tags of XML says nothing, and neither do ends of lines.
pub(super) fn same_text(expected: &str, found: &str) -> Result<(), String> {
    let is_xml = found.trim_start().starts_with('<');
    let lines = |text: &str| -> Vec<String> {
        let text = text.replace("\r\n", "\n");
        if !is_xml {
            return text.trim_end().split('\n').map(str::to_owned).collect();
        }
        tags(&text)
    };
    let (expected, found) = (lines(expected), lines(found));
    let longest = expected.len().max(found.len());
    for index in 0..longest {
        let (expected, found) = (expected.get(index), found.get(index));
        if expected != found {
            let shown = |line: Option<&String>| line.map_or("nothing".to_owned(), |line| format!("`{line}`"));
            return Err(format!(
                "line {} is {}, not {}",
                index + 1,
                shown(found),
                shown(expected)
            ));
        }
    }
    Ok(())
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
