// SPDX-License-Identifier: EUPL-1.2
use serde_json::json;

use super::*;

#[track_caller]
fn check(settings: Value, expected: Result<(), &str>) {
    let read = Settings::read(&settings);
    assert!(!read.as_ref().is_err_and(|fault| fault.0.contains("geheim")));
    connector_testing::assert_settings(read, expected);
}

fn source(more: Value) -> Value {
    let mut source = json!({"path": "/a", "type": "x.1", "accept": ["application/json"], "token": "geheim"});
    for (key, value) in more.as_object().unwrap() {
        source[key] = value.clone();
    }
    source
}

fn listening(sources: Value) -> Value {
    json!({"listen": {"address": "127.0.0.1:8080", "sources": sources}})
}

#[test]
fn a_listener_is_read_or_the_mistake_is_named() {
    check(listening(json!([source(json!({}))])), Ok(()));
    check(json!({}), Err("angegeben"));
    check(listening(json!([])), Err("nichts würde je angenommen"));
    check(
        listening(json!([source(json!({})), source(json!({}))])),
        Err("steht zweimal da"),
    );
    check(
        json!({"listen": {"address": "0.0.0.0:1", "sources": [source(json!({}))]}}),
        Err("127.0.0.1"),
    );
    for (more, part) in [
        (json!({"path": "a"}), "beginnt mit /"),
        (json!({"path": "/a?b"}), "beginnt mit /"),
        (json!({"accept": []}), "accept"),
        (json!({"accept": ["application/json; charset=utf-8"]}), "accept"),
        (json!({"token": null}), "genau eines"),
        (json!({"client": "amt"}), "genau eines"),
        (json!({"token": null, "client": "amt"}), "client_ca"),
        (json!({"token": ""}), "leer"),
        (json!({"max_bytes": 0}), "größer als 0"),
        (json!({"idempotency_header": "a b"}), "Header"),
        (json!({"idempotency_header": ""}), "Header"),
    ] {
        check(listening(json!([source(more)])), Err(part));
    }
}

#[test]
fn no_value_stands_in_a_fault() {
    check(
        listening(json!([source(json!({"hmac": "geheim"}))])),
        Err("amtshub check"),
    );
    check(
        listening(json!([source(json!({"token": {"geheim": 1}}))])),
        Err("amtshub check"),
    );
    check(json!({"listen": "geheim"}), Err("amtshub check"));
    check(
        json!({"listen": {"address": "127.0.0.1:1"}}),
        Err("fehlen: nichts würde je"),
    );
}

#[test]
fn the_schema_marks_every_secret() {
    let schema = schema();
    for pointer in [
        "/properties/listen/properties/tls/properties/key",
        "/properties/listen/properties/sources/items/properties/token",
        "/properties/listen/properties/sources/items/properties/hmac/properties/secret",
        "/properties/poll/items/properties/token",
        "/properties/send/properties/token",
        "/properties/send/properties/basic/properties/password",
        "/properties/send/properties/oauth2/properties/client_secret",
        "/properties/send/properties/client_certificate/properties/key",
    ] {
        assert_eq!(schema.pointer(pointer).unwrap()["x-secret"], true, "{pointer}");
    }
}

#[test]
fn a_target_is_read_or_the_mistake_is_named() {
    let send = |more: Value| {
        let mut send = json!({"base": "https://ziel.example/api", "path": "/x/{delivery}"});
        for (key, value) in more.as_object().unwrap() {
            send[key] = value.clone();
        }
        json!({"send": send})
    };
    let oauth2 = json!({"token_url": "http://login.example/", "client_id": "a", "client_secret": "geheim"});
    check(send(json!({})), Ok(()));
    check(send(json!({"base": "http://127.0.0.1:1"})), Ok(()));
    check(
        send(json!({"base": "http://ziel.example", "dangerously_allow_plain_http": true})),
        Ok(()),
    );
    check(
        send(json!({"query": {"path": "/x/{delivery}"}, "target_class": "queryable"})),
        Ok(()),
    );
    for (more, part) in [
        (json!({"base": "http://ziel.example"}), "https://"),
        (json!({"base": "http://127.0.0.1.ziel.example"}), "https://"),
        (json!({"base": "ftp://127.0.0.1"}), "https://"),
        (json!({"base": "https://amt:geheim@ziel.example"}), "Zugangsdaten"),
        (json!({"base": "https://ziel.example/?a=1"}), "path"),
        (json!({"base": "ziel"}), "keine Adresse"),
        (json!({"path": "/../x"}), "amtshub check"),
        (json!({"target_class": "queryable"}), "query.path"),
        (json!({"reference": "id"}), "JSON-Pointer"),
        (json!({"idempotency_header": "a:b"}), "Header"),
        (
            json!({"token": "geheim", "basic": {"user": "a", "password": "geheim"}}),
            "höchstens eines",
        ),
        (json!({"oauth2": oauth2}), "token_url"),
    ] {
        check(send(more), Err(part));
    }
}

#[test]
fn a_poller_is_read_or_the_mistake_is_named() {
    let poll = |more: Value| {
        let mut poll = json!({"name": "a", "url": "https://quelle.example/x?y=1", "type": "x.1", "records": ""});
        for (key, value) in more.as_object().unwrap() {
            poll[key] = value.clone();
        }
        json!({"poll": [poll], "cursor_folder": "cursors"})
    };
    check(poll(json!({})), Ok(()));
    check(poll(json!({"records": null, "next": "Link"})), Ok(()));
    check(
        poll(json!({"id": ["/a", "/b"], "next": "/n", "cursor": {"parameter": "p", "from": "/c"}})),
        Ok(()),
    );
    for (more, part) in [
        (json!({"name": "../a"}), "name besteht aus"),
        (json!({"url": "http://quelle.example"}), "https://"),
        (json!({"records": "data"}), "beginnt mit /"),
        (json!({"id": "id"}), "beginnt mit /"),
        (json!({"next": "link"}), "beginnt mit /"),
        (json!({"records": null, "id": "/id"}), "brauchen records"),
        (json!({"records": null, "next": "/n"}), "brauchen records"),
        (json!({"cursor": {"parameter": "p"}}), "genau eines"),
        (
            json!({"cursor": {"parameter": "p", "from": "/a", "from_last": "/b"}}),
            "genau eines",
        ),
        (json!({"max_bytes": 0}), "größer als 0"),
    ] {
        check(poll(more), Err(part));
    }
    let mut homeless = poll(json!({"cursor": {"parameter": "p", "from": "/c"}}));
    homeless["cursor_folder"] = Value::Null;
    check(homeless, Err("cursor_folder"));
    let mut twice = poll(json!({}));
    let one = twice["poll"][0].clone();
    twice["poll"].as_array_mut().unwrap().push(one);
    check(twice, Err("gibt es zweimal"));
}
