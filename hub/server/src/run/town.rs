// SPDX-License-Identifier: EUPL-1.2
//! Everything that runs in one process: what the hub works with, and the tasks that work.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hub_bus::{Bus, ClientTls, Embedded};
use hub_console::{Heartbeat, Status};
use hub_documents::Documents;
use hub_mapping::Worker;
use hub_message::{ConnectorName, Recipient, Sensitive};
use hub_store::Store;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use super::children;
use super::data::DataFolder;
use super::tasks::Tasks;
use crate::config::{Configuration, Connector};
use crate::hub::{
    Audit, DiskFacts, Gate, Marker, Planner, Published, Publisher, Quotas, Reader, ReceiptWriter, Sabotage, Tally, now,
};
use crate::status::Board;
use crate::supervise::{Phase, keep_running};

/// The town's hub with all that belongs to it.
pub(super) struct Town {
    pub(super) data: DataFolder,
    pub(super) sabotage: Sabotage,
    pub(super) order_key: [u8; 32],
    pub(super) replay_key: [u8; 32],
    pub(super) capability_key: Sensitive<Vec<u8>>,
    pub(super) nats: Option<Embedded>,
    pub(super) url: String,
    /// Certificates with which connectors that the hub starts reach the bus.
    pub(super) tls: ClientTls,
    pub(super) bus: Bus,
    pub(super) documents: Documents,
    pub(super) store: Store,
    pub(super) configuration: watch::Sender<Arc<Configuration>>,
    pub(super) quotas: Arc<Quotas>,
    pub(super) audit: Arc<Audit>,
    pub(super) disk: watch::Receiver<DiskFacts>,
    pub(super) board: Arc<Board>,
    pub(super) status: watch::Receiver<Arc<Status>>,
    /// Asks for a new status at once.
    pub(super) asked: Arc<Notify>,
    pub(super) heartbeat: Heartbeat,
    pub(super) running: BTreeMap<ConnectorName, Running>,
    pub(super) groups: Groups,
}

/// What runs for one connector.
pub(super) struct Running {
    /// Its process, when the hub runs it.
    pub(super) child: Option<Managed>,
    /// End its reader and the writing of its receipts.
    pub(super) reading: CancellationToken,
    pub(super) writing: CancellationToken,
    tally: Arc<Tally>,
}

/// The process of a connector that the hub runs.
pub(super) struct Managed {
    /// Ends it for good.
    pub(super) stop: CancellationToken,
    /// Whether it stays ended once it has drained.
    pub(super) rest: watch::Sender<bool>,
}

/// The tasks, in the order in which they are stopped: connectors finish what they hold while the hub still answers
/// them; what the hub has planned is still written.
pub(super) struct Groups {
    pub(super) connectors: Tasks,
    pub(super) readers: Tasks,
    pub(super) services: Tasks,
    pub(super) writers: Tasks,
}

impl Groups {
    pub(super) fn new(root: &CancellationToken) -> Self {
        let group = || Tasks::new(root.child_token());
        Self {
            connectors: group(),
            readers: group(),
            services: group(),
            writers: group(),
        }
    }
}

impl Town {
    /// Waits until something ends that should not, and says what.
    pub(super) async fn fallen(&mut self) -> String {
        let groups = &mut self.groups;
        tokio::select! {
            fault = groups.connectors.fallen() => fault,
            fault = groups.readers.fallen() => fault,
            fault = groups.services.fallen() => fault,
            fault = groups.writers.fallen() => fault,
        }
    }

    /// Stops everything in order: connectors, readers, services, writers, store, NATS.
    pub(super) async fn stop(mut self) {
        tracing::info!("stopping: connectors finish what they hold");
        self.groups.connectors.stop().await;
        self.groups.readers.stop().await;
        self.groups.writers.stop().await;
        self.groups.services.stop().await;
        self.store.close().await;
        self.bus.flush().await;
        if let Some(nats) = self.nats.take() {
            // It blocks until the server has ended.
            let _ = tokio::task::spawn_blocking(move || nats.stop()).await;
        }
    }

    /// Starts what a connector needs: its reader, its receipts, and its process where the hub runs it.
    pub(super) fn start_connector(&mut self, connector: &Connector) -> anyhow::Result<()> {
        let name = &connector.name;
        let reading = self.groups.readers.token().child_token();
        let tally = Arc::new(Tally::default());
        let reader = self.reader(name, &tally)?;
        self.groups
            .readers
            .start_until(&format!("reader of {name}"), reading.clone(), |stop| reader.run(stop));
        let writer = ReceiptWriter {
            connector: name.clone(),
            receipts: self.bus.receipts(name),
            store: self.store.clone(),
        };
        let writing = self.groups.writers.token().child_token();
        self.groups
            .writers
            .start_until(&format!("receipts of {name}"), writing.clone(), |stop| writer.run(stop));
        let running = Running {
            child: None,
            reading,
            writing,
            tally,
        };
        self.running.insert(name.clone(), running);
        self.start_child(connector)
    }

    /// Starts the process of a connector, where the hub runs it, and puts the connector on the board.
    pub(super) fn start_child(&mut self, connector: &Connector) -> anyhow::Result<()> {
        let Some(running) = self.running.get_mut(&connector.name) else {
            return Ok(());
        };
        let mut seen = None;
        if connector.managed {
            let seed = self
                .nats
                .as_ref()
                .map(|nats| nats.keys().connector_file(&connector.name));
            let seed = seed.unwrap_or_else(|| children::foreign_seed(&self.data, &connector.name));
            let order = children::order(&self.data, connector, (&self.url, &self.tls), &seed)?;
            let (phase, phases) = watch::channel(Phase::Running);
            let (rest, rests) = watch::channel(false);
            let stop = self.groups.connectors.token().child_token();
            running.child = Some(Managed {
                stop: stop.clone(),
                rest,
            });
            self.groups
                .connectors
                .start_until(&format!("connector {}", connector.name), stop, |stop| async move {
                    keep_running(order, phase, rests, stop).await;
                    Ok(())
                });
            seen = Some(phases);
        }
        self.board.add(&connector.name, now(), seen, Arc::clone(&running.tally));
        Ok(())
    }

    fn reader(&self, name: &ConnectorName, tally: &Arc<Tally>) -> anyhow::Result<Reader> {
        let limits = self.configuration.borrow().limits;
        Ok(Reader {
            connector: name.clone(),
            inbound: self.inbound(name),
            planner: Planner {
                configuration: self.configuration.subscribe(),
                documents: self.documents.clone(),
                store: self.store.clone(),
                capability_key: self.capability_key.clone(),
                body_bytes_max: limits.body_bytes,
                sabotage: self.sabotage,
                worker: Worker::default(),
            },
            publisher: Publisher {
                bus: self.bus.clone(),
                documents: self.documents.clone(),
                quotas: Arc::clone(&self.quotas),
                tally: Arc::clone(tally),
                sabotage: self.sabotage,
                published: Arc::new(Published::default()),
            },
            gate: Gate::new(Arc::clone(&self.quotas), Arc::clone(&self.audit), self.disk.clone()),
            marker: Marker::open(&self.data.suspects(), name)?,
            sabotage: self.sabotage,
        })
    }

    #[cfg(not(feature = "sabotage"))]
    fn inbound(&self, name: &ConnectorName) -> hub_bus::Inbound {
        self.bus.inbound(name)
    }

    #[cfg(feature = "sabotage")]
    fn inbound(&self, name: &ConnectorName) -> hub_bus::Inbound {
        let inbound = self.bus.inbound(name);
        match self.sabotage.has(crate::hub::Fault::NoReset) {
            true => inbound.without_reset(),
            false => inbound,
        }
    }
}

/// The quotas that a configuration sets.
pub(super) fn quotas(configuration: &Configuration) -> BTreeMap<Recipient, u64> {
    let quota = |connector: &Connector| (Recipient::Connector(connector.name.clone()), connector.quota);
    configuration.connectors.values().map(quota).collect()
}

/// The names of all connectors.
pub(super) fn names(configuration: &Configuration) -> BTreeSet<ConnectorName> {
    configuration.connectors.keys().cloned().collect()
}
