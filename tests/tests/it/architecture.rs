// SPDX-License-Identifier: EUPL-1.2
//! Holds the directions of ARCHITECTURE.md: which crate may name which, and which library is fenced into which crate.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

/// Crates of ours that a crate of ours may name. A connector kind stands under `connector`.
const DIRECTIONS: &[(&str, &[&str])] = &[
    ("hub-codes", &[]),
    ("hub-message", &[]),
    ("hub-schema", &["hub-message"]),
    ("hub-mapping", &["hub-message"]),
    ("hub-pipeline", &["hub-message", "hub-schema", "hub-mapping"]),
    (
        "hub-authoring",
        &["hub-codes", "hub-message", "hub-schema", "hub-mapping"],
    ),
    ("hub-delivery", &["hub-message"]),
    ("hub-bus", &["hub-message", "hub-delivery"]),
    ("hub-documents", &["hub-message"]),
    ("hub-store", &["hub-message"]),
    ("hub-console", &["hub-message", "hub-store"]),
    (
        "amtshub",
        &[
            "hub-codes",
            "hub-message",
            "hub-schema",
            "hub-mapping",
            "hub-pipeline",
            "hub-authoring",
            "hub-delivery",
            "hub-bus",
            "hub-documents",
            "hub-store",
            "hub-console",
        ],
    ),
    ("connector-sdk", &["hub-message", "hub-delivery", "hub-bus"]),
    ("connector", &["hub-message", "connector-sdk"]),
    // For the tests of kinds only: no kind may name it otherwise.
    ("connector-testing", &["hub-message", "hub-bus", "hub-documents"]),
    // For tests only as well, and it knows nothing of what is tested on it.
    ("amtshub-powerfs", &[]),
];

/// Libraries that only these crates may name.
const FENCES: &[(&str, &[&str])] = &[
    ("async-nats", &["hub-bus"]),
    ("nkeys", &["hub-bus"]),
    ("quick-xml", &["hub-mapping"]),
    ("jsonschema", &["hub-schema"]),
    ("mail-parser", &["hub-mapping"]),
    // Judges beside our own validator in the conformance run, and nowhere else.
    ("uppsala", &[]),
    ("object_store", &["hub-documents"]),
    ("sqlx", &["hub-store", "amtshub-connector-sql"]),
    ("toml_parser", &["hub-authoring"]),
    ("lsp-server", &["hub-authoring"]),
    ("lsp-types", &["hub-authoring"]),
    ("axum", &["hub-console"]),
    ("redb", &["connector-sdk"]),
    ("fuser", &["amtshub-powerfs"]),
    ("clap", &["amtshub", "connector-sdk"]),
];

/// Crates that do no input and output, and what their sources therefore never say.
const PURE: &[&str] = &[
    "codes",
    "message",
    "schema",
    "mapping",
    "pipeline",
    "authoring",
    "delivery",
];
const IMPURE_WORDS: &[&str] = &[
    "async fn",
    ".await",
    "std::fs",
    "std::net",
    "std::process",
    "std::env",
    "SystemTime",
    "Instant::now",
    "tokio::",
    "now_utc",
];

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(amtshub_tests::root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo prints JSON")
}

/// Every dependency that breaks a direction or a fence, in words. Tests may name everything.
fn violations(metadata: &Value) -> Vec<String> {
    let packages = metadata["packages"].as_array().expect("packages");
    let ours: Vec<&str> = packages.iter().filter_map(|p| p["name"].as_str()).collect();
    let directions: BTreeMap<_, _> = DIRECTIONS.iter().copied().collect();
    let mut found = Vec::new();
    for package in packages {
        let name = package["name"].as_str().expect("a name");
        let rule = if name.starts_with("amtshub-connector-") {
            "connector"
        } else {
            name
        };
        if matches!(name, "amtshub-tests" | "amtshub-benches") {
            continue;
        }
        let Some(allowed) = directions.get(rule) else {
            found.push(format!("{name} has no place in the directions"));
            continue;
        };
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let to = dependency["name"].as_str().expect("a name");
            if dependency["kind"].as_str() == Some("dev") {
                continue;
            }
            if ours.contains(&to) && !allowed.contains(&to) {
                found.push(format!("{name} names {to}"));
            }
            if FENCES
                .iter()
                .any(|(fenced, inside)| *fenced == to && !inside.contains(&name))
            {
                found.push(format!("{name} names {to}, which is fenced"));
            }
        }
    }
    found
}

#[test]
fn dependencies_follow_the_directions() {
    assert_eq!(violations(&metadata()), Vec::<String>::new());
}

#[test]
fn a_dependency_against_the_directions_is_found() {
    let forged = serde_json::json!({"packages": [
        {"name": "hub-mapping", "dependencies": [
            {"name": "hub-schema", "kind": null}, {"name": "async-nats", "kind": null}, {"name": "hub-store", "kind": "dev"}
        ]},
        {"name": "hub-schema", "dependencies": []},
        {"name": "amtshub-connector-mail", "dependencies": [{"name": "hub-mapping", "kind": null}]},
        {"name": "hub-everything", "dependencies": []},
    ]});
    assert_eq!(
        violations(&forged),
        [
            "hub-mapping names hub-schema",
            "hub-mapping names async-nats, which is fenced",
            "amtshub-connector-mail names hub-mapping",
            "hub-everything has no place in the directions",
        ]
    );
}

#[test]
fn pure_crates_stay_pure() {
    let mut found = Vec::new();
    for name in PURE {
        for file in amtshub_tests::sources(&amtshub_tests::root().join("hub").join(name).join("src")) {
            let text = std::fs::read_to_string(&file).expect("a source file");
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for (number, line) in code.lines().enumerate() {
                let line_code = line.split("//").next().unwrap_or_default();
                if let Some(word) = IMPURE_WORDS.iter().find(|word| line_code.contains(**word)) {
                    found.push(format!("{}:{}: {word}", file.display(), number + 1));
                }
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
}
