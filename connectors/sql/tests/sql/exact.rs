// SPDX-License-Identifier: EUPL-1.2
//! Values of every type, exactly; and rows that have no exact form.

use connector_testing::{Connector, Hub, eventually};
use serde_json::json;

use crate::KIND;
use crate::intake::until_count;
use crate::place::Place;

async fn read(place: &Place, expected: &str) {
    let mut hub = Hub::start(KIND, place.reading(json!({"delete": true}))).await;
    let _connector = Connector::start(&hub);
    let messages = hub.messages(1).await;
    let native = String::from_utf8(messages[0].body.native.disclose().to_vec()).unwrap();
    assert_eq!(native, expected);
    until_count(place, "outbox", 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_type_of_postgresql_is_read_exactly() {
    let place = Place::postgres();
    place
        .run(
            "set timezone to 'Europe/Berlin'; create type art as enum ('neu', 'alt'); create domain betrag as numeric(12,2); \
             create table outbox (id bigint primary key, n numeric, d betrag, f double precision, s real, b boolean, day date, t time, \
             p timestamp, z timestamptz, v varchar(20), c char(3), raw bytea, j json, k jsonb, e art, u uuid, leer text); \
             insert into outbox values (9223372036854775807, 123456789012345678901234567890.1200, 10.10, 0.1, 0.1, true, '2024-02-29', \
             '08:30:00.5', '2026-03-29 02:30:00.000001', '2026-07-01 00:00:00+02', 'Łódź', 'a', '\\x00ff', '{\"b\": 1.10}', \
             '{\"x\": 0.30}', 'neu', '00000000-0000-0000-0000-000000000001', null)",
        )
        .await;
    read(
        &place,
        "{\"id\":9223372036854775807,\"n\":123456789012345678901234567890.1200,\"d\":10.10,\"f\":0.1,\"s\":0.1,\"b\":true,\
         \"day\":\"2024-02-29\",\"t\":\"08:30:00.5\",\"p\":\"2026-03-29T02:30:00.000001\",\"z\":\"2026-06-30T22:00:00Z\",\
         \"v\":\"Łódź\",\"c\":\"a  \",\"raw\":\"AP8=\",\"j\":{\"b\":1.10},\"k\":{\"x\":0.30},\"e\":\"neu\",\
         \"u\":\"00000000-0000-0000-0000-000000000001\",\"leer\":null}",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_type_of_mariadb_is_read_exactly() {
    let place = Place::mariadb();
    place
        .run(
            "set time_zone = '+02:00'; create table outbox (id bigint unsigned primary key, n decimal(65,30), f double, b boolean, \
             bits bit(3), day date, t time(1), p datetime(6), z timestamp(3) null, v varchar(20) character set latin1, raw varbinary(9), \
             e enum('neu','alt'), y year, leer text); \
             insert into outbox values (18446744073709551615, 12345678901234567890123456789012345.120000000000000000000000000001, 0.1, \
             true, b'101', '2024-02-29', '08:30:00.5', '2026-03-29 02:30:00.000001', '2026-07-01 00:00:00', 'Größe', x'00ff', 'neu', 2026, null)",
        )
        .await;
    read(
        &place,
        "{\"id\":18446744073709551615,\"n\":12345678901234567890123456789012345.120000000000000000000000000001,\"f\":0.1,\"b\":1,\
         \"bits\":5,\"day\":\"2024-02-29\",\"t\":\"08:30:00.5\",\"p\":\"2026-03-29T02:30:00.000001\",\"z\":\"2026-06-30T22:00:00.000Z\",\
         \"v\":\"Größe\",\"raw\":\"AP8=\",\"e\":\"neu\",\"y\":2026,\"leer\":null}",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_class_of_sqlite_is_read_exactly() {
    let place = Place::sqlite().await;
    place
        .run(
            "create table outbox (id integer primary key, n decimal(10,2), x text, day date, p timestamp, raw blob, leer text); \
             insert into outbox values (9223372036854775807, 12.34, '0010.10', '2024-02-29', '2026-03-29 02:30:00', x'00ff', null)",
        )
        .await;
    read(
        &place,
        "{\"id\":9223372036854775807,\"n\":12.34,\"x\":\"0010.10\",\"day\":\"2024-02-29\",\"p\":\"2026-03-29T02:30:00\",\
         \"raw\":\"AP8=\",\"leer\":null}",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_without_an_exact_form_lies_aside_and_stops_nobody() {
    for place in Place::all().await {
        let kind = place.of("numeric", "date", "date");
        let (bad, good) = place.of(
            ("'NaN'", "1.50"),
            ("'0000-00-00'", "'2026-11-27'"),
            ("'gestern'", "'2026-11-27'"),
        );
        place
            .run(format!(
                "create table outbox (id bigint primary key, secret varchar(50), v {kind}, state varchar(10))"
            ))
            .await;
        let mode = place.of("", "set sql_mode = ''; ", "");
        place
            .run(format!(
                "{mode}insert into outbox values (1, 'Erika', {good}, 'neu'), (2, 'Erika', {bad}, 'neu'), (3, 'Erika', {good}, 'neu'), (4, 'Erika', {bad}, 'neu')"
            ))
            .await;
        let settings = place.reading(
            json!({"batch": 1, "mark": {"column": "state", "open": "neu", "done": "weg", "refused": "liegt"}}),
        );
        let mut hub = Hub::start(KIND, settings).await;
        let _connector = Connector::start(&hub);
        assert_eq!(crate::intake::ids(&hub.messages(2).await), [1, 3]);
        until_count(&place, "outbox where state = 'liegt'", 2).await;
        until_count(&place, "outbox where state = 'weg'", 2).await;
        let beats = hub.beats.clone();
        eventually("they are counted", || {
            beats.lock().unwrap().iter().any(|beat| beat.refused == 2)
        })
        .await;
        let log = std::fs::read_to_string(hub.path("connector.log")).unwrap();
        assert!(
            log.contains("AH-F401") && log.contains("outbox") && log.contains("\"id\""),
            "{log}"
        );
        assert!(!log.contains("Erika") && !log.contains("gestern"));
        // Mended, it is taken.
        place
            .run(format!("update outbox set v = {good}, state = 'neu' where id = 2"))
            .await;
        assert_eq!(crate::intake::ids(&hub.messages(1).await), [2]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_a_view_cannot_even_calculate_stops_nobody() {
    let place = Place::postgres();
    place
        .run(
            "create table base (id bigint primary key, n int); insert into base values (1, 1), (2, 0), (3, 4); \
              create view outbox as select id, 12 / n as share from base",
        )
        .await;
    let mut hub = Hub::start(KIND, place.reading(json!({}))).await;
    let _connector = Connector::start(&hub);
    let messages = hub.messages(2).await;
    assert_eq!(crate::intake::ids(&messages), [1, 3]);
    let beats = hub.beats.clone();
    eventually("it is counted", || {
        beats.lock().unwrap().iter().any(|beat| beat.refused == 1)
    })
    .await;
}
