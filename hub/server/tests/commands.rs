// SPDX-License-Identifier: EUPL-1.2
//! The commands that need nothing running, as somebody at a terminal sees them: exit code, data, messages.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

#[path = "commands/corpus.rs"]
mod corpus;
#[path = "commands/map.rs"]
mod map;
#[path = "commands/test.rs"]
mod test;

/// What came of a command.
struct Ran {
    exit: i32,
    data: String,
    messages: String,
}

/// Runs the binary in `folder`, with `input` on its standard input.
fn run(folder: &Path, arguments: &[&str], input: &str) -> Ran {
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
    Ran {
        exit: output.status.code().unwrap(),
        // The finance system's files are windows-1252.
        data: String::from_utf8_lossy(&output.stdout).into_owned(),
        messages: String::from_utf8(output.stderr).unwrap(),
    }
}

fn town() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/town")
}

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[track_caller]
fn check(arguments: &[&str], input: &str, exit: i32, data: &str, says: &str) {
    let ran = run(&town(), arguments, input);
    assert_eq!((ran.exit, ran.data.as_str()), (exit, data), "{}", ran.messages);
    assert!(ran.messages.contains(says), "{}", ran.messages);
}

const BILL: &str = r#"{"nr":"R-1","payable":"119.00","from":{"name":"Erika Beispiel"}}"#;

const CANONICAL: &str = "{\n  \"number\": \"R-1\",\n  \"seller\": {\n    \"name\": \"Erika Beispiel\"\n  },\n  \"totals\": {\n    \"payable\": 119.00\n  }\n}\n";

#[test]
fn map_writes_canonical_json() {
    check(&["map", "--mapping", "bill-json"], BILL, 0, CANONICAL, "");
    check(
        &["map", "--mapping", "mappings/bill-json/bill-json.map.toml", "-"],
        BILL,
        0,
        CANONICAL,
        "",
    );
}

#[test]
fn map_writes_another_format() {
    let expected = "belegnummer;betrag;kreditor\r\nR-1;119,00;Erika Beispiel\r\n";
    check(
        &["map", "--mapping", "bill-json", "--to", "posting-csv"],
        BILL,
        0,
        expected,
        "",
    );
}

#[test]
fn map_shows_a_rejection_with_place_and_remedy_and_without_values() {
    let ran = run(
        &town(),
        &["map", "--mapping", "bill-json"],
        r#"{"from":{"name":"Erika Beispiel"}}"#,
    );
    assert_eq!((ran.exit, ran.data.as_str()), (1, ""));
    for part in ["error[AH-M", "= field: number", "bill-json.map.toml:"] {
        assert!(ran.messages.contains(part), "{}", ran.messages);
    }
    let long = BILL.replace("Erika", &"Erika".repeat(20));
    let ran = run(&town(), &["map", "--mapping", "bill-json"], &long);
    assert_eq!((ran.exit, ran.data.as_str()), (1, ""));
    assert!(
        ran.messages.contains("seller.name") && !ran.messages.contains("Erika"),
        "{}",
        ran.messages
    );
}

#[test]
fn map_says_what_was_meant() {
    check(
        &["map", "--mapping", "bill-jsn"],
        BILL,
        2,
        "",
        "did you mean `bill-json`?",
    );
    check(&["map", "--mapping", "posting-csv"], BILL, 2, "", "does not read");
    check(
        &["map", "--mapping", "bill-json", "--to", "bill-json"],
        BILL,
        2,
        "",
        "does not write",
    );
    check(
        &["map", "--mapping", "bill-json", "no-such-file"],
        BILL,
        2,
        "",
        "no-such-file",
    );
    check(&["map"], BILL, 2, "", "--mapping");
}

#[test]
fn map_shows_findings_in_a_mapping() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.map.toml");
    let text = std::fs::read_to_string(town().join("mappings/bill-json/bill-json.map.toml")).unwrap();
    std::fs::write(
        &file,
        text.replace("bill-json\"", "own\"")
            .replace("totals.net ", "totals.nett "),
    )
    .unwrap();
    check(
        &["map", "--mapping", file.to_str().unwrap()],
        BILL,
        3,
        "",
        "did you mean `net`?",
    );
}

#[test]
fn check_lists_findings_for_people_and_programs() {
    let right = run(&town(), &["check", "--config", "."], "");
    assert_eq!(right.exit, 0, "{}{}", right.data, right.messages);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("hub.toml"), "[site]\nname = \"M\"\n[stats]\n").unwrap();
    let path = folder.path().to_str().unwrap();
    let wrong = run(&checkout(), &["check", "--config", path], "");
    assert_eq!(wrong.exit, 1);
    assert!(
        wrong
            .data
            .contains("hub.toml:3:2\n3 | [stats]\n  |  ^^^^^ did you mean `status`?"),
        "{}",
        wrong.data
    );
    assert!(wrong.messages.contains("error"), "{}", wrong.messages);
    let json = run(&checkout(), &["check", "--config", path, "--output", "json"], "");
    let findings: Value = serde_json::from_str(&json.data).unwrap();
    let unknown = findings
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["code"] == "AH-K003")
        .unwrap();
    assert_eq!(
        (&unknown["line"], &unknown["column"]),
        (&Value::from(3), &Value::from(2))
    );
}

#[test]
fn test_runs_the_tests_of_mappings() {
    let ran = run(&town(), &["test"], "");
    assert_eq!(ran.exit, 0, "{}{}", ran.data, ran.messages);
    assert!(ran.data.contains("ok    bill-json    1 tests"), "{}", ran.data);
    assert!(ran.data.contains("-     posting-csv  no tests"), "{}", ran.data);
    assert!(
        ran.messages.contains("1 tests in 2 mappings, 0 failed"),
        "{}",
        ran.messages
    );
}

#[test]
fn test_shows_what_failed_and_where() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bill.map.toml");
    let text = std::fs::read_to_string(town().join("mappings/bill-json/bill-json.map.toml")).unwrap();
    std::fs::write(&file, text.replace("119.00 }", "118.00 }")).unwrap();
    let path = file.to_str().unwrap();
    // The mapping of this id in the town is the one that counts there; here it is the only one.
    std::os::unix::fs::symlink(town().join("schemas"), folder.path().join("schemas")).unwrap();
    let ran = run(folder.path(), &["test", path], "");
    assert_eq!(ran.exit, 1, "{}{}", ran.data, ran.messages);
    assert!(
        ran.data.contains("FAIL  bill-json  1 of 1 tests failed"),
        "{}",
        ran.data
    );
    assert!(
        ran.data.contains("bill.map.toml:") && ran.data.contains("`a bill`"),
        "{}",
        ran.data
    );
    let json = run(folder.path(), &["test", "--output", "json"], "");
    assert_eq!(json.exit, 2, "{}", json.messages);
    assert_eq!(run(folder.path(), &["test", "nowhere"], "").exit, 2);
}

#[test]
fn the_shipped_mappings_work_in_a_checkout() {
    let ran = run(&checkout(), &["test"], "");
    assert_eq!(ran.exit, 0, "{}{}", ran.data, ran.messages);
    let invoice = "mappings/ubl-invoice/examples/invoice.xml";
    let read = run(&checkout(), &["map", "--mapping", "ubl-invoice", invoice], "");
    assert_eq!(read.exit, 0, "{}", read.messages);
    let canonical: Value = serde_json::from_str(&read.data).unwrap();
    let number = canonical["number"].as_str().unwrap();
    let written = run(
        &checkout(),
        &["map", "--mapping", "ubl-invoice", "--to", "finance-csv", invoice],
        "",
    );
    assert_eq!(written.exit, 0, "{}", written.messages);
    assert!(written.data.starts_with(&format!("K;{number};")), "{}", written.data);
}

#[test]
fn a_bad_configuration_does_not_run() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("hub.toml"), "[site]\nnam = \"M\"\n").unwrap();
    let data = folder.path().join("data");
    let arguments = [
        "run",
        "--config",
        folder.path().to_str().unwrap(),
        "--data",
        data.to_str().unwrap(),
    ];
    let ran = run(&checkout(), &arguments, "");
    assert_eq!(ran.exit, 3, "{}", ran.messages);
    assert!(ran.messages.contains("did you mean `name`?"), "{}", ran.messages);
}

#[test]
fn settings_that_a_connector_does_not_know_do_not_run() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (hub, own) = (
        folder.path().join("amtshub"),
        folder.path().join("amtshub-connector-own"),
    );
    std::fs::copy(env!("CARGO_BIN_EXE_amtshub"), &hub).unwrap();
    let manifest = r#"{"name":"own","version":"1","protocol":1,"vendor":"v","max_in_flight":1,
        "config_schema":{"type":"object","additionalProperties":false,"properties":{"path":{"type":"string"}}}}"#;
    std::fs::write(&own, format!("#!/bin/sh\ncat <<'END'\n{manifest}\nEND\n")).unwrap();
    std::fs::set_permissions(&own, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::create_dir(folder.path().join("connectors")).unwrap();
    std::fs::write(folder.path().join("hub.toml"), "[site]\nname = \"M\"\n").unwrap();
    let inbox = "kind = \"own\"\n[settings]\npth = \"in\"\n";
    std::fs::write(folder.path().join("connectors/inbox.toml"), inbox).unwrap();
    for entry in ["schemas", "mappings"] {
        std::os::unix::fs::symlink(town().join(entry), folder.path().join(entry)).unwrap();
    }
    let output = Command::new(&hub)
        .args(["run", "--config", ".", "--data", "data"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let messages = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{messages}");
    assert!(
        messages.contains("3 | pth = \"in\"\n  | ^^^ did you mean `path`?"),
        "{messages}"
    );
}

#[test]
fn explain_says_what_a_code_means() {
    let ran = run(&town(), &["explain", "m103", "AH-X101", "--lang", "de"], "");
    assert_eq!(ran.exit, 0, "{}", ran.messages);
    assert!(
        ran.data.starts_with("AH-M103 · Stelle im Format gibt es nicht\n\n"),
        "{}",
        ran.data
    );
    assert!(
        ran.data.contains("\nAH-X101 · DOCTYPE ist nicht erlaubt\n"),
        "{}",
        ran.data
    );
    assert!(!ran.data.contains("What to do"), "{}", ran.data);
    let both = run(&town(), &["explain", "AH-M112"], "").data;
    assert!(both.contains("Was tun: ") && both.contains("What to do: "), "{both}");
    let all = run(&town(), &["explain"], "").data;
    assert!(
        all.contains("  AH-K007  Geheimnis steht in der Konfiguration · Secret"),
        "{all}"
    );
}

#[test]
fn explain_of_no_code_is_wrong_usage() {
    check(
        &["explain", "AH-Y104"],
        "",
        2,
        "",
        "there is no code AH-Y104: did you mean AH-",
    );
    check(&["explain", "nonsense"], "", 2, "", "`amtshub explain` lists all");
}

#[test]
fn findings_say_how_to_have_them_explained() {
    let ran = run(&town(), &["map", "--mapping", "bill-json"], "{\"nr\": 1,}");
    assert_eq!(ran.exit, 1);
    assert!(
        ran.messages
            .ends_with("what it means and what to do: amtshub explain AH-J100\n"),
        "{}",
        ran.messages
    );
}
