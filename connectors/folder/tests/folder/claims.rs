// SPDX-License-Identifier: EUPL-1.2
//! What is too large to travel in a message: claim check in, and back out.

use std::fs;

use bytes::Bytes;
use connector_testing::{Connector, Hub, names};
use hub_message::{Body, Digest, Head, Outcome, RefusalClass};
use serde_json::json;

use crate::KIND;
use crate::intake::{drop_file, emptied, hub};
use crate::outlet::settings;

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

async fn stored(hub: &Hub, digest: &Digest) -> Bytes {
    hub.documents.get(digest, 1 << 30).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_file_and_a_large_document_go_through_the_store() {
    let mut hub = hub().await;
    let (file, document) = (large(3_000_000, 1), large(49_999_999, 2));
    drop_file(&hub, "a.xml", &file);
    drop_file(&hub, "b.pdf", &document);
    drop_file(&hub, "b.json", "{}");
    drop_file(&hub, "c.xml", vec![b'x'; 256 * 1024]);
    let _connector = Connector::start(&hub);
    let messages = hub.messages(3).await;
    let named = |name: &str| {
        let is = |head: &Head| head.name.as_ref().is_some_and(|known| known.disclose() == name);
        &messages.iter().find(|message| is(&message.body.head)).unwrap().body
    };
    let claim = named("a.xml").head.claim.as_ref().unwrap();
    assert_eq!((claim.size, claim.media_type.as_str()), (3_000_000, "application/xml"));
    assert_eq!(stored(&hub, &claim.sha256).await, file);
    assert!(named("a.xml").native.disclose().is_empty());
    let pair = named("b.json");
    assert_eq!(pair.native.disclose().as_ref(), b"{}");
    let attached = &pair.head.documents[0];
    assert_eq!(attached.name.as_ref().unwrap().disclose(), "b.pdf");
    assert_eq!(
        (attached.size, attached.media_type.as_str()),
        (49_999_999, "application/pdf")
    );
    assert!(stored(&hub, &attached.sha256).await == document);
    assert_eq!(named("c.xml").native.disclose().len(), 256 * 1024);
    emptied(&hub).await;
    assert_eq!(names(&hub.path("scan/archive")), ["a.xml", "b.json", "b.pdf", "c.xml"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_death_in_the_middle_of_a_pair_keeps_the_pair() {
    for step in [
        "chunk-uploaded:2",
        "claimed",
        "emitted",
        "archive-moved",
        "archive-moved:3",
        "confirmed",
    ] {
        let mut hub = hub().await;
        for n in 0..2 {
            drop_file(&hub, &format!("{n}.pdf"), large(2_000_000, n));
            drop_file(&hub, &format!("{n}.json"), format!("{{\"n\":{n}}}"));
        }
        Connector::start_failing(&hub, step).died().await;
        let _second = Connector::start(&hub);
        emptied(&hub).await;
        for message in hub.messages(2).await {
            let document = &message.body.head.documents[0];
            assert_eq!(stored(&hub, &document.sha256).await.len(), 2_000_000, "after {step}");
        }
        assert_eq!(
            names(&hub.path("scan/archive")),
            ["0.json", "0.pdf", "1.json", "1.pdf"],
            "after {step}"
        );
        assert!(names(&hub.path("scan/error")).is_empty(), "after {step}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_lies_in_the_store_comes_out_whole_with_its_documents() {
    let mut hub = Hub::start(KIND, settings()).await;
    let (content, document) = (large(5_000_000, 1), large(2_000_001, 2));
    for stored in [&content, &document] {
        hub.documents.put(&Bytes::copy_from_slice(stored)).await.unwrap();
    }
    let head = Head {
        claim: Some(KIND.readable(&content, "posten.csv")),
        documents: vec![
            KIND.readable(&document, "../Gru\u{308}ße.pdf"),
            KIND.readable(b"", "leer.pdf"),
        ],
        ..Head::default()
    };
    hub.deliver(vec![KIND.delivery(0, "a", &Body::new(head, Vec::new()))])
        .await;
    let _connector = Connector::start(&hub);
    let receipts = hub.receipts(1).await;
    let names = names(&hub.path("finance/in"));
    let stem = names[2].strip_suffix(".csv").unwrap();
    assert_eq!(
        receipts[0].outcome,
        Outcome::Done {
            reference: Some(names[2].clone())
        }
    );
    assert_eq!(
        names[..2],
        [format!("{stem}.1-Grüße.pdf"), format!("{stem}.2-leer.pdf")]
    );
    assert!(fs::read(hub.path("finance/in").join(&names[2])).unwrap() == content);
    assert!(fs::read(hub.path("finance/in").join(&names[0])).unwrap() == document);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_without_a_right_to_it_is_a_rejection() {
    let mut hub = Hub::start(KIND, settings()).await;
    hub.documents.put(&Bytes::from_static(b"secret")).await.unwrap();
    let mut document = KIND.readable(b"secret", "a.pdf");
    document.capability = Some("1.forged".to_owned());
    let head = Head {
        documents: vec![document],
        ..Head::default()
    };
    hub.deliver(vec![KIND.delivery(0, "a", &Body::new(head, "x"))]).await;
    let _connector = Connector::start(&hub);
    let receipts = hub.receipts(1).await;
    let Outcome::Rejected { class, code, .. } = &receipts[0].outcome else {
        panic!("{receipts:?}")
    };
    assert_eq!((*class, code.as_str()), (RefusalClass::Permission, "AH-D204"));
    assert!(names(&hub.path("finance/in")).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_may_be_left_out() {
    let mut without = settings();
    without["out"]["documents"] = json!("none");
    let mut hub = Hub::start(KIND, without).await;
    let head = Head {
        documents: vec![KIND.readable(b"never stored", "a.pdf")],
        ..Head::default()
    };
    hub.deliver(vec![KIND.delivery(0, "a", &Body::new(head, "x"))]).await;
    let _connector = Connector::start(&hub);
    hub.receipts(1).await;
    assert_eq!(names(&hub.path("finance/in")).len(), 1);
}
