// SPDX-License-Identifier: EUPL-1.2
//! The bus against the real nats-server.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hub_bus::connector::{ConnectorBus, ConnectorSettings, Emit};
use hub_bus::{Bus, BusFault, BusSettings, Embedded, EmbeddedSettings, Publish, StreamLimits, Topology};
use hub_message::{
    Body, ConnectorName, DeliveryId, Head, Header, Headers, MessageId, Outcome, Receipt, Recipient, Timestamp,
};
use tempfile::TempDir;

fn name(name: &str) -> ConnectorName {
    name.parse().unwrap()
}

/// The server that the tests run against: named by the environment, or found by the bus itself.
fn program() -> Option<PathBuf> {
    std::env::var_os("AMTSHUB_NATS_SERVER").map(PathBuf::from)
}

struct Town {
    folder: TempDir,
    server: Embedded,
    bus: Bus,
}

const CONNECTORS: [&str; 2] = ["scan", "finance"];

fn settings(folder: &TempDir) -> EmbeddedSettings {
    EmbeddedSettings {
        program: program(),
        folder: folder.path().join("nats"),
        port: None,
        connectors: CONNECTORS.map(name).to_vec(),
        max_file_store: 1 << 30,
        dangerously_allow_unsynced: false,
    }
}

async fn connect(server: &Embedded) -> Bus {
    let settings = BusSettings {
        url: server.url(),
        hub_seed: server.keys().hub_seed().unwrap(),
        system_seed: Some(server.keys().system_seed().unwrap()),
        dangerously_allow_unsynced: false,
    };
    Bus::connect(&settings).await.unwrap()
}

async fn town(out_bytes: u64) -> Town {
    let folder = tempfile::tempdir().unwrap();
    let server = Embedded::start(settings(&folder)).unwrap();
    let bus = connect(&server).await;
    let limits = StreamLimits {
        inbound_bytes: 64 << 20,
        out_bytes,
    };
    bus.prepare(&Topology {
        connectors: CONNECTORS.map(name).to_vec(),
        limits,
    })
    .await
    .unwrap();
    Town { folder, server, bus }
}

impl Town {
    async fn connector(&self, connector: &str) -> ConnectorBus {
        let settings = ConnectorSettings {
            name: name(connector),
            url: self.server.url(),
            seed_file: self.server.keys().connector_file(&name(connector)),
        };
        ConnectorBus::connect(&settings).await.unwrap()
    }
}

fn emit(number: usize) -> Emit {
    Emit {
        kind: "record.xml.1".parse().unwrap(),
        id: MessageId::keyed(b"test", &[&number.to_be_bytes()]),
        headers: Headers::default().with(Header::ContentType, "text/xml"),
        body: Body::new(Head::default(), format!("<n>{number}</n>")).encode(),
    }
}

fn delivery(number: usize, recipient: &str, bytes: usize) -> Publish {
    let recipient = Recipient::try_from(recipient.to_owned()).unwrap();
    let message = MessageId::keyed(b"test", &[&number.to_be_bytes()]);
    let id = DeliveryId::derive(&name("scan"), &message, 0, &recipient, "r");
    Publish {
        subject: format!("out.{recipient}.record.1"),
        id: id.to_string(),
        headers: Headers::default().with(Header::Delivery, id.as_str()),
        body: Bytes::from(vec![b'x'; bytes]),
    }
}

/// The running numbers of everything that the reader gets, until `count` are there.
async fn numbers(inbound: &mut hub_bus::Inbound, count: usize, acknowledge: bool) -> Vec<usize> {
    let mut found = Vec::new();
    let end = Instant::now() + Duration::from_secs(20);
    while found.len() < count {
        assert!(Instant::now() < end, "{} of {count} came", found.len());
        let Ok(items) = inbound.take(count - found.len(), usize::MAX).await else {
            continue;
        };
        for item in items {
            let message = item.message.as_ref().unwrap();
            let text = std::str::from_utf8(message.body.native.disclose()).unwrap().to_owned();
            found.push(text.trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap());
            if acknowledge {
                item.ack().await.unwrap();
            }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_goes_all_the_way() {
    let town = town(64 << 20).await;
    assert_eq!(town.bus.server().sync_always, Some(true));
    let scan = town.connector("scan").await;
    scan.emit((0..500).map(emit).collect()).await.unwrap();
    scan.emit((400..600).map(emit).collect()).await.unwrap();
    let mut inbound = town.bus.inbound(&name("scan"));
    assert_eq!(numbers(&mut inbound, 600, true).await, (0..600).collect::<Vec<_>>());

    let groups: Vec<_> = (0..600)
        .map(|n| vec![delivery(n, "cases", 100), delivery(n, "finance", 100)])
        .collect();
    town.bus.publish(&groups[..400]).await.unwrap();
    town.bus.publish(&groups).await.unwrap();
    let finance = town.connector("finance").await;
    let mut deliveries = finance.deliveries().await.unwrap();
    let mut seen = Vec::new();
    while seen.len() < 600 {
        for item in deliveries.next(100).await.unwrap() {
            item.ack.ack().await.unwrap();
            seen.push(item.delivery.unwrap());
        }
    }
    let expected: Vec<DeliveryId> = (0..600)
        .map(|n| delivery(n, "finance", 0).id.parse().unwrap())
        .collect();
    assert_eq!(seen, expected, "each once, in order");

    let receipt = Receipt {
        delivery: seen[0].clone(),
        at: Timestamp::from_millis(0),
        attempts: 1,
        outcome: Outcome::Done { reference: None },
    };
    finance.receipts(std::slice::from_ref(&receipt)).await.unwrap();
    finance.receipts(std::slice::from_ref(&receipt)).await.unwrap();
    let mut receipts = town.bus.receipts(&name("finance"));
    let got = receipts.take(10).await.unwrap();
    assert_eq!(
        got.iter().map(|item| item.receipt.clone().unwrap()).collect::<Vec<_>>(),
        [receipt]
    );
    assert_eq!(town.bus.pending(&Recipient::Cases).await.unwrap().waiting, 600);
    assert!(town.bus.pending(&Recipient::Cases).await.unwrap().oldest.is_some());
}

/// What a new reader gets after another died holding the first ten messages.
async fn after_take_over(reset: bool) -> Vec<usize> {
    let town = town(64 << 20).await;
    town.connector("scan")
        .await
        .emit((0..4000).map(emit).collect())
        .await
        .unwrap();
    let mut first = town.bus.inbound(&name("scan"));
    assert_eq!(numbers(&mut first, 10, false).await.len(), 10);
    let second_bus = connect(&town.server).await;
    let second = second_bus.inbound(&name("scan"));
    let mut second = if reset { second } else { without_reset(second) };
    let wanted = if reset { 4000 } else { 1 };
    numbers(&mut second, wanted, true).await
}

#[cfg(feature = "sabotage")]
fn without_reset(inbound: hub_bus::Inbound) -> hub_bus::Inbound {
    inbound.without_reset()
}

#[cfg(not(feature = "sabotage"))]
fn without_reset(inbound: hub_bus::Inbound) -> hub_bus::Inbound {
    inbound
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_takes_over_gets_everything_in_order() {
    assert_eq!(after_take_over(true).await, (0..4000).collect::<Vec<_>>());
}

#[cfg(feature = "sabotage")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_reset_the_order_is_broken() {
    assert_ne!(after_take_over(false).await.first(), Some(&0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_comes_back_with_everything() {
    let town = town(64 << 20).await;
    let scan = town.connector("scan").await;
    let mut inbound = town.bus.inbound(&name("scan"));
    let mut all = Vec::new();
    for turn in 0..3 {
        surely(&scan, (turn * 100..turn * 100 + 100).map(emit).collect()).await;
        all.extend(numbers(&mut inbound, 50, true).await);
        let pid = std::fs::read_to_string(town.folder.path().join("nats/nats.pid")).unwrap();
        let pid = rustix::process::Pid::from_raw(pid.trim().parse().unwrap()).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
        surely(&scan, vec![emit(turn * 100 + 99)]).await;
    }
    // Acknowledgements that the server had not stored come again; nothing is missing and the order is kept.
    let mut last = 0;
    while last < 299 {
        let got = numbers(&mut inbound, 1, true).await;
        last = got[0];
        all.extend(got);
    }
    let mut kept = all.clone();
    kept.sort_unstable();
    kept.dedup();
    assert_eq!(kept, (0..300).collect::<Vec<_>>());
}

/// Hands over as a connector does: again and again until the stream has acknowledged.
async fn surely(connector: &ConnectorBus, emits: Vec<Emit>) {
    let end = Instant::now() + Duration::from_secs(20);
    while connector.emit(emits.clone()).await.is_err() {
        assert!(Instant::now() < end, "the server did not come back");
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_stream_refuses_and_heals() {
    let town = town(1 << 20).await;
    let groups: Vec<_> = (0..40)
        .map(|n| vec![delivery(n, "cases", 100), delivery(n, "finance", 100_000)])
        .collect();
    let (published, fault) = publish_until_refused(&town.bus, &groups).await;
    assert!(matches!(fault, BusFault::Unavailable(_)), "{fault}");
    assert!(published < 40);
    let finance = town.connector("finance").await;
    let mut deliveries = finance.deliveries().await.unwrap();
    let mut done = 0;
    while done < published {
        for item in deliveries.next(100).await.unwrap() {
            item.ack.ack().await.unwrap();
            done += 1;
        }
    }
    town.bus.publish(&groups[published..published + 2]).await.unwrap();
}

async fn publish_until_refused(bus: &Bus, groups: &[hub_bus::Group]) -> (usize, BusFault) {
    for (n, group) in groups.iter().enumerate() {
        if let Err((_, fault)) = bus.publish(std::slice::from_ref(group)).await {
            return (n, fault);
        }
    }
    panic!("the stream took more than it may hold");
}
