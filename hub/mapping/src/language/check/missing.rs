// SPDX-License-Identifier: EUPL-1.2
//! Required fields that no row reads.

use std::ops::Range;

use hub_message::Shape;

use crate::report::Report;
use crate::rows::Scope;

/// Where a group of fields is filled.
#[derive(Clone)]
struct Group {
    /// Its dotted canonical path from the root, empty for the document.
    name: String,
    /// Where to point at when one of its fields is missing.
    at: Range<usize>,
    /// Whether the mapping fills it at all.
    touched: bool,
}

/// Finds them, where the mapping fills the group that they stand in. `at` is where the file names the schema.
pub(super) fn check(scope: &Scope, shape: &Shape, at: Range<usize>, report: &mut Report) {
    let document = Group {
        name: String::new(),
        at,
        touched: true,
    };
    group(scope, shape, &document, &mut Vec::new(), report);
}

fn group(scope: &Scope, shape: &Shape, here: &Group, keys: &mut Vec<String>, report: &mut Report) {
    let Shape::Map(members) = shape else {
        return;
    };
    for member in members {
        keys.push(member.name.clone());
        let name = match here.name.as_str() {
            "" => member.name.clone(),
            above => format!("{above}.{}", member.name),
        };
        let first = first_row(scope, keys);
        match &member.shape {
            Shape::Leaf(_) => {}
            Shape::List(item) => items(scope, item, &name, keys, report),
            Shape::Map(_) => {
                let inner = Group {
                    name: name.clone(),
                    at: first.clone().unwrap_or_default(),
                    touched: first.is_some(),
                };
                group(scope, &member.shape, &inner, keys, report);
            }
        }
        if member.required && here.touched && first.is_none() {
            let sentence = format!("the schema requires `{name}`, and no row reads it");
            let help = match &member.shape {
                Shape::List(_) => format!("add `[lists.\"{}\"]`", keys.join(".")),
                _ => format!("add a row for it, or `{} = {{ default = … }}`", keys.join(".")),
            };
            report.error_help("AH-M119", here.at.clone(), sentence, help);
        }
        keys.pop();
    }
}

/// The fields of a list's items.
fn items(scope: &Scope, item: &Shape, name: &str, keys: &[String], report: &mut Report) {
    let mut lists = scope.lists.iter();
    let list = lists.find(|list| list.field == keys && list.read.is_some() && !list.further);
    if let Some(list) = list {
        let here = Group {
            name: name.to_owned(),
            at: list.rule.key.clone(),
            touched: true,
        };
        group(&list.item, item, &here, &mut Vec::new(), report);
    }
}

/// Where the first row or list is that reads something at these keys or below them.
fn first_row(scope: &Scope, keys: &[String]) -> Option<Range<usize>> {
    let rows = scope.rows.iter().filter(|row| row.read.is_some());
    let rows = rows.map(|row| (&row.field, &row.rule));
    let lists = scope.lists.iter().filter(|list| list.read.is_some());
    let lists = lists.map(|list| (&list.field, &list.rule));
    let texts = scope.texts.iter().flat_map(|texts| &texts.fields);
    let texts = texts.map(|field| (&field.field, &field.rule));
    let found = rows.chain(lists).chain(texts);
    let faulty = scope.faulty.iter().map(|(field, key)| (field, key));
    let all = found.map(|(field, rule)| (field, &rule.key)).chain(faulty);
    let below = all.filter(|(field, _)| field.starts_with(keys));
    below.map(|(_, key)| key.clone()).min_by_key(|key| key.start)
}
