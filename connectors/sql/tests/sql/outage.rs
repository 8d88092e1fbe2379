// SPDX-License-Identifier: EUPL-1.2
//! The database is away, dies, is locked, is not as the settings say: told, waited for, nothing lost or doubled.

use std::time::{Duration, Instant};

use connector_testing::{Connector, Hub};
use hub_message::Outcome;
use serde_json::{Value, json};

use crate::KIND;
use crate::intake::{ids, outbox, until_count};
use crate::outlet::{body, staging};
use crate::place::{Place, Pool};
use crate::server::{Engine, Server};

/// Waits until the status says this.
async fn says(hub: &Hub, text: &str) {
    let until = Instant::now() + Duration::from_secs(120);
    loop {
        let answer = hub.control("check").await.to_string();
        if answer.contains(text) {
            return;
        }
        assert!(Instant::now() < until, "never says {text}, but {answer}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Reads and writes at once.
fn both(place: &Place) -> Value {
    let mut settings = place.reading(json!({"delete": true, "batch": 50, "columns": ["id", "subject"]}));
    settings["out"] = json!({"table": "staging", "delivery": "delivery_id", "row": "row_no"});
    settings["connect_seconds"] = json!(2);
    settings
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_dies_in_the_middle_is_waited_for() {
    for engine in [Engine::Postgres, Engine::MariaDb] {
        let mut server = Server::start(engine);
        let place = Place::on(&server);
        outbox(&place, 3000).await;
        staging(&place).await;
        let mut hub = Hub::start(KIND, both(&place)).await;
        let _connector = Connector::start(&hub);
        let until = Instant::now() + Duration::from_secs(120);
        while place.count("outbox").await > 2500 {
            assert!(Instant::now() < until, "it takes nothing");
        }
        server.kill();
        hub.deliver(
            (0..20)
                .map(|n| KIND.delivery(n, "a", &body(&json!({"number": format!("R-{n}")}))))
                .collect(),
        )
        .await;
        says(&hub, "Datenbank").await;
        server.go_on();
        let found = ids(&hub.messages(3000).await);
        assert!(found == (1..=3000).collect::<Vec<u64>>());
        hub.receipts(20).await;
        until_count(&place, "outbox", 0).await;
        assert_eq!(place.count("staging").await, 20);
        says(&hub, "ohne Störung").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_away_at_the_start_is_waited_for() {
    let mut server = Server::start(Engine::Postgres);
    let place = Place::on(&server);
    outbox(&place, 5).await;
    staging(&place).await;
    server.kill();
    let mut hub = Hub::start(KIND, both(&place)).await;
    hub.deliver(vec![KIND.delivery(0, "a", &body(&json!({"number": "R-1"})))])
        .await;
    let _connector = Connector::start(&hub);
    says(&hub, "Die Verbindung zur Datenbank kommt nicht zustande").await;
    server.go_on();
    assert_eq!(ids(&hub.messages(5).await), [1, 2, 3, 4, 5]);
    hub.receipts(1).await;
    assert_eq!(place.count("staging").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_away_or_locked_is_waited_for() {
    let place = Place::sqlite().await;
    outbox(&place, 3).await;
    staging(&place).await;
    let mut settings = both(&place);
    settings["url"] = json!("sqlite:link.db");
    settings["statement_seconds"] = json!(1);
    let mut hub = Hub::start(KIND, settings).await;
    hub.deliver(vec![KIND.delivery(0, "a", &body(&json!({"number": "R-1"})))])
        .await;
    let Pool::Sqlite(pool) = &place.pool else {
        panic!("SQLite")
    };
    let mut lock = pool.acquire().await.unwrap();
    sqlx::raw_sql("begin immediate").execute(&mut *lock).await.unwrap();
    let _connector = Connector::start(&hub);
    says(&hub, "Die Datenbankdatei ist nicht da").await;
    std::os::unix::fs::symlink(place.url.trim_start_matches("sqlite:"), hub.path("link.db")).unwrap();
    says(&hub, "gerade gesperrt oder überlastet").await;
    sqlx::raw_sql("rollback").execute(&mut *lock).await.unwrap();
    drop(lock);
    assert_eq!(ids(&hub.messages(3).await), [1, 2, 3]);
    hub.receipts(1).await;
    until_count(&place, "outbox", 0).await;
    assert_eq!(place.count("staging").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_is_locked_is_waited_for() {
    for place in [Place::postgres(), Place::mariadb()] {
        outbox(&place, 3).await;
        staging(&place).await;
        let mut settings = both(&place);
        settings["statement_seconds"] = json!(1);
        let mut hub = Hub::start(KIND, settings).await;
        match &place.pool {
            Pool::Postgres(pool) => {
                let mut lock = pool.begin().await.unwrap();
                sqlx::raw_sql("select * from outbox for update")
                    .execute(&mut *lock)
                    .await
                    .unwrap();
                let _connector = Connector::start(&hub);
                says(&hub, "gerade gesperrt oder überlastet").await;
                lock.rollback().await.unwrap();
                until_count(&place, "outbox", 0).await;
            }
            Pool::MariaDb(pool) => {
                let mut lock = pool.begin().await.unwrap();
                sqlx::raw_sql("select * from outbox for update")
                    .execute(&mut *lock)
                    .await
                    .unwrap();
                let _connector = Connector::start(&hub);
                says(&hub, "gerade gesperrt oder überlastet").await;
                lock.rollback().await.unwrap();
                until_count(&place, "outbox", 0).await;
            }
            Pool::Sqlite(_) => panic!("no rows are locked there"),
        }
        assert_eq!(ids(&hub.messages(3).await), [1, 2, 3]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_catalogue_does_not_know_is_told_by_name() {
    for place in Place::all().await {
        outbox(&place, 1).await;
        staging(&place).await;
        let settings = |change: Value| {
            let mut settings = both(&place);
            let change = change.as_object().unwrap().clone();
            settings["in"][0].as_object_mut().unwrap().extend(change);
            settings
        };
        let hub = Hub::start(KIND, settings(json!({"table": "ausgang"}))).await;
        let mut connector = Connector::start(&hub);
        says(&hub, "Die Tabelle „ausgang“ gibt es in der Datenbank nicht").await;
        let mut wrong = both(&place);
        wrong["out"]["delivery"] = json!("zustellung");
        wrong["in"] = json!([]);
        for (next, expected) in [
            (
                settings(json!({"columns": ["betreff"]})),
                "Die Tabelle „outbox“ hat keine Spalte „betreff“.",
            ),
            (settings(json!({"columns": ["Subject"]})), "Gemeint ist wohl „subject“"),
            (
                settings(json!({"key": "subject"})),
                "keinen eindeutigen Schlüssel über „subject“",
            ),
            (wrong, "Die Tabelle „staging“ hat keine Spalte „zustellung“."),
        ] {
            hub.configure(next);
            connector.restart(&hub).await;
            says(&hub, expected).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_is_encrypted_and_the_server_is_known() {
    for place in [Place::postgres(), Place::mariadb()] {
        outbox(&place, 1).await;
        staging(&place).await;
        let engine = place.of(Engine::Postgres, Engine::MariaDb, Engine::MariaDb);
        let mut settings = both(&place);
        settings["ca"] = json!(crate::server::shared(engine).authority());
        let other = place.of(Engine::MariaDb, Engine::Postgres, Engine::Postgres);
        let mut foreign = settings.clone();
        foreign["ca"] = json!(crate::server::shared(other).authority());
        let mut hub = Hub::start(KIND, foreign).await;
        let mut connector = Connector::start(&hub);
        says(&hub, "Die Verschlüsselung zur Datenbank kommt nicht zustande").await;
        hub.configure(settings);
        connector.restart(&hub).await;
        assert_eq!(ids(&hub.messages(1).await), [1]);
        hub.deliver(vec![KIND.delivery(0, "a", &body(&json!({"number": "R-1"})))])
            .await;
        assert!(matches!(hub.receipts(1).await[0].outcome, Outcome::Done { .. }));
        let asked = place.of(
            "select s.ssl::text from pg_stat_ssl s join pg_stat_activity a using (pid) where a.application_name = 'amtshub' \
             and a.datname = current_database()",
            "select cast(1 as char)",
            "",
        );
        let encrypted = place.texts(asked).await;
        assert!(
            !encrypted.is_empty() && encrypted.iter().all(|yes| yes == "true" || yes == "1"),
            "{encrypted:?}"
        );
    }
}
