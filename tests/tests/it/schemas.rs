// SPDX-License-Identifier: EUPL-1.2
//! The JSON Schemas by which editors complete and check the configuration allow what the hub takes, and not what it
//! refuses. That of mapping files is held by hub-authoring.

use std::path::{Path, PathBuf};

use jsonschema::Validator;
use serde_json::Value;

fn schema(name: &str) -> Validator {
    let path = amtshub_tests::root().join("schemas").join(name);
    let text = std::fs::read_to_string(path).expect("a schema");
    let schema: Value = serde_json::from_str(&text).expect("JSON");
    jsonschema::validator_for(&schema).expect("a JSON Schema")
}

/// The files with this ending in a folder and below it.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            match path.is_dir() {
                true => folders.push(path),
                false if path.to_string_lossy().ends_with(ending) => found.push(path),
                false => {}
            }
        }
    }
    found
}

/// What a schema has against a TOML text.
fn faults(schema: &Validator, text: &str) -> Vec<String> {
    let value: Value = toml::from_str(text).expect("TOML");
    let faults = schema.iter_errors(&value);
    faults
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect()
}

fn allows(schema_name: &str, folder: &str, ending: &str) {
    let schema = schema(schema_name);
    let files = files(&amtshub_tests::root().join(folder), ending);
    assert!(!files.is_empty(), "{folder} has no {ending}");
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a file");
        assert_eq!(faults(&schema, &text), Vec::<String>::new(), "{}", file.display());
    }
}

#[test]
fn what_is_shipped_is_allowed() {
    allows("hub.schema.json", "deploy/demo/config", "hub.toml");
    allows("connector.schema.json", "deploy/demo/config/connectors", ".toml");
    allows("route.schema.json", "deploy/demo/config/routes", ".toml");
}

#[test]
fn what_the_hub_refuses_is_not_allowed() {
    for (name, text) in [
        ("hub.schema.json", "[site]\nnam = \"Prüfstadt\""),
        ("hub.schema.json", "[limits]\ndocument_bytes = \"viel\""),
        ("connector.schema.json", "kind = \"folder\"\ntitel = \"x\""),
        ("connector.schema.json", "title = \"x\""),
        (
            "route.schema.json",
            "[[route]]\nname = \"r\"\nto = \"x\"\nschema = \"a/1\"\npurpos = \"x\"",
        ),
        (
            "route.schema.json",
            "[[route]]\nname = \"r\"\nto = \"x\"\nschema = \"a/1\"\ndocuments = \"some\"",
        ),
    ] {
        assert_ne!(faults(&schema(name), text), Vec::<String>::new(), "{name}: {text}");
    }
}
