// SPDX-License-Identifier: EUPL-1.2
use hyper::header::HeaderName;

use super::*;

fn endpoint() -> Endpoint {
    let settings: SourceSettings = serde_json::from_value(json!({
        "path": "/antraege", "type": "application.form.1", "token": "geheim",
        "accept": ["application/json", "multipart/form-data"],
    }))
    .unwrap();
    Endpoint {
        credential: settings.credential().unwrap(),
        rate: None,
        settings,
    }
}

fn headers(list: &[(&str, &str)]) -> HeaderMap {
    list.iter()
        .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap()))
        .collect()
}

#[track_caller]
fn check_media_type(list: &[(&str, &str)], expected: Option<&str>) {
    assert_eq!(endpoint().media_type(&headers(list)).as_deref(), expected, "{list:?}");
}

#[test]
fn media_types_keep_their_parameters() {
    check_media_type(&[("content-type", "application/json")], Some("application/json"));
    check_media_type(
        &[("content-type", "Multipart/Form-Data; boundary=x")],
        Some("Multipart/Form-Data; boundary=x"),
    );
    check_media_type(&[("content-type", "text/plain")], None);
    check_media_type(&[("content-type", "application/jsonx")], None);
    check_media_type(&[], None);
    let json = ("content-type", "application/json");
    check_media_type(&[json, ("content-encoding", "gzip")], None);
    check_media_type(&[json, ("content-encoding", "identity")], Some("application/json"));
}

#[test]
fn the_key_decides_which_message_it_is() {
    let head = |list: &[(&str, &str)]| {
        let mut all = headers(list);
        all.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        endpoint().head(&all)
    };
    let keyed = |key| head(&[("idempotency-key", key)]).unwrap();
    assert_eq!(keyed("a").identity, keyed("a").identity);
    assert_eq!(keyed("a").reference, keyed("a").reference);
    assert_ne!(keyed("a").reference, keyed("b").reference);
    let (one, other) = (head(&[]).unwrap(), head(&[]).unwrap());
    assert_ne!(one.identity, other.identity);
    assert_eq!(one.reference.len(), 32);
    let long = "x".repeat(256);
    for wrong in ["", "a b", &long] {
        assert_eq!(
            head(&[("idempotency-key", wrong)]).err().unwrap().code,
            "AH-F211",
            "{wrong}"
        );
    }
    let twice = head(&[("idempotency-key", "a"), ("idempotency-key", "b")]);
    assert_eq!(twice.err().unwrap().code, "AH-F211");
}
