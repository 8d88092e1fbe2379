// SPDX-License-Identifier: EUPL-1.2
//! `[case]`: which canonical fields are keys by which things converge.

use hub_message::shape::Shape;
use hub_message::{CaseKey, NodeRef, Sensitive, Strength};

use crate::convert::{Asked, Buffers, Stage, Way};
use crate::function::Made;
use crate::keys;
use crate::language::calls::{self, Ways};
use crate::language::expand::{Expander, Found, Spot, look_up};
use crate::language::row;
use crate::language::scan::Text;
use crate::language::value::Table;

/// A case key of a mapping.
#[derive(Debug)]
pub(super) struct KeyRule {
    field: Vec<String>,
    stages: Vec<Stage>,
    system: System,
    kind: String,
    strength: Strength,
}

#[derive(Debug)]
enum System {
    Named(String),
    /// `$seller.vatId`
    Field(Vec<String>),
}

/// Checks the entries of `[case] keys`.
pub(super) fn check(entries: &[Table], expander: &mut Expander<'_>) -> Vec<KeyRule> {
    let mut rules: Vec<KeyRule> = entries.iter().filter_map(|entry| key(entry, expander)).collect();
    rules.sort_by_key(|rule| std::cmp::Reverse(rule.strength));
    rules
}

fn key(entry: &Table, expander: &mut Expander<'_>) -> Option<KeyRule> {
    // Every part is looked at, so that all mistakes are told at once.
    entry.only(&keys::CASE_KEY, expander.report);
    let value = value(entry, expander);
    let system = system(entry, expander);
    let kind = entry.needed_text("kind", expander.report);
    let kind = kind.filter(|kind| is_named(kind, expander));
    let strength = strength(entry, expander);
    let (field, stages) = value?;
    Some(KeyRule {
        field,
        stages,
        system: system?,
        kind: kind?.value,
        strength: strength?,
    })
}

/// The field of a key, and its functions.
fn value(entry: &Table, expander: &mut Expander<'_>) -> Option<(Vec<String>, Vec<Stage>)> {
    let field = entry.needed_text("field", expander.report)?;
    let parsed = expander.parsed(row::field_row(&field.value), &field)?;
    let row::Given::Field(path) = &parsed.given else {
        return None;
    };
    let ways = Ways {
        read: true,
        write: false,
    };
    let chain = calls::chain(&parsed.calls, &field, &expander.tables, None, ways, expander.report);
    let path = leaf_through_lists(path, field.place(&(0..path.len())), expander)?;
    Some((path, chain.stages))
}

fn system(entry: &Table, expander: &mut Expander<'_>) -> Option<System> {
    let system = entry.needed_text("system", expander.report)?;
    match system.value.strip_prefix('$') {
        None => is_named(&system, expander).then(|| System::Named(system.value.clone())),
        Some(path) => leaf_through_lists(path, system.inside(), expander).map(System::Field),
    }
}

fn strength(entry: &Table, expander: &mut Expander<'_>) -> Option<Strength> {
    let Some(text) = entry.text("strength", expander.report) else {
        return Some(Strength::Exact);
    };
    match text.value.as_str() {
        "exact" => Some(Strength::Exact),
        "weak" => Some(Strength::Weak),
        other => {
            let sentence = format!("`{other}` is no strength");
            let names = ["exact", "weak"];
            expander
                .report
                .unknown("AH-M105", text.span.clone(), sentence, other, names);
            None
        }
    }
}

/// A key without system or kind would converge with every other one.
fn is_named(text: &Text, expander: &mut Expander<'_>) -> bool {
    let is_named = !text.value.trim().is_empty();
    if !is_named {
        let sentence = "a case key needs a name here, or it converges with others";
        expander.report.error("AH-M105", text.span.clone(), sentence);
    }
    is_named
}

/// A leaf that may stand in lists, looked through as in route files.
fn leaf_through_lists(path: &str, span: std::ops::Range<usize>, expander: &mut Expander<'_>) -> Option<Vec<String>> {
    let keys: Vec<String> = path.split('.').map(str::to_owned).collect();
    let leaf = match expander.shape.at(path) {
        Some(Shape::List(item)) => matches!(**item, Shape::Leaf(_)),
        Some(shape) => matches!(shape, Shape::Leaf(_)),
        None => false,
    };
    if leaf {
        return Some(keys);
    }
    if let Found::Shape(_) | Found::Unknown(..) = look_up(expander.shape, &keys) {
        let ways = Ways {
            read: true,
            write: false,
        };
        expander.leaf(&keys, span, &Spot::root(expander.shape, ways));
    } else {
        let sentence = format!("`{path}` is no field of the schema");
        expander.report.error("AH-M102", span, sentence);
    }
    None
}

/// The keys of a document.
pub(super) fn keys(rules: &[KeyRule], document: NodeRef<'_>) -> Vec<CaseKey> {
    let mut found = Vec::new();
    let mut buffers = Buffers::default();
    for rule in rules {
        let system = match &rule.system {
            System::Named(name) => Some(name.clone()),
            System::Field(path) => first(document, path),
        };
        let Some(system) = system.map(|s| squeezed(&s)).filter(|s| !s.is_empty()) else {
            continue;
        };
        let mut values = Vec::new();
        all(document, &rule.field, &mut values);
        for value in values {
            let made = buffers.apply(&rule.stages, Way::Read, value, &mut Nothing);
            let value = squeezed(&buffers.out);
            if matches!(made, Ok(made) if made != Made::Absent) && !value.is_empty() {
                let key = CaseKey {
                    system: system.clone(),
                    kind: rule.kind.clone(),
                    value: Sensitive::new(value),
                    strength: rule.strength,
                };
                if !found.contains(&key) {
                    found.push(key);
                }
            }
        }
    }
    found
}

/// Identifiers converge whatever the white space.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn first(node: NodeRef<'_>, path: &[String]) -> Option<String> {
    let mut values = Vec::new();
    all(node, path, &mut values);
    values.first().map(|value| (*value).to_owned())
}

fn all<'d>(node: NodeRef<'d>, path: &[String], found: &mut Vec<&'d str>) {
    if node.kind() == hub_message::Kind::List {
        for item in node.children() {
            all(item, path, found);
        }
        return;
    }
    match path.split_first() {
        None => found.extend(node.text()),
        Some((key, rest)) => {
            if let Some(child) = node.get(key) {
                all(child, rest, found);
            }
        }
    }
}

struct Nothing;

impl Asked for Nothing {
    fn field(&mut self, _path: &str) -> Option<String> {
        None
    }

    fn secret(&self, _name: &str) -> Option<&[u8]> {
        None
    }
}
