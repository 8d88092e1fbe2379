// SPDX-License-Identifier: EUPL-1.2
//! Receipts, also those that come before the record of their delivery.

use hub_message::Outcome;
use hub_store::{DeliveryState, MessageState, Written};

use crate::sample::{Change, DAY, Home, at, done, framed, home, id, name, receipt, record, refused};

async fn state(home: &Home, message: &str) -> MessageState {
    home.store.message(id(message).as_str()).await.unwrap()[0].line.state
}

#[tokio::test]
async fn the_worst_delivery_decides() {
    let home = home().await;
    let invoice = record("a", 1).to(&["finance", "archive", "council"]);
    home.store
        .write_records(&framed(std::slice::from_ref(&invoice)))
        .await
        .unwrap();
    for (recipient, outcome, expected) in [
        ("finance", done(), MessageState::Waiting),
        ("archive", Outcome::InDoubt, MessageState::InDoubt),
        ("council", refused(), MessageState::DeadLetter),
        ("council", done(), MessageState::InDoubt),
        ("archive", done(), MessageState::Delivered),
    ] {
        home.store
            .write_receipts(&[receipt(&invoice, recipient, outcome)])
            .await
            .unwrap();
        assert_eq!(state(&home, "a").await, expected, "{recipient}");
    }
    let view = &home.store.message(id("a").as_str()).await.unwrap()[0];
    let delivery = &view.records[0].deliveries[0];
    assert_eq!(
        (delivery.state, delivery.attempts, delivery.at),
        (DeliveryState::Done, Some(2), Some(at(5000)))
    );
    assert_eq!(
        (delivery.reference.as_deref(), delivery.purpose.as_str()),
        (Some("000001.csv"), "Buchung")
    );
    // The refusal stays visible, settled because the target took it after all.
    assert_eq!(view.dead_letters, ["K-2026-000001"]);
    let letter = home.store.dead_letter("K-2026-000001").await.unwrap().unwrap();
    assert!(letter.settled.is_some_and(|settled| settled.by.is_none()));
}

#[tokio::test]
async fn a_receipt_may_come_before_its_record() {
    let home = home().await;
    let (a, b) = (record("a", 1).to(&["finance"]), record("b", 2).to(&["finance"]));
    let early = [receipt(&a, "finance", done()), receipt(&b, "finance", refused())];
    let written = home.store.write_receipts(&early).await.unwrap();
    assert_eq!(
        written,
        Written {
            new: 2,
            repeated: 0,
            foreign: 0
        }
    );
    home.store.write_records(&framed(&[a, b])).await.unwrap();
    assert_eq!(state(&home, "a").await, MessageState::Delivered);
    assert_eq!(state(&home, "b").await, MessageState::DeadLetter);
    let letter = home.store.dead_letter("K-2026-000001").await.unwrap().unwrap();
    assert_eq!(letter.line.message, id("b"));
}

#[tokio::test]
async fn the_same_again_changes_nothing() {
    let home = home().await;
    let invoice = record("a", 1).keyed(&["A"]).to(&["finance"]);
    let (records, receipts) = (
        framed(&[invoice.clone(), invoice.clone()]),
        [receipt(&invoice, "finance", done())],
    );
    let first = home.store.write_records(&records).await.unwrap();
    assert_eq!((first.new, first.repeated), (1, 1));
    home.store
        .write_receipts(&[receipts[0].clone(), receipts[0].clone()])
        .await
        .unwrap();
    let before = (
        home.store.case("V-2026-000001").await.unwrap(),
        home.store.balance(DAY).await.unwrap(),
    );
    for _ in 0..3 {
        let again = home.store.write_records(&records).await.unwrap();
        assert_eq!((again.new, again.repeated), (0, 2));
        let again = home.store.write_receipts(&receipts).await.unwrap();
        assert_eq!((again.new, again.repeated), (0, 1));
    }
    let after = (
        home.store.case("V-2026-000001").await.unwrap(),
        home.store.balance(DAY).await.unwrap(),
    );
    assert_eq!(before, after);
    // A redelivery is not a repetition by the source: that has a sequence of its own.
    assert_eq!(
        (after.1[0].received, after.1[0].delivered, after.1[0].repeated),
        (1, 1, 0)
    );
    for _ in 0..2 {
        home.store
            .write_records(&framed(&[invoice.clone().sequence(77)]))
            .await
            .unwrap();
    }
    let balance = home.store.balance(DAY).await.unwrap();
    assert_eq!(
        (balance[0].received, balance[0].repeated, balance[0].difference()),
        (1, 1, 0)
    );
    assert_eq!(home.store.message(id("a").as_str()).await.unwrap()[0].repeated, 1);
}

#[tokio::test]
async fn nobody_gives_a_receipt_for_another() {
    let home = home().await;
    let invoice = record("a", 1).to(&["finance"]);
    let forged = |invoice| (name("scan"), receipt(invoice, "finance", done()).1);
    // Before the record nobody knows whose delivery it is; the receipt is kept, and never counts.
    home.store.write_receipts(&[forged(&invoice)]).await.unwrap();
    home.store
        .write_records(&framed(std::slice::from_ref(&invoice)))
        .await
        .unwrap();
    assert_eq!(state(&home, "a").await, MessageState::Waiting);
    let written = home.store.write_receipts(&[forged(&invoice)]).await.unwrap();
    assert_eq!((written.new, written.foreign), (0, 1));
    assert_eq!(state(&home, "a").await, MessageState::Waiting);
}

#[tokio::test]
async fn a_message_waits_for_all_its_parts() {
    let home = home().await;
    let parts = [
        record("a", 1).part(0, 3),
        record("a", 1).part(1, 3).to(&["finance"]),
        record("a", 1).part(2, 3),
    ];
    home.store.write_records(&framed(&parts[..1])).await.unwrap();
    home.store
        .write_receipts(&[receipt(&parts[1], "finance", done())])
        .await
        .unwrap();
    assert_eq!(state(&home, "a").await, MessageState::Waiting);
    home.store.write_records(&framed(&parts)).await.unwrap();
    assert_eq!(state(&home, "a").await, MessageState::Delivered);
    let view = &home.store.message(id("a").as_str()).await.unwrap()[0];
    assert_eq!((view.parts, view.records.len(), view.line.cases.len()), (3, 3, 3));
    let balance = &home.store.balance(DAY).await.unwrap()[0];
    assert_eq!((balance.received, balance.delivered, balance.repeated), (1, 1, 0));
}

#[tokio::test]
async fn what_goes_nowhere_is_filtered() {
    let home = home().await;
    let mut filtered = record("a", 1);
    filtered.planned().filtered_by = Some("no-copies".into());
    home.store.write_records(&framed(&[filtered])).await.unwrap();
    assert_eq!(state(&home, "a").await, MessageState::Filtered);
    let outgoing = home.store.outgoing(DAY).await.unwrap();
    assert!(outgoing.is_empty());
}
