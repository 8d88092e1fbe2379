// SPDX-License-Identifier: EUPL-1.2
//! The hub's end of the protocol on a real nats-server: greets connectors, resets their readers, keeps their beats.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hub_bus::{Bus, BusSettings, Embedded, EmbeddedSettings, Publish, StreamLimits, Topology};
use hub_documents::{Documents, Limits};
use hub_message::{Beat, Digest, Message, Receipt, Welcome};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::blobs;
use crate::kind::Kind;

/// A hub with one connector and a folder for everything.
pub struct Hub {
    /// The connector under test.
    pub kind: Kind,
    /// The folder that everything is in and that the connector runs in.
    pub folder: TempDir,
    /// The server.
    pub server: Embedded,
    /// The hub's connection.
    pub bus: Bus,
    /// What the connector said of itself.
    pub beats: Arc<Mutex<Vec<Beat>>>,
    /// The document store.
    pub documents: Documents,
    settings: Arc<Mutex<Value>>,
    tasks: JoinSet<()>,
    inbound: hub_bus::Inbound,
    receipts: hub_bus::Receipts,
}

/// How long something may take that has to come: the machine may be busy, but not dead.
const PATIENCE: Duration = Duration::from_secs(120);

/// Waits for a condition.
pub async fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < until, "in vain: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

impl Hub {
    /// Starts server and hub; the connector will be handed these settings.
    pub async fn start(kind: Kind, settings: Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let connector = kind.connector();
        let server = Embedded::start(EmbeddedSettings {
            listen: None,
            tls: None,
            program: std::env::var_os("AMTSHUB_NATS_SERVER").map(PathBuf::from),
            folder: folder.path().join("nats"),
            port: None,
            connectors: vec![connector.clone()],
            max_file_store: 1 << 30,
            dangerously_allow_unsynced: false,
        })
        .unwrap();
        let bus = Bus::connect(&BusSettings {
            tls: hub_bus::ClientTls::default(),
            url: server.url(),
            hub_seed: server.keys().hub_seed().unwrap(),
            system_seed: Some(server.keys().system_seed().unwrap()),
            dangerously_allow_unsynced: false,
        })
        .await
        .unwrap();
        let limits = StreamLimits {
            inbound_bytes: 256 << 20,
            out_bytes: 256 << 20,
        };
        let topology = Topology {
            connectors: vec![connector.clone()],
            limits,
        };
        bus.prepare(&topology).await.unwrap();
        let (inbound, receipts) = (bus.inbound(&connector), bus.receipts(&connector));
        let limits = Limits {
            document_bytes: 1 << 30,
            reserve_bytes: 0,
        };
        let documents = Documents::open(folder.path().join("documents").to_str().unwrap(), limits).unwrap();
        let mut hub = Self {
            kind,
            documents,
            folder,
            server,
            bus,
            beats: Arc::default(),
            settings: Arc::new(Mutex::new(settings)),
            tasks: JoinSet::new(),
            inbound,
            receipts,
        };
        hub.come_back().await;
        hub
    }

    /// Answers connectors.
    pub async fn come_back(&mut self) {
        let (bus, settings, kind) = (self.bus.clone(), Arc::clone(&self.settings), self.kind);
        let mut registrations = bus.registrations().await.unwrap();
        self.tasks.spawn(async move {
            while let Some(request) = registrations.next().await {
                bus.reset_recipient(&request.connector).await.unwrap();
                let welcome = welcome(kind, &settings.lock().unwrap());
                request.welcome(&welcome).await;
            }
        });
        let documents = self.documents.clone();
        let mut blobs = self.bus.blobs().await.unwrap();
        self.tasks.spawn(async move {
            while let Some(request) = blobs.next().await {
                blobs::serve(&documents, request).await;
            }
        });
        let mut beats = self.bus.beats().await.unwrap();
        let kept = Arc::clone(&self.beats);
        self.tasks.spawn(async move {
            while let Some(request) = beats.next().await {
                kept.lock().unwrap().push(request.beat);
            }
        });
    }

    /// Answers nobody any more.
    pub async fn go_away(&mut self) {
        self.tasks.shutdown().await;
    }

    /// Kills the server; it is started again by itself.
    pub fn kill_server(&self) {
        // It may be between two lives.
        let _ = kill_process(self.server_process(), Signal::KILL);
    }

    /// Sends the server a signal: it is stopped, or goes on.
    pub fn signal_server(&self, signal: Signal) {
        kill_process(self.server_process(), signal).unwrap();
    }

    fn server_process(&self) -> Pid {
        let file = std::fs::read_to_string(self.path("nats/nats.pid")).unwrap();
        Pid::from_raw(file.trim().parse().unwrap()).unwrap()
    }

    /// Other settings from now on.
    pub fn configure(&self, settings: Value) {
        *self.settings.lock().unwrap() = settings;
    }

    /// A path in the folder that the connector runs in.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// The next messages of the connector, acknowledged, exactly as many as are expected; and then none more.
    pub async fn messages(&mut self, count: usize) -> Vec<Message> {
        let mut messages = Vec::new();
        while messages.len() < count {
            let taken = timeout(PATIENCE, self.inbound.take(count - messages.len(), usize::MAX)).await;
            let taken = taken.unwrap_or_else(|_| panic!("{} of {count} messages came", messages.len()));
            for item in taken.unwrap() {
                item.ack().await.unwrap();
                messages.push(item.message.unwrap());
            }
        }
        let until = Instant::now() + PATIENCE;
        while self.bus.pending_inbound(&self.kind.connector()).await.unwrap().waiting > 0 {
            assert!(Instant::now() < until, "more than {count} came");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        messages
    }

    /// The receipts of the connector, acknowledged, until so many are there.
    pub async fn receipts(&mut self, count: usize) -> Vec<Receipt> {
        let until = Instant::now() + PATIENCE;
        let mut receipts: Vec<Receipt> = Vec::new();
        while receipts.len() < count {
            let taken = timeout(until - Instant::now(), self.receipts.take(500)).await;
            let taken = taken.unwrap_or_else(|_| panic!("{} of {count} receipts came", receipts.len()));
            // While the server is away there are none.
            for item in taken.unwrap_or_default() {
                item.ack().await.unwrap();
                receipts.push(item.receipt.unwrap());
            }
        }
        receipts
    }

    /// Publishes deliveries for the connector.
    pub async fn deliver(&self, deliveries: Vec<Publish>) {
        let groups: Vec<_> = deliveries.into_iter().map(|delivery| vec![delivery]).collect();
        self.bus.publish(&groups).await.unwrap();
    }

    /// Waits until no delivery waits for the connector any more: all are acknowledged.
    pub async fn all_acknowledged(&self) {
        let recipient = self.kind.recipient();
        let until = Instant::now() + PATIENCE;
        while self.bus.pending(&recipient).await.unwrap().waiting > 0 {
            assert!(Instant::now() < until, "deliveries stay unacknowledged");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Asks the connector something. One that has just been started may not listen yet.
    pub async fn control(&self, verb: &str) -> Value {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.bus.control(&self.kind.connector(), verb, &Value::Null).await {
                Ok(answer) => return answer,
                Err(fault) if fault.to_string().contains("no responders") && Instant::now() < until => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Err(fault) => panic!("{verb}: {fault}"),
            }
        }
    }
}

fn welcome(kind: Kind, settings: &Value) -> Welcome {
    Welcome {
        connector: kind.connector(),
        config: settings.clone(),
        config_digest: Digest::of(settings.to_string().as_bytes()),
        types: Vec::new(),
        inline_bytes_max: 256 * 1024,
        document_bytes_max: 1 << 30,
    }
}

/// The names in a folder, sorted, without those that begin with a dot.
pub fn names(path: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    names
}
