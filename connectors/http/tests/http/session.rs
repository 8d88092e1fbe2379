// SPDX-License-Identifier: EUPL-1.2
//! The talk with the hub: wrong settings, the end, the manifest.

use std::process::Command;
use std::time::Duration;

use connector_testing::{Connector, Hub, eventually};
use hub_message::Manifest;
use hub_message::manifest::State;
use rustix::process::Signal;
use serde_json::json;

use crate::KIND;
use crate::listener::{Listening, check_problem, free_port, settings};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listener_with_wrong_settings_never_opens_its_port() {
    let port = free_port();
    let mut wrong = settings(port);
    wrong["listen"]["tls"] = json!({"certificate": "missing.pem", "key": "geheim"});
    let hub = Hub::start(KIND, wrong).await;
    let beats = hub.beats.clone();
    let _connector = Connector::start(&hub);
    eventually("the mistake is said", || {
        beats
            .lock()
            .unwrap()
            .iter()
            .any(|beat| beat.state == State::Degraded && beat.text.contains("missing.pem"))
    })
    .await;
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
    hub.configure(settings(port));
    assert_eq!(hub.control("config").await["ok"], true);
    eventually("it listens", || {
        std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_ends_in_order_and_answers_who_waits() {
    let mut listening = Listening::start(&[]).await;
    assert_eq!(listening.post("a", "{}").await.status(), 202);
    assert_eq!(listening.hub.control("pause").await["ok"], true);
    // The source may still wait for a record that it began to wait for before the pause.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (response, ()) = tokio::join!(listening.post("b", "{}"), async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        listening.connector.signal(Signal::TERM);
    });
    check_problem(response, 503, "AH-F210").await;
    assert!(listening.connector.ended().await.success());
}

#[test]
fn the_manifest_is_printed() {
    let output = Command::new(env!("CARGO_BIN_EXE_amtshub-connector-http"))
        .arg("--manifest")
        .output()
        .unwrap();
    assert!(output.status.success());
    let manifest: Manifest = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((manifest.name.as_str(), manifest.protocol), ("http", 1));
    assert!(manifest.config_schema["properties"]["ledger_days"].is_object());
}
