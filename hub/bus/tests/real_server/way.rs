// SPDX-License-Identifier: EUPL-1.2
//! The way of messages, deliveries, receipts, requests.

use std::time::Duration;

use bytes::Bytes;
use hub_bus::BusFault;
use hub_bus::connector::Emit;
use hub_message::{
    Body, DocumentRef, Head, Header, Headers, Hello, Manifest, Outcome, Receipt, Recipient, Sensitive, Timestamp,
    Welcome,
};
use serde_json::json;

use crate::town::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_and_deliveries_arrive_once_and_in_order() {
    let town = town().await;
    let scan = town.connector("scan").await;
    scan.emit(emits(0..500)).await.unwrap();
    // Sent again, in other batches: what is there already counts as sent.
    scan.emit(emits(400..600)).await.unwrap();
    let mut inbound = town.bus.inbound(&name("scan"));
    assert_eq!(numbers(&mut inbound, 600, true).await, (0..600).collect::<Vec<_>>());

    town.bus.publish(&groups(0..400)).await.unwrap();
    town.bus.publish(&groups(0..600)).await.unwrap();
    let finance = town.connector("finance").await;
    let mut deliveries = finance.deliveries().await.unwrap();
    assert_eq!(delivered(&mut deliveries, 600, true).await, expected(0..600));
    let cases = town.bus.pending(&Recipient::Cases).await.unwrap();
    assert_eq!(cases.waiting, 600, "each record once");
    assert!(cases.oldest.is_some());
    let mut records = town.bus.records();
    let items = in_time(records.take(10, usize::MAX)).await.unwrap();
    assert!(items[0].record.is_err(), "a body that is no record is told, not lost");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_duplicate_inside_one_batch_costs_nothing_but_itself() {
    let town = town().await;
    let mut twice = groups(0..50);
    twice.extend(groups(10..12));
    twice.extend(groups(50..60));
    town.bus.publish(&twice).await.unwrap();
    let finance = town.connector("finance").await;
    let mut deliveries = finance.deliveries().await.unwrap();
    assert_eq!(delivered(&mut deliveries, 60, true).await, expected(0..60));
    let left = town
        .bus
        .pending(&Recipient::try_from("finance".to_owned()).unwrap())
        .await
        .unwrap();
    assert_eq!(left.waiting, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_counts_once() {
    let town = town().await;
    let finance = town.connector("finance").await;
    let receipts: Vec<_> = expected(0..30)
        .into_iter()
        .map(|delivery| Receipt {
            delivery,
            at: Timestamp::from_millis(0),
            attempts: 1,
            outcome: Outcome::Done { reference: None },
        })
        .collect();
    finance.receipts(&receipts[..20]).await.unwrap();
    finance.receipts(&receipts).await.unwrap();
    let mut reader = town.bus.receipts(&name("finance"));
    let mut got = Vec::new();
    while got.len() < 30 {
        got.extend(
            in_time(reader.take(30))
                .await
                .unwrap()
                .into_iter()
                .map(|item| item.receipt.unwrap()),
        );
    }
    assert_eq!(got, receipts);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_whose_envelope_is_not_valid_is_handed_on_as_broken() {
    let town = town().await;
    let scan = town.connector("scan").await;
    let broken = |headers: Headers, body: Bytes| Emit {
        headers,
        body,
        ..emit(1)
    };
    let lying = Headers::default().with(Header::EventSource, "finance");
    let body = Body::new(Head::default(), "x").encode();
    scan.emit(vec![broken(lying, body)]).await.unwrap();
    let unframed = Emit {
        id: emit(2).id,
        ..broken(Headers::default(), Bytes::from_static(b"<a/>"))
    };
    scan.emit(vec![unframed]).await.unwrap();
    let mut inbound = town.bus.inbound(&name("scan"));
    let mut codes = Vec::new();
    while codes.len() < 2 {
        for item in in_time(inbound.take(2, usize::MAX)).await.unwrap() {
            let broken = item.message.as_ref().unwrap_err();
            assert_eq!((broken.source.clone(), broken.kind.is_some()), (name("scan"), true));
            codes.push(broken.rejection.code.as_str().to_owned());
        }
    }
    assert_eq!(codes, ["AH-B102", "AH-B103"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_large_for_the_wire_is_refused_for_good() {
    let town = town().await;
    let large = delivery(1, "finance", 1 << 20);
    let (published, fault) = town
        .bus
        .publish(&[vec![delivery(0, "cases", 1), large]])
        .await
        .unwrap_err();
    assert_eq!(published, 0);
    assert!(matches!(fault, BusFault::Refused { .. }), "{fault}");
}

fn hello() -> Hello {
    Hello {
        manifest: Manifest {
            answers: Vec::new(),
            name: "folder".into(),
            version: "1".into(),
            protocol: 1,
            vendor: "test".into(),
            target_class: None,
            emits: vec![],
            accepts: vec![],
            config_schema: serde_json::Value::Null,
            max_in_flight: 1,
        },
        config_digest: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hello_control_and_documents_are_asked_and_answered() {
    let town = town().await;
    let scan = town.connector("scan").await;
    let mut registrations = town.bus.registrations().await.unwrap();
    let mut blobs = town.bus.blobs().await.unwrap();
    let welcome = Welcome {
        connector: name("scan"),
        config: json!({"a": 1}),
        config_digest: hub_message::Digest::of(b""),
        types: vec![],
        inline_bytes_max: 1,
        document_bytes_max: 2,
    };
    let said = hello();
    let (answer, ()) = tokio::join!(scan.hello(&said), async {
        let request = registrations.next().await.unwrap();
        assert_eq!(
            (&request.connector, request.hello.as_ref()),
            (&name("scan"), Ok(&hello()))
        );
        request.welcome(&welcome).await;
    });
    assert_eq!(answer.unwrap(), welcome);

    let mut controls = scan.controls().await.unwrap();
    // A round trip on the same connection: the subscription is there.
    scan.pending_acks().await.unwrap();
    let scan_name = name("scan");
    let verb = json!({"reason": "test"});
    let (answer, ()) = tokio::join!(town.bus.control(&scan_name, "pause", &verb), async {
        let control = controls.next().await.unwrap();
        assert_eq!(
            (control.verb.as_str(), &control.payload[..]),
            ("pause", &b"{\"reason\":\"test\"}"[..])
        );
        control.reply(Bytes::from_static(b"{\"ok\":true}")).await;
    });
    assert_eq!(answer.unwrap(), json!({"ok": true}));

    let document = DocumentRef {
        sha256: hub_message::Digest::of(b"content"),
        size: 7,
        media_type: "text/plain".into(),
        name: Some(Sensitive::new("n".into())),
        capability: Some("c".into()),
    };
    let (answer, ()) = tokio::join!(scan.read_document(&document, 2, 5), async {
        let request = blobs.next().await.unwrap();
        assert_eq!(
            (&request.connector, request.operation.as_str()),
            (&name("scan"), "read")
        );
        request.reply_bytes(7, b"ntent").await;
    });
    assert_eq!(answer.unwrap(), (7, Bytes::from_static(b"ntent")));
    let (answer, ()) = tokio::join!(scan.upload_chunk("up", 0, Bytes::from(vec![7; 512 * 1024])), async {
        let request = blobs.next().await.unwrap();
        assert_eq!(
            (request.operation.as_str(), request.upload.as_deref()),
            ("chunk", Some("up"))
        );
        request.refuse("AH-D201", "no").await;
    });
    assert!(matches!(answer, Err(BusFault::Refused { .. })), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_absent_connector_is_told_at_once() {
    let town = town().await;
    let begun = std::time::Instant::now();
    let fault = town
        .bus
        .control(&name("finance"), "check", &json!({}))
        .await
        .unwrap_err();
    assert!(matches!(fault, BusFault::Unavailable(_)), "{fault}");
    assert!(begun.elapsed() < Duration::from_secs(5));
}
