// SPDX-License-Identifier: EUPL-1.2
//! Deliveries out: one effect however often they come, and refusals that say where.

use connector_testing::{Connector, Hub};
use hub_message::{Body, Head, Outcome, Receipt};
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::KIND;
use crate::place::Place;

pub(crate) fn body(content: &Value) -> Body {
    Body::new(Head::default(), content.to_string())
}

/// A staging table with a unique id of the delivery and the row.
pub(crate) async fn staging(place: &Place) {
    let exact = place.of("numeric(20,4)", "decimal(20,4)", "text");
    place
        .run(format!(
            "create table staging (delivery_id varchar(100), row_no int, number varchar(40), amount {exact}, paid date, \
             note text, unique (delivery_id, row_no), check (number <> 'verboten'))"
        ))
        .await;
}

fn settings(place: &Place) -> Value {
    place.writing(json!({"delivery": "delivery_id", "row": "row_no"}))
}

fn is_done(receipt: &Receipt) -> bool {
    matches!(receipt.outcome, Outcome::Done { .. })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_of_a_delivery_are_written_exactly() {
    for place in Place::all().await {
        staging(&place).await;
        let mut hub = Hub::start(KIND, settings(&place)).await;
        let amount: Value = serde_json::from_str("1234567890123456.7890").unwrap();
        let rows = json!([
            {"number": "R-1", "amount": amount, "paid": "2026-11-27", "note": "Straße"},
            {"number": "R-2", "amount": "-0.0001", "note": null},
        ]);
        hub.deliver(vec![
            KIND.delivery(0, "a", &body(&rows)),
            KIND.delivery(1, "b", &body(&json!({"number": "R-3"}))),
        ])
        .await;
        let _connector = Connector::start(&hub);
        assert!(hub.receipts(2).await.iter().all(is_done));
        let cast = place.of("text", "char", "text");
        assert_eq!(
            place
                .texts(format!("select cast(amount as {cast}) from staging order by number"))
                .await,
            ["1234567890123456.7890", "-0.0001", "∅"]
        );
        assert_eq!(
            place
                .texts(format!("select cast(paid as {cast}) from staging order by number"))
                .await,
            ["2026-11-27", "∅", "∅"]
        );
        assert_eq!(
            place
                .texts(format!("select cast(row_no as {cast}) from staging order by number"))
                .await,
            ["1", "2", "1"]
        );
        assert_eq!(
            place
                .texts("select delivery_id from staging where number = 'R-3'")
                .await,
            [KIND.delivery_id(1).to_string()]
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_death_at_any_step_writes_once() {
    for place in Place::all().await {
        place
            .run("create table ledger (delivery varchar(100) primary key)")
            .await;
        for step in [
            "started",
            "sql-read",
            "sql-written",
            "sql-committed",
            "delivered",
            "finished",
        ] {
            for ledger in [false, true] {
                place.run("drop table if exists staging").await;
                staging(&place).await;
                place.run("delete from ledger").await;
                let settings = if ledger {
                    place.writing(json!({"ledger": "ledger"}))
                } else {
                    settings(&place)
                };
                let mut hub = Hub::start(KIND, settings).await;
                hub.deliver(vec![KIND.delivery(0, "a", &body(&json!({"number": "R-1"})))])
                    .await;
                Connector::start_failing(&hub, step).died().await;
                let _second = Connector::start(&hub);
                assert!(is_done(&hub.receipts(1).await[0]), "{step}");
                hub.all_acknowledged().await;
                assert_eq!(place.count("staging").await, 1, "after {step}, ledger: {ledger}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_the_middle_every_delivery_is_one_row() {
    for place in Place::all().await {
        staging(&place).await;
        let mut hub = Hub::start(KIND, settings(&place)).await;
        let deliveries = (0..600).map(|n| {
            KIND.delivery(
                n,
                &format!("lane{}", n % 5),
                &body(&json!({"number": format!("R-{n:04}")})),
            )
        });
        hub.deliver(deliveries.collect()).await;
        for reached in [100, 300] {
            let mut connector = Connector::start(&hub);
            let until = std::time::Instant::now() + std::time::Duration::from_secs(120);
            while place.count("staging").await < reached {
                assert!(std::time::Instant::now() < until, "it writes nothing");
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
            connector.signal(Signal::KILL);
            connector.ended().await;
        }
        let _last = Connector::start(&hub);
        hub.receipts(600).await;
        hub.all_acknowledged().await;
        assert_eq!(place.count("staging").await, 600);
        assert_eq!(
            place.texts("select number from staging group by number").await.len(),
            600
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_business_key_is_updated_or_kept() {
    for place in Place::all().await {
        for existing in ["update", "keep"] {
            place.run("drop table if exists staging").await;
            place.run("create table staging (number bigint primary key, note varchar(100), kept varchar(10) default 'alt')").await;
            place
                .run("insert into staging values (9007199254740993, 'vorher', 'eigen')")
                .await;
            let mut hub = Hub::start(KIND, place.writing(json!({"key": ["number"], "existing": existing}))).await;
            let rows = json!([{"number": 9_007_199_254_740_993_u64, "note": "nachher"}, {"number": 9_007_199_254_740_992_u64, "note": "neu"}]);
            hub.deliver(vec![KIND.delivery(0, "a", &body(&rows))]).await;
            let _connector = Connector::start(&hub);
            assert!(is_done(&hub.receipts(1).await[0]));
            let note = if existing == "update" { "nachher" } else { "vorher" };
            assert_eq!(
                place.texts("select note from staging order by number").await,
                ["neu", note]
            );
            assert_eq!(
                place.texts("select kept from staging order by number").await,
                ["alt", "eigen"]
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_fit_is_refused_without_its_content() {
    for place in Place::all().await {
        staging(&place).await;
        let mut hub = Hub::start(KIND, settings(&place)).await;
        let bad = [
            (json!("Erika"), "AH-P401"),
            (json!([1]), "AH-P401"),
            (json!({"number": "R-1", "Erika": 1}), "AH-P402"),
            (json!({"number": "R-1", "delivery_id": "Erika"}), "AH-P402"),
            (json!({"number": {"Erika": 1}}), "AH-P403"),
            (json!({"number": "verboten"}), "AH-P404"),
        ];
        let deliveries = bad
            .iter()
            .enumerate()
            .map(|(n, (row, _))| KIND.delivery(n, "a", &body(row)));
        hub.deliver(deliveries.collect()).await;
        hub.deliver(vec![KIND.delivery(50, "a", &body(&json!({"number": "gut"})))])
            .await;
        let _connector = Connector::start(&hub);
        let receipts = hub.receipts(bad.len() + 1).await;
        for (receipt, (row, expected)) in receipts.iter().zip(&bad) {
            let Outcome::Rejected { code, text, .. } = &receipt.outcome else {
                panic!("{row}: {receipt:?}")
            };
            assert_eq!(code, expected, "{row}: {text}");
            assert!(
                text.contains("staging") && !text.contains("Erika") && !text.contains("verboten"),
                "{text}"
            );
        }
        assert!(is_done(receipts.last().unwrap()));
        assert_eq!(place.count("staging").await, 1);
        let log = std::fs::read_to_string(hub.path("connector.log")).unwrap();
        assert!(!log.contains("Erika") && !log.contains("verboten"));
        if !place.is_sqlite() {
            hub.deliver(vec![
                KIND.delivery(60, "a", &body(&json!({"number": "x".repeat(41)}))),
                KIND.delivery(61, "a", &body(&serde_json::from_str(r#"{"amount": 1.00001}"#).unwrap())),
                KIND.delivery(62, "a", &body(&json!({"amount": 99_999_999_999_999_999_u64}))),
                KIND.delivery(63, "a", &body(&json!({"paid": "2026-02-30"}))),
            ])
            .await;
            for receipt in hub.receipts(4).await {
                assert!(
                    matches!(&receipt.outcome, Outcome::Rejected { code, .. } if code == "AH-P403"),
                    "{receipt:?}"
                );
            }
        }
    }
}
