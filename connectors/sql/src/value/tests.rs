// SPDX-License-Identifier: EUPL-1.2
use super::*;

#[track_caller]
fn check(kind: Kind, text: &str, expected: Option<&str>) {
    let column = Column {
        name: "a".to_owned().try_into().unwrap(),
        kind,
        cast: None,
    };
    let read = json(&column, &Cell::Text(text.as_bytes().to_vec())).map(|value| value.to_string());
    assert_eq!(read.as_deref(), expected, "{text}");
}

#[test]
fn numbers_are_read_digit_by_digit() {
    check(
        Kind::Decimal(None),
        "12345678901234567890.1234567890123400",
        Some("12345678901234567890.1234567890123400"),
    );
    check(Kind::Integer, "9223372036854775807", Some("9223372036854775807"));
    check(Kind::Integer, "18446744073709551615", Some("18446744073709551615"));
    check(Kind::Decimal(None), "NaN", None);
    check(Kind::Float, "Infinity", None);
    check(Kind::Float, "1e+300", Some("1e+300"));
}

#[test]
fn dates_and_times_are_those_of_iso_8601() {
    check(Kind::Date, "2024-02-29", Some("\"2024-02-29\""));
    check(
        Kind::Timestamp,
        "2026-11-27 08:00:00.123456",
        Some("\"2026-11-27T08:00:00.123456\""),
    );
    check(Kind::Instant, "2026-11-27 07:00:00", Some("\"2026-11-27T07:00:00Z\""));
    check(Kind::Time, "08:00:00", Some("\"08:00:00\""));
    let loose = Kind::Loose(Affinity::Moment);
    check(loose, "2026-11-27", Some("\"2026-11-27\""));
    check(
        loose,
        "2026-11-27 08:00:00+01:00",
        Some("\"2026-11-27T08:00:00+01:00\""),
    );
    for none in [
        "infinity",
        "0044-03-15 BC",
        "0000-00-00",
        "2023-02-29",
        "10000-01-01",
        "gestern",
    ] {
        check(Kind::Date, none, None);
        check(loose, none, None);
        check(Kind::Timestamp, none, None);
    }
}

#[test]
fn texts_bytes_and_json_stay_what_they_are() {
    check(
        Kind::Text(None),
        "'; DROP TABLE a; --\0",
        Some("\"'; DROP TABLE a; --\\u0000\""),
    );
    check(Kind::Bytes, "\0\u{1}", Some("\"AAE=\""));
    check(
        Kind::Json,
        "{\"b\": 1.10, \"a\": null}",
        Some("{\"b\":1.10,\"a\":null}"),
    );
    check(Kind::Bool, "true", Some("true"));
    let column = Column {
        name: "a".to_owned().try_into().unwrap(),
        kind: Kind::Text(None),
        cast: None,
    };
    assert_eq!(json(&column, &Cell::Text(vec![0xff])), None);
    assert_eq!(json(&column, &Cell::Null), Some(Value::Null));
}
