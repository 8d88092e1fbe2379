// SPDX-License-Identifier: EUPL-1.2
//! Texts that were made to do harm: they go in and come out as they are, and nothing else happens.

use connector_testing::{Connector, Hub};
use hub_message::Outcome;
use serde_json::{Value, json};

use crate::KIND;
use crate::intake::{bodies, until_count};
use crate::outlet::body;
use crate::place::Place;

/// At least two hundred of them, all different.
fn corpus() -> Vec<String> {
    let bare = [
        "'",
        "''",
        "\"",
        "`",
        "\\",
        "\\'",
        "\\\\'",
        ";",
        "--",
        "-- ",
        "#",
        "/*",
        "*/",
        "/**/",
        "$$",
        "$1",
        "?",
        "?1",
        ":a",
        "@a",
        "%s",
        "%00",
        "{0}",
        "${jndi:ldap://x}",
        "{{7*7}}",
        "\u{0}",
        "\u{1}",
        "\u{1b}[31m",
        "\r\n",
        "\n",
        "\t",
        "\u{7f}",
        "\u{a0}",
        "\u{200b}",
        "\u{202e}abc",
        "\u{feff}",
        "\u{fffd}",
        "\u{10ffff}",
        "💥",
        "👩‍👩‍👧",
        "é",
        "e\u{301}",
        "ß",
        "İ",
        "ı",
        "Łódź",
        "Ārāmṣ",
        "漢字",
        "العربية",
        "",
        " ",
        "  a  ",
        "NULL",
        "null",
        "true",
        "0",
        "-1",
        "1e309",
        "NaN",
        "infinity",
        "0x41",
        "2026-02-30",
        "\\x00",
        "\\N",
        "E'\\n'",
    ];
    let harm = [
        "'; DROP TABLE outbox; --",
        "\"; DROP TABLE staging; --",
        "`; DROP TABLE staging; --",
        "'); DELETE FROM outbox; --",
        "' OR '1'='1",
        "1; UPDATE outbox SET subject='x'",
        "' UNION SELECT 1 --",
        "$$; DROP TABLE outbox; $$",
        "\\'; DROP TABLE outbox; --",
        "'||(SELECT pg_sleep(9))||'",
        "' AND SLEEP(9) AND '",
        "'; ATTACH DATABASE 'x' AS y; --",
        "\u{0}'; DROP TABLE outbox; --",
        "ʼ; DROP TABLE outbox; --",
        "＇; DROP TABLE outbox; --",
        "\u{bf}'; DROP TABLE outbox; --",
    ];
    let mut all: Vec<String> = bare.iter().chain(&harm).map(|text| (*text).to_owned()).collect();
    for text in harm.iter().chain(bare.iter().take(10)) {
        for around in ["%", "ä", "\u{1F600}", "\\", "''", "\n"] {
            all.push(format!("{around}{text}{around}"));
        }
    }
    all.push("x".repeat(200_000));
    all.push("ä'".repeat(60_000));
    all.push("'; DROP TABLE outbox; --".repeat(5_000));
    all.sort();
    all.dedup();
    assert!(all.len() >= 200, "{}", all.len());
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_texts_go_in_and_come_out_as_they_are() {
    for place in Place::all().await {
        // What is written is read again: the table is both.
        let (text, bytes) = place.of(
            ("text", "bytea"),
            ("longtext character set utf8mb4", "longblob"),
            ("text", "blob"),
        );
        place
            .run(format!(
                "create table staging (id int primary key, subject {text}, raw {bytes}, delivery_id varchar(100) unique, taken int)"
            ))
            .await;
        let corpus = corpus();
        let mut settings = place.writing(json!({"delivery": "delivery_id"}));
        settings["in"] = json!([{"name": "zurueck", "table": "staging", "type": "row.db.1", "key": "id", "columns": ["id", "subject"],
                                 "every_seconds": 1, "mark": {"column": "taken", "done": "1"}}]);
        let mut hub = Hub::start(KIND, settings).await;
        let deliveries = corpus
            .iter()
            .enumerate()
            .map(|(n, text)| KIND.delivery(n, &format!("l{}", n % 4), &body(&json!({"id": n, "subject": text}))));
        hub.deliver(deliveries.collect()).await;
        let _connector = Connector::start(&hub);
        let receipts = hub.receipts(corpus.len()).await;
        let takes = |text: &str| !(place.is_postgres() && text.contains('\0'));
        for (n, text) in corpus.iter().enumerate() {
            let receipt = receipts
                .iter()
                .find(|receipt| receipt.delivery == KIND.delivery_id(n))
                .unwrap();
            match &receipt.outcome {
                Outcome::Done { .. } => assert!(takes(text), "{text:?}"),
                Outcome::Rejected { code, text: told, .. } => {
                    assert!(
                        !takes(text)
                            && code == "AH-P403"
                            && told.contains("„subject“ kann in PostgreSQL kein Zeichen NUL"),
                        "{told}"
                    );
                }
                Outcome::InDoubt => panic!("{text:?}"),
            }
        }
        let good: Vec<(usize, &String)> = corpus.iter().enumerate().filter(|(_, text)| takes(text)).collect();
        assert_eq!(place.count("staging").await, good.len());
        let messages = hub.messages(good.len()).await;
        let mut found: Vec<Value> = Vec::new();
        for message in &messages {
            // The longest travel through the document store.
            if let Some(claim) = &message.body.head.claim {
                let (_, bytes) = hub.documents.read_range(&claim.sha256, 0, claim.size).await.unwrap();
                found.push(serde_json::from_slice(&bytes).unwrap());
            } else {
                found.extend(bodies(std::slice::from_ref(message)));
            }
        }
        found.sort_by_key(|row| row["id"].as_u64());
        let expected: Vec<Value> = good.iter().map(|(n, text)| json!({"id": n, "subject": text})).collect();
        assert!(found == expected);
        until_count(&place, "staging where taken = 1", good.len()).await;
        assert_eq!(place.count("staging").await, good.len());
        let log = std::fs::read_to_string(hub.path("connector.log")).unwrap();
        assert!(!log.contains("DROP TABLE"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_keys_are_found_again() {
    for place in Place::all().await {
        let text = place.of("text", "varchar(200) character set utf8mb4 collate utf8mb4_bin", "text");
        place
            .run(format!(
                "create table staging (id {text} primary key, note varchar(10))"
            ))
            .await;
        let corpus: Vec<String> = corpus()
            .into_iter()
            .filter(|text| text.chars().count() < 190 && !text.contains('\0'))
            // MariaDB compares texts as if spaces stood behind them.
            .filter(|text| place.is_postgres() || place.is_sqlite() || (!text.ends_with(' ') && !text.is_empty()))
            .collect();
        let mut settings = place.writing(json!({"key": ["id"]}));
        settings["in"] = json!([{"name": "zurueck", "table": "staging", "type": "row.db.1", "key": "id", "delete": true, "every_seconds": 1, "batch": 7}]);
        let mut hub = Hub::start(KIND, place.writing(json!({"key": ["id"]}))).await;
        let rows: Vec<Value> = corpus.iter().map(|text| json!({"id": text, "note": "a"})).collect();
        let again: Vec<Value> = corpus.iter().map(|text| json!({"id": text, "note": "b"})).collect();
        hub.deliver(vec![
            KIND.delivery(0, "a", &body(&json!(rows))),
            KIND.delivery(1, "a", &body(&json!(again))),
        ])
        .await;
        let mut connector = Connector::start(&hub);
        assert!(
            hub.receipts(2)
                .await
                .iter()
                .all(|receipt| matches!(receipt.outcome, Outcome::Done { .. }))
        );
        assert_eq!(place.count("staging where note = 'b'").await, corpus.len());
        assert_eq!(place.count("staging").await, corpus.len());
        hub.configure(settings);
        connector.restart(&hub).await;
        let mut found: Vec<String> = bodies(&hub.messages(corpus.len()).await)
            .iter()
            .map(|row| row["id"].as_str().unwrap().to_owned())
            .collect();
        found.sort();
        assert!(found == corpus);
        until_count(&place, "staging", 0).await;
    }
}
