// SPDX-License-Identifier: EUPL-1.2
use serde_json::{Value, json};

use super::Settings;

fn with(change: impl FnOnce(&mut Value)) -> Value {
    let mut settings = json!({
        "url": "postgres://amtshub@127.0.0.1:5432/gewerbe",
        "in": [{"name": "gewerbe", "table": "public.outbox", "type": "trade.db.1", "key": "id", "delete": true}],
        "out": {"table": "staging", "delivery": "delivery_id"},
    });
    change(&mut settings);
    settings
}

#[track_caller]
fn check(settings: &Value, expected: &str) {
    let told = Settings::read(settings).err().map(|fault| fault.0).unwrap_or_default();
    assert!(
        told.contains(expected) && told.is_empty() == expected.is_empty(),
        "{told}"
    );
}

#[test]
fn settings_that_can_be_used() {
    check(&with(|_| ()), "");
    check(&with(|s| s["url"] = json!("sqlite:data/office.db")), "");
    check(&with(|s| s["url"] = json!("mariadb://amtshub@db.example/finanzen")), "");
    check(&with(|s| s["in"][0]["key"] = json!(["jahr", "nummer"])), "");
}

#[test]
fn settings_that_cannot_be_used() {
    check(&with(|s| s["url"] = json!("oracle://a@b/c")), "beginnt mit postgres://");
    check(
        &with(|s| s["url"] = json!("postgres://a:geheim@b/c")),
        "gehört nach settings.password",
    );
    check(
        &with(|s| s["url"] = json!("postgres://a@b/c?sslmode=disable")),
        "ohne ? und #",
    );
    check(
        &with(|s| s["in"][0]["table"] = json!("a; drop table b")),
        "besteht aus Buchstaben",
    );
    check(&with(|s| s["in"][0]["key"] = json!("a\"b")), "nicht die erwartete Form");
    check(&with(|s| s["in"][0]["delete"] = json!(false)), "cursor_folder fehlt");
    check(
        &with(|s| s["in"][0]["mark"] = json!({"column": "taken"})),
        "höchstens eines von mark und delete",
    );
    check(
        &with(|s| s["in"][0]["payload"] = json!("body")),
        "payload braucht media_type",
    );
    check(
        &with(|s| s["out"] = json!({"table": "staging"})),
        "eines von delivery, key und ledger",
    );
    check(&with(|s| s["out"]["nope"] = json!(1)), "unknown field");
    let told = Settings::read(&with(|s| s["password"] = json!(["geheim"]))).unwrap_err();
    assert!(!told.0.contains("geheim"));
}

#[test]
fn lines_to_other_machines_are_encrypted() {
    for (url, expected) in [
        ("postgres://a@127.0.0.1:1/c", false),
        ("postgres://a@localhost/c", false),
        ("postgres://a@localhost.example/c", true),
        ("mariadb://a@db.example:3306/c", true),
        ("sqlite:x.db", false),
    ] {
        let database = Settings::read(&with(|s| s["url"] = json!(url))).unwrap().database();
        assert_eq!(database.wants_tls().unwrap(), expected, "{url}");
    }
}
