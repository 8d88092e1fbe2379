// SPDX-License-Identifier: EUPL-1.2
//! A server with two connectors, and what the tests send through it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hub_bus::connector::{ConnectorBus, ConnectorSettings, Deliveries, Emit};
use hub_bus::{Bus, BusSettings, Embedded, EmbeddedSettings, Group, Inbound, Publish, StreamLimits, Topology};
use hub_message::{Body, ConnectorName, DeliveryId, Head, Header, Headers, MessageId, Recipient};
use tempfile::TempDir;

/// How long a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn name(name: &str) -> ConnectorName {
    name.parse().unwrap()
}

pub(crate) const CONNECTORS: [&str; 2] = ["scan", "finance"];

pub(crate) struct Town {
    pub(crate) server: Embedded,
    pub(crate) bus: Bus,
    pub(crate) folder: TempDir,
}

/// The server is named by the environment, or found by the bus itself.
pub(crate) fn settings(folder: PathBuf) -> EmbeddedSettings {
    EmbeddedSettings {
        listen: None,
        tls: None,
        program: std::env::var_os("AMTSHUB_NATS_SERVER").map(PathBuf::from),
        folder,
        port: None,
        connectors: CONNECTORS.map(name).to_vec(),
        max_file_store: 1 << 30,
        dangerously_allow_unsynced: false,
    }
}

pub(crate) fn bus_settings(server: &Embedded) -> BusSettings {
    BusSettings {
        tls: hub_bus::ClientTls::default(),
        url: server.url(),
        hub_seed: server.keys().hub_seed().unwrap(),
        system_seed: Some(server.keys().system_seed().unwrap()),
        dangerously_allow_unsynced: false,
    }
}

pub(crate) async fn connect(server: &Embedded) -> Bus {
    Bus::connect(&bus_settings(server)).await.unwrap()
}

pub(crate) fn topology(out_bytes: u64) -> Topology {
    let limits = StreamLimits {
        inbound_bytes: 64 << 20,
        out_bytes,
    };
    let connectors = CONNECTORS.map(name).to_vec();
    Topology { connectors, limits }
}

pub(crate) async fn town() -> Town {
    town_with(64 << 20).await
}

pub(crate) async fn town_with(out_bytes: u64) -> Town {
    let folder = tempfile::tempdir().unwrap();
    let server = Embedded::start(settings(folder.path().join("nats"))).unwrap();
    let bus = connect(&server).await;
    bus.prepare(&topology(out_bytes)).await.unwrap();
    Town { server, bus, folder }
}

impl Town {
    pub(crate) fn connector_settings(&self, connector: &str) -> ConnectorSettings {
        ConnectorSettings {
            tls: hub_bus::ClientTls::default(),
            name: name(connector),
            url: self.server.url(),
            seed_file: self.server.keys().connector_file(&name(connector)),
        }
    }

    pub(crate) async fn connector(&self, connector: &str) -> ConnectorBus {
        ConnectorBus::connect(&self.connector_settings(connector))
            .await
            .unwrap()
    }

    /// Ends the server as a power failure would, as far as a process can.
    pub(crate) fn kill_server(&self) {
        kill(self.server.process_id().unwrap());
    }
}

pub(crate) fn kill(pid: u32) {
    let pid = rustix::process::Pid::from_raw(pid.cast_signed()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

/// Waits until something is so.
#[track_caller]
pub(crate) fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "{what} did not come");
        std::thread::yield_now();
    }
}

pub(crate) fn emit(number: usize) -> Emit {
    Emit {
        kind: "record.xml.1".parse().unwrap(),
        id: MessageId::keyed(b"test", &[&number.to_be_bytes()]),
        headers: Headers::default().with(Header::ContentType, "text/xml"),
        body: Body::new(Head::default(), format!("<n>{number}</n>")).encode(),
    }
}

pub(crate) fn emits(numbers: std::ops::Range<usize>) -> Vec<Emit> {
    numbers.map(emit).collect()
}

/// Hands over as a connector does: again and again until the stream has acknowledged.
pub(crate) async fn surely(connector: &ConnectorBus, emits: Vec<Emit>) {
    let end = Instant::now() + PATIENCE;
    while let Err(fault) = connector.emit(emits.clone()).await {
        assert!(Instant::now() < end, "the server did not come back: {fault}");
        tokio::task::yield_now().await;
    }
}

pub(crate) fn delivery(number: usize, recipient: &str, bytes: usize) -> Publish {
    let recipient = Recipient::try_from(recipient.to_owned()).unwrap();
    let id = delivery_id(number, &recipient);
    Publish {
        subject: format!("out.{recipient}.record.1"),
        id: id.to_string(),
        headers: Headers::default().with(Header::Delivery, id.as_str()),
        body: Bytes::from(vec![b'x'; bytes]),
    }
}

fn delivery_id(number: usize, recipient: &Recipient) -> DeliveryId {
    let message = MessageId::keyed(b"test", &[&number.to_be_bytes()]);
    DeliveryId::derive(&name("scan"), &message, 0, recipient, "r")
}

/// For each number what follows from a message: its record and a delivery to `finance`.
pub(crate) fn groups(numbers: std::ops::Range<usize>) -> Vec<Group> {
    numbers
        .map(|n| vec![delivery(n, "cases", 100), delivery(n, "finance", 100)])
        .collect()
}

/// The ids that `finance` must get.
pub(crate) fn expected(numbers: std::ops::Range<usize>) -> Vec<DeliveryId> {
    let finance = Recipient::try_from("finance".to_owned()).unwrap();
    numbers.map(|n| delivery_id(n, &finance)).collect()
}

/// Takes deliveries until `count` are there.
pub(crate) async fn delivered(deliveries: &mut Deliveries, count: usize, acknowledge: bool) -> Vec<DeliveryId> {
    let mut seen = Vec::new();
    let end = Instant::now() + PATIENCE;
    while seen.len() < count {
        assert!(Instant::now() < end, "{} of {count} came", seen.len());
        for item in deliveries.next(count - seen.len()).await.unwrap() {
            if acknowledge {
                item.ack.ack().await.unwrap();
            }
            seen.push(item.delivery.unwrap());
        }
    }
    seen
}

/// Waits for what has to come.
pub(crate) async fn in_time<T>(coming: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, Box::pin(coming)).await.unwrap()
}

/// The running numbers of everything that the reader gets, until `count` are there.
pub(crate) async fn numbers(inbound: &mut Inbound, count: usize, acknowledge: bool) -> Vec<usize> {
    let mut found = Vec::new();
    let end = Instant::now() + PATIENCE;
    while found.len() < count {
        assert!(Instant::now() < end, "{} of {count} came", found.len());
        let Ok(items) = in_time(inbound.take(count - found.len(), usize::MAX)).await else {
            continue;
        };
        for item in items {
            let message = item.message.as_ref().unwrap();
            let text = std::str::from_utf8(message.body.native.disclose()).unwrap().to_owned();
            found.push(text.trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap());
            if acknowledge {
                // With the server away it comes again.
                let _ = item.ack().await;
            }
        }
    }
    found
}

/// What remains when every number counts where it stands first.
pub(crate) fn first_of_each(all: &[usize]) -> Vec<usize> {
    let mut seen = std::collections::HashSet::new();
    all.iter().copied().filter(|number| seen.insert(*number)).collect()
}
