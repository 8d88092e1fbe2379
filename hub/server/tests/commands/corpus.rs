// SPDX-License-Identifier: EUPL-1.2
//! `amtshub coverage` and `amtshub diff`: one mapping, or two, over a folder of documents.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::{run, town};

/// A folder with three bills, one of them bad.
fn bills() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "1.json",
        r#"{"nr":"R-1","payable":"119.00","net":"100.00","from":{"name":"Erika"},"x":1}"#,
    );
    write("2.json", r#"{"nr":"R-2","payable":"1.00","x":[1,2],"y":{"z":"Erika"}}"#);
    write("3.json", r#"{"payable":"many"}"#);
    folder
}

/// The bill mapping, changed.
fn changed(folder: &Path, name: &str, change: impl Fn(String) -> String) -> String {
    let text = std::fs::read_to_string(town().join("mappings/bill-json/bill-json.map.toml")).unwrap();
    let file = folder.join(name);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, change(text)).unwrap();
    file.display().to_string()
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn coverage_sums_up_a_folder_without_values() {
    let bills = bills();
    let path = bills.path().to_str().unwrap();
    let ran = run(&town(), &["coverage", "--mapping", "bill-json", path], "");
    assert_eq!(ran.exit, 1, "{}", ran.messages);
    let data = words(&ran.data);
    for part in [
        "3 files, 2 accepted with 2 documents, 1 rejected",
        "rejected by files findings example",
        "AH-M201 1 1",
        "AH-M210 1 1",
        "3.json:1:",
        "unmapped place count files x 3 2 y 1 1",
        "bill-json.map.toml:13:18 seller.vatId from/vat",
        "4 of 5 rows read something (80 %)",
    ] {
        assert!(data.contains(part), "{part} is not in {}", ran.data);
    }
    assert!(!data.contains("Erika"), "{}", ran.data);
    let json = run(
        &town(),
        &["coverage", "--mapping", "bill-json", "--output", "json", path],
        "",
    );
    let json: Value = serde_json::from_str(&json.data).unwrap();
    assert_eq!(
        (&json["unmapped"][0]["path"], &json["unmapped"][0]["count"]),
        (&"x".into(), &3.into())
    );
    assert_eq!(
        (&json["rows"]["used"], &json["without_effect"][0]["field"]),
        (&4.into(), &"seller.vatId".into())
    );
    let good = bills.path().join("1.json");
    let good = run(
        &town(),
        &["coverage", "--mapping", "bill-json", good.to_str().unwrap()],
        "",
    );
    assert_eq!(good.exit, 0, "{}", good.messages);
    assert_eq!(
        run(&town(), &["coverage", "--mapping", "bill-json", "nowhere"], "").exit,
        2
    );
    assert_eq!(
        run(&town(), &["coverage", "--mapping", "posting-csv", path], "").exit,
        2
    );
}

#[test]
fn coverage_of_a_mapping_that_writes_takes_canonical_documents() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bill.json");
    std::fs::write(&file, r#"{"number":"R-1"}"#).unwrap();
    let arguments = [
        "coverage",
        "--mapping",
        "posting-csv",
        "--reverse",
        file.to_str().unwrap(),
    ];
    let ran = run(&town(), &arguments, "");
    assert_eq!(ran.exit, 0, "{}{}", ran.data, ran.messages);
    assert!(
        words(&ran.data).contains("1 of 3 rows wrote something (33 %)"),
        "{}",
        ran.data
    );
}

#[test]
fn diff_shows_what_a_change_does_field_by_field() {
    let bills = bills();
    let data = bills.path().to_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let new = changed(folder.path(), "new.map.toml", |text| {
        text.replace("\"payable | decimal\"", "\"net | decimal\"")
            .replace("totals.net     = \"net | decimal\"\n", "")
            .replace("\"from/name\"", "\"from/name | upper\"")
            .replace(", required = true", "")
            .replace("{ path = \"nr\" }", "{ path = \"nr\", default = \"none\" }")
            .replace("seller.vatId   = \"from/vat\"", "seller.vatId   = \"y/z\"")
    });
    let ran = run(&town(), &["diff", "bill-json", &new, "--data", data], "");
    assert_eq!(ran.exit, 1, "{}{}", ran.data, ran.messages);
    let text = words(&ran.data);
    for part in [
        "3 files: 2 change, 0 stay the same, 1 are accepted now",
        "field documents changed added gone",
        "totals.payable 2 1 0 1",
        "totals.net 1 0 0 1",
        "seller.name 1 1 0 0",
        "seller.vatId 1 0 1 0",
        "totals.payable 119.00 100.00",
        "totals.payable 1.00 (nothing)",
        "seller.name Xxxxx XXXXX",
        "accepted now, rejected before",
        "unmapped place before after payable 0 3 y 1 0",
    ] {
        assert!(text.contains(part), "{part} is not in {}", ran.data);
    }
    assert!(
        !ran.data.contains("Erika") && !ran.data.contains("ERIKA"),
        "{}",
        ran.data
    );
    let all = run(&town(), &["diff", "bill-json", &new, "--data", data, "--values"], "");
    assert!(words(&all.data).contains("seller.name Erika ERIKA"), "{}", all.data);
    let json = run(
        &town(),
        &["diff", "bill-json", &new, "--data", data, "--output", "json"],
        "",
    );
    let json: Value = serde_json::from_str(&json.data).unwrap();
    assert_eq!(json["fields"][0]["field"], "totals.payable");
    assert_eq!(json["now_accepted"][0]["rejection"]["code"], "AH-M201");
    let same = run(&town(), &["diff", "bill-json", "bill-json", "--data", data], "");
    assert_eq!(same.exit, 0, "{}{}", same.data, same.messages);
}

#[test]
fn diff_compares_folders_with_their_own_schemas() {
    let bills = bills();
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    for side in [&old, &new] {
        changed(side, "mappings/bill.map.toml", |text| text);
        changed(side, "mappings/other.map.toml", |text| {
            text.replace("\"bill-json\"", "\"other\"")
        });
        let from = town().join("schemas/bill/1.schema.json");
        std::fs::create_dir_all(side.join("schemas/bill")).unwrap();
        std::fs::copy(from, side.join("schemas/bill/1.schema.json")).unwrap();
    }
    let schema = new.join("schemas/bill/1.schema.json");
    let text = std::fs::read_to_string(&schema).unwrap();
    let stricter = text.replacen("\"required\": [", "\"required\": [\"seller\", ", 1);
    assert_ne!(stricter, text);
    std::fs::write(&schema, stricter).unwrap();
    let (old, new, data) = (
        old.to_str().unwrap(),
        new.to_str().unwrap(),
        bills.path().to_str().unwrap(),
    );
    let unclear = run(folder.path(), &["diff", old, new, "--data", data], "");
    assert_eq!(unclear.exit, 2, "{}", unclear.data);
    assert!(unclear.messages.contains("bill-json, other"), "{}", unclear.messages);
    let ran = run(
        folder.path(),
        &["diff", old, new, "--mapping", "other", "--data", data],
        "",
    );
    assert_eq!(ran.exit, 1, "{}{}", ran.data, ran.messages);
    assert!(words(&ran.data).contains("1 are rejected now"), "{}", ran.data);
    assert!(words(&ran.data).contains("2.json AH-S101"), "{}", ran.data);
}

#[test]
fn diff_compares_what_is_written_place_by_place() {
    let bills = bills();
    let data = bills.path().join("1.json");
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(town().join("mappings/posting-csv/posting-csv.map.toml")).unwrap();
    let new = folder.path().join("new.map.toml");
    let changed = text.replace("delimiter = \";\"", "delimiter = \"|\"");
    std::fs::write(&new, changed.replace("decimal(',')", "decimal('.')")).unwrap();
    let new = new.to_str().unwrap();
    let arguments = [
        "diff",
        "posting-csv",
        new,
        "--via",
        "bill-json",
        "--data",
        data.to_str().unwrap(),
    ];
    let ran = run(&town(), &arguments, "");
    assert_eq!(ran.exit, 1, "{}{}", ran.data, ran.messages);
    let text = words(&ran.data);
    assert!(text.contains("/row/betrag 1 1 0 0"), "{}", ran.data);
    assert!(text.contains("119,00 119.00"), "{}", ran.data);
    assert!(!text.contains("kreditor"), "{}", ran.data);
    let canonical = folder.path().join("c.json");
    std::fs::write(&canonical, r#"{"number":"R-1"}"#).unwrap();
    let arguments = [
        "diff",
        "posting-csv",
        new,
        "--reverse",
        "--data",
        canonical.to_str().unwrap(),
    ];
    let form = run(&town(), &arguments, "");
    assert_eq!(form.exit, 1, "{}{}", form.data, form.messages);
    assert!(form.data.contains("1 differ in form only"), "{}", form.data);
    let read = run(
        &town(),
        &["diff", "posting-csv", new, "--data", data.to_str().unwrap()],
        "",
    );
    assert_eq!(read.exit, 2);
    assert!(read.messages.contains("`--reverse` or `--via`"), "{}", read.messages);
}

#[test]
fn diff_shows_what_a_change_does_to_another_systems_file() {
    let bills = bills();
    let folder = tempfile::tempdir().unwrap();
    let new = changed(folder.path(), "new.map.toml", |text| {
        text.replace("\"payable | decimal\"", "\"net | decimal\"")
            .replace("totals.net     = \"net | decimal\"\n", "")
    });
    let data = bills.path().join("1.json");
    let arguments = [
        "diff",
        "bill-json",
        &new,
        "--to",
        "posting-csv",
        "--data",
        data.to_str().unwrap(),
    ];
    let ran = run(&town(), &arguments, "");
    assert_eq!(ran.exit, 1, "{}{}", ran.data, ran.messages);
    assert!(words(&ran.data).contains("/row/betrag 119,00 100,00"), "{}", ran.data);
}
