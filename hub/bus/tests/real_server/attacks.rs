// SPDX-License-Identifier: EUPL-1.2
//! What a connector that was taken over could try: every attack runs against the real server with the generated accounts,
//! and everything that belongs to others must be afterwards what it was before.

mod subjects;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::PullConsumer;
use async_nats::{Client, ConnectOptions, HeaderMap, Subscriber};
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, TryStreamExt};
use hub_message::Recipient;

use crate::town::*;
use subjects::{EARS, foreign_subjects};

/// A client that holds the key of `scan` and keeps to no protocol.
struct Attacker {
    client: Client,
    told: Arc<Mutex<Vec<String>>>,
}

impl Attacker {
    async fn of(town: &Town) -> Self {
        let seed = std::fs::read_to_string(town.server.keys().connector_file(&name("scan"))).unwrap();
        let told = Arc::new(Mutex::new(Vec::new()));
        let events = Arc::clone(&told);
        let client = ConnectOptions::new()
            .nkey(seed)
            .custom_inbox_prefix("_INBOX_scan")
            .event_callback(move |event| {
                events.lock().unwrap().push(event.to_string());
                std::future::ready(())
            })
            .connect(town.server.url())
            .await
            .unwrap();
        Self { client, told }
    }

    /// Waits until the server has denied each of these, by its own words.
    async fn denied(&self, action: &str, subjects: &[String]) {
        self.client.flush().await.unwrap();
        let end = Instant::now() + PATIENCE;
        for subject in subjects {
            let words = format!("permissions violation for {action} \"{subject}\"").to_lowercase();
            while !self
                .told
                .lock()
                .unwrap()
                .iter()
                .any(|told| told.to_lowercase().contains(&words))
            {
                assert!(
                    Instant::now() < end,
                    "`{subject}` was not denied: {:?}",
                    self.told.lock().unwrap()
                );
                tokio::task::yield_now().await;
            }
        }
    }

    async fn publish(&self, subject: &str, reply: Option<&str>, body: &'static [u8]) {
        let (subject, body) = (subject.to_owned(), Bytes::from_static(body));
        match reply {
            Some(reply) => self
                .client
                .publish_with_reply(subject, reply.to_owned(), body)
                .await
                .unwrap(),
            None => self.client.publish(subject, body).await.unwrap(),
        }
    }

    /// Everything sent before was processed when this is answered.
    async fn barrier(&self) {
        let info = "HUBJS.API.CONSUMER.INFO.OUT.scan";
        self.client.request(info, Bytes::new()).await.unwrap();
    }
}

async fn hub(town: &Town) -> async_nats::jetstream::Context {
    let seed = town.server.keys().hub_seed().unwrap();
    let options = ConnectOptions::new().nkey(seed).custom_inbox_prefix("_INBOX_hub");
    async_nats::jetstream::new(options.connect(town.server.url()).await.unwrap())
}

/// Everything that a successful attack would change, as text: streams and durables but those of `scan` itself.
async fn state(town: &Town) -> Vec<String> {
    let context = hub(town).await;
    let mut all = Vec::new();
    let names: Vec<String> = context.stream_names().try_collect().await.unwrap();
    for name in names.into_iter().filter(|name| name != "IN_scan") {
        let stream = context.get_stream(&name).await.unwrap();
        let state = stream.cached_info().state.clone();
        // What waits for `scan` in `OUT` is its own to acknowledge.
        let messages = if name == "OUT" { 0 } else { state.messages };
        all.push(format!("{name}: {messages} messages up to {}", state.last_sequence));
        let consumers: Vec<_> = stream.consumers().try_collect().await.unwrap();
        for info in consumers.into_iter().filter(|info| info.name != "scan") {
            all.push(format!(
                "{name}/{}: floor {} pending {} out {}",
                info.name, info.ack_floor.stream_sequence, info.num_pending, info.num_ack_pending
            ));
        }
    }
    all.sort();
    all
}

/// A town in which one delivery waits for `scan`, one for `finance`, and `finance` holds another.
async fn lively_town() -> (Town, String) {
    let town = town().await;
    let to_both = |n| {
        vec![
            delivery(n, "cases", 10),
            delivery(n, "finance", 10),
            delivery(n, "scan", 10),
        ]
    };
    town.bus.publish(&[to_both(1), to_both(2)]).await.unwrap();
    let context = hub(&town).await;
    let finance: PullConsumer = context.get_consumer_from_stream("finance", "OUT").await.unwrap();
    let mut fetched = finance.fetch().max_messages(1).messages().await.unwrap();
    let held = fetched.next().await.unwrap().unwrap();
    let ack = held.message.reply.unwrap().to_string();
    (town, ack)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_others_can_be_said() {
    let (town, ack) = lively_town().await;
    let before = state(&town).await;
    let attacker = Attacker::of(&town).await;
    let subjects = foreign_subjects(&ack);
    for subject in &subjects {
        // What the subject would take: an acknowledgement, a negative one, an end, and an empty request.
        for body in [&b""[..], b"+ACK", b"-NAK", b"+TERM", b"{\"batch\":10}"] {
            attacker.publish(subject, Some("_INBOX_scan.1"), body).await;
        }
        attacker.denied("publish to", std::slice::from_ref(subject)).await;
    }
    attacker.barrier().await;
    assert_eq!(state(&town).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_others_can_be_heard() {
    let (town, _) = lively_town().await;
    let attacker = Attacker::of(&town).await;
    let subjects = EARS.map(str::to_owned);
    let mut ears: Vec<Subscriber> = Vec::new();
    for subject in &subjects {
        ears.push(attacker.client.subscribe(subject.clone()).await.unwrap());
    }
    attacker.denied("subscription to", &subjects).await;
    // Life in the town: a message, a delivery, a receipt, a control request.
    let finance = town.connector("finance").await;
    finance.emit(emits(0..5)).await.unwrap();
    numbers(&mut town.bus.inbound(&name("finance")), 5, true).await;
    delivered(&mut finance.deliveries().await.unwrap(), 1, true).await;
    let silent = town
        .bus
        .control(&name("finance"), "check", &serde_json::json!({}))
        .await;
    assert!(silent.is_err(), "somebody answered for finance");
    attacker.barrier().await;
    for (ear, subject) in ears.iter_mut().zip(&subjects) {
        assert!(ear.next().now_or_never().is_none(), "heard something on {subject}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forged_reply_subject_ends_in_the_forger_s_own_account() {
    let (town, _) = lively_town().await;
    let before = state(&town).await;
    let attacker = Attacker::of(&town).await;
    let mut registrations = town.bus.registrations().await.unwrap();
    let mut answered = 0;
    let victims = [
        "in.finance.invoice.1",
        "receipt.finance",
        "out.finance.record.1",
        "out.cases.record.1",
        "$JS.ACK.OUT.finance.1.1.1.0.0",
        "$JS.API.STREAM.PURGE.OUT",
        "ctl.finance.drain",
        "_INBOX_hub.1",
        "_INBOX_finance.1",
    ];
    for victim in victims {
        let reply = Some(victim);
        attacker.publish("in.scan.record.xml.1", reply, b"6 {}    \n").await;
        attacker.publish("receipt.scan", reply, b"{}").await;
        attacker
            .publish(
                "HUBJS.API.CONSUMER.MSG.NEXT.OUT.scan",
                reply,
                b"{\"batch\":5,\"no_wait\":true}",
            )
            .await;
        attacker.publish("HUBJS.API.CONSUMER.INFO.OUT.scan", reply, b"").await;
        attacker
            .publish("$JS.ACK.OUT.scan.1.3.1.0.0", reply, b"+NXT {\"batch\":5}")
            .await;
        attacker.publish("reg.scan", reply, b"{}").await;
        // The server itself drops requests with some of these; the others are answered.
        let asked = tokio::time::timeout(Duration::from_millis(500), registrations.next()).await;
        if let Ok(request) = asked.map(Option::unwrap) {
            assert_eq!(request.connector, name("scan"));
            request.refuse("AH-B1", "no").await;
            answered += 1;
        }
        attacker.barrier().await;
    }
    assert!(answered > 0);
    assert_eq!(state(&town).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_s_delivery_cannot_be_acknowledged_through_one_s_own_durable() {
    let (town, _) = lively_town().await;
    let before = state(&town).await;
    let attacker = Attacker::of(&town).await;
    // Every position of the stream, as if it had been delivered to `scan`.
    for sequence in 1..=6 {
        for body in [&b"+ACK"[..], b"+TERM", b"-NAK"] {
            let ack = format!("$JS.ACK.OUT.scan.1.{sequence}.{sequence}.0.0");
            attacker.publish(&ack, None, body).await;
        }
    }
    attacker.barrier().await;
    assert_eq!(state(&town).await, before);
    for recipient in ["finance", "cases"] {
        let recipient = Recipient::try_from(recipient.to_owned()).unwrap();
        assert_eq!(town.bus.pending(&recipient).await.unwrap().waiting, 2, "{recipient}");
    }
    let mut finance = town.connector("finance").await.deliveries().await.unwrap();
    town.bus.reset_recipient(&name("finance")).await.unwrap();
    assert_eq!(
        delivered(&mut finance, 2, true).await,
        expected(1..3),
        "both are still there"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headers_that_make_the_server_do_something_are_refused() {
    let (town, _) = lively_town().await;
    let before = state(&town).await;
    let attacker = Attacker::of(&town).await;
    let kept = |town: &Town| {
        let bus = town.bus.clone();
        async move { bus.streams(&[name("scan")]).await.unwrap()[1].last }
    };
    let last = kept(&town).await;
    for (header, value) in [
        ("Nats-Rollup", "all"),
        ("Nats-Rollup", "sub"),
        ("Nats-TTL", "1s"),
        ("Nats-Schedule", "@every 1s"),
        ("Nats-Schedule-Target", "out.finance.record.1"),
    ] {
        let mut headers = HeaderMap::new();
        headers.append(header, value);
        if header == "Nats-Schedule-Target" {
            headers.append("Nats-Schedule", "@every 1s");
        }
        let answer = attacker
            .client
            .request_with_headers("in.scan.record.xml.1", headers, Bytes::from_static(b"x"))
            .await
            .unwrap();
        let answer = String::from_utf8_lossy(&answer.payload).into_owned();
        assert!(answer.contains("\"error\""), "{header}: {answer}");
    }
    assert_eq!(kept(&town).await, last, "nothing of it was taken");
    for destination in ["out.finance.record.1", "in.finance.x.1", "_INBOX_hub.1"] {
        let mut headers = HeaderMap::new();
        headers.append("Nats-Trace-Dest", destination);
        headers.append("Nats-Trace-Only", "false");
        attacker
            .client
            .publish_with_headers("in.scan.record.xml.1", headers, Bytes::from_static(b"x"))
            .await
            .unwrap();
    }
    attacker.barrier().await;
    assert_eq!(state(&town).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_atomic_batch_reaches_nobody_else_s_stream() {
    let (town, _) = lively_town().await;
    let before = state(&town).await;
    let attacker = Attacker::of(&town).await;
    let member = |sequence: &str, commit: bool| {
        let mut headers = HeaderMap::new();
        headers.append("Nats-Batch-Id", "forged");
        headers.append("Nats-Batch-Sequence", sequence);
        if commit {
            headers.append("Nats-Batch-Commit", "1");
        }
        headers
    };
    for victim in ["out.finance.record.1", "in.finance.x.1"] {
        let body = Bytes::from_static(b"x");
        let (first, last) = (member("1", false), member("2", true));
        let client = &attacker.client;
        client
            .publish_with_headers("in.scan.record.xml.1", first, body.clone())
            .await
            .unwrap();
        client.publish_with_headers(victim, last, body).await.unwrap();
    }
    let subjects = ["out.finance.record.1", "in.finance.x.1"].map(str::to_owned);
    attacker.denied("publish to", &subjects).await;
    attacker.barrier().await;
    assert_eq!(state(&town).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_no_key_of_the_town_does_not_come_in() {
    let town = town().await;
    let once = || ConnectOptions::new().connection_timeout(Duration::from_secs(5));
    let anonymous = once().connect(town.server.url()).await;
    assert!(anonymous.is_err(), "without a key");
    let stranger = nkeys::KeyPair::new_user().seed().unwrap();
    let unknown = once().nkey(stranger).connect(town.server.url()).await;
    assert!(unknown.is_err(), "with a key of one's own");
    let password = once().user_and_password("hub".into(), "hub".into());
    assert!(password.connect(town.server.url()).await.is_err(), "with a password");
}
