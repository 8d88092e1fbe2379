// SPDX-License-Identifier: EUPL-1.2
//! Batches of a scanner: files are held against their protocol before anything is taken.

use std::fs;

use connector_testing::{Connector, Hub, names};
use rustix::process::Signal;
use serde_json::json;

use crate::KIND;
use crate::intake::{drop_file, emptied};

async fn hub() -> Hub {
    let hub = Hub::start(
        KIND,
        json!({"in": {
            "path": "scan/in", "stable_ms": 100, "poll_ms": 20,
            "batch": {"protocol": "*.protocol.csv", "file_column": 2, "count_line": true, "wait_ms": 4000},
            "files": [{"pattern": "*.pdf", "type": "scan.pdf.1"}],
        }}),
    )
    .await;
    fs::create_dir_all(hub.path("scan/in")).unwrap();
    hub
}

fn report(hub: &Hub) -> String {
    fs::read_to_string(hub.path("scan/error/1.protocol.csv.report.txt")).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_that_agrees_is_taken_although_the_connector_dies() {
    let mut hub = hub().await;
    drop_file(&hub, "b.pdf", "B");
    drop_file(&hub, "a.pdf", "A");
    let mut connector = Connector::start(&hub);
    drop_file(&hub, "1.protocol.csv", "|2\nPDF|b.pdf|1\nPDF|a.pdf|1\n");
    let messages = hub.messages(2).await;
    assert_eq!(messages.len(), 2);
    emptied(&hub).await;
    connector.signal(Signal::TERM);
    connector.ended().await;
    drop_file(&hub, "c.pdf", "C");
    drop_file(&hub, "2.protocol.csv", "|1\nPDF|c.pdf|1\n");
    Connector::start_failing(&hub, "taken:1").ended().await;
    let _connector = Connector::start(&hub);
    assert_eq!(hub.messages(1).await[0].body.native.disclose(), b"C".as_slice());
    emptied(&hub).await;
    let archived = names(&hub.path("scan/archive"));
    assert_eq!(
        archived,
        ["1.protocol.csv", "2.protocol.csv", "a.pdf", "b.pdf", "c.pdf"]
    );
    assert!(names(&hub.path("scan/error")).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_agree_is_told_and_nothing_is_lost() {
    let mut hub = hub().await;
    drop_file(&hub, "a.pdf", "A");
    drop_file(&hub, "fremd.pdf", "F");
    drop_file(&hub, "1.protocol.csv", "|3\nPDF|a.pdf|1\nPDF|fehlt.pdf|1\n");
    drop_file(&hub, "2.protocol.csv", "no protocol");
    let _connector = Connector::start(&hub);
    assert_eq!(hub.messages(1).await[0].body.native.disclose(), b"A".as_slice());
    emptied(&hub).await;
    assert_eq!(names(&hub.path("scan/archive")), ["a.pdf"]);
    let told = report(&hub);
    assert!(
        told.contains("Dateien fehlen, und Dateien fehlen im Protokoll"),
        "{told}"
    );
    assert!(told.contains("fehlt.pdf") && told.contains("announced: 3"), "{told}");
    let read = |name: &str| fs::read_to_string(hub.path(&format!("scan/error/{name}"))).unwrap();
    assert!(read("1.protocol.csv.error.txt").starts_with("AH-F113"));
    assert!(read("2.protocol.csv.error.txt").starts_with("AH-F112"));
    assert!(read("fremd.pdf.error.txt").starts_with("AH-F114"));
    assert_eq!(read("fremd.pdf"), "F");
}
