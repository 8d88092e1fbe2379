// SPDX-License-Identifier: EUPL-1.2
//! What converges in a case.

use hub_message::record::EntryKind::{Communication, Document};
use hub_store::{CaseFilter, Page};

use crate::sample::{Change, Home, at, document, entry, exact, framed, home, record};

/// The demonstration's three documents: an invoice, its scanned delivery note, a message from the portal.
async fn three(order: [usize; 3]) -> Home {
    let home = home().await;
    let invoice = record("invoice", 10)
        .keyed(&["R-1"])
        .participant("seller", "Bau GmbH", Some("DE123"))
        .entry(entry(
            Document,
            "invoice",
            Some("2026-09-02"),
            vec![document("invoice.xml", "1")],
        ));
    let note = record("note", 20)
        .source("scan")
        .keyed(&["L-7"])
        .participant("seller", "Bau-GmbH", Some("DE123"))
        .entry(entry(
            Document,
            "delivery-note",
            Some("2026-09-01"),
            vec![document("note.pdf", "2")],
        ));
    let portal = record("portal", 30)
        .source("portal")
        .keyed(&["R-1", "L-7"])
        .participant("sender", "Erika Beispiel", None)
        .entry(entry(
            Communication,
            "portal-message",
            None,
            vec![document("note.pdf", "3")],
        ));
    let records = framed(&[invoice, note, portal]);
    for which in order {
        let written = home.store.write_records(&records[which..=which]).await.unwrap();
        assert_eq!((written.new, written.repeated), (1, 0));
    }
    home
}

#[tokio::test]
async fn three_documents_converge_in_whatever_order_they_come() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let home = three(order).await;
        let list = home.store.cases(&CaseFilter::default(), Page::default()).await.unwrap();
        assert_eq!((list.items.len(), list.more), (1, false), "{order:?}");
        let line = &list.items[0];
        assert_eq!(
            (line.id.as_str(), line.entries, line.opened),
            ("V-2026-000001", 3, at(10))
        );

        let case = home.store.case("V-2026-000001").await.unwrap().unwrap().revealed();
        let timeline: Vec<_> = case
            .timeline
            .iter()
            .map(|e| (e.entry_type.as_str(), e.documents.clone()))
            .collect();
        assert_eq!(
            timeline,
            [
                ("delivery-note", vec![0]),
                ("invoice", vec![1]),
                ("portal-message", vec![2])
            ],
            "{order:?}"
        );
        let documents: Vec<_> = case
            .documents
            .iter()
            .map(|d| (d.name.as_ref().unwrap().shown(), d.version))
            .collect();
        assert_eq!(documents, [("note.pdf", 1), ("invoice.xml", 1), ("note.pdf", 2)]);
        let participants: Vec<_> = case
            .participants
            .iter()
            .map(|p| (p.role.as_str(), p.name.shown()))
            .collect();
        assert_eq!(participants, [("seller", "Bau GmbH"), ("sender", "Erika Beispiel")]);
        let references: Vec<_> = case.references.iter().map(|r| r.value.shown()).collect();
        assert_eq!(references, ["R-1", "L-7"]);
        let sources: Vec<_> = case.messages.iter().map(|m| m.source.as_str()).collect();
        assert_eq!(sources, ["inbox", "scan", "portal"]);
    }
}

#[tokio::test]
async fn a_key_that_comes_last_makes_the_younger_case_an_alias() {
    let home = three([1, 0, 2]).await;
    let case = home.store.case("V-2026-000002").await.unwrap().unwrap();
    assert_eq!(
        (case.line.id.as_str(), case.line.subject.shown()),
        ("V-2026-000001", "Rechnung note")
    );
    assert_eq!(case.aliases, ["V-2026-000002"]);
    let joins: Vec<_> = case
        .joins
        .iter()
        .map(|j| (j.elder.as_str(), j.younger.as_str(), j.source.as_str()))
        .collect();
    assert_eq!(joins, [("V-2026-000001", "V-2026-000002", "portal")]);
    assert!(home.store.case("V-2026-000003").await.unwrap().is_none());

    // What comes later by a key of the younger case is in the case as well.
    let later = record("later", 40).keyed(&["R-1"]);
    home.store.write_records(&framed(&[later])).await.unwrap();
    assert_eq!(
        home.store.case("V-2026-000001").await.unwrap().unwrap().messages.len(),
        4
    );
}

#[tokio::test]
async fn weak_keys_make_candidates_and_never_join() {
    let home = home().await;
    let records = [
        record("a", 1).keyed(&["A"]).hinted(&["name"]),
        record("b", 2).keyed(&["B"]).hinted(&["name"]),
        record("c", 3).hinted(&["A"]),
        record("d", 4).keyed(&["D", " "]),
        record("e", 5).keyed(&["", " "]),
    ];
    home.store.write_records(&framed(&records)).await.unwrap();
    #[track_caller]
    fn names(view: &hub_store::CaseView) -> Vec<(&str, &str)> {
        view.candidates
            .iter()
            .map(|c| (c.case.as_str(), c.value.shown()))
            .collect()
    }
    for (case, candidates) in [
        ("V-2026-000001", vec![("V-2026-000002", "name"), ("V-2026-000003", "A")]),
        ("V-2026-000002", vec![("V-2026-000001", "name")]),
        ("V-2026-000003", vec![("V-2026-000001", "A")]),
        ("V-2026-000004", vec![]),
        ("V-2026-000005", vec![]),
    ] {
        let view = home.store.case(case).await.unwrap().unwrap();
        assert_eq!((names(&view), view.aliases.len()), (candidates, 0), "{case}");
    }
}

#[tokio::test]
async fn facts_are_those_of_the_oldest_case_that_the_keys_find() {
    let home = home().await;
    let records = [
        record("a", 1).keyed(&["A", "Z"]).hinted(&["W"]),
        record("b", 2).keyed(&["B"]),
    ];
    home.store.write_records(&framed(&records)).await.unwrap();
    let facts = home
        .store
        .case_facts(&exact(&["B", "nowhere", "A"]))
        .await
        .unwrap()
        .unwrap();
    let values: Vec<&str> = facts
        .references
        .iter()
        .map(|key| key.value.disclose().as_str())
        .collect();
    assert_eq!((facts.id.as_str(), values), ("V-2026-000001", vec!["A", "Z", "B", "W"]));
    assert_eq!(facts.get("number.town"), Some("A"));
    assert_eq!(home.store.case_facts(&exact(&["nowhere"])).await.unwrap(), None);
    assert_eq!(home.store.case_facts(&[]).await.unwrap(), None);
}

#[tokio::test]
async fn personal_values_stay_masked_until_they_are_revealed() {
    let home = three([0, 1, 2]).await;
    let case = home.store.case("V-2026-000001").await.unwrap().unwrap();
    let masked = serde_json::to_string(&case).unwrap();
    for hidden in ["Erika", "Bau", "DE123", "note.pdf"] {
        assert!(
            !masked.contains(hidden) && !format!("{case:?}").contains(hidden),
            "{hidden}"
        );
    }
    assert!(masked.contains("Rechnung invoice") && masked.contains("R-1"));
    let revealed = serde_json::to_string(&case.revealed()).unwrap();
    for shown in ["Erika", "Bau GmbH", "DE123", "note.pdf"] {
        assert!(revealed.contains(shown), "{shown}");
    }
}

#[tokio::test]
async fn the_same_document_twice_is_one_and_a_changed_one_is_a_version() {
    let home = home().await;
    let with = |name: &str, millis, documents| {
        record(name, millis)
            .keyed(&["A"])
            .entry(entry(Document, "plan", None, documents))
    };
    let mut loose = with("c", 30, vec![document("plan.pdf", "old")]);
    loose.planned().documents = vec![document("plan.pdf", "old"), document("other.pdf", "x")];
    let records = [
        with("b", 20, vec![document("plan.pdf", "new")]),
        loose,
        with("a", 10, vec![document("plan.pdf", "old")]),
    ];
    home.store.write_records(&framed(&records)).await.unwrap();
    let case = home.store.case("V-2026-000001").await.unwrap().unwrap().revealed();
    let documents: Vec<_> = case
        .documents
        .iter()
        .map(|d| (d.name.as_ref().unwrap().shown(), d.version))
        .collect();
    assert_eq!(documents, [("plan.pdf", 1), ("plan.pdf", 2), ("other.pdf", 1)]);
    let positions: Vec<_> = case.timeline.iter().map(|e| e.documents.clone()).collect();
    assert_eq!(positions, [[0], [1], [0]]);
}
