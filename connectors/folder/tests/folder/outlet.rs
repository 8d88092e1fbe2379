// SPDX-License-Identifier: EUPL-1.2
//! Deliveries out: names, receipts, order, duplicates, foreign files, many at once.

use std::fs;
use std::time::Instant;

use connector_testing::{Connector, Hub, names};
use hub_message::{Body, Head, Outcome};
use serde_json::{Value, json};

use crate::KIND;

/// Settings of a target folder.
pub(crate) fn settings() -> Value {
    json!({"out": {"path": "finance/in", "file_name": "{sequence}-{delivery}.csv"}})
}

/// A body with the number in it.
pub(crate) fn body(number: usize) -> Body {
    Body::new(Head::default(), format!("{number};Grüße\n"))
}

/// The numbers in the files of a folder, in the order of their names.
pub(crate) fn numbers(hub: &Hub, folder: &str) -> Vec<usize> {
    let content = |name: &String| fs::read_to_string(hub.path(&format!("{folder}/{name}"))).unwrap();
    names(&hub.path(folder))
        .iter()
        .map(|name| content(name).split(';').next().unwrap().parse().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deliveries_become_files_with_receipts() {
    let mut hub = Hub::start(KIND, settings()).await;
    hub.deliver(
        (0..20)
            .map(|n| KIND.delivery(n, &format!("lane{}", n % 3), &body(n)))
            .collect(),
    )
    .await;
    let _connector = Connector::start(&hub);
    let mut receipts = hub.receipts(20).await;
    hub.all_acknowledged().await;
    assert_eq!(numbers(&hub, "finance/in"), (0..20).collect::<Vec<_>>());
    assert_eq!(
        fs::read_to_string(hub.path(&format!("finance/in/{}", name(1)))).unwrap(),
        "0;Grüße\n"
    );
    receipts.sort_by_key(|receipt| (0..20).position(|n| KIND.delivery_id(n) == receipt.delivery));
    for (n, receipt) in receipts.iter().enumerate() {
        let reference = Some(name(n + 1));
        assert_eq!((receipt.attempts, &receipt.outcome), (1, &Outcome::Done { reference }));
    }
    assert!(fs::read_dir(hub.path("finance/in/.staging")).unwrap().next().is_none());
}

/// The name of the file with this sequence in the stream.
fn name(sequence: usize) -> String {
    format!("{sequence:012}-{}.csv", KIND.delivery_id(sequence - 1))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_that_comes_again_only_gets_its_receipt_again() {
    let mut hub = Hub::start(KIND, settings()).await;
    let _connector = Connector::start(&hub);
    for again in 0..3 {
        let mut same = KIND.delivery(0, "a", &body(0));
        same.id = format!("again-{again}");
        hub.deliver(vec![same]).await;
        hub.all_acknowledged().await;
    }
    assert_eq!(names(&hub.path("finance/in")), [name(1)]);
    let receipts = hub.receipts(1).await;
    assert_eq!(receipts[0].attempts, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_file_is_never_overwritten() {
    let mut fixed = settings();
    fixed["out"]["file_name"] = json!("posten.csv");
    let mut hub = Hub::start(KIND, fixed).await;
    fs::create_dir_all(hub.path("finance/in")).unwrap();
    fs::write(hub.path("finance/in/posten.csv"), "foreign").unwrap();
    hub.deliver((0..2).map(|n| KIND.delivery(n, "a", &body(n))).collect())
        .await;
    let _connector = Connector::start(&hub);
    let receipts = hub.receipts(2).await;
    assert_eq!(
        fs::read_to_string(hub.path("finance/in/posten.csv")).unwrap(),
        "foreign"
    );
    assert_eq!(
        names(&hub.path("finance/in")),
        ["posten-2.csv", "posten-3.csv", "posten.csv"]
    );
    let reference = Some("posten-3.csv".to_owned());
    assert_eq!(receipts[1].outcome, Outcome::Done { reference });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_deliveries_share_their_fsyncs() {
    const MANY: usize = 2000;
    let mut hub = Hub::start(KIND, settings()).await;
    hub.deliver(
        (0..MANY)
            .map(|n| KIND.delivery(n, &format!("lane{n}"), &body(n)))
            .collect(),
    )
    .await;
    let begun = Instant::now();
    let _connector = Connector::start(&hub);
    assert_eq!(hub.receipts(MANY).await.len(), MANY);
    hub.all_acknowledged().await;
    let rate = MANY as f64 / begun.elapsed().as_secs_f64();
    println!("{rate:.0} deliveries a second");
    assert_eq!(numbers(&hub, "finance/in"), (0..MANY).collect::<Vec<_>>());
    assert!(rate > 60.0, "{rate:.0} deliveries a second, even on a busy machine");
}
