// SPDX-License-Identifier: EUPL-1.2
//! The settings of connectors in the schema of their files: each kind describes its own.

use serde_json::{Map, Value, json};

use super::Maker;

/// Adds the settings of the kinds that are known.
pub(super) fn add(maker: &mut Maker<'_>, root: &mut Map<String, Value>) {
    let has_settings = root.get("properties").is_some_and(|p| p.get("settings").is_some());
    if !has_settings {
        return;
    }
    let mut offered = Vec::new();
    let mut strict: Option<Value> = None;
    for (kind, schema) in maker.known.kinds.iter().rev() {
        let name = super::plain(&format!("settings-{kind}"));
        let made = maker.refer(&name, |_| embedded(schema, &name, true));
        let when =
            json!({ "properties": { "kind": { "const": kind } }, "required": ["kind"], "additionalProperties": true });
        let mut one =
            json!({ "if": when, "then": { "properties": { "settings": made }, "additionalProperties": true } });
        if let (Value::Object(one), Some(rest)) = (&mut one, strict.take()) {
            one.insert("else".into(), rest);
        }
        strict = Some(one);
        offered.push(made);
    }
    if offered.is_empty() {
        return;
    }
    offered.reverse();
    // The last one lets everything pass: those before it are there to be offered.
    offered.push(json!({ "type": "object", "additionalProperties": true }));
    if let Some(Value::Object(settings)) = root.get_mut("properties").and_then(|p| p.get_mut("settings")) {
        settings.insert("anyOf".into(), Value::Array(offered));
    }
    root.extend(
        strict
            .and_then(|strict| strict.as_object().cloned())
            .unwrap_or_default(),
    );
}

/// The schema of a program, put below a name: its references lead there, and wherever a text may stand a reference to a
/// secret may stand too.
fn embedded(schema: &Value, name: &str, top: bool) -> Value {
    let Value::Object(keywords) = schema else {
        return match schema {
            Value::Array(items) => items.iter().map(|item| embedded(item, name, false)).collect(),
            other => other.clone(),
        };
    };
    let mut made = Map::new();
    for (key, value) in keywords {
        let value = match (key.as_str(), value) {
            ("$schema" | "$id", _) if top => continue,
            ("$ref", Value::String(to)) => match to.strip_prefix('#') {
                Some(pointer) => json!(format!("#/definitions/{name}{pointer}")),
                None => value.clone(),
            },
            ("enum" | "const" | "default" | "examples", _) => value.clone(),
            _ => embedded(value, name, false),
        };
        made.insert(key.clone(), value);
    }
    if made.get("type") == Some(&json!("string")) {
        return or_secret(made);
    }
    Value::Object(made)
}

fn or_secret(text: Map<String, Value>) -> Value {
    let mut outer = Map::new();
    let mut inner = Map::new();
    for (key, value) in text {
        let is_annotation = matches!(key.as_str(), "title" | "description" | "default" | "examples");
        if is_annotation || key.starts_with("x-") {
            outer.insert(key, value);
        } else {
            inner.insert(key, value);
        }
    }
    let place = |what: &str| json!({ "type": "object", "required": [what], "properties": { what: { "type": "string" } }, "additionalProperties": false });
    outer.insert(
        "anyOf".into(),
        json!([inner, place("file"), place("env"), place("credential")]),
    );
    Value::Object(outer)
}
