// SPDX-License-Identifier: EUPL-1.2
//! Deliveries out, when something goes wrong: the process dies between any two steps while the target system takes
//! every file away at once; one lane cannot be delivered.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use bytes::Bytes;
use connector_testing::{Connector, Hub, eventually, names};
use hub_message::{Body, Head};
use rustix::process::Signal;

use crate::KIND;
use crate::outlet::{body, numbers, settings};

/// A finance system: moves every file away the moment it sees it, each under a name of its own, so that a second
/// delivery of the same file would show.
struct Finance {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Finance {
    fn start(hub: &Hub) -> Self {
        let (from, to) = (hub.path("finance/in"), hub.path("finance/taken"));
        fs::create_dir_all(&from).unwrap();
        fs::create_dir_all(&to).unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut taken = 0;
            while !stopped.load(Ordering::SeqCst) {
                take_away(&from, &to, &mut taken);
                std::thread::yield_now();
            }
        });
        Self {
            stop,
            thread: Some(thread),
        }
    }
}

impl Drop for Finance {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            // A panic there shows as a missing file here.
            let _ = thread.join();
        }
    }
}

fn take_away(from: &Path, to: &Path, taken: &mut usize) {
    for name in names(from) {
        fs::rename(from.join(&name), to.join(format!("{taken:06}-{name}"))).unwrap();
        *taken += 1;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_system_that_takes_nothing_away_gets_no_more_than_its_quota() {
    let mut with_quota = settings();
    with_quota["out"]["files_max"] = 3.into();
    let mut hub = Hub::start(KIND, with_quota).await;
    let _connector = Connector::start(&hub);
    let lanes = (0..8).map(|n| KIND.delivery(n, &format!("lane{n}"), &body(n)));
    hub.deliver(lanes.collect()).await;
    hub.receipts(3).await;
    let beats = hub.beats.clone();
    eventually("the status says why nothing goes on", || {
        let beats = beats.lock().unwrap();
        beats.last().is_some_and(|beat| beat.text.contains("files_max"))
    })
    .await;
    assert_eq!(names(&hub.path("finance/in")).len(), 3);
    let finance = Finance::start(&hub);
    hub.receipts(5).await;
    eventually("everything is taken away", || names(&hub.path("finance/in")).is_empty()).await;
    drop(finance);
    let mut taken = numbers(&hub, "finance/taken");
    taken.sort_unstable();
    assert_eq!(taken, (0..8).collect::<Vec<_>>());
}

/// The process dies at this step, in the middle of twelve deliveries in three lanes.
async fn dies_at(step: &str) {
    let mut hub = Hub::start(KIND, settings()).await;
    let finance = Finance::start(&hub);
    hub.deliver(
        (0..12)
            .map(|n| KIND.delivery(n, &format!("lane{}", n % 3), &body(n)))
            .collect(),
    )
    .await;
    Connector::start_failing(&hub, step).died().await;
    let _second = Connector::start(&hub);
    hub.all_acknowledged().await;
    let receipts = hub.receipts(12).await;
    eventually("everything is taken away", || names(&hub.path("finance/in")).is_empty()).await;
    drop(finance);
    let taken = numbers(&hub, "finance/taken");
    assert_eq!(taken.len(), 12, "after {step}: {taken:?}");
    for lane in 0..3 {
        let of_lane: Vec<_> = taken.iter().copied().filter(|n| n % 3 == lane).collect();
        assert_eq!(of_lane, [lane, lane + 3, lane + 6, lane + 9], "after {step}");
    }
    assert_eq!(receipts.len(), 12, "after {step}");
    assert!(
        (0..12).all(|n| receipts.iter().any(|receipt| receipt.delivery == KIND.delivery_id(n))),
        "after {step}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_death_before_the_effect_delivers_once() {
    for step in ["started", "started:4", "out-written", "out-staged", "out-staged:5"] {
        dies_at(step).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_death_after_the_effect_delivers_once() {
    for step in [
        "out-renamed",
        "out-renamed:5",
        "delivered",
        "finished",
        "finished:3",
        "receipt-sent",
        "acknowledged",
    ] {
        dies_at(step).await;
    }
}

/// A delivery with a document that is not in the store yet.
fn with_document(number: usize) -> Body {
    let head = Head {
        documents: vec![KIND.readable(b"late", "late.pdf")],
        ..Head::default()
    };
    Body::new(head, format!("{number};\n"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_delivery_holds_its_lane_and_no_other() {
    let mut hub = Hub::start(KIND, settings()).await;
    let mut deliveries = vec![
        KIND.delivery(0, "held", &with_document(0)),
        KIND.delivery(1, "held", &body(1)),
    ];
    deliveries.extend((2..40).map(|n| KIND.delivery(n, &format!("free{}", n % 5), &body(n))));
    hub.deliver(deliveries).await;
    let mut connector = Connector::start(&hub);
    assert_eq!(hub.receipts(38).await.len(), 38);
    assert_eq!(numbers(&hub, "finance/in"), (2..40).collect::<Vec<_>>());
    let beats = hub.beats.clone();
    hub.control("check").await;
    eventually("the trouble shows", || {
        beats.lock().unwrap().iter().any(|beat| beat.text.contains("Dokument"))
    })
    .await;
    // It ends in time with a lane that is held, and the lane is still held in its next life, others not.
    connector.orphan();
    assert!(connector.ended().await.success());
    hub.deliver(vec![KIND.delivery(40, "free", &body(40))]).await;
    let _second = Connector::start(&hub);
    assert_eq!(hub.receipts(1).await[0].delivery, KIND.delivery_id(40));
    assert!(!numbers(&hub, "finance/in").contains(&1));
    hub.documents.put(&Bytes::from_static(b"late")).await.unwrap();
    let held = hub.receipts(2).await;
    assert_eq!(
        [&held[0].delivery, &held[1].delivery],
        [&KIND.delivery_id(0), &KIND.delivery_id(1)]
    );
    assert!(held[0].attempts >= 2, "attempts are counted over both lives");
    assert_eq!(held[1].attempts, 1);
}

/// Three lanes of a hundred deliveries, and this disturbance again and again while they are delivered.
async fn disturbed(disturb: impl Fn(&Hub, &mut Connector)) {
    const MANY: usize = 300;
    let mut hub = Hub::start(KIND, settings()).await;
    let finance = Finance::start(&hub);
    let all = (0..MANY).map(|n| KIND.delivery(n, &format!("lane{}", n % 3), &body(n)));
    hub.deliver(all.collect()).await;
    let mut connector = Connector::start(&hub);
    for round in 1..=5 {
        let taken = hub.path("finance/taken");
        eventually("some more are delivered", || names(&taken).len() >= round * 40).await;
        disturb(&hub, &mut connector);
    }
    let receipts = hub.receipts(MANY).await;
    hub.all_acknowledged().await;
    eventually("everything is taken away", || names(&hub.path("finance/in")).is_empty()).await;
    drop(finance);
    let taken = numbers(&hub, "finance/taken");
    for lane in 0..3 {
        let of_lane: Vec<_> = taken.iter().copied().filter(|n| n % 3 == lane).collect();
        assert_eq!(of_lane, (lane..MANY).step_by(3).collect::<Vec<_>>());
    }
    assert!((0..MANY).all(|n| receipts.iter().any(|receipt| receipt.delivery == KIND.delivery_id(n))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_again_and_again_it_delivers_once_and_in_order() {
    disturbed(|hub, connector| {
        connector.signal(Signal::KILL);
        // The next one waits until the ledger of this one is free.
        *connector = Connector::start(hub);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_its_server_killed_again_and_again_it_delivers_once_and_in_order() {
    disturbed(|hub, _| hub.kill_server()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_life_waits_for_the_end_of_the_last() {
    disturbed(|hub, connector| {
        connector.signal(Signal::TERM);
        let next = Connector::start(hub);
        drop(std::mem::replace(connector, next));
    })
    .await;
}
