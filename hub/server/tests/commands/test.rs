// SPDX-License-Identifier: EUPL-1.2
//! `amtshub test`: what it shows, what it brings up to date, what CI servers get.

use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;

use super::{run, town};

/// A folder with the town's schemas and its bill mapping, changed.
fn folder(change: impl Fn(String) -> String) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bill.map.toml");
    let text = std::fs::read_to_string(town().join("mappings/bill-json/bill-json.map.toml")).unwrap();
    std::fs::write(&file, change(text)).unwrap();
    std::os::unix::fs::symlink(town().join("schemas"), folder.path().join("schemas")).unwrap();
    (folder, file)
}

const MORE: &str = "
[[test]]
name      = \"another bill\"   # stays
read_text = '{\"nr\":\"R-2\",\"from\":{\"name\":\"Erika\"}}'
equals    = \"bill.json\"
expect    = { number = 'R-1' }
";

#[test]
fn every_difference_is_shown_with_what_was_expected_and_found() {
    let (folder, _) = folder(|text| {
        text.replace(
            "number = \"R-1\", \"totals.payable\" = 119.00",
            "number = \"R-9\", \"totals.payable\" = 118.00",
        )
    });
    let ran = run(folder.path(), &["test", "bill.map.toml"], "");
    assert_eq!(ran.exit, 1, "{}{}", ran.data, ran.messages);
    let expected = "\
FAIL  bill-json  1 of 1 tests failed
      bill.map.toml:21:13: `a bill`
        bill.map.toml:23:24: the canonical document is not what `expect` says
          place           expected  found
          number          R-9       R-1
          totals.payable  118.00    119.00
";
    assert_eq!(ran.data, expected);
    let json = run(folder.path(), &["test", "bill.map.toml", "--output", "json"], "");
    let json: Value = serde_json::from_str(&json.data).unwrap();
    let difference = &json[0]["tests"][0]["failures"][0]["differences"][1];
    assert_eq!(
        (&difference["expected"], &difference["found"]),
        (&"118.00".into(), &"119.00".into())
    );
}

#[test]
fn expectations_are_updated_in_place_after_the_difference_was_shown() {
    let (folder, file) = folder(|text| text.replace("119.00 }", "118.00 } # as agreed") + MORE);
    let before = std::fs::read_to_string(&file).unwrap();
    let ran = run(folder.path(), &["test", "bill.map.toml", "--update"], "");
    assert_eq!(ran.exit, 0, "{}{}", ran.data, ran.messages);
    for part in [
        "totals.payable  118.00    119.00",
        "updated bill.json",
        "updated bill.map.toml",
    ] {
        assert!(ran.messages.contains(part), "{}", ran.messages);
    }
    assert!(ran.data.contains("ok    bill-json  2 tests"), "{}", ran.data);
    let after = std::fs::read_to_string(&file).unwrap();
    let expected = before
        .replace("118.00 }", "119.00 }")
        .replace("number = 'R-1'", "number = 'R-2'");
    assert_eq!(after, expected);
    let written = std::fs::read_to_string(folder.path().join("bill.json")).unwrap();
    assert_eq!(
        written,
        "{\n  \"number\": \"R-2\",\n  \"seller\": {\n    \"name\": \"Erika\"\n  }\n}\n"
    );
    let again = run(folder.path(), &["test", "bill.map.toml", "--update"], "");
    assert_eq!(
        (again.exit, again.messages.contains("updated")),
        (0, false),
        "{}",
        again.messages
    );
}

#[test]
fn a_rejected_document_updates_nothing() {
    let (folder, file) = folder(|text| text.replace("\"119.00\"}'", "\"many\"}'"));
    let before = std::fs::read_to_string(&file).unwrap();
    let ran = run(folder.path(), &["test", "bill.map.toml", "--update"], "");
    assert_eq!(ran.exit, 1, "{}{}", ran.data, ran.messages);
    assert!(ran.data.contains("AH-M210"), "{}", ran.data);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), before);
}

#[test]
fn two_tests_do_not_overwrite_each_others_file() {
    let twice = MORE
        .replace("another", "a third")
        .replace("R-2", "R-3")
        .replace("'R-1'", "'R-3'");
    let (folder, file) = folder(|text| text + MORE + &twice);
    let before = std::fs::read_to_string(&file).unwrap();
    let ran = run(folder.path(), &["test", "bill.map.toml", "--update"], "");
    assert_eq!(ran.exit, 2, "{}{}", ran.data, ran.messages);
    assert!(
        ran.messages.contains("two tests expect `bill.json`"),
        "{}",
        ran.messages
    );
    assert!(!folder.path().join("bill.json").exists());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), before);
}

#[test]
fn rows_that_no_test_touches_are_listed_and_can_fail() {
    let ran = run(&town(), &["test", "--coverage"], "");
    assert_eq!(ran.exit, 0, "{}{}", ran.data, ran.messages);
    let expected = "\
ok    bill-json    1 tests, 2 of 5 rows read
      untouched row                                                 field          row
      mappings/bill-json/bill-json.map.toml:12:18           not read     seller.name    from/name
";
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(&ran.data).starts_with(&words(expected)), "{}", ran.data);
    let few = run(&town(), &["test", "--min-coverage", "41", "mappings/bill-json"], "");
    assert_eq!(few.exit, 1, "{}", few.messages);
    assert!(
        few.messages
            .contains("bill-json: its tests touch 40 % of its rows, 41 % are demanded"),
        "{}",
        few.messages
    );
    let enough = run(&town(), &["test", "--min-coverage", "40", "mappings/bill-json"], "");
    assert_eq!(enough.exit, 0, "{}", enough.messages);
}

#[test]
fn a_filter_runs_some_of_the_tests() {
    let (folder, _) = folder(|text| text + MORE);
    let ran = run(folder.path(), &["test", "bill.map.toml", "--filter", "A BILL"], "");
    assert_eq!(ran.exit, 0, "{}{}", ran.data, ran.messages);
    assert!(
        ran.messages.contains("1 tests in 1 mappings, 0 failed"),
        "{}",
        ran.messages
    );
}

#[test]
fn ci_servers_get_junit_xml() {
    let (folder, _) = folder(|text| text + MORE);
    let ran = run(folder.path(), &["test", "bill.map.toml", "--junit", "out.xml"], "");
    assert_eq!(ran.exit, 1, "{}{}", ran.data, ran.messages);
    let xml = std::fs::read_to_string(folder.path().join("out.xml")).unwrap();
    for part in [
        "<testsuites name=\"amtshub test\" tests=\"2\" failures=\"1\" errors=\"0\"",
        "<testcase classname=\"bill-json\" name=\"a bill\"",
        "<failure message=\"there is no file `bill.json`\">",
        "number  R-1       R-2",
    ] {
        assert!(xml.contains(part), "{xml}");
    }
}

#[test]
fn a_mapping_that_does_not_load_fails() {
    let (folder, _) = folder(|text| text.replace("totals.net ", "totals.nett "));
    let ran = run(folder.path(), &["test", "bill.map.toml", "--junit", "out.xml"], "");
    assert_eq!(ran.exit, 1, "{}{}", ran.data, ran.messages);
    assert!(ran.data.contains("FAIL  bill-json  does not load"), "{}", ran.data);
    assert!(ran.messages.contains("did you mean `net`?"), "{}", ran.messages);
    let xml = std::fs::read_to_string(folder.path().join("out.xml")).unwrap();
    assert!(xml.contains("errors=\"1\""), "{xml}");
}
