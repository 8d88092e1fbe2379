// SPDX-License-Identifier: EUPL-1.2
//! Loading schemas and checking documents with them.

mod faults;

use crate::{SchemaFile, Schemas};
use hub_message::{LeafKind, Protection, Shape, Tree, TreeBuilder};
use serde_json::{Value, json};

fn file(id: &str, text: &str) -> SchemaFile {
    SchemaFile {
        id: id.parse().unwrap(),
        file: format!("schemas/{id}.schema.json"),
        text: text.to_owned(),
    }
}

fn schema(properties: &Value, required: &[&str]) -> String {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false,
        "properties": properties, "required": required,
        "$defs": {
            "amount": leaf(&json!({"type": "number"}), "open"),
            "circle": {"type": "object", "additionalProperties": false, "properties": {"below": {"$ref": "#/$defs/circle"}}}
        }
    })
    .to_string()
}

fn leaf(constraints: &Value, protection: &str) -> Value {
    let mut leaf = json!({"title": "Titel", "description": "Description", "x-protection": protection});
    leaf.as_object_mut()
        .unwrap()
        .extend(constraints.as_object().unwrap().clone());
    leaf
}

fn tree(value: &Value) -> Tree {
    fn put(b: &mut TreeBuilder, key: Option<&str>, value: &Value) {
        match value {
            Value::Object(members) => {
                b.open_map(key);
                members.iter().for_each(|(key, value)| put(b, Some(key), value));
                b.close();
            }
            Value::Array(items) => {
                b.open_list(key);
                for value in items {
                    put(b, None, value);
                }
                b.close();
            }
            Value::String(text) => b.text(key, text),
            Value::Number(number) => b.number(key, &number.to_string()),
            Value::Bool(flag) => b.bool(key, *flag),
            Value::Null => b.null(key),
        }
    }
    let mut b = TreeBuilder::default();
    put(&mut b, None, value);
    b.finish()
}

/// Loads and gives the codes of the findings with the text that each points at.
#[track_caller]
fn findings(files: Vec<SchemaFile>) -> Vec<(String, String)> {
    let texts: Vec<(String, String)> = files.iter().map(|f| (f.file.clone(), f.text.clone())).collect();
    let findings = Schemas::load(files).map(|_| ()).unwrap_err();
    let at = |f: &hub_message::Finding| {
        let text = &texts.iter().find(|(name, _)| *name == f.file).unwrap().1;
        text.get(f.span.clone()).unwrap().to_owned()
    };
    findings.iter().map(|f| (f.code.to_string(), at(f))).collect()
}

#[track_caller]
fn check_finding(properties: Value, code: &str, at: &str) {
    assert_eq!(
        findings(vec![file("x/1", &schema(&properties, &[]))]),
        [(code.to_owned(), at.to_owned())]
    );
}

#[test]
fn a_leaf_without_protection_title_or_description_does_not_load() {
    let found = findings(vec![file(
        "x/1",
        &schema(
            &json!({"a": {"type": "string"}, "b": leaf(&json!({"type": "integer"}), "secret")}),
            &[],
        ),
    )]);
    let codes: Vec<&str> = found.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(codes, ["AH-S026", "AH-S027", "AH-S025", "AH-S025"]);
    assert_eq!(found[0].1, "\"a\"");
}

#[test]
fn references_lead_into_the_loaded_files_only() {
    check_finding(
        json!({"a": {"$ref": "https://example.org/x.json"}}),
        "AH-S010",
        "\"https://example.org/x.json\"",
    );
    check_finding(
        json!({"a": {"$ref": "#/$defs/nothing"}}),
        "AH-S011",
        "\"#/$defs/nothing\"",
    );
    check_finding(
        json!({"a": {"$ref": "../y/1.schema.json"}}),
        "AH-S011",
        "\"../y/1.schema.json\"",
    );
    check_finding(
        json!({"a": {"$ref": "#/$defs/circle"}}),
        "AH-S012",
        "\"#/$defs/circle\"",
    );
    check_finding(
        json!({"a": {"$ref": "#/$defs/amount", "minimum": 1}}),
        "AH-S013",
        "\"a\"",
    );
}

#[test]
fn a_schema_says_of_every_field_what_it_is() {
    check_finding(json!({"a": {"type": "object", "properties": {}}}), "AH-S022", "\"a\"");
    check_finding(
        json!({"a": leaf(&json!({"type": "string", "patern": "x"}), "open")}),
        "AH-S021",
        "\"x\"",
    );
    check_finding(
        json!({"a": leaf(&json!({"type": "string", "format": "dat"}), "open")}),
        "AH-S024",
        "\"dat\"",
    );
    check_finding(
        json!({"a": leaf(&json!({"type": ["string", "null"]}), "open")}),
        "AH-S020",
        "\"a\"",
    );
    check_finding(
        json!({"a b": leaf(&json!({"type": "string"}), "open")}),
        "AH-S028",
        "\"a b\"",
    );
    check_finding(
        json!({"a": leaf(&json!({"type": "string", "pattern": "("}), "open")}),
        "AH-S005",
        "\"(\"",
    );
}

#[test]
fn what_stands_beside_a_reference_wins() {
    let text = schema(
        &json!({"net": {"$ref": "#/$defs/amount", "title": "Netto", "x-protection": "personal", "x-en16931": "BT-131"}}),
        &["net"],
    );
    let schemas = Schemas::load(vec![file("x/1", &text)]).unwrap();
    let schema = schemas.get(&"x/1".parse().unwrap()).unwrap();
    let Some(Shape::Leaf(leaf)) = schema.shape().at("net") else {
        panic!("no leaf")
    };
    assert_eq!(
        (leaf.kind, leaf.protection, leaf.title.as_str()),
        (LeafKind::Number, Protection::Personal, "Netto")
    );
    assert_eq!(schema.terms(), [("net".to_owned(), "BT-131".to_owned())]);
}

#[test]
fn references_between_files_are_written_out() {
    let one = schema(&json!({"total": {"$ref": "../y/1.schema.json#/$defs/amount"}}), &[]);
    let schemas = Schemas::load(vec![file("x/1", &one), file("y/1", &schema(&json!({}), &[]))]).unwrap();
    assert!(
        schemas
            .get(&"x/1".parse().unwrap())
            .unwrap()
            .shape()
            .at("total")
            .is_some()
    );
    assert_eq!(
        schemas.ids().map(hub_message::SchemaId::as_str).collect::<Vec<_>>(),
        ["x/1", "y/1"]
    );
}

fn sample() -> Schemas {
    let line =
        json!({"type": "object", "additionalProperties": false, "properties": {"net": {"$ref": "#/$defs/amount"}}});
    let text = schema(
        &json!({
            "number": leaf(&json!({"type": "string", "maxLength": 5}), "open"),
            "name": leaf(&json!({"type": "string", "pattern": "^[A-Z]"}), "personal"),
            "date": leaf(&json!({"type": "string", "format": "date"}), "open"),
            "at": leaf(&json!({"type": "string", "format": "date-time"}), "open"),
            "code": leaf(&json!({"type": "string", "enum": ["A", "B"]}), "open"),
            "count": leaf(&json!({"type": "integer", "minimum": 1}), "open"),
            "lines": {"type": "array", "minItems": 1, "items": line}
        }),
        &["number"],
    );
    Schemas::load(vec![file("x/1", &text)]).unwrap()
}

/// The codes and fields of what is wrong with a document.
#[track_caller]
fn check(document: Value, expected: &[(&str, &str)]) {
    let schemas = sample();
    let outcome = schemas.get(&"x/1".parse().unwrap()).unwrap().validate(tree(&document));
    let rejections = match outcome {
        Ok(valid) => {
            assert_eq!(valid.schema().as_str(), "x/1");
            Vec::new()
        }
        Err(mut first) => {
            let also = std::mem::take(&mut first.also);
            [vec![first], also].concat()
        }
    };
    let mut found: Vec<(&str, &str)> = rejections
        .iter()
        .map(|r| (r.code.as_str(), r.field.as_deref().unwrap_or("")))
        .collect();
    found.sort_unstable();
    assert_eq!(found, expected, "{rejections:?}");
}

#[test]
fn documents_are_checked_whole() {
    check(
        json!({"number": "R-1", "date": "2026-11-30", "at": "2026-11-30T10:00:00+01:00", "count": 2, "lines": [{"net": -1.50}]}),
        &[],
    );
    check(json!({}), &[("AH-S101", "number")]);
    check(
        json!({"number": "R-1", "lines": [{"net": "1.50"}]}),
        &[("AH-S102", "lines[0].net")],
    );
    check(
        json!({"number": "R-1", "lines": [{}, {"gross": 1}]}),
        &[("AH-S103", "lines[1]")],
    );
    check(
        json!({"number": "R-1", "date": "2026-02-30", "at": "2026-02-03 10:00"}),
        &[("AH-S105", "at"), ("AH-S105", "date")],
    );
    check(json!({"number": "R-1", "count": 1.5}), &[("AH-S102", "count")]);
    check(json!({"number": "R-1", "count": 1.0}), &[]);
    check(
        json!({"number": "R-1", "count": 0, "lines": []}),
        &[("AH-S108", "count"), ("AH-S109", "lines")],
    );
    check(json!({"number": "R-1", "name": "erika"}), &[("AH-S106", "name")]);
    check(
        json!({"number": "R-1", "code": null}),
        &[("AH-S102", "code"), ("AH-S104", "code")],
    );
}

#[test]
fn only_open_values_are_shown() {
    let schemas = sample();
    let schema = schemas.get(&"x/1".parse().unwrap()).unwrap();
    let rejection = schema
        .validate(tree(&json!({"number": "R-1000", "name": "erika", "code": "C"})))
        .unwrap_err();
    let text = format!("{rejection:?}");
    assert!(text.contains("R-1000") && text.contains("(`C`)"), "{text}");
    assert!(!text.contains("erika"), "{text}");
}

#[test]
fn an_empty_tree_is_rejected() {
    let schemas = sample();
    let rejection = schemas
        .get(&"x/1".parse().unwrap())
        .unwrap()
        .validate(Tree::default())
        .unwrap_err();
    assert_eq!(rejection.code.as_str(), "AH-S100");
}

fn case_schema(view: &Value) -> SchemaFile {
    let text = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false, "x-case": view,
        "properties": {
            "number": leaf(&json!({"type": "string"}), "open"),
            "date": leaf(&json!({"type": "string", "format": "date"}), "open"),
            "people": {"type": "array", "items": {"type": "object", "additionalProperties": false, "properties": {
                "name": leaf(&json!({"type": "string"}), "personal"), "role": leaf(&json!({"type": "string"}), "open")
            }}}
        }
    });
    file("x/1", &text.to_string())
}

#[test]
fn a_case_view_makes_entries_and_participants() {
    let view = json!({
        "type": "invoice", "subject": "Rechnung {number}",
        "entries": [
            {"kind": "document", "type": "invoice", "title": "Rechnung {number}", "at": "{date}", "direction": "in", "channel": "file", "documents": true},
            {"kind": "communication", "type": "letter", "title": "Schreiben {missing|name} zu {^number}", "each": "people", "direction": "{role}", "channel": "post", "partner": "{name}"}
        ],
        "participants": [{"each": "people", "role": "{role}", "name": "{name}"}]
    });
    let view = serde_json::from_str::<Value>(&view.to_string().replace("missing|", "")).unwrap();
    let schemas = Schemas::load(vec![case_schema(&view)]).unwrap();
    let schema = schemas.get(&"x/1".parse().unwrap()).unwrap();
    let document = tree(
        &json!({"number": "R-1", "date": "2026-11-30", "people": [{"name": "A", "role": "out"}, {"role": "seller"}]}),
    );
    let filing = schema.case_view().unwrap().filing(document.root().unwrap(), &[]);
    assert_eq!(filing.case_type, "invoice");
    assert_eq!(filing.subject.disclose(), "Rechnung R-1");
    let titles: Vec<&str> = filing.entries.iter().map(|e| e.title.disclose().as_str()).collect();
    assert_eq!(titles, ["Rechnung R-1", "Schreiben A zu R-1", "Schreiben zu R-1"]);
    assert_eq!(filing.entries[0].at.as_deref(), Some("2026-11-30"));
    assert_eq!(filing.entries[1].direction, hub_message::record::Direction::Out);
    let names: Vec<&str> = filing.participants.iter().map(|p| p.name.disclose().as_str()).collect();
    assert_eq!(names, ["A"]);
}

#[test]
fn a_case_view_names_fields_of_its_schema() {
    let view = json!({"type": "x", "subject": "{numbr}", "entries": [{"kind": "document", "type": "t", "title": "{name}", "direction": "inn", "channel": "c"}],
        "participants": [{"each": "persons", "role": "r", "name": "{^number}"}]});
    let codes: Vec<_> = Schemas::load(vec![case_schema(&view)])
        .map(|_| ())
        .unwrap_err()
        .into_iter()
        .map(|f| (f.code.to_string(), f.help))
        .collect();
    assert_eq!(codes.len(), 4, "{codes:?}");
    assert_eq!(
        codes[0],
        ("AH-S030".to_owned(), Some("did you mean `number`?".to_owned()))
    );
}

/// The schemas that are shipped.
fn shipped() -> Vec<SchemaFile> {
    macro_rules! files {
        ($($name:literal),*) => {
            vec![$(file(concat!($name, "/1"), include_str!(concat!("../../../schemas/", $name, "/1.schema.json")))),*]
        };
    }
    files!(
        "application",
        "case",
        "communication",
        "document",
        "envelope",
        "invoice",
        "participant"
    )
}

#[test]
fn the_shipped_schemas_load() {
    let files = shipped();
    let texts: Vec<String> = files.iter().map(|f| f.text.clone()).collect();
    let names: Vec<String> = files.iter().map(|f| f.file.clone()).collect();
    match Schemas::load(files) {
        Ok(schemas) => assert_eq!(schemas.ids().count(), 7),
        Err(findings) => {
            let text = |f: &hub_message::Finding| names.iter().position(|n| *n == f.file).map(|at| texts[at].as_str());
            panic!("{}", findings.iter().map(|f| f.render(text(f))).collect::<String>());
        }
    }
}

#[test]
fn the_invoice_has_every_term_of_the_standard() {
    let schemas = Schemas::load(shipped()).unwrap();
    let terms = schemas.get(&"invoice/1".parse().unwrap()).unwrap().terms();
    let has = |term: &str| terms.iter().any(|(_, t)| t == term);
    // EN 16931-1:2017 with A1: the number BT-4 was never given.
    let missing: Vec<String> = (1..=165)
        .filter(|n| *n != 4)
        .map(|n| format!("BT-{n}"))
        .chain((1..=32).map(|n| format!("BG-{n}")))
        .chain((1..=9).map(|n| format!("BG-DEX-0{n}")))
        .chain((1..=3).map(|n| format!("BT-DEX-00{n}")))
        .filter(|term| !has(term))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
