// SPDX-License-Identifier: EUPL-1.2
//! `amtshub map`: where everything comes from, how far mapping and document cover each other, and the way back.

use serde_json::Value;

use super::{BILL, CANONICAL, check, checkout, run, town};

#[test]
fn every_field_is_explained_with_its_place_and_its_row() {
    let expected = "\
read by bill-json, mappings/bill-json/bill-json.map.toml
field           value           source           row    functions
number          R-1             /nr 1:8          11:27
seller.name     Erika Beispiel  /from/name 1:48  12:18
totals.payable  119.00          /payable 1:24    15:18  decimal
";
    check(&["map", "--mapping", "bill-json", "--explain"], BILL, 0, expected, "");
    let json = run(
        &town(),
        &["map", "--mapping", "bill-json", "--explain", "--output", "json"],
        BILL,
    );
    let json: Value = serde_json::from_str(&json.data).unwrap();
    let field = &json["read"]["documents"][0]["fields"][1];
    assert_eq!(
        (&field["field"], &field["open"]),
        (&"seller.name".into(), &false.into())
    );
    let source = &field["sources"][0];
    let range = source["start"].as_u64().unwrap() as usize..source["end"].as_u64().unwrap() as usize;
    assert_eq!(BILL.get(range), Some("Erika Beispiel"));
}

#[test]
fn what_is_written_is_explained_down_to_the_place_it_was_read_from() {
    let arguments = ["map", "--mapping", "bill-json", "--to", "posting-csv", "--explain"];
    let ran = run(&town(), &arguments, BILL);
    assert_eq!(ran.exit, 0, "{}", ran.messages);
    let (_, written) = ran.data.split_once("\n\n").unwrap();
    let expected = "\
written by posting-csv, mappings/posting-csv/posting-csv.map.toml
place             value           from                             row    functions
/row/belegnummer  R-1             number < /nr 1:8                 14:18
/row/betrag       119,00          totals.payable < /payable 1:24   15:18  decimal(',')
/row/kreditor     Erika Beispiel  seller.name < /from/name 1:48    16:18
";
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(words(written), words(expected));
}

#[test]
fn canonical_json_is_written_back() {
    let expected = "belegnummer;betrag;kreditor\r\nR-1;119,00;Erika Beispiel\r\n";
    check(
        &["map", "--mapping", "posting-csv", "--reverse"],
        CANONICAL,
        0,
        expected,
        "",
    );
    let reverse = ["map", "--mapping", "posting-csv", "--to", "bill-json", "--reverse"];
    check(&reverse, BILL, 0, expected, "");
    check(
        &["map", "--mapping", "bill-json", "--reverse"],
        CANONICAL,
        2,
        "",
        "does not write",
    );
    let invalid = CANONICAL.replace("\"number\": \"R-1\",", "");
    check(
        &["map", "--mapping", "posting-csv", "--reverse"],
        &invalid,
        1,
        "",
        "AH-S101",
    );
}

#[test]
fn several_documents_are_written_back() {
    let file = checkout().join("mappings/trade-legacy/examples/night.txt");
    let read = run(
        &checkout(),
        &["map", "--mapping", "trade-legacy", file.to_str().unwrap()],
        "",
    );
    assert_eq!(read.exit, 0, "{}", read.messages);
    // The trade office's mapping only reads, so the documents are only told to be good and then refused.
    let back = run(
        &checkout(),
        &["map", "--mapping", "trade-legacy", "--reverse"],
        &read.data,
    );
    assert_eq!(back.exit, 2, "{}", back.messages);
    let twice = format!("{CANONICAL}{}", CANONICAL.replace("R-1", "R-2"));
    let ran = run(&town(), &["map", "--mapping", "posting-csv", "--reverse"], &twice);
    assert_eq!(
        (ran.exit, ran.data.contains("R-1;") && ran.data.contains("R-2;")),
        (0, true),
        "{}",
        ran.messages
    );
}

#[test]
fn coverage_says_what_neither_side_knows() {
    let more = BILL.replacen('{', "{\"extra\":[1,2],", 1);
    let expected = "\
bill-json, mappings/bill-json/bill-json.map.toml: 3 of 5 rows read something (60 %)

  unmapped place  count
  extra           2

  row without effect                               field         row
  mappings/bill-json/bill-json.map.toml:13:18  seller.vatId  from/vat
  mappings/bill-json/bill-json.map.toml:14:18  totals.net    net | decimal
";
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let ran = run(&town(), &["map", "--mapping", "bill-json", "--coverage"], &more);
    assert_eq!((ran.exit, words(&ran.data)), (0, words(expected)), "{}", ran.messages);
    let rejected = run(
        &town(),
        &["map", "--mapping", "bill-json", "--coverage"],
        r#"{"extra":1}"#,
    );
    assert_eq!(rejected.exit, 1);
    assert!(
        rejected.data.contains("extra") && rejected.messages.contains("AH-M201"),
        "{}",
        rejected.data
    );
}

#[test]
fn what_the_schema_refuses_is_traced_to_row_and_place() {
    let long = BILL.replace("Erika", &"Erika".repeat(20));
    let ran = run(&town(), &["map", "--mapping", "bill-json"], &long);
    assert_eq!((ran.exit, ran.data.as_str()), (1, ""));
    for part in [
        "error[AH-S107]",
        "--> standard input:1:48",
        "= path: /from/name",
        "= field: seller.name",
        "= rule: mappings/bill-json/bill-json.map.toml:12:18",
    ] {
        assert!(ran.messages.contains(part), "{}", ran.messages);
    }
}
