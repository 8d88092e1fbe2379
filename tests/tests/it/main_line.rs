// SPDX-License-Identifier: EUPL-1.2
//! The main line with the shipped town: an invoice, its scanned delivery note and a portal message that names the same
//! number end in one case, whichever comes last; the finance system gets what its route releases, and no more.

use amtshub_tests::demonstration::{self, Door};
use amtshub_tests::town::Town;
use serde_json::Value;

fn items(town: &Town, listing: &str) -> Vec<Value> {
    town.json([listing, "list"])["items"]
        .as_array()
        .cloned()
        .unwrap_or_default()
}

/// The case that holds the invoice.
fn case_of_invoice(town: &Town) -> Value {
    let cases = items(town, "case");
    let case = cases
        .iter()
        .find(|case| case["entries"].as_u64().is_some_and(|entries| entries >= 3));
    let id = case.unwrap_or_else(|| panic!("no case with three entries: {cases:?}"))["id"].clone();
    town.json([
        "case",
        "show",
        id.as_str().expect("an id"),
        "--reveal",
        "--reason",
        "Prüfung",
    ])
}

/// Drops the documents in this order, each after the one before has arrived in a case, and looks at the case.
fn check(order: [Door; 3]) {
    let mut town = demonstration::town();
    town.start();
    for (n, door) in order.iter().enumerate() {
        demonstration::drop(&town, *door);
        town.wait("the document has arrived", |town| items(town, "message").len() == n + 1);
    }
    town.wait("all three are in one case", |town| {
        items(town, "case").len() == 1 && items(town, "case")[0]["entries"] == 3
    });
    let case = case_of_invoice(&town);
    let entries = case["timeline"].as_array().expect("a time line");
    let types: Vec<&str> = entries.iter().filter_map(|entry| entry["type"].as_str()).collect();
    assert_eq!(
        types,
        ["delivery-note", "invoice", "portal-message"],
        "the order of time: {case}"
    );
    town.wait("finance got the posting", |town| town.files("finanzen/in").len() == 1);
    town.wait("the E-Akte got all three", |town| {
        town.files("eakte/in")
            .iter()
            .filter(|file| file.extension().is_some_and(|e| e == "json"))
            .count()
            == 3
    });
    assert!(items(&town, "deadletter").is_empty());
}

#[test]
fn the_invoice_arrives_last_and_links_the_others() {
    check([Door::Scanner, Door::Portal, Door::Invoices]);
}

#[test]
fn the_invoice_arrives_first() {
    check([Door::Invoices, Door::Portal, Door::Scanner]);
}

#[test]
fn the_delivery_note_arrives_last() {
    check([Door::Portal, Door::Invoices, Door::Scanner]);
}

#[test]
fn a_recipient_sees_only_what_its_route_releases() {
    let mut town = demonstration::town();
    town.start();
    for door in [Door::Scanner, Door::Portal, Door::Invoices] {
        demonstration::drop(&town, door);
    }
    town.wait("everything is delivered", |town| {
        town.files("finanzen/in").len() == 1 && town.files("eakte/in").len() >= 4
    });
    let csv = std::fs::read(&town.files("finanzen/in")[0]).expect("the posting");
    let csv = String::from_utf8_lossy(&csv).into_owned();
    assert!(csv.starts_with("K;RE-2026-1187;12.11.2026;"), "{csv}");
    assert!(csv.contains("1451,80"), "{csv}");
    let everything: String = town
        .files("eakte/in")
        .iter()
        .filter(|file| file.extension().is_some_and(|e| e == "json"))
        .map(|file| std::fs::read_to_string(file).expect("a document"))
        .collect();
    for withheld in [
        "Gartenweg",
        "rechnung@mueller-buero",
        "Lena Blatt",
        "03600",
        "DE0212",
        "DE123456789",
    ] {
        assert!(
            !everything.contains(withheld),
            "{withheld} was not released to the E-Akte"
        );
    }
    let scan = town
        .files("eakte/in")
        .into_iter()
        .find(|file| file.extension().is_some_and(|e| e == "pdf"));
    let original =
        std::fs::read(demonstration::documents().join("scanner/lieferschein-2026-4711.pdf")).expect("the scan");
    assert_eq!(
        std::fs::read(scan.expect("the scan came along")).expect("the scan"),
        original
    );
}

#[test]
fn the_trade_office_s_night_export_becomes_its_cases() {
    let mut town = demonstration::town();
    town.start();
    demonstration::drop(&town, Door::Trade);
    town.wait("both cases are there", |town| items(town, "case").len() == 2);
    town.wait("the message is settled", |town| {
        let today = town.connector_status("gewerbe")["today"].clone();
        today["received"] == 1 && today["filtered"] == 1
    });
}
