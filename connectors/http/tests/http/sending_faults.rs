// SPDX-License-Identifier: EUPL-1.2
//! Deliveries out, when something goes wrong: the target is away, busy or cuts the line, the process dies.

use std::time::Duration;

use connector_testing::{Connector, Hub, eventually};
use hub_message::Outcome;

use crate::KIND;
use crate::listener::free_port;
use crate::sending::{body, created, settings};
use crate::target::{Reply, Target, status};

/// Waits until the status page says this.
pub(crate) async fn says(hub: &Hub, text: &str) {
    let beats = hub.beats.clone();
    eventually("it beats", || !beats.lock().unwrap().is_empty()).await;
    let until = std::time::Instant::now() + Duration::from_secs(60);
    while !beats.lock().unwrap().iter().any(|beat| beat.text.contains(text)) {
        let last = beats.lock().unwrap().last().map(|beat| beat.text.clone());
        assert!(std::time::Instant::now() < until, "never says {text}, but {last:?}");
        hub.control("check").await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_target_that_fails_is_tried_again_with_the_same_key() {
    let target = Target::start(|_, before| if before < 2 { status(500) } else { created("a") }).await;
    let mut hub = Hub::start(KIND, settings(target.port)).await;
    hub.deliver(vec![KIND.delivery(0, "a", &body(0))]).await;
    let _connector = Connector::start(&hub);
    let receipts = hub.receipts(1).await;
    assert_eq!(receipts[0].attempts, 3);
    let seen = target.seen("/");
    assert_eq!(seen.len(), 3);
    assert!(
        seen.iter()
            .all(|seen| seen.headers["idempotency-key"] == seen.path.rsplit('/').next().unwrap())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_target_is_left_alone_for_as_long_as_it_asks() {
    let target = Target::start(|seen, before| match (seen.body[0], before) {
        (b'0', 0) => Reply::Answer(429, vec![("retry-after", "3".to_owned())], String::new()),
        _ => created("a"),
    })
    .await;
    let mut hub = Hub::start(KIND, settings(target.port)).await;
    hub.deliver(vec![KIND.delivery(0, "a", &body(0))]).await;
    let _connector = Connector::start(&hub);
    says(
        &hub,
        "Es wird gerade nichts angenommen; es wird weiter versucht (HTTP 429)",
    )
    .await;
    hub.deliver(vec![KIND.delivery(1, "b", &body(1))]).await;
    hub.receipts(2).await;
    let seen = target.seen("/");
    assert_eq!(seen.len(), 3);
    assert!(
        seen[1].at - seen[0].at >= Duration::from_secs(3),
        "{:?}",
        seen[1].at - seen[0].at
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_is_cut_after_the_request_leaves_a_doubt() {
    let target = Target::start(|seen, _| match seen.body[0] {
        b'0' => Reply::Cut,
        b'1' => Reply::Silence,
        b'2' => status(504),
        _ => created("a"),
    })
    .await;
    let mut hub = Hub::start(KIND, settings(target.port)).await;
    hub.deliver(
        (0..4)
            .map(|n| KIND.delivery(n, &format!("lane{n}"), &body(n)))
            .collect(),
    )
    .await;
    let _connector = Connector::start(&hub);
    let receipts = hub.receipts(4).await;
    let doubts = receipts
        .iter()
        .filter(|receipt| receipt.outcome == Outcome::InDoubt)
        .count();
    assert_eq!(doubts, 3, "{receipts:?}");
    assert_eq!(target.seen("/").len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_target_that_is_away_is_waited_for() {
    let port = free_port();
    let mut hub = Hub::start(KIND, settings(port)).await;
    hub.deliver(vec![KIND.delivery(0, "a", &body(0))]).await;
    let _connector = Connector::start(&hub);
    says(&hub, "Zielsystem: Es kommt keine Verbindung zustande.").await;
    let target = Target::start_on(port, None, |_, _| created("a")).await;
    assert!(matches!(hub.receipts(1).await[0].outcome, Outcome::Done { .. }));
    assert_eq!(target.seen("/").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redirect_is_not_followed() {
    let elsewhere = Target::start(|_, _| status(200)).await;
    let url = format!("http://127.0.0.1:{}/", elsewhere.port);
    let target = Target::start(move |_, before| match before {
        0 => Reply::Answer(307, vec![("location", url.clone())], String::new()),
        _ => created("a"),
    })
    .await;
    let mut hub = Hub::start(KIND, settings(target.port)).await;
    hub.deliver(vec![KIND.delivery(0, "a", &body(0))]).await;
    let _connector = Connector::start(&hub);
    assert!(matches!(hub.receipts(1).await[0].outcome, Outcome::Done { .. }));
    says(&hub, "Arbeitet ohne Störung").await;
    assert_eq!((target.seen("/").len(), elsewhere.seen("/").len()), (2, 0));
    let log = std::fs::read_to_string(hub.path("connector.log")).unwrap();
    assert!(log.contains("die Einstellungen prüfen (HTTP 307)"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_death_around_the_request_never_sends_it_twice() {
    for (step, requests) in [("out-read", 0), ("out-answered", 1), ("delivered", 1), ("finished", 1)] {
        let target = Target::start(|_, _| created("a")).await;
        let mut hub = Hub::start(KIND, settings(target.port)).await;
        hub.deliver(vec![KIND.delivery(0, "a", &body(0))]).await;
        Connector::start_failing(&hub, step).died().await;
        assert_eq!(target.seen("/").len(), requests, "after {step}");
        let _second = Connector::start(&hub);
        let outcome = hub.receipts(1).await.remove(0).outcome;
        // Nobody can be asked what became of what was begun: a person decides.
        assert_eq!(outcome == Outcome::InDoubt, step != "finished", "after {step}");
        assert_eq!(target.seen("/").len(), requests, "after {step}");
    }
}
