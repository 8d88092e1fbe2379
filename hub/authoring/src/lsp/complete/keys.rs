// SPDX-License-Identifier: EUPL-1.2
//! Sections, keys, and values without quotation marks.

use std::ops::Range;

use hub_message::Shape;
use hub_message::keys::{Key, Takes};
use lsp_types::{CompletionItem, CompletionItemKind};

use super::{Asked, Could};
use crate::lsp::describe;
use crate::lsp::scope::{Scope, down};
use crate::lsp::spot;

/// The names of sections.
pub(super) fn headers(asked: &Asked<'_>, span: &Range<usize>) -> Vec<CompletionItem> {
    let mut labels: Vec<(String, String, String)> = Vec::new();
    let top = asked.here(&[]).keys(&asked.open.outline);
    for key in top {
        if !is_table(&key.takes) {
            continue;
        }
        let named = matches!(key.takes, Takes::Named(..)) && !matches!(key.name, "at" | "always");
        if !named {
            labels.push((key.name.to_owned(), key.german.to_owned(), describe::key(key)));
        }
        for inner in asked.here(&[key.name.to_owned()]).keys(&asked.open.outline) {
            if !named && is_table(&inner.takes) && !matches!(key.takes, Takes::Rows | Takes::List(_)) {
                let label = format!("{}.{}", key.name, inner.name);
                labels.push((label, inner.german.to_owned(), describe::key(inner)));
            }
        }
    }
    let mut lists = Vec::new();
    if let Some(shape) = asked.shape() {
        list_paths(shape, &mut String::new(), &mut lists);
    }
    for path in lists {
        let name = if path.contains('.') {
            format!("\"{path}\"")
        } else {
            path
        };
        labels.push((format!("lists.{name}"), String::new(), String::new()));
        labels.push((format!("lists.{name}.fields"), String::new(), String::new()));
    }
    for (section, call) in [("fragments", "use("), ("tables", "table(")] {
        // What is used and not said yet.
        let texts = asked.open.outline.leaves.iter().filter_map(|leaf| leaf.text.as_deref());
        let calls = texts.flat_map(|text| text.split(call).skip(1));
        for name in calls.filter_map(|rest| rest.split(')').next()) {
            let label = format!("{section}.{name}");
            let known = asked.open.outline.said(section, name).is_some();
            if !known && !labels.iter().any(|(other, ..)| *other == label) {
                labels.push((label, String::new(), String::new()));
            }
        }
    }
    let items = labels
        .into_iter()
        .enumerate()
        .map(|(order, (label, detail, documentation))| {
            let could = Could {
                label: &label,
                kind: CompletionItemKind::MODULE,
                detail,
                documentation,
                insert: None,
            };
            asked.item(could, span, order)
        });
    items.collect()
}

fn is_table(takes: &Takes) -> bool {
    match takes {
        Takes::Table(_) | Takes::Chosen { .. } | Takes::Named(..) | Takes::Rows | Takes::Values => true,
        Takes::List(item) => is_table(item),
        Takes::Either(all) => all.iter().any(is_table),
        _ => false,
    }
}

/// Lists that do not stand in another list.
fn list_paths(shape: &Shape, path: &mut String, found: &mut Vec<String>) {
    match shape {
        Shape::List(_) => found.push(path.clone()),
        Shape::Leaf(_) => {}
        Shape::Map(members) => {
            for member in members {
                let before = path.len();
                if before > 0 {
                    path.push('.');
                }
                path.push_str(&member.name);
                list_paths(&member.shape, path, found);
                path.truncate(before);
            }
        }
    }
}

/// Keys of a table: canonical fields where rows stand, otherwise those that the file's description has.
pub(super) fn keys(asked: &Asked<'_>, path: &[String], span: &Range<usize>) -> Vec<CompletionItem> {
    let scope = asked.scope(path);
    if scope.rows
        && let Some(found) = rows(asked, &scope, span)
    {
        return found;
    }
    let here = asked.here(path);
    if here.values()
        && let Some(shape) = asked.shape()
    {
        return asked.fields(shape, &[], true, span);
    }
    if let ["lists"] | ["fragments", _, "lists"] = path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        return Vec::new();
    }
    let typed = asked.open.text.get(span.start..asked.offset).unwrap_or_default();
    let mut above = spot::keys(typed);
    above.pop();
    let mut whole = path.to_vec();
    whole.extend(above);
    // Behind a dot only the last part is the word.
    let start = typed.rfind('.').map_or(span.start, |dot| span.start + dot + 1);
    let keys = asked.here(&whole).keys(&asked.open.outline).into_iter().enumerate();
    keys.map(|(order, key)| {
        let could = Could {
            label: key.name,
            kind: CompletionItemKind::PROPERTY,
            detail: key.german.to_owned(),
            documentation: describe::key(key),
            insert: value_of(asked, key, span),
        };
        asked.item(could, &(start..span.end), order)
    })
    .collect()
}

/// A key with its `=` and a place for the value, where nothing stands behind it yet.
fn value_of(asked: &Asked<'_>, key: &Key, span: &Range<usize>) -> Option<String> {
    let line = asked.open.text.get(span.end..)?.lines().next().unwrap_or_default();
    if line.trim_start().starts_with(['=', '.']) {
        return None;
    }
    match key.takes {
        Takes::Text(_) => Some(format!("{} = \"${{1}}\"", key.name)),
        Takes::Word(_) | Takes::Scalar => Some(format!("{} = ${{1}}", key.name)),
        Takes::Flag => Some(format!("{} = ${{1:true}}", key.name)),
        _ => None,
    }
}

/// Canonical fields, or the keys of a row once its field is there.
fn rows(asked: &Asked<'_>, scope: &Scope, span: &Range<usize>) -> Option<Vec<CompletionItem>> {
    // A fragment that nobody uses yet can be about anything.
    let root = asked.shape()?;
    let (field, count) = scope.named(root);
    let shape = down(root, &field)?;
    let row = count < scope.rest.len() || (!scope.rest.is_empty() && matches!(shape, Shape::Leaf(_)));
    (!row).then(|| match shape {
        // A fragment on a leaf has the leaf itself as `value`.
        Shape::Leaf(_) => asked.names(["value"], CompletionItemKind::FIELD, "", span),
        _ => asked.fields(shape, &field, false, span),
    })
}

/// Values that need no quotation marks, and words with them.
pub(super) fn plain(asked: &Asked<'_>, path: &[String], span: &Range<usize>) -> Vec<CompletionItem> {
    let words = asked.here(path).words();
    let quoted: Vec<String> = words
        .iter()
        .map(|word| {
            if matches!(*word, "true" | "false") {
                (*word).to_owned()
            } else {
                format!("\"{word}\"")
            }
        })
        .collect();
    asked.names(quoted.iter().map(String::as_str), CompletionItemKind::VALUE, "", span)
}
