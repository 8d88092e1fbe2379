// SPDX-License-Identifier: EUPL-1.2
//! Rows in: what becomes of them, their order, and deaths at every step.

use connector_testing::{Connector, Hub, eventually};
use hub_message::Message;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::KIND;
use crate::place::Place;

/// A table with so many rows, numbered from 1.
pub(crate) async fn outbox(place: &Place, count: usize) {
    let moment = place.of("timestamptz", "timestamp(6) null", "timestamp");
    place
        .run(format!(
            "create table outbox (id bigint primary key, subject varchar(200), taken {moment}, state varchar(20))"
        ))
        .await;
    add(place, 1, count).await;
}

/// More rows.
pub(crate) async fn add(place: &Place, first: usize, count: usize) {
    let numbers: Vec<usize> = (first..first + count).collect();
    for some in numbers.chunks(1000) {
        let rows: Vec<String> = some.iter().map(|id| format!("({id}, 'Zeile {id}')")).collect();
        place
            .run(format!("insert into outbox (id, subject) values {}", rows.join(",")))
            .await;
    }
}

pub(crate) fn bodies(messages: &[Message]) -> Vec<Value> {
    let body = |message: &Message| serde_json::from_slice(message.body.native.disclose()).unwrap();
    messages.iter().map(body).collect()
}

pub(crate) fn ids(messages: &[Message]) -> Vec<u64> {
    bodies(messages)
        .iter()
        .map(|body| body["id"].as_u64().unwrap())
        .collect()
}

/// Waits until a table has so many rows of this kind.
pub(crate) async fn until_count(place: &Place, table: &str, count: usize) {
    let until = std::time::Instant::now() + std::time::Duration::from_secs(120);
    loop {
        let found = place.count(table).await;
        if found == count {
            return;
        }
        assert!(std::time::Instant::now() < until, "{found} of {count} rows in {table}");
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    }
}

/// The ways to let go of a row.
fn ways() -> [Value; 4] {
    [
        json!({"delete": true}),
        json!({"mark": {"column": "taken"}}),
        json!({"mark": {"column": "state", "open": "neu", "done": "weg"}}),
        json!({}),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_come_in_order_and_are_let_go_of_afterwards() {
    for place in Place::all().await {
        for way in ways() {
            place.run("drop table if exists outbox").await;
            outbox(&place, 2300).await;
            place.run("update outbox set state = 'neu'").await;
            let mut settings = place.reading(way.clone());
            settings["in"][0]["columns"] = json!(["id", "subject"]);
            let mut hub = Hub::start(KIND, settings).await;
            let mut connector = Connector::start(&hub);
            let messages = hub.messages(2300).await;
            assert!(ids(&messages) == (1..=2300).collect::<Vec<u64>>(), "{way}");
            assert_eq!(bodies(&messages)[0], json!({"id": 1, "subject": "Zeile 1"}));
            let left = if way.get("delete").is_some() { 0 } else { 2300 };
            until_count(&place, "outbox", left).await;
            match way["mark"]["column"].as_str() {
                Some("taken") => until_count(&place, "outbox where taken is not null", 2300).await,
                Some(_) => until_count(&place, "outbox where state = 'weg'", 2300).await,
                None => {}
            }
            // After a restart only what is new.
            connector.restart(&hub).await;
            add(&place, 3001, 3).await;
            place.run("update outbox set state = 'neu' where id > 3000").await;
            assert_eq!(ids(&hub.messages(3).await), [3001, 3002, 3003], "{way}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_death_at_any_step_loses_and_doubles_nothing() {
    for place in Place::all().await {
        for step in ["taken", "emitted", "sql-marked", "confirmed"] {
            for way in [json!({"delete": true}), json!({"mark": {"column": "taken"}}), json!({})] {
                place.run("drop table if exists outbox").await;
                outbox(&place, 30).await;
                let mut settings = place.reading(way.clone());
                settings["in"][0]["batch"] = json!(10);
                settings["in"][0]["columns"] = json!(["id", "subject"]);
                let mut hub = Hub::start(KIND, settings).await;
                Connector::start_failing(&hub, &format!("{step}:2")).died().await;
                let _second = Connector::start(&hub);
                let found = ids(&hub.messages(30).await);
                assert_eq!(found, (1..=30).collect::<Vec<u64>>(), "{step} {way}");
                hub.messages(0).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_three_times_in_the_middle_every_row_comes_once() {
    for place in Place::all().await {
        outbox(&place, 4000).await;
        let mut settings = place.reading(json!({"delete": true, "batch": 100}));
        settings["in"][0]["columns"] = json!(["id", "subject"]);
        let mut hub = Hub::start(KIND, settings).await;
        for left in [3500, 2500, 1000] {
            let mut connector = Connector::start(&hub);
            let until = std::time::Instant::now() + std::time::Duration::from_secs(120);
            while place.count("outbox").await > left {
                assert!(std::time::Instant::now() < until, "it takes nothing");
            }
            connector.signal(Signal::KILL);
            connector.ended().await;
        }
        let _last = Connector::start(&hub);
        assert!(ids(&hub.messages(4000).await) == (1..=4000).collect::<Vec<u64>>());
        until_count(&place, "outbox", 0).await;
        hub.messages(0).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_changed_is_a_new_message_by_its_watermark() {
    for place in Place::all().await {
        place
            .run("create table outbox (id varchar(20) primary key, version decimal(30,10) not null)")
            .await;
        place
            .run("insert into outbox values ('b', 1.5), ('a', 1.5), ('c', 2)")
            .await;
        let mut hub = Hub::start(KIND, place.reading(json!({"watermark": "version"}))).await;
        let mut connector = Connector::start(&hub);
        let key = |messages: &[Message]| {
            bodies(messages)
                .iter()
                .map(|body| body["id"].clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(key(&hub.messages(3).await), ["a", "b", "c"]);
        place
            .run("update outbox set version = 2.0000000001 where id = 'a'")
            .await;
        assert_eq!(key(&hub.messages(1).await), ["a"]);
        connector.restart(&hub).await;
        place.run("insert into outbox values ('d', 1)").await;
        place.run("insert into outbox values ('e', 9)").await;
        // What comes with a smaller watermark is not seen any more: that is what a watermark means.
        assert_eq!(key(&hub.messages(1).await), ["e"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payload_column_is_handed_over_byte_for_byte() {
    for place in Place::all().await {
        let bytes = place.of("bytea", "longblob", "blob");
        place
            .run(format!(
                "create table outbox (id bigint primary key, body {bytes}, label varchar(50))"
            ))
            .await;
        let literal = place.of("'\\x00ff3c613e'::bytea", "x'00ff3c613e'", "x'00ff3c613e'");
        place
            .run(format!(
                "insert into outbox values (1, {literal}, 'Größe.xml'), (2, null, 'leer')"
            ))
            .await;
        let settings = place.reading(
            json!({"payload": "body", "media_type": "application/xml", "record_name": "label", "delete": true}),
        );
        let mut hub = Hub::start(KIND, settings).await;
        let _connector = Connector::start(&hub);
        let messages = hub.messages(1).await;
        assert_eq!(messages[0].body.native.disclose().as_ref(), [0, 0xff, b'<', b'a', b'>']);
        assert_eq!(messages[0].body.head.name.as_ref().unwrap().disclose(), "Größe.xml");
        // The row without a payload lies aside, and says so without its name.
        until_count(&place, "outbox", 1).await;
        let beats = hub.beats.clone();
        eventually("it is counted", || {
            beats.lock().unwrap().iter().any(|beat| beat.refused > 0)
        })
        .await;
        let log = std::fs::read_to_string(hub.path("connector.log")).unwrap();
        assert!(log.contains("AH-F401") && !log.contains("leer\"") && !log.contains("Größe"));
    }
}

/// 5 000 rows in the test command; `AMTSHUB_TEST_ROWS=100000 cargo test --release … rate --nocapture` is the measurement.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_rows_come_in_order_at_a_rate() {
    let rows =
        std::env::var_os("AMTSHUB_TEST_ROWS").map_or(5_000, |rows| rows.to_str().unwrap().parse::<u64>().unwrap());
    for place in Place::all().await {
        for way in ways() {
            place.run("drop table if exists outbox").await;
            outbox(&place, rows as usize).await;
            place.run("update outbox set state = 'neu'").await;
            let mut settings = place.reading(way.clone());
            settings["in"][0]["columns"] = json!(["id", "subject"]);
            settings["in"][0]["batch"] = json!(1000);
            let mut hub = Hub::start(KIND, settings).await;
            let begun = std::time::Instant::now();
            let _connector = Connector::start(&hub);
            let messages = hub.messages(rows as usize).await;
            let seconds = begun.elapsed().as_secs_f64();
            println!(
                "{} {way}: {:.0} rows a second",
                place.of("postgresql", "mariadb", "sqlite"),
                rows as f64 / seconds
            );
            assert!(ids(&messages) == (1..=rows).collect::<Vec<u64>>(), "{way}");
        }
    }
}
