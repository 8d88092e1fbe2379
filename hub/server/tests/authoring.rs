// SPDX-License-Identifier: EUPL-1.2
//! What authors of mapping files run, as they see it at a terminal.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Exit code, data and messages of a command.
fn run(folder: &Path, arguments: &[&str], input: &str) -> (i32, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_amtshub"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read its input closes it; that is no fault of the test.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

const UGLY: &str = "id='x'\nmapping = 1 # first\n[fields]\nnumber='a|trim'\n";
const PRETTY: &str = "mapping = 1  # first\nid      = \"x\"\n\n[fields]\nnumber = \"a | trim\"\n";

#[test]
fn fmt_writes_what_is_not_canonical_and_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mappings/x");
    std::fs::create_dir_all(&path).unwrap();
    let (ugly, pretty, broken) = (
        path.join("ugly.map.toml"),
        path.join("pretty.map.toml"),
        path.join("broken.map.toml"),
    );
    std::fs::write(&ugly, UGLY).unwrap();
    std::fs::write(&pretty, PRETTY).unwrap();
    let (exit, data, says) = run(folder.path(), &["fmt", "--check"], "");
    assert_eq!((exit, data.as_str()), (1, "mappings/x/ugly.map.toml\n"), "{says}");
    assert_eq!(std::fs::read_to_string(&ugly).unwrap(), UGLY);
    let (exit, data, _) = run(folder.path(), &["fmt", "mappings"], "");
    assert_eq!((exit, data.as_str()), (0, "mappings/x/ugly.map.toml\n"));
    assert_eq!(std::fs::read_to_string(&ugly).unwrap(), PRETTY);
    assert_eq!(
        run(folder.path(), &["fmt", "--check", "mappings/x/ugly.map.toml"], "").0,
        0
    );
    std::fs::write(&broken, "mapping = \n[fields\n").unwrap();
    let (exit, _, says) = run(folder.path(), &["fmt"], "");
    assert_eq!(exit, 1);
    assert!(
        says.contains("error[AH-M100]") && says.contains("broken.map.toml:1:"),
        "{says}"
    );
    assert_eq!(run(folder.path(), &["fmt", "nowhere"], "").0, 2);
}

#[test]
fn fmt_reads_standard_input() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert_eq!(run(here, &["fmt", "-"], UGLY), (0, PRETTY.to_owned(), String::new()));
    assert_eq!(run(here, &["fmt", "--check", "-"], UGLY).0, 1);
    assert_eq!(run(here, &["fmt", "--check", "-"], PRETTY).0, 0);
    assert_eq!(run(here, &["fmt", "-"], "a = ").0, 1);
}

#[test]
fn fmt_takes_a_configuration_folder() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("config/routes")).unwrap();
    std::fs::write(folder.path().join("config/hub.toml"), "[site]\nname='X'\n").unwrap();
    std::fs::write(folder.path().join("config/routes/a.toml"), "[[route]]\nname='a'\n").unwrap();
    std::fs::write(folder.path().join("config/other.toml"), "x='a'\n").unwrap();
    let (exit, data, says) = run(folder.path(), &["fmt", "config"], "");
    assert_eq!(
        (exit, data.as_str()),
        (0, "config/hub.toml\nconfig/routes/a.toml\n"),
        "{says}"
    );
}

fn checkout() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

const SCHEMAS: [(&str, &str); 4] = [
    ("mapping", "schemas/mapping-1.schema.json"),
    ("hub", "schemas/hub.schema.json"),
    ("connector", "schemas/connector.schema.json"),
    ("route", "schemas/route.schema.json"),
];

#[test]
fn the_schemas_of_files_are_what_the_code_says() {
    for (of, path) in SCHEMAS {
        let (exit, data, says) = run(&checkout(), &["schema", of], "");
        assert_eq!(exit, 0, "{says}");
        let kept = std::fs::read_to_string(checkout().join(path)).unwrap();
        assert!(
            data == kept,
            "{path} is out of date: run `cargo run -p amtshub -- schema {of} > {path}`"
        );
    }
}

#[test]
fn schemas_offer_what_an_installation_has() {
    let town = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/town");
    let schema = |of: &str| {
        let (exit, data, says) = run(&town, &["schema", of, "--config", "."], "");
        assert_eq!(exit, 0, "{says}");
        serde_json::from_str::<serde_json::Value>(&data).unwrap()
    };
    let route = schema("route");
    let properties = &route["properties"]["route"]["items"]["properties"];
    assert_eq!(
        properties["to"]["anyOf"][0]["enum"],
        serde_json::json!(["finance", "inbox"])
    );
    assert_eq!(
        properties["mapping"]["anyOf"][0]["enum"],
        serde_json::json!(["bill-json", "posting-csv"])
    );
    let mapping = schema("mapping");
    let fields = &mapping["definitions"]["fields-bill-1"]["properties"];
    assert!(
        fields["totals"]["properties"]["payable"]["title"].is_string(),
        "{fields:#}"
    );
    let (exit, _, says) = run(&town, &["schema", "mapping", "--canonical", "bil/1"], "");
    assert_eq!(exit, 2);
    assert!(says.contains("did you mean `bill/1`?"), "{says}");
}
