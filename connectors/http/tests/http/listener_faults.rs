// SPDX-License-Identifier: EUPL-1.2
//! Requests in, when something goes wrong: the hub takes nothing, the process dies, senders are slow, settings change.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use connector_testing::{Connector, Hub, eventually};
use reqwest::Method;
use rustix::process::Signal;
use serde_json::json;

use crate::KIND;
use crate::listener::{Listening, check_problem, free_port, settings};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_acknowledged_before_the_stream_has_it() {
    let mut listening = Listening::start(&[("/listen/answer_seconds", json!(2))]).await;
    assert_eq!(listening.post("a", "{\"n\":1}").await.status(), 202);
    listening.hub.signal_server(Signal::STOP);
    let begun = Instant::now();
    let response = listening.post("b", "{\"n\":2}").await;
    assert!(begun.elapsed() >= Duration::from_secs(2));
    assert_eq!(response.headers()["retry-after"], "10");
    check_problem(response, 503, "AH-F210").await;
    listening.hub.signal_server(Signal::CONT);
    // What the sender does now: the same with the same key, until it is taken.
    let mut status = 503;
    while status != 202 {
        status = listening.post("b", "{\"n\":2}").await.status().as_u16();
    }
    let messages = listening.hub.messages(2).await;
    assert_eq!(messages[1].body.native.disclose().as_ref(), b"{\"n\":2}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_is_answered_when_the_stream_is_back() {
    let mut listening = Listening::start(&[]).await;
    assert_eq!(listening.post("a", "{}").await.status(), 202);
    listening.hub.signal_server(Signal::STOP);
    let (response, ()) = tokio::join!(listening.post("b", "{}"), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        listening.hub.signal_server(Signal::CONT);
    });
    assert_eq!(response.status(), 202);
    listening.hub.messages(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_so_many_may_wait() {
    let more = [("/listen/answer_seconds", json!(3)), ("/listen/waiting_max", json!(2))];
    let mut listening = Listening::start(&more).await;
    assert_eq!(listening.hub.control("pause").await["ok"], true);
    // The source may still wait for a record that it began to wait for before the pause.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let posts = (0..6).map(|_| listening.request(Method::POST, "/antraege").body("{}").send());
    let mut statuses: Vec<u16> = Vec::new();
    for response in futures_util::future::join_all(posts).await {
        statuses.push(response.unwrap().status().as_u16());
    }
    let count = |status| statuses.iter().filter(|found| **found == status).count();
    assert!(count(503) == 2 && count(429) == 4, "{statuses:?}");
    assert_eq!(listening.hub.control("resume").await["ok"], true);
    // What nobody waits for any more is not taken.
    listening.hub.messages(0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_death_between_stream_and_answer_loses_and_doubles_nothing() {
    for step in ["taken", "claimed", "emitted", "confirmed"] {
        let port = free_port();
        let hub = Hub::start(KIND, settings(port)).await;
        let connector = Connector::start_failing(&hub, step);
        let mut listening = Listening {
            hub,
            port,
            client: crate::certificates::client(None, None),
            connector,
        };
        listening.is_open().await;
        let request = listening
            .request(Method::POST, "/antraege")
            .header("idempotency-key", "a");
        let answered = request
            .body("{}")
            .send()
            .await
            .is_ok_and(|response| response.status() == 202);
        listening.connector.died().await;
        assert!(!answered || step == "confirmed", "after {step}");
        listening.connector = Connector::start(&listening.hub);
        listening.is_open().await;
        assert_eq!(listening.post("a", "{}").await.status(), 202, "after {step}");
        listening.hub.messages(1).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_senders_are_cut_off() {
    let listening = Listening::start(&[("/listen/read_seconds", json!(1))]).await;
    let mut slow = TcpStream::connect(("127.0.0.1", listening.port)).unwrap();
    let head =
        "POST /antraege HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer geheim\r\nContent-Type: application/json\r\n";
    slow.write_all(format!("{head}Content-Length: 10\r\n\r\n{{").as_bytes())
        .unwrap();
    let mut lazy = TcpStream::connect(("127.0.0.1", listening.port)).unwrap();
    lazy.write_all(head.as_bytes()).unwrap();
    for connection in [&slow, &lazy] {
        connection.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    }
    let mut answer = [0; 12];
    slow.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 408");
    let mut broken = TcpStream::connect(("127.0.0.1", listening.port)).unwrap();
    broken.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    broken
        .write_all(format!("{head}Transfer-Encoding: chunked\r\n\r\nnonsense\r\n").as_bytes())
        .unwrap();
    broken.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 400");
    // A head that never ends: the connection is closed.
    assert!(
        lazy.read(&mut answer)
            .is_ok_and(|read| read == 0 || answer.starts_with(b"HTTP/1.1 408"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_port_stays_over_other_settings() {
    let mut listening = Listening::start(&[]).await;
    assert_eq!(listening.post("a", "{}").await.status(), 202);
    assert_eq!(listening.hub.control("pause").await["ok"], true);
    tokio::time::sleep(Duration::from_secs(3)).await;
    let mut other = settings(listening.port);
    other["listen"]["sources"][0]["path"] = json!("/neu");
    listening.hub.configure(other);
    let (response, configured) = tokio::join!(listening.post("b", "{}"), async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        listening.hub.control("config").await
    });
    assert_eq!(configured["ok"], true);
    check_problem(response, 503, "AH-F210").await;
    assert_eq!(listening.hub.control("resume").await["ok"], true);
    listening.is_open().await;
    check_problem(listening.post("b", "{}").await, 404, "AH-F204").await;
    let moved = listening.request(Method::POST, "/neu").body("{}").send().await.unwrap();
    assert_eq!(moved.status(), 202);
    listening.hub.messages(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_port_that_somebody_holds_is_said_and_tried_again() {
    let port = free_port();
    let held = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    let mut hub = Hub::start(KIND, settings(port)).await;
    let _connector = Connector::start(&hub);
    let beats = hub.beats.clone();
    eventually("it beats", || !beats.lock().unwrap().is_empty()).await;
    let says = |text: &str| {
        beats
            .lock()
            .unwrap()
            .last()
            .is_some_and(|beat| beat.text.contains(text))
    };
    let until = Instant::now() + Duration::from_secs(60);
    while !says("schon von einem anderen Programm belegt") {
        assert!(Instant::now() < until);
        hub.control("check").await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    drop(held);
    let client = crate::certificates::client(None, None);
    let url = format!("http://127.0.0.1:{port}/antraege");
    eventually("it listens", || TcpStream::connect(("127.0.0.1", port)).is_ok()).await;
    let request = client
        .post(url)
        .bearer_auth("geheim")
        .header("content-type", "application/json");
    assert_eq!(request.body("{}").send().await.unwrap().status(), 202);
    hub.messages(1).await;
}
