// SPDX-License-Identifier: EUPL-1.2
//! Files in: order, headers, identity, sidecars, the archive, many at once.

use std::fs;
use std::time::Instant;

use connector_testing::{Connector, Hub, eventually, names};
use hub_message::Header;
use serde_json::{Value, json};

use crate::KIND;

/// Settings of a hot folder that settles quickly.
pub(crate) fn settings() -> Value {
    json!({"in": {
        "path": "scan/in", "stable_ms": 200, "poll_ms": 20, "sidecar_wait_ms": 4000, "max_bytes": 50_000_000,
        "files": [
            {"pattern": "*.xml", "type": "invoice.ubl.1"},
            {"pattern": "*.pdf", "type": "scan.sidecar.1", "sidecar": ".json"},
        ],
    }})
}

/// A hub whose hot folder is there already.
pub(crate) async fn hub() -> Hub {
    let hub = Hub::start(KIND, settings()).await;
    fs::create_dir_all(hub.path("scan/in")).unwrap();
    hub
}

/// Writes a file as a careful writer does: under another name, then renamed.
pub(crate) fn drop_file(hub: &Hub, name: &str, content: impl AsRef<[u8]>) {
    let beside = hub.path(&format!("scan/in/.{name}"));
    fs::write(&beside, content).unwrap();
    fs::rename(beside, hub.path(&format!("scan/in/{name}"))).unwrap();
}

/// Waits until the hot folder is empty.
pub(crate) async fn emptied(hub: &Hub) {
    eventually("the hot folder is emptied", || names(&hub.path("scan/in")).is_empty()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_become_messages_in_order_and_go_to_the_archive() {
    let mut hub = hub().await;
    for n in 0..5 {
        drop_file(&hub, &format!("{n}.xml"), format!("<n>{n}</n>"));
    }
    let _connector = Connector::start(&hub);
    let messages = hub.messages(5).await;
    for (n, message) in messages.iter().enumerate() {
        assert_eq!(message.source, KIND.connector());
        assert_eq!(message.kind.as_str(), "invoice.ubl.1");
        assert_eq!(message.body.native.disclose(), format!("<n>{n}</n>").as_bytes());
        assert_eq!(message.body.head.name.as_ref().unwrap().disclose(), &format!("{n}.xml"));
        assert_eq!(message.headers.get(Header::EventSource), Some("folder"));
        assert_eq!(message.headers.get(Header::ContentType), Some("application/xml"));
        assert!(message.headers.get(Header::EventTime).is_some());
    }
    emptied(&hub).await;
    assert_eq!(
        names(&hub.path("scan/archive")),
        ["0.xml", "1.xml", "2.xml", "3.xml", "4.xml"]
    );
    assert!(names(&hub.path("scan/error")).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_archive_overwrites_nothing() {
    let mut hub = hub().await;
    let _connector = Connector::start(&hub);
    for content in ["<a/>", "<b/>", "<c/>"] {
        fs::create_dir_all(hub.path("scan/in")).unwrap();
        drop_file(&hub, "a.xml", content);
        assert_eq!(hub.messages(1).await[0].body.native.disclose(), content.as_bytes());
        emptied(&hub).await;
    }
    assert_eq!(names(&hub.path("scan/archive")), ["a-2.xml", "a-3.xml", "a.xml"]);
    assert_eq!(fs::read(hub.path("scan/archive/a-3.xml")).unwrap(), b"<c/>");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_files_pass_quickly() {
    let mut hub = hub().await;
    for n in 0..2000 {
        fs::write(hub.path(&format!("scan/in/{n:04}.xml")), format!("<n>{n}</n>")).unwrap();
    }
    let begun = Instant::now();
    let _connector = Connector::start(&hub);
    let messages = hub.messages(2000).await;
    emptied(&hub).await;
    let seconds = begun.elapsed().as_secs_f64();
    assert!(seconds < 30.0, "{seconds} s");
    for (n, message) in messages.iter().enumerate() {
        assert_eq!(message.body.native.disclose(), format!("<n>{n}</n>").as_bytes());
    }
}
