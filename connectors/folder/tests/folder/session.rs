// SPDX-License-Identifier: EUPL-1.2
//! The talk with the hub: away at start, control, other settings, wrong settings, the end.

use std::fs;
use std::process::Command;

use connector_testing::{Connector, Hub, eventually, names};
use hub_message::Manifest;
use hub_message::manifest::State;
use rustix::process::Signal;
use serde_json::json;

use crate::KIND;
use crate::intake::{self, drop_file, emptied};
use crate::outlet::{self, body};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_hub_away_it_works_on_its_cached_settings() {
    let mut both = intake::settings();
    both["out"] = outlet::settings()["out"].clone();
    let mut hub = Hub::start(KIND, both).await;
    let mut first = Connector::start(&hub);
    eventually("the settings are kept", || hub.path("state/welcome.json").exists()).await;
    first.signal(Signal::TERM);
    assert!(first.ended().await.success());
    hub.go_away().await;
    // The first life may have ended before it made its folder.
    fs::create_dir_all(hub.path("scan/in")).unwrap();
    drop_file(&hub, "a.xml", "<a/>");
    hub.deliver(vec![KIND.delivery(0, "a", &body(0))]).await;
    let _second = Connector::start(&hub);
    assert_eq!(hub.messages(1).await[0].body.native.disclose().as_ref(), b"<a/>");
    assert_eq!(hub.receipts(1).await.len(), 1);
    emptied(&hub).await;
    hub.come_back().await;
    let beats = hub.beats.clone();
    eventually("it beats", || !beats.lock().unwrap().is_empty()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_hub_away_what_a_dead_connector_had_taken_comes_first() {
    let mut hub = Hub::start(KIND, outlet::settings()).await;
    hub.deliver(vec![KIND.delivery(0, "a", &body(0))]).await;
    Connector::start_failing(&hub, "started").died().await;
    hub.go_away().await;
    hub.deliver(vec![KIND.delivery(1, "a", &body(1))]).await;
    let _second = Connector::start(&hub);
    let receipts = hub.receipts(2).await;
    let order: Vec<_> = receipts.iter().map(|receipt| receipt.delivery.clone()).collect();
    assert_eq!(order, [KIND.delivery_id(0), KIND.delivery_id(1)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_may_pause_resume_and_drain() {
    let mut hub = intake::hub().await;
    let beats = hub.beats.clone();
    let mut connector = Connector::start(&hub);
    eventually("it beats", || !beats.lock().unwrap().is_empty()).await;
    assert_eq!(hub.control("pause").await["ok"], true);
    assert_eq!(hub.control("check").await["ok"]["state"], "paused");
    drop_file(&hub, "a.xml", "<a/>");
    connector.signal(Signal::INT);
    assert!(connector.ended().await.success());
    // What the first process said last must not be taken for the second one's word.
    beats.lock().unwrap().clear();
    // The pause outlives the process.
    let mut connector = Connector::start(&hub);
    eventually(
        "it is back",
        || matches!(beats.lock().unwrap().last(), Some(beat) if beat.state == State::Paused),
    )
    .await;
    assert_eq!(names(&hub.path("scan/in")), ["a.xml"]);
    assert_eq!(hub.control("resume").await["ok"], true);
    assert_eq!(hub.messages(1).await.len(), 1);
    assert_eq!(hub.control("nonsense").await["error"]["code"], "AH-B420");
    assert_eq!(hub.control("drain").await["ok"], true);
    assert!(connector.ended().await.success());
    assert_eq!(beats.lock().unwrap().last().unwrap().state, State::Draining);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_settings_are_taken_over_while_it_runs() {
    let mut hub = Hub::start(KIND, json!({"in": {"path": "x"}})).await;
    let beats = hub.beats.clone();
    let _connector = Connector::start(&hub);
    let degraded = |text: &str| {
        beats
            .lock()
            .unwrap()
            .iter()
            .any(|beat| beat.state == State::Degraded && beat.text.contains(text))
    };
    eventually("the mistake is said", || degraded("missing field `files`")).await;
    hub.configure(intake::settings());
    fs::create_dir_all(hub.path("scan/in")).unwrap();
    assert_eq!(hub.control("config").await["ok"], true);
    drop_file(&hub, "a.xml", "<a/>");
    assert_eq!(hub.messages(1).await.len(), 1);
    let mut other = intake::settings();
    other["in"]["path"] = json!("mail/in");
    hub.configure(other);
    assert_eq!(hub.control("config").await["ok"], true);
    eventually("the other folder is made", || hub.path("mail/in").exists()).await;
    fs::write(hub.path("mail/in/b.xml"), "<b/>").unwrap();
    assert_eq!(hub.messages(1).await[0].body.native.disclose().as_ref(), b"<b/>");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_may_die_and_come_back() {
    let mut hub = intake::hub().await;
    let _connector = Connector::start(&hub);
    for round in 0..3 {
        drop_file(&hub, &format!("{round}.xml"), format!("<n>{round}</n>"));
        if round > 0 {
            hub.kill_server();
        }
        emptied(&hub).await;
    }
    let messages = hub.messages(3).await;
    let natives: Vec<_> = messages
        .iter()
        .map(|message| message.body.native.disclose().clone())
        .collect();
    assert_eq!(natives, ["<n>0</n>", "<n>1</n>", "<n>2</n>"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_ends_with_its_parent() {
    let hub = intake::hub().await;
    let mut connector = Connector::start(&hub);
    let beats = hub.beats.clone();
    eventually("it beats", || !beats.lock().unwrap().is_empty()).await;
    connector.orphan();
    assert!(connector.ended().await.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_needs_little_memory_when_idle() {
    let mut both = intake::settings();
    both["out"] = outlet::settings()["out"].clone();
    let mut hub = Hub::start(KIND, both).await;
    let connector = Connector::start(&hub);
    hub.deliver((0..200).map(|n| KIND.delivery(n, "a", &body(n))).collect())
        .await;
    hub.receipts(200).await;
    let kilobytes = connector.resident_kilobytes();
    println!("{kilobytes} kB resident");
    assert!(kilobytes < 40_000, "{kilobytes} kB resident");
}

#[test]
fn the_manifest_is_printed() {
    let output = Command::new(env!("CARGO_BIN_EXE_amtshub-connector-folder"))
        .arg("--manifest")
        .output()
        .unwrap();
    assert!(output.status.success());
    let manifest: Manifest = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((manifest.name.as_str(), manifest.protocol), ("folder", 1));
    assert!(manifest.config_schema["properties"]["ledger_days"].is_object());
    let usage = Command::new(env!("CARGO_BIN_EXE_amtshub-connector-folder"))
        .output()
        .unwrap();
    assert_eq!(usage.status.code(), Some(2));
}
