// SPDX-License-Identifier: EUPL-1.2
//! Both sides of the comparison in one form: groups (BG) with values (BT) and groups in them.

use std::collections::HashMap;

use anyhow::{Context, bail};
use hub_message::{Kind, NodeRef};
use serde_json::Value;

/// A business group, or the invoice itself (without a number).
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) term: String,
    pub(super) values: Vec<Term>,
    pub(super) groups: Vec<Group>,
}

/// A business term with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    /// Its number, `BT-29`.
    pub(super) term: String,
    /// Its value.
    pub(super) text: String,
    /// Whether the canonical schema has a decimal there.
    pub(super) number: bool,
    /// Attributes by the second part of their number: `1` of `BT-29-1`.
    pub(super) parts: Vec<(String, String)>,
}

/// Attributes of the oracle and the numbers that the standard gives them.
const ATTRIBUTES: [(&str, &str); 4] = [
    ("@scheme_identifier", "1"),
    ("@scheme_version_identifier", "2"),
    ("@mime_code", "1"),
    ("@filename", "2"),
];

/// The oracle's tree.
pub(super) fn of_oracle(node: &Value) -> anyhow::Result<Group> {
    let mut group = Group {
        term: node.get("id").and_then(Value::as_str).unwrap_or_default().to_owned(),
        ..Group::default()
    };
    for child in node.get("c").and_then(Value::as_array).into_iter().flatten() {
        if child.get("v").is_some() {
            group.values.push(oracle_value(child)?);
        } else {
            group.groups.push(of_oracle(child)?);
        }
    }
    Ok(group)
}

fn oracle_value(node: &Value) -> anyhow::Result<Term> {
    let text = |key: &str| node.get(key).and_then(Value::as_str).map(str::to_owned);
    let mut value = Term {
        term: text("id").context("a value of the oracle without a number")?,
        text: text("v").context("a value of the oracle that is no text")?,
        number: false,
        parts: Vec::new(),
    };
    for key in node.as_object().into_iter().flat_map(|members| members.keys()) {
        if !key.starts_with('@') {
            continue;
        }
        let Some((_, part)) = ATTRIBUTES.iter().find(|(name, _)| name == key) else {
            bail!("the oracle has an attribute that is not known here: {key}");
        };
        value.parts.push(((*part).to_owned(), text(key).unwrap_or_default()));
    }
    value.parts.sort();
    Ok(value)
}

/// A canonical invoice by the numbers of its fields.
pub(super) fn of_canonical(root: NodeRef<'_>, terms: &[(String, String)]) -> Group {
    let terms: HashMap<&str, &str> = terms
        .iter()
        .map(|(path, term)| (path.as_str(), term.as_str()))
        .collect();
    let mut group = Group::default();
    collect(root, "", &terms, &mut group);
    group
}

/// Adds what stands in a map. Maps and lists without a number belong to the group around them.
fn collect(map: NodeRef<'_>, path: &str, terms: &HashMap<&str, &str>, group: &mut Group) {
    let first = group.values.len();
    let mut parts = Vec::new();
    for child in map.children() {
        let key = child.key().unwrap_or_default();
        let path = if path.is_empty() {
            key.to_owned()
        } else {
            format!("{path}.{key}")
        };
        let term = terms.get(path.as_str()).copied();
        match (child.kind(), term) {
            (Kind::Map, Some(term)) => group.groups.push(below(child, &path, term, terms)),
            (Kind::Map, None) => collect(child, &path, terms, group),
            (Kind::List, term) => {
                for item in child.children() {
                    match term {
                        Some(term) => group.groups.push(below(item, &path, term, terms)),
                        None => collect(item, &path, terms, group),
                    }
                }
            }
            (kind, term) => {
                let text = child.text().unwrap_or_default().to_owned();
                let term = term.unwrap_or("without a number");
                match part_of(term) {
                    Some((of, part)) => parts.push((of.to_owned(), part.to_owned(), text)),
                    None => group.values.push(Term {
                        term: term.to_owned(),
                        text,
                        number: kind == Kind::Number,
                        parts: Vec::new(),
                    }),
                }
            }
        }
    }
    for (of, part, text) in parts {
        let own = group.values.iter_mut().skip(first).find(|value| value.term == of);
        match own {
            Some(value) => value.parts.push((part, text)),
            None => group.values.push(Term {
                term: format!("{of}-{part}"),
                text,
                number: false,
                parts: Vec::new(),
            }),
        }
    }
    for value in group.values.iter_mut().skip(first) {
        value.parts.sort();
    }
}

fn below(map: NodeRef<'_>, path: &str, term: &str, terms: &HashMap<&str, &str>) -> Group {
    let mut group = Group {
        term: term.to_owned(),
        ..Group::default()
    };
    collect(map, path, terms, &mut group);
    group
}

/// `BT-29-1` is part 1 of `BT-29`; `BT-DEX-001` is a term of its own.
fn part_of(term: &str) -> Option<(&str, &str)> {
    let (of, part) = term.rsplit_once('-')?;
    let number = of.strip_prefix("BT-")?;
    number.bytes().all(|b| b.is_ascii_digit()).then_some((of, part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_hang_on_their_term() {
        assert_eq!(part_of("BT-29-1"), Some(("BT-29", "1")));
        assert_eq!(part_of("BT-29"), None);
        assert_eq!(part_of("BT-DEX-001"), None);
    }
}
