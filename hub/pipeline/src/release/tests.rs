// SPDX-License-Identifier: EUPL-1.2
//! Tests of release: what is not listed never travels.

use std::collections::BTreeSet;

use hub_message::{Kind, Severity, Shape};
use hub_schema::{Schema, Schemas};
use proptest::prelude::*;

use super::*;
use crate::fixture::schemas;
use crate::written::Written;

fn schema(schemas: &Schemas) -> &Schema {
    schemas.get(&"bill/1".parse().unwrap()).unwrap()
}

fn written(fields: &[&str]) -> Vec<Written> {
    fields
        .iter()
        .map(|f| Written::new("r.toml".into(), f, 0..f.len(), *f))
        .collect()
}

/// A document in which every leaf has a value of its own, so that each can be found again.
fn document(shape: &Shape, items: usize) -> Tree {
    let mut builder = TreeBuilder::default();
    let mut count = 0;
    fill(&mut builder, None, shape, items, &mut count);
    builder.finish()
}

fn fill(builder: &mut TreeBuilder, key: Option<&str>, shape: &Shape, items: usize, count: &mut u32) {
    match shape {
        Shape::Map(members) => {
            builder.open_map(key);
            for member in members {
                fill(builder, Some(&member.name), &member.shape, items, count);
            }
            builder.close();
        }
        Shape::List(item) => {
            builder.open_list(key);
            (0..items).for_each(|_| fill(builder, None, item, items, count));
            builder.close();
        }
        Shape::Leaf(leaf) => {
            *count += 1;
            match leaf.kind {
                hub_message::LeafKind::Number | hub_message::LeafKind::Integer => {
                    builder.number(key, &format!("{count}.50"));
                }
                hub_message::LeafKind::Bool => builder.bool(key, true),
                _ => builder.text(key, &format!("canary-{count}")),
            }
        }
    }
}

/// Every leaf of a document as dotted path (without indices) and text.
fn leaves(node: NodeRef<'_>, path: &str, found: &mut Vec<(String, String)>) {
    for child in node.children() {
        let below = match (child.key(), path) {
            (Some(key), "") => key.to_owned(),
            (Some(key), path) => format!("{path}.{key}"),
            (None, path) => path.to_owned(),
        };
        if matches!(child.kind(), Kind::Map | Kind::List) {
            leaves(child, &below, found);
        } else {
            found.push((below, child.text().unwrap_or_default().to_owned()));
        }
    }
}

fn leaves_of(tree: &Tree) -> Vec<(String, String)> {
    let mut found = Vec::new();
    leaves(tree.root().unwrap(), "", &mut found);
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn exactly_the_listed_leaves_travel(chosen: Vec<prop::sample::Index>, items in 0usize..3) {
        let schemas = schemas();
        let schema = schema(&schemas);
        let all: Vec<String> = schema.shape().leaves().into_iter().map(|(path, _)| path).collect();
        let listed: BTreeSet<&str> = chosen.iter().map(|index| index.get(&all).as_str()).collect();
        let fields: Vec<&str> = listed.iter().copied().collect();
        let (selection, _) = Selection::load(&written(&fields), schema.shape());
        let valid = schema.validate(document(schema.shape(), items)).unwrap();
        let released = release(&valid, &selection.unwrap());
        let expected: Vec<_> =
            leaves_of(valid.tree()).into_iter().filter(|(path, _)| listed.contains(path.as_str())).collect();
        prop_assert_eq!(leaves_of(released.tree()), expected);
    }
}

#[track_caller]
fn check(fields: &[&str], expected: &str) {
    let schemas = schemas();
    let schema = schema(&schemas);
    let (selection, findings) = Selection::load(&written(fields), schema.shape());
    let selection = selection.unwrap_or_else(|| panic!("{findings:?}"));
    let valid = schema.validate(document(schema.shape(), 1)).unwrap();
    assert_eq!(release(&valid, &selection).tree().to_json(), expected);
}

#[test]
fn the_order_is_the_schema_s_and_groups_without_leaves_are_left_out() {
    check(
        &["lines.net", "number"],
        r#"{"number":"canary-1","lines":[{"net":10.50}]}"#,
    );
    check(&["totals.*"], r#"{"totals":{"net":6.50,"payable":7.50}}"#);
    check(&["notes"], r#"{"notes":["canary-8"]}"#);
    check(
        &["lines.taxes.*"],
        r#"{"lines":[{"taxes":[{"code":"canary-11","rate":12.50}]}]}"#,
    );
}

#[test]
fn items_of_which_nothing_is_released_are_left_out() {
    let schemas = schemas();
    let schema = schema(&schemas);
    let mut builder = TreeBuilder::default();
    builder.open_map(None);
    builder.open_list(Some("lines"));
    for (key, value) in [("text", "secret"), ("net", "")] {
        builder.open_map(None);
        match value {
            "" => builder.number(Some(key), "1"),
            text => builder.text(Some(key), text),
        }
        builder.close();
    }
    builder.close();
    let valid = schema.validate(builder.finish()).unwrap();
    let (selection, _) = Selection::load(&written(&["lines.net"]), schema.shape());
    assert_eq!(
        release(&valid, &selection.unwrap()).tree().to_json(),
        r#"{"lines":[{"net":1}]}"#
    );
}

#[track_caller]
fn check_finding(fields: &[&str], code: &str, says: &str) {
    let schemas = schemas();
    let (selection, findings) = Selection::load(&written(fields), schema(&schemas).shape());
    let [finding] = findings.as_slice() else {
        panic!("{findings:?}")
    };
    let text = format!("{} {}", finding.text, finding.help.as_deref().unwrap_or_default());
    assert_eq!(finding.code.as_str(), code, "{text}");
    assert!(text.contains(says), "{text}");
    assert_eq!(selection.is_none(), finding.severity == Severity::Error);
}

#[test]
fn what_cannot_be_released_is_found() {
    check_finding(&["seler.name"], "AH-R020", "did you mean `seller.name`?");
    check_finding(&["*"], "AH-R020", "only at the end");
    check_finding(&["lines.*.net"], "AH-R020", "only at the end");
    check_finding(&["seller"], "AH-R021", "`seller.name`");
    check_finding(&["lines.taxes"], "AH-R021", "`lines.taxes.code`");
    check_finding(&["seller.*"], "AH-R022", "`seller.name`, `seller.vatId`");
    check_finding(&["lines.*"], "AH-R022", "`lines.text`");
    check_finding(&["number.*"], "AH-R022", "single field");
    check_finding(&["totals.*", "totals.net"], "AH-R023", "already");
}
