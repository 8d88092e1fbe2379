// SPDX-License-Identifier: EUPL-1.2
//! Files that are split into records: order, restarts in the middle, what cannot be split.

use std::fmt::Write;
use std::fs;

use connector_testing::{Connector, Hub, names};
use serde_json::{Value, json};

use crate::KIND;
use crate::intake::{drop_file, emptied};

const RECORDS: usize = 6_000;

fn settings(records: Value) -> Value {
    json!({"in": {
        "path": "scan/in", "stable_ms": 200, "poll_ms": 20,
        "files": [
            {"pattern": "*.csv", "type": "export.csv.1", "records": records},
            {"pattern": "*.xml", "type": "invoice.ubl.1"},
        ],
    }})
}

async fn hub(records: Value) -> Hub {
    let hub = Hub::start(KIND, settings(records)).await;
    fs::create_dir_all(hub.path("scan/in")).unwrap();
    hub
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_record_comes_once_and_in_order_although_the_connector_dies_again_and_again() {
    let mut hub = hub(json!({"header_lines": 1})).await;
    let mut text = "nr;name\r\n".to_owned();
    for number in 0..RECORDS {
        write!(text, "{number};Größe {number}\r\n").unwrap();
    }
    drop_file(&hub, "export.csv", &text);
    drop_file(&hub, "later.xml", "<later/>");
    for step in ["taken:2", "claimed:3", "emitted:2", "emitted:4", "confirmed:2"] {
        Connector::start_failing(&hub, step).ended().await;
    }
    let _connector = Connector::start(&hub);
    let messages = hub.messages(RECORDS + 1).await;
    for (number, message) in messages.iter().take(RECORDS).enumerate() {
        let expected = format!("nr;name\r\n{number};Größe {number}\r\n");
        assert_eq!(message.body.native.disclose(), expected.as_bytes());
        let name = message.body.head.name.as_ref().unwrap().disclose();
        assert_eq!(*name, format!("export.csv ({})", number + 1));
    }
    assert_eq!(messages[RECORDS].kind.as_str(), "invoice.ubl.1");
    emptied(&hub).await;
    assert_eq!(names(&hub.path("scan/archive")), ["export.csv", "later.xml"]);
    let left = fs::read_dir(hub.path("scan/archive")).unwrap().count();
    assert_eq!(left, 2, "the note of the progress is gone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_cannot_be_sent_ends_the_file_and_the_report_says_where() {
    let mut hub = hub(json!({"max_bytes": 20})).await;
    drop_file(&hub, "long.csv", "1;a\n2;b\n3;Erika Geheim, viel zu lang\n4;d\n");
    drop_file(&hub, "empty.csv", "\n\n");
    let _connector = Connector::start(&hub);
    let messages = hub.messages(2).await;
    assert_eq!(messages[1].body.native.disclose(), b"2;b\n".as_slice());
    emptied(&hub).await;
    let report = |name: &str| fs::read_to_string(hub.path(&format!("scan/error/{name}.error.txt"))).unwrap();
    let told = report("long.csv");
    assert!(
        told.starts_with("AH-F110") && told.contains("Satz 3") && told.contains("2 Sätze davor"),
        "{told}"
    );
    assert!(!told.contains("Erika"), "{told}");
    assert!(report("empty.csv").starts_with("AH-F111"));
}
