// SPDX-License-Identifier: EUPL-1.2
//! Canonical fields in the schema of mapping files: what completes inside of `[fields]` and `[lists.….fields]`.

use std::fmt::Write;

use hub_mapping::keys::{ACCOMPANYING, LIST};
use hub_message::shape::{Leaf, Member};
use hub_message::{LeafKind, Protection, Shape};
use serde_json::{Map, Value, json};

use super::{Maker, offered};

/// Adds the canonical schemas that are known.
pub(super) fn add(maker: &mut Maker<'_>, root: &mut Map<String, Value>) {
    let known = maker.known.canonical.clone();
    if known.is_empty() {
        return;
    }
    let (mut rows, mut lists, mut strict) = (Vec::new(), Vec::new(), Vec::new());
    for (id, shape) in &known {
        let fields = fields(maker, id, "", shape);
        let list = lists_of(maker, id, "", shape);
        let when = json!({ "properties": { "canonical": { "const": id } }, "required": ["canonical"], "additionalProperties": true });
        let then = json!({ "properties": { "fields": fields, "lists": list }, "additionalProperties": true });
        strict.push(json!({ "if": when, "then": then }));
        rows.push(fields);
        lists.push(list);
    }
    // The last one lets everything pass: those before it are there to be offered.
    rows.push(json!({ "type": "object", "additionalProperties": true }));
    lists.push(json!({ "type": "object", "additionalProperties": true }));
    if let Some(Value::Object(properties)) = root.get_mut("properties") {
        describe(properties, "fields", rows);
        describe(properties, "lists", lists);
        let mut paths: Vec<String> = known
            .iter()
            .flat_map(|(_, shape)| shape.leaves())
            .map(|(path, _)| path)
            .collect();
        paths.sort();
        paths.dedup();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let case = "/case/properties/keys/items/properties/field";
        let mut all = Value::Object(std::mem::take(properties));
        if let Some(Value::Object(field)) = all.pointer_mut(case) {
            field.remove("type");
            field.extend(offered(&paths).as_object().cloned().unwrap_or_default());
        }
        if let Value::Object(all) = all {
            *properties = all;
        }
    }
    // `allOf` would keep Taplo from seeing what stands beside it.
    let strict = strict.into_iter().rev().fold(None, |rest: Option<Value>, one| {
        let mut one = one.as_object().cloned().unwrap_or_default();
        if let Some(rest) = rest {
            one.insert("else".into(), rest);
        }
        Some(Value::Object(one))
    });
    root.extend(
        strict
            .and_then(|strict| strict.as_object().cloned())
            .unwrap_or_default(),
    );
}

/// Keeps the description of a section and puts in what is offered there.
fn describe(properties: &mut Map<String, Value>, name: &str, offered: Vec<Value>) {
    if let Some(Value::Object(section)) = properties.get_mut(name) {
        section.remove("additionalProperties");
        section.insert("anyOf".into(), Value::Array(offered));
    }
}

/// The rows of a scope: its fields, nested as the schema nests them.
fn fields(maker: &mut Maker<'_>, id: &str, path: &str, scope: &Shape) -> Value {
    let name = if path.is_empty() {
        format!("fields-{id}")
    } else {
        format!("fields-{id}-{path}")
    };
    maker.refer(&name, |maker| match scope {
        Shape::Map(members) => Value::Object(group(maker, members)),
        Shape::List(_) | Shape::Leaf(_) => json!({ "type": "object", "additionalProperties": true }),
    })
}

fn group(maker: &mut Maker<'_>, members: &[Member]) -> Map<String, Value> {
    let mut properties = Map::new();
    for member in members {
        let made = match &member.shape {
            Shape::Leaf(leaf) => self::leaf(maker, leaf),
            Shape::Map(below) => Value::Object(group(maker, below)),
            // Lists have sections of their own.
            Shape::List(_) => continue,
        };
        properties.insert(member.name.clone(), made);
    }
    let all = maker.refer("all", |_| {
        json!({
            "description": "Alle Zeilen eines Fragments: `stelle | use(name)`.\n\nAll rows of a fragment: `place | use(name)`.",
            "type": "string"
        })
    });
    properties.insert("*".to_owned(), all);
    let row = maker.row();
    let accompanying = maker.refer("accompanying", |maker| Value::Object(maker.object(&ACCOMPANYING)));
    let copy = maker.refer(
        "copy",
        |_| json!({ "allOf": [{ "type": "object", "required": ["from"] }, row] }),
    );
    let mut made = Map::new();
    made.insert("type".into(), json!("object"));
    made.insert("properties".into(), Value::Object(properties));
    // A key that is a place, and a row that only writes another field to one more place.
    made.insert("patternProperties".into(), json!({ "[@:/]": accompanying }));
    made.insert("additionalProperties".into(), copy);
    made
}

fn leaf(maker: &mut Maker<'_>, leaf: &Leaf) -> Value {
    let mut description = leaf.description.clone();
    let _ = write!(description, "\n\n{} · {}", kind(leaf.kind), protection(leaf.protection));
    if let Some(allowed) = &leaf.allowed {
        let _ = write!(description, "\n\n{}", allowed.join(", "));
    }
    json!({ "title": leaf.title, "description": description, "anyOf": [maker.row()] })
}

/// The type of a field, for people.
fn kind(kind: LeafKind) -> &'static str {
    match kind {
        LeafKind::Text => "Text",
        LeafKind::Date => "Datum (date)",
        LeafKind::DateTime => "Zeitpunkt (date-time)",
        LeafKind::Number => "Zahl (number)",
        LeafKind::Integer => "Ganze Zahl (integer)",
        LeafKind::Bool => "Ja/Nein (true, false)",
    }
}

/// The protection class of a field, for people.
fn protection(protection: Protection) -> &'static str {
    match protection {
        Protection::Open => "offen (open)",
        Protection::Personal => "personenbezogen (personal)",
        Protection::Identifier => "Kennzeichen (identifier)",
        Protection::Special => "besonders geschützt (special)",
    }
}

/// The lists of a scope: by their paths, each with the rows of its items.
fn lists_of(maker: &mut Maker<'_>, id: &str, path: &str, scope: &Shape) -> Value {
    let mut found = Vec::new();
    collect(scope, &mut String::new(), &mut found);
    let mut properties = Map::new();
    for (below, item) in found {
        let whole = if path.is_empty() {
            below.clone()
        } else {
            format!("{path}.{below}")
        };
        properties.insert(below, list(maker, id, &whole, item));
    }
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// The lists below a scope that are not in another list.
fn collect<'s>(shape: &'s Shape, path: &mut String, found: &mut Vec<(String, &'s Shape)>) {
    match shape {
        Shape::Leaf(_) => {}
        Shape::List(item) => found.push((path.clone(), item)),
        Shape::Map(members) => {
            for member in members {
                let length = path.len();
                if length > 0 {
                    path.push('.');
                }
                path.push_str(&member.name);
                collect(&member.shape, path, found);
                path.truncate(length);
            }
        }
    }
}

fn list(maker: &mut Maker<'_>, id: &str, path: &str, item: &Shape) -> Value {
    maker.refer(&format!("list-{id}-{path}"), |maker| {
        let rows = fields(maker, id, path, item);
        let lists = lists_of(maker, id, path, item);
        let keys = LIST.names().map(|key| {
            let takes = match key {
                "fields" => rows.clone(),
                "lists" => lists.clone(),
                // The rest is the same for every list.
                key => json!({ "$ref": format!("#/definitions/list/properties/{key}") }),
            };
            (key.to_owned(), takes)
        });
        let properties: Map<String, Value> = keys.collect();
        let needed: Vec<&str> = LIST.all().iter().filter(|key| key.needed).map(|key| key.name).collect();
        json!({ "type": "object", "properties": properties, "required": needed, "additionalProperties": false })
    })
}
