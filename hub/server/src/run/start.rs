// SPDX-License-Identifier: EUPL-1.2
//! Starts everything in order: NATS, documents, store, hub, status listener, control socket, connectors.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use hub_bus::{Bus, BusSettings, Embedded, EmbeddedSettings, StreamLimits, Topology};
use hub_console::{Heartbeat, Sources};
use hub_documents::Documents;
use hub_message::{ConnectorName, Recipient, Sensitive};
use hub_store::Store;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::Options;
use super::data::DataFolder;
use super::town::{Groups, Town, names, quotas};
use crate::command::store_file;
use crate::config::{Configuration, Nats};
use crate::control::{Control, Demand};
use crate::hub::{
    Audit, BlobService, CaseWriter, DiskFacts, DiskWatch, Inspector, LookupService, Measured, Meter, Quotas, Registrar,
    listen_to_beats, now, sweep,
};
use crate::status::{Board, Gatherer, unknown};

/// The loop turns every second; a minute without a turn means that it hangs.
const HEART_STOPS: Duration = Duration::from_secs(60);

/// Starts the town.
pub(super) async fn start(
    options: &Options,
    configuration: Configuration,
    data: DataFolder,
    demands: mpsc::Sender<Demand>,
) -> anyhow::Result<Town> {
    let begun = std::time::Instant::now();
    let listener = TcpListener::bind(configuration.status).await;
    let listener = listener.with_context(|| format!("status listener on {}", configuration.status))?;
    let address = listener.local_addr()?;
    let (nats, settings) = nats(&configuration, &data).await?;
    let bus = Bus::connect(&settings).await?;
    refuse_orphans(&bus, &configuration).await?;
    bus.prepare(&topology(&configuration)).await?;
    let documents = open_documents(&configuration, data.path()).await?;
    #[cfg(feature = "sabotage")]
    let documents = if options.sabotage.has(crate::hub::Fault::NoFsync) {
        documents.without_fsync()?
    } else {
        documents
    };
    let store = open_store(&configuration, data.path()).await?;

    let embedded = nats.is_some();
    let (status, statuses) = watch::channel(Arc::new(unknown(now(), embedded)));
    let (disk, disks) = watch::channel(DiskFacts::default());
    let mut town = Town {
        sabotage: options.sabotage,
        order_key: data.key("order")?,
        replay_key: data.key("replay")?,
        capability_key: Sensitive::new(data.key("capability")?.to_vec()),
        data,
        nats,
        url: settings.url,
        tls: settings.tls,
        bus,
        documents,
        store,
        quotas: Arc::new(Quotas::new(quotas(&configuration))),
        configuration: watch::Sender::new(Arc::new(configuration)),
        audit: Arc::new(Audit::new()),
        disk: disks,
        board: Arc::new(Board::default()),
        status: statuses,
        asked: Arc::default(),
        heartbeat: Heartbeat::new(HEART_STOPS),
        running: std::collections::BTreeMap::new(),
        groups: Groups::new(&CancellationToken::new()),
    };
    start_watching_disks(&mut town, disk);
    start_services(&mut town, status, embedded).await?;
    start_control(&mut town, demands)?;
    let sources = Sources {
        status: town.status.clone(),
        heartbeat: town.heartbeat.clone(),
    };
    town.groups.services.start("status listener", |stop| async move {
        Ok(hub_console::serve(listener, sources, stop).await?)
    });
    let site = town.configuration.borrow().site.clone();
    let connectors: Vec<_> = town.configuration.borrow().connectors.values().cloned().collect();
    for connector in &connectors {
        town.start_connector(connector)?;
    }
    note_addresses(&town.data, address)?;
    let (status, millis) = (address.to_string(), begun.elapsed().as_millis() as u64);
    tracing::info!(
        site,
        status,
        nats = town.url,
        connectors = connectors.len(),
        millis,
        "ready"
    );
    Ok(town)
}

/// Starts the embedded server, or finds the foreign one.
async fn nats(configuration: &Configuration, data: &DataFolder) -> anyhow::Result<(Option<Embedded>, BusSettings)> {
    let limits = configuration.limits;
    match &configuration.nats {
        Nats::Embedded {
            listen,
            port,
            tls,
            dangerously_allow_unsynced,
        } => {
            // Each connector has a stream, `OUT` is one more, and atomic batches are staged beside them.
            let streams = configuration.connectors.len() as u64 + 2;
            let settings = EmbeddedSettings {
                program: std::env::var_os("AMTSHUB_NATS_SERVER").map(Into::into),
                folder: data.nats(),
                listen: *listen,
                port: *port,
                tls: tls.server(),
                connectors: names(configuration).into_iter().collect(),
                max_file_store: limits.stream_bytes.saturating_mul(streams),
                dangerously_allow_unsynced: *dangerously_allow_unsynced,
            };
            // It blocks until the server listens.
            let embedded = tokio::task::spawn_blocking(move || Embedded::start(settings)).await??;
            let settings = BusSettings {
                url: embedded.url(),
                hub_seed: embedded.keys().hub_seed()?,
                system_seed: Some(embedded.keys().system_seed()?),
                tls: tls.client(),
                dangerously_allow_unsynced: *dangerously_allow_unsynced,
            };
            Ok((Some(embedded), settings))
        }
        Nats::Foreign {
            url,
            seed,
            system_seed,
            tls,
            dangerously_allow_unsynced,
        } => {
            let read = |secret: &crate::config::Secret| {
                secret
                    .read()
                    .map(Sensitive::into_disclosed)
                    .map_err(|fault| anyhow!(fault))
            };
            let settings = BusSettings {
                url: url.read().map_err(|fault| anyhow!(fault))?.into_disclosed(),
                hub_seed: read(seed)?,
                system_seed: system_seed.as_ref().map(read).transpose()?,
                tls: tls.client(),
                dangerously_allow_unsynced: *dangerously_allow_unsynced,
            };
            Ok((None, settings))
        }
    }
}

/// The streams that a configuration needs.
pub(super) fn topology(configuration: &Configuration) -> Topology {
    Topology {
        connectors: names(configuration).into_iter().collect(),
        limits: StreamLimits {
            inbound_bytes: configuration.limits.stream_bytes,
            out_bytes: configuration.limits.stream_bytes,
        },
    }
}

/// Refuses a configuration that lacks a connector for which, or from which, messages wait: nobody would process them.
pub(super) async fn refuse_orphans(bus: &Bus, configuration: &Configuration) -> anyhow::Result<()> {
    let known = bus.known_connectors().await?;
    for name in known
        .iter()
        .filter(|name| !configuration.connectors.contains_key(*name))
    {
        let waiting = waiting_of(bus, name).await?;
        if waiting > 0 {
            bail!(
                "Der Konnektor {name} fehlt in der Konfiguration, und {waiting} Nachrichten warten noch in seinen Strömen. \
                 Bitte connectors/{name}.toml zurücklegen und erst entfernen, wenn alle verarbeitet sind."
            );
        }
    }
    Ok(())
}

/// Messages that wait for a connector or came from it and are not processed.
async fn waiting_of(bus: &Bus, name: &ConnectorName) -> anyhow::Result<u64> {
    let streams = bus.streams(std::slice::from_ref(name)).await?;
    let inbound = streams
        .iter()
        .find(|stream| stream.name != "OUT")
        .map_or(0, |stream| stream.messages);
    let outbound = bus.pending(&Recipient::Connector(name.clone())).await;
    // Without a durable nothing can wait for it.
    Ok(inbound + outbound.map_or(0, |facts| facts.waiting))
}

async fn open_documents(configuration: &Configuration, data: &Path) -> anyhow::Result<Documents> {
    let place = configuration.documents.read().map_err(|fault| anyhow!(fault))?;
    let place = match place.disclose().as_str() {
        "file" => data.join("documents").display().to_string(),
        url => url.to_owned(),
    };
    let limits = hub_documents::Limits {
        document_bytes: configuration.limits.document_bytes,
        reserve_bytes: configuration.limits.disk_reserve_bytes,
    };
    // It makes folders.
    tokio::task::spawn_blocking(move || Documents::open(&place, limits))
        .await?
        .context("document store")
}

async fn open_store(configuration: &Configuration, data: &Path) -> anyhow::Result<Store> {
    let place = configuration.store.read().map_err(|fault| anyhow!(fault))?;
    let file = match place.disclose().as_str() {
        "sqlite" => store_file(data),
        url => url.strip_prefix("sqlite:").unwrap_or(url).into(),
    };
    Store::open(&file).await.context("case store")
}

async fn start_services(
    town: &mut Town,
    status: watch::Sender<Arc<hub_console::Status>>,
    embedded: bool,
) -> anyhow::Result<()> {
    let configuration = town.configuration.subscribe();
    let (measured, measurements) = watch::channel(Measured::default());
    let meter = Meter {
        bus: town.bus.clone(),
        quotas: Arc::clone(&town.quotas),
        configuration: configuration.clone(),
        measured,
    };
    let (found, damages) = watch::channel(Vec::new());
    let inspector = Inspector {
        bus: town.bus.clone(),
        configuration: configuration.clone(),
        found,
    };
    let gatherer = Gatherer {
        since: now(),
        embedded,
        bus: town.bus.clone(),
        store: town.store.clone(),
        board: Arc::clone(&town.board),
        audit: Arc::clone(&town.audit),
        measured: measurements,
        disk: town.disk.clone(),
        damages,
        configuration,
        status,
        asked: Arc::clone(&town.asked),
    };
    let writer = CaseWriter {
        records: town.bus.records(),
        store: town.store.clone(),
        audit: Arc::clone(&town.audit),
    };
    let documents = town.documents.clone();
    let services = &mut town.groups.services;
    services.start("meter", |stop| meter.run(stop));
    services.start("inspector", |stop| inspector.run(stop));
    services.start("status", |stop| gatherer.run(stop));
    services.start("sweep", |stop| sweep(documents, stop));
    town.groups.writers.start("case records", |stop| writer.run(stop));
    start_answering(town).await
}

/// Watches the disks that the hub writes to: the data folder and what may be mounted in it.
fn start_watching_disks(town: &mut Town, facts: watch::Sender<DiskFacts>) {
    let watching = DiskWatch {
        bus: town.bus.clone(),
        folders: vec![
            town.data.path().to_owned(),
            town.data.nats(),
            town.documents.folder().to_owned(),
        ],
        configuration: town.configuration.subscribe(),
        facts,
        server: town.nats.as_ref().map(Embedded::restarter),
    };
    town.groups.services.start("disks", |stop| watching.run(stop));
}

/// Answers what connectors ask.
async fn start_answering(town: &mut Town) -> anyhow::Result<()> {
    let (hellos, beats) = (town.bus.registrations().await?, town.bus.beats().await?);
    let (blobs, asks) = (town.bus.blobs().await?, town.bus.asks().await?);
    let registrar = Registrar {
        bus: town.bus.clone(),
        configuration: town.configuration.subscribe(),
    };
    let service = BlobService {
        documents: town.documents.clone(),
        capability_key: town.capability_key.clone(),
    };
    let lookups = LookupService {
        bus: town.bus.clone(),
        configuration: town.configuration.subscribe(),
    };
    let board = Arc::clone(&town.board);
    let services = &mut town.groups.services;
    services.start("look-ups", |stop| lookups.run(asks, stop));
    services.start("registration", |stop| registrar.run(hellos, stop));
    services.start("beats", |stop| listen_to_beats(beats, board, stop));
    services.start("documents", |stop| service.run(blobs, stop));
    Ok(())
}

fn start_control(town: &mut Town, demands: mpsc::Sender<Demand>) -> anyhow::Result<()> {
    let control = Control::open(&town.data.control()).context("control socket")?;
    town.groups.services.start("control socket", |stop| async move {
        Ok(control.serve(demands, stop).await?)
    });
    Ok(())
}

/// Leaves the address of the status listener where scripts find it, also when the system chose the port.
fn note_addresses(data: &DataFolder, status: std::net::SocketAddr) -> anyhow::Result<()> {
    Ok(std::fs::write(data.path().join("status.address"), status.to_string())?)
}
