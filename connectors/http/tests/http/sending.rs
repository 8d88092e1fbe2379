// SPDX-License-Identifier: EUPL-1.2
//! Deliveries out: what the target gets, receipts, large contents, documents.

use connector_testing::{Connector, Hub};
use hub_message::{Body, Head, Outcome, RefusalClass};
use serde_json::{Value, json};

use crate::KIND;
use crate::target::{Reply, Target, status};

/// Settings of a target on this machine.
pub(crate) fn settings(port: u16) -> Value {
    json!({"send": {
        "base": format!("http://127.0.0.1:{port}/api/"), "path": "/{type}/{delivery}", "answer_seconds": 2,
    }})
}

/// A body with the number in it.
pub(crate) fn body(number: usize) -> Body {
    Body::new(Head::default(), format!("{number};Grüße\n"))
}

/// An answer that says where the delivery is.
pub(crate) fn created(reference: &str) -> Reply {
    Reply::Answer(201, vec![("location", format!("/cases/{reference}"))], String::new())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deliveries_become_requests_with_receipts() {
    let target = Target::start(|seen, _| created(&format!("n{}", seen.body[0] - b'0'))).await;
    let mut hub = Hub::start(KIND, settings(target.port)).await;
    hub.deliver((0..5).map(|n| KIND.delivery(n, "a", &body(n))).collect())
        .await;
    let _connector = Connector::start(&hub);
    let receipts = hub.receipts(5).await;
    hub.all_acknowledged().await;
    let seen = target.seen("/api/");
    assert_eq!(seen.len(), 5);
    for (n, seen) in seen.iter().enumerate() {
        let id = KIND.delivery_id(n);
        assert_eq!(seen.method, "POST");
        assert_eq!(seen.path, format!("/api//posting.csv.1/{id}").replace("//", "/"));
        assert_eq!(seen.headers["idempotency-key"], id.as_str());
        assert_eq!(seen.headers["content-type"], "text/csv; charset=utf-8");
        assert_eq!(seen.body, format!("{n};Grüße\n"));
        let reference = Some(format!("n{n}"));
        assert_eq!(
            (&receipts[n].delivery, &receipts[n].outcome),
            (&id, &Outcome::Done { reference })
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_reference_comes_from_the_answer_and_a_conflict_may_be_success() {
    let target = Target::start(|_, _| Reply::Answer(409, Vec::new(), "{\"case\": {\"id\": 17}}".to_owned())).await;
    let mut wanted = settings(target.port);
    wanted["send"]["conflict"] = json!("done");
    wanted["send"]["reference"] = json!("/case/id");
    wanted["send"]["method"] = json!("PUT");
    wanted["send"]["idempotency_header"] = json!("X-Key");
    let mut hub = Hub::start(KIND, wanted).await;
    hub.deliver(vec![KIND.delivery(0, "a", &body(0))]).await;
    let _connector = Connector::start(&hub);
    let reference = Some("17".to_owned());
    assert_eq!(hub.receipts(1).await[0].outcome, Outcome::Done { reference });
    let seen = target.seen("/").remove(0);
    assert_eq!(
        (seen.method.as_str(), &seen.headers["x-key"]),
        ("PUT", &KIND.delivery_id(0).as_str().parse().unwrap())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_target_will_never_take_is_rejected() {
    let target = Target::start(|seen, _| match seen.body[0] {
        b'0' => Reply::Answer(422, Vec::new(), "Erika Beispiel ist unbekannt".to_owned()),
        b'1' => status(415),
        _ => status(410),
    })
    .await;
    let mut hub = Hub::start(KIND, settings(target.port)).await;
    hub.deliver((0..3).map(|n| KIND.delivery(n, "a", &body(n))).collect())
        .await;
    let _connector = Connector::start(&hub);
    let expected = [
        ("HTTP 422", RefusalClass::Business),
        ("HTTP 415", RefusalClass::Format),
        ("HTTP 410", RefusalClass::Gone),
    ];
    for (receipt, (expected_code, expected_class)) in hub.receipts(3).await.iter().zip(expected) {
        let Outcome::Rejected { class, code, text, .. } = &receipt.outcome else {
            panic!("{receipt:?}")
        };
        assert_eq!((code.as_str(), *class), (expected_code, expected_class));
        assert!(!text.contains("Erika"), "{text}");
    }
    assert_eq!(target.seen("/").len(), 3);
}

/// Bytes that do not repeat, so that a chunk in the wrong place shows.
fn large(bytes: usize, seed: u32) -> Vec<u8> {
    let mut number = seed;
    let mut content = Vec::with_capacity(bytes);
    while content.len() < bytes {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        content.extend_from_slice(&number.to_be_bytes());
    }
    content.truncate(bytes);
    content
}

async fn store(hub: &Hub, content: &[u8]) {
    let digest = hub_message::Digest::of(content);
    let sender = KIND.connector();
    hub.documents
        .begin(&sender, &digest, content.len() as u64)
        .await
        .unwrap();
    hub.documents
        .append(&sender, &digest, 0, content.to_vec().into())
        .await
        .unwrap();
    hub.documents.commit(&sender, &digest).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_delivery_is_streamed_with_its_length() {
    let target = Target::start(|_, before| if before == 0 { status(503) } else { status(200) }).await;
    let mut hub = Hub::start(KIND, settings(target.port)).await;
    let content = large(5_000_001, 1);
    store(&hub, &content).await;
    let head = Head {
        claim: Some(KIND.readable(&content, "a.csv")),
        ..Head::default()
    };
    hub.deliver(vec![KIND.delivery(0, "a", &Body::new(head, ""))]).await;
    let _connector = Connector::start(&hub);
    assert_eq!(hub.receipts(1).await[0].attempts, 2);
    for seen in target.seen("/") {
        assert_eq!(seen.headers["content-length"], "5000001");
        assert!(seen.body == content);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_are_parts_of_a_form() {
    let target = Target::start(|_, _| status(200)).await;
    let mut wanted = settings(target.port);
    wanted["send"]["documents"] = json!("multipart");
    let mut hub = Hub::start(KIND, wanted).await;
    let (small, content) = (b"%PDF".to_vec(), large(1_000_000, 2));
    store(&hub, &small).await;
    store(&hub, &content).await;
    let head = Head {
        documents: vec![
            KIND.readable(&small, "Beleg \"1\".pdf"),
            KIND.readable(&content, "ä.pdf"),
        ],
        ..Head::default()
    };
    hub.deliver(vec![KIND.delivery(0, "a", &Body::new(head, "a;b\n"))])
        .await;
    let _connector = Connector::start(&hub);
    assert!(matches!(hub.receipts(1).await[0].outcome, Outcome::Done { .. }));
    let seen = target.seen("/").remove(0);
    let kind = seen.headers["content-type"].to_str().unwrap();
    let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
    let part = |head: &str, body: &[u8]| [format!("--{boundary}\r\n{head}\r\n\r\n").as_bytes(), body, b"\r\n"].concat();
    let disposition = "Content-Disposition: form-data; name=";
    let expected = [
        part(
            &format!("{disposition}\"message\"\r\nContent-Type: text/csv; charset=utf-8"),
            b"a;b\n",
        ),
        part(
            &format!("{disposition}\"document\"; filename=\"Beleg %221%22.pdf\"\r\nContent-Type: application/pdf"),
            &small,
        ),
        part(
            &format!("{disposition}\"document\"; filename=\"ä.pdf\"\r\nContent-Type: application/pdf"),
            &content,
        ),
        format!("--{boundary}--\r\n").into_bytes(),
    ];
    assert!(seen.body == expected.concat());
    assert_eq!(seen.headers["content-length"], seen.body.len().to_string().as_str());
}
