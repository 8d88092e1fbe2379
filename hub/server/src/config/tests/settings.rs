// SPDX-License-Identifier: EUPL-1.2
//! The settings of a connector against the manifest that its program prints.

use std::os::unix::fs::PermissionsExt;

use super::*;

const INBOX: &str = "connectors/inbox.toml";

const MANIFEST: &str = r#"{"name":"own","version":"1","protocol":1,"vendor":"v","max_in_flight":1,"config_schema":
  {"type":"object","additionalProperties":false,"properties":
    {"in":{"type":"object","additionalProperties":false,"required":["path"],"properties":
      {"path":{"type":"string"},"stable_ms":{"type":"integer"},"files":{},"token":{"type":"string","x-secret":true}}}}}}"#;

/// A town whose inbox is a program of its own, which does what `script` says.
fn town(script: &str) -> (Town, TempDir) {
    let (kept, program) = folder("connector", &format!("#!/bin/sh\n{script}\n"));
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let town = Town::new();
    town.edit(
        INBOX,
        "kind ",
        &format!("command = [\"{}\", \"--own\"]\nkind ", program.display()),
    );
    (town, kept)
}

/// A town whose inbox prints the manifest.
fn settled(edit: &str) -> (Town, TempDir) {
    let (town, kept) = town(&format!(
        "[ \"$*\" = \"--own --manifest\" ] && cat <<'END'\n{MANIFEST}\nEND"
    ));
    town.edit(INBOX, "path = \"in\"", edit);
    (town, kept)
}

#[track_caller]
fn setting(edit: &str, pointed: &str, says: &str) {
    let (town, _kept) = settled(edit);
    let (findings, list) = found(&town);
    let [finding] = list.as_slice() else {
        panic!("{}", findings.render())
    };
    let rendered = finding.render(findings.text(&finding.file).as_deref());
    assert_eq!(
        (finding.code.as_str(), over_the_caret(&rendered).as_str()),
        ("AH-K018", pointed),
        "{rendered}"
    );
    assert!(rendered.contains(says), "{rendered}");
}

#[test]
fn settings_must_be_what_the_program_knows() {
    setting("path = \"in\"\nstable = 5", "stable", "knows no setting `stable`");
    setting("path = \"in\"\nstable_m = 5", "stable_m", "did you mean `stable_ms`?");
    setting(
        "path = \"in\"\nstable_ms = \"5\"",
        "\"5\"",
        "is not of type \"integer\"",
    );
    setting("stable_ms = 5", "in", "the setting `path` is missing");
}

#[test]
fn secrets_count_as_texts() {
    let (kept, file) = folder("token", "geheim");
    let (town, _program) = settled(&format!("path = \"in\"\ntoken = {{ file = \"{}\" }}", file.display()));
    let (findings, list) = found(&town);
    assert!(list.is_empty(), "{}", findings.render());
    drop(kept);
}

#[test]
fn programs_that_say_nothing_of_themselves_are_a_warning() {
    let (town, _kept) = town("echo hello");
    expect(&town, "AH-K017", "\"folder\"", "this is no manifest");
}

#[test]
fn a_program_that_runs_elsewhere_may_be_missing_here() {
    let town = Town::new();
    town.edit(INBOX, "kind ", "managed = false\nkind ");
    town.edit("connectors/finance.toml", "kind ", "managed = false\nkind ");
    let findings = check(town.path(), &[]);
    assert!(findings.is_empty(), "{}", findings.render());
}

#[test]
fn a_program_that_is_not_there_is_a_warning() {
    let findings = check(Town::new().path(), &[]);
    let missing = findings
        .sorted()
        .into_iter()
        .filter(|f| f.code.as_str() == "AH-K016")
        .count();
    assert_eq!((missing, findings.errors()), (2, 0), "{}", findings.render());
}
