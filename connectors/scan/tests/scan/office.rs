// SPDX-License-Identifier: EUPL-1.2
//! The office: a hub, a scanner's folder, and what arrives.

use std::fs;

use bytes::Bytes;
use connector_testing::{Hub, eventually, names};
use hub_message::Message;
use serde_json::{Value, json};

use crate::KIND;

/// Settings that look at everything and divide stacks at `TRENN…`.
pub(crate) fn settings() -> Value {
    json!({
        "in": {"path": "scan/in", "stable_ms": 200, "poll_ms": 20},
        "type": "scan.document.1",
        "stack_type": "scan.stack.1",
        "split": {"barcode": "TRENN*", "blank": "separate"},
        "keys": [{"prefix": "AZ:", "name": "Aktenzeichen"}],
        "limits": {"seconds": 60, "file_bytes": 67_108_864},
    })
}

/// A hub whose scanner's folder is there already.
pub(crate) async fn office(settings: Value) -> Hub {
    let hub = Hub::start(KIND, settings).await;
    fs::create_dir_all(hub.path("scan/in")).unwrap();
    hub
}

/// Writes a file as a careful scanner does: under another name, then renamed.
pub(crate) fn scan(hub: &Hub, name: &str, content: impl AsRef<[u8]>) {
    let beside = hub.path(&format!("scan/in/.{name}"));
    fs::write(&beside, content).unwrap();
    fs::rename(beside, hub.path(&format!("scan/in/{name}"))).unwrap();
}

/// Waits until the scanner's folder is empty.
pub(crate) async fn emptied(hub: &Hub) {
    eventually("the scanner's folder is emptied", || {
        names(&hub.path("scan/in")).is_empty()
    })
    .await;
}

/// The sidecar of a message.
pub(crate) fn sidecar(message: &Message) -> Value {
    serde_json::from_slice(message.body.native.disclose()).unwrap()
}

/// The document of a message.
pub(crate) async fn document(hub: &Hub, message: &Message) -> Bytes {
    let [document] = message.body.head.documents.as_slice() else {
        panic!("it has {} documents", message.body.head.documents.len())
    };
    hub.documents.get(&document.sha256, 1 << 30).await.unwrap()
}

/// The report beside a file that was set aside.
pub(crate) fn report(hub: &Hub, name: &str) -> String {
    fs::read_to_string(hub.path(&format!("scan/error/{name}.error.txt"))).unwrap()
}

/// That nothing of a file stays where it was worked on.
pub(crate) fn assert_cleared(hub: &Hub) {
    let left = names(&hub.path("scan/work"));
    assert!(left.is_empty(), "{left:?} stays in the work folder");
}
