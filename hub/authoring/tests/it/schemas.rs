// SPDX-License-Identifier: EUPL-1.2
//! The schema of mapping files against mapping files.

use std::path::Path;

use hub_authoring::schemas::{Heading, Known, file, mapping};
use hub_message::SchemaId;
use hub_message::keys::{Keys, Says, Takes};
use hub_schema::{SchemaFile, Schemas};
use serde_json::{Value, json};

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn shipped_schemas() -> Schemas {
    let mut files = Vec::new();
    for folder in std::fs::read_dir(root().join("schemas")).unwrap().flatten() {
        let path = folder.path().join("1.schema.json");
        if let Ok(text) = std::fs::read_to_string(&path) {
            let id: SchemaId = format!("{}/1", folder.file_name().to_string_lossy()).parse().unwrap();
            let file = path.display().to_string();
            files.push(SchemaFile { id, file, text });
        }
    }
    Schemas::load(files).unwrap()
}

fn schema(schemas: &Schemas) -> Value {
    let canonical = schemas
        .ids()
        .filter_map(|id| Some((id.as_str(), schemas.get(id)?.shape())));
    mapping(&Known {
        canonical: canonical.collect(),
        ..Known::default()
    })
}

fn validator(schema: &Value) -> jsonschema::Validator {
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft7)
        .offline()
        .build(schema)
        .unwrap()
}

fn json_of(toml: &str) -> Value {
    serde_json::to_value(toml.parse::<toml::Table>().unwrap()).unwrap()
}

const HEAD: &str =
    "mapping = 1\nid = 'x'\ntitle = 'X'\ncanonical = 'invoice/1'\ndirections = ['read']\nformat = { kind = 'json' }\n";

#[test]
fn shipped_mappings_are_valid() {
    let schemas = shipped_schemas();
    let validator = validator(&schema(&schemas));
    let mut count = 0;
    for folder in std::fs::read_dir(root().join("mappings")).unwrap().flatten() {
        let name = folder.file_name().to_string_lossy().into_owned();
        let Ok(text) = std::fs::read_to_string(folder.path().join(format!("{name}.map.toml"))) else {
            continue;
        };
        count += 1;
        let document = json_of(&text);
        let faults: Vec<_> = validator
            .iter_errors(&document)
            .map(|f| format!("{}: {f}", f.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{name}: {faults:#?}");
    }
    assert!(count >= 6, "only {count} mappings were looked at");
}

#[test]
fn what_the_loader_takes_is_valid_and_what_it_refuses_is_not() {
    let schemas = shipped_schemas();
    let validator = validator(&schema(&schemas));
    let check = |rows: &str, expected: bool| {
        let document = json_of(&format!("{HEAD}{rows}"));
        assert_eq!(validator.is_valid(&document), expected, "{rows}");
    };
    check(
        "[fields]\nnumber = 'a'\nseller.vatId = 'b'\nseller.'*' = 'c | use(x)'\n",
        true,
    );
    check(
        "[fields]\nnumber = { path = 'a', required = true }\nissueDate.read = 'b'\n",
        true,
    );
    check(
        "[fields]\ncopy = { from = 'number', path = 'b' }\n'@a' = { write = '^number' }\n",
        true,
    );
    check(
        "[lists.lines]\neach = 'l'\n[lists.lines.fields]\nitem.name = 'n'\n",
        true,
    );
    check("[lists.'seller.identifiers']\neach.read = 'l'\nfields.id = '.'\n", true);
    check(
        "[fragments.f]\nanything.goes = 'x'\n[fragments.f.lists.l]\neach = 'a'\n",
        true,
    );
    check("[fields]\nnumbr = 'a'\n", false);
    check("[fields]\nseller.vatid = 'a'\n", false);
    check("[fields]\nnumber = 5\n", false);
    check("[fields]\nnumber = { pth = 'a' }\n", false);
    check(
        "[lists.lines]\neach = 'l'\n[lists.lines.fields]\nitm.name = 'n'\n",
        false,
    );
    check("[lists.line]\neach = 'l'\n", false);
    check("[lists.lines]\nech = 'l'\n", false);
    check("[coverage]\nunmapped = 'maybe'\n", false);
    check("purpose = 'x'\n", false);
    check("[[test]]\nread = 'x'\n", false);
}

#[test]
fn of_the_towns_own_schemas_nothing_is_known_and_nothing_refused() {
    let schemas = shipped_schemas();
    let validator = validator(&schema(&schemas));
    let text = format!("{HEAD}[fields]\nanything.here = 'a'\n").replace("invoice/1", "own/1");
    assert!(validator.is_valid(&json_of(&text)));
}

#[test]
fn formats_have_their_own_keys() {
    let schemas = shipped_schemas();
    let validator = validator(&schema(&schemas));
    let check = |format: &str, expected: bool| {
        let text = HEAD.replace("{ kind = 'json' }", format);
        assert_eq!(validator.is_valid(&json_of(&text)), expected, "{format}");
    };
    check("{ kind = 'xml', root = 'a:b', ns = { a = 'urn:a' } }", true);
    check(
        "{ kind = 'csv', delimiter = ';', columns = ['a'], line_end = 'lf' }",
        true,
    );
    check(
        "{ kind = 'fixed', columns = { a = '1-2', b = { at = '3', align = 'left' } } }",
        true,
    );
    check("{ kind = 'json', delimiter = ';' }", false);
    check("{ kind = 'jsn' }", false);
    check("{ kind = 'xml' }", false);
    check("{ kind = 'csv', line_end = 'cr' }", false);
}

#[test]
fn settings_are_those_of_the_kind() {
    static FILE: Keys = Keys::of(&[
        hub_message::keys::key("kind", Takes::Text(Says::Kind), "", "").needed(),
        hub_message::keys::key("settings", Takes::Anything, "", ""),
    ]);
    let folder = json!({ "$id": "x", "type": "object", "required": ["path"], "additionalProperties": false,
        "properties": { "path": { "$ref": "#/$defs/p" } }, "$defs": { "p": { "type": "string", "minLength": 1 } } });
    let known = Known {
        kinds: vec![("folder".into(), folder), ("mail".into(), json!({ "type": "object" }))],
        ..Known::default()
    };
    let heading = Heading {
        id: "urn:x",
        title: "X",
        description: "X.",
    };
    let validator = validator(&file(&FILE, heading, &known));
    let check = |text: &str, expected: bool| assert_eq!(validator.is_valid(&json_of(text)), expected, "{text}");
    check("kind = 'folder'\nsettings.path = 'a'\n", true);
    check("kind = 'folder'\nsettings.path.file = 'a'\n", true);
    check("kind = 'folder'\nsettings.path.fil = 'a'\n", false);
    check("kind = 'folder'\nsettings.pth = 'a'\n", false);
    check("kind = 'mail'\nsettings.pth = 'a'\n", true);
    check("kind = 'own'\nsettings.pth = 'a'\n", true);
    check("settings.pth = 'a'\n", false);
}
