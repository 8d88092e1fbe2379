// SPDX-License-Identifier: EUPL-1.2
//! The real hub against a real nats-server with accounts: how many messages a second it works off, and how long one takes
//! at half of that. Each message goes to two recipients and to the case store, as in the bare pipes.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use amtshub_tests::{process, record};
use anyhow::{Context as _, Result, bail};
use hub_bus::connector::{ConnectorBus, ConnectorSettings, Emit};
use hub_bus::{Bus, BusSettings, Embedded, EmbeddedSettings, StreamLimits, Topology};
use hub_message::{Body, ConnectorName, DeliveryId, Head, Header, Headers, MessageId, Recipient};
use serde::Serialize;
use tempfile::TempDir;

/// What was measured of the hub.
#[derive(Debug, Serialize)]
pub struct Measured {
    /// Messages a second at saturation.
    pub rate: f64,
    /// Milliseconds from the source's publish to the recipient, at half of that rate: median.
    pub p50_ms: f64,
    /// The same, 99 of 100.
    pub p99_ms: f64,
    /// CPU milliseconds of the hub for each message.
    pub hub_cpu_ms: f64,
    /// CPU milliseconds of nats-server for each message.
    pub server_cpu_ms: f64,
    /// Resident memory of the hub at the end, MiB.
    pub hub_resident_mib: f64,
}

const SOURCE: &str = "quelle";
const RECIPIENTS: [&str; 2] = ["finanzen", "archiv"];
/// Everything that may wait in the streams during a run.
const STREAM_BYTES: u64 = 8 << 30;

struct Run {
    folder: TempDir,
    server: Embedded,
    bus: Bus,
    source: ConnectorBus,
    hub: Option<Child>,
}

/// Measures the hub with records of about `bytes` bytes.
pub async fn run(sync_always: bool, bytes: usize, messages: usize) -> Result<Measured> {
    let mut run = prepare(sync_always).await?;
    run.fill(0..messages, bytes).await?;
    let server_before = run.server_cpu()?;
    run.start()?;
    let rate = run.work_off(messages).await?;
    let (hub_cpu, server_cpu) = (run.hub_cpu()?, run.server_cpu()? - server_before);
    let mut latencies = run.trickle(messages, rate / 2.0, bytes).await?;
    latencies.sort_by(f64::total_cmp);
    let at = |share: f64| {
        latencies
            .get((latencies.len() as f64 * share) as usize)
            .copied()
            .unwrap_or(f64::NAN)
    };
    Ok(Measured {
        rate,
        p50_ms: at(0.5),
        p99_ms: at(0.99),
        hub_cpu_ms: hub_cpu * 1000.0 / messages as f64,
        server_cpu_ms: server_cpu * 1000.0 / messages as f64,
        hub_resident_mib: process::resident_mib(run.hub_pid()?)?,
    })
}

fn name(name: &str) -> Result<ConnectorName> {
    Ok(name.parse()?)
}

async fn prepare(sync_always: bool) -> Result<Run> {
    let folder = tempfile::tempdir()?;
    let connectors: Vec<ConnectorName> = [SOURCE]
        .iter()
        .chain(&RECIPIENTS)
        .map(|n| name(n))
        .collect::<Result<_>>()?;
    let settings = EmbeddedSettings {
        listen: None,
        tls: None,
        program: Some(amtshub_tests::nats_server()),
        folder: folder.path().join("nats"),
        port: None,
        connectors: connectors.clone(),
        max_file_store: 4 * STREAM_BYTES,
        dangerously_allow_unsynced: !sync_always,
    };
    let server = tokio::task::spawn_blocking(move || Embedded::start(settings)).await??;
    let bus = Bus::connect(&BusSettings {
        tls: hub_bus::ClientTls::default(),
        url: server.url(),
        hub_seed: server.keys().hub_seed()?,
        system_seed: Some(server.keys().system_seed()?),
        dangerously_allow_unsynced: !sync_always,
    })
    .await?;
    let limits = StreamLimits {
        inbound_bytes: STREAM_BYTES,
        out_bytes: STREAM_BYTES,
    };
    bus.prepare(&Topology { connectors, limits }).await?;
    let source = connector(&server, SOURCE).await?;
    configure(
        &folder.path().join("config"),
        &server,
        &folder.path().join("nats/keys"),
        sync_always,
    )?;
    Ok(Run {
        folder,
        server,
        bus,
        source,
        hub: None,
    })
}

async fn connector(server: &Embedded, connector: &str) -> Result<ConnectorBus> {
    let name = name(connector)?;
    let seed_file = server.keys().connector_file(&name);
    Ok(ConnectorBus::connect(&ConnectorSettings {
        tls: hub_bus::ClientTls::default(),
        name,
        url: server.url(),
        seed_file,
    })
    .await?)
}

fn configure(config: &std::path::Path, server: &Embedded, keys: &std::path::Path, sync_always: bool) -> Result<()> {
    for part in ["connectors", "routes"] {
        std::fs::create_dir_all(config.join(part))?;
    }
    let nats = format!(
        "[nats]\nurl = \"{}\"\nseed = {{ file = {:?} }}\nsystem_seed = {{ file = {:?} }}\ndangerously_allow_unsynced = {}\n\
         [limits]\nrecipient_quota = 100000000\nstream_bytes = {STREAM_BYTES}\n",
        server.url(),
        keys.join("hub.seed"),
        keys.join("system.seed"),
        !sync_always
    );
    std::fs::write(config.join("hub.toml"), record::hub(&[]) + &nats)?;
    let elsewhere = |text: String| text.replacen("kind =", "managed = false\nkind =", 1);
    std::fs::write(
        config.join(format!("connectors/{SOURCE}.toml")),
        elsewhere(record::source(SOURCE)),
    )?;
    let mut routes = String::new();
    for recipient in RECIPIENTS {
        std::fs::write(
            config.join(format!("connectors/{recipient}.toml")),
            elsewhere(record::target(recipient)),
        )?;
        routes += &record::route(SOURCE, recipient);
    }
    std::fs::write(config.join("routes/alle.toml"), routes)?;
    Ok(())
}

impl Run {
    fn start(&mut self) -> Result<()> {
        let log = std::fs::File::create(self.folder.path().join("log"))?;
        let child = Command::new(amtshub_tests::town::program("amtshub"))
            .arg("run")
            .arg("--config")
            .arg(self.folder.path().join("config"))
            .arg("--data")
            .arg(self.folder.path().join("data"))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        self.hub = Some(child);
        Ok(())
    }

    async fn fill(&self, numbers: std::ops::Range<usize>, bytes: usize) -> Result<()> {
        let numbers: Vec<usize> = numbers.collect();
        for chunk in numbers.chunks(500) {
            self.source
                .emit(chunk.iter().map(|&number| emit(number, bytes)).collect())
                .await?;
        }
        Ok(())
    }

    /// Deliveries that were published since the beginning: three for each message.
    async fn published(&self) -> Result<u64> {
        let facts = self.bus.streams(&[]).await?;
        Ok(facts.first().context("the stream of deliveries")?.last)
    }

    /// Messages a second from the first that is worked off to the last.
    async fn work_off(&self, messages: usize) -> Result<f64> {
        let end = Instant::now() + Duration::from_secs(300);
        let mut begun: Option<(Instant, u64)> = None;
        loop {
            let published = self.published().await?;
            match begun {
                None if published > 0 => begun = Some((Instant::now(), published)),
                Some((at, before)) if published >= 3 * messages as u64 => {
                    return Ok((published - before) as f64 / 3.0 / at.elapsed().as_secs_f64());
                }
                _ => {}
            }
            if Instant::now() > end {
                let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
                bail!("the hub published {published} deliveries in 5 minutes\n{log}");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Hands over messages at a steady rate for five seconds; milliseconds from there to the first recipient.
    async fn trickle(&self, first: usize, rate: f64, bytes: usize) -> Result<Vec<f64>> {
        let finance = connector(&self.server, RECIPIENTS[0]).await?;
        let mut deliveries = finance.deliveries().await?;
        let count = (rate * 5.0) as usize;
        let ids: HashMap<DeliveryId, usize> = (first..first + count)
            .map(|number| Ok((delivery(number)?, number - first)))
            .collect::<Result<_>>()?;
        let begin = Instant::now();
        let due = |n: usize| begin + Duration::from_secs_f64(n as f64 / rate);
        let sending = async {
            let mut sent = 0;
            while sent < count {
                let now = Instant::now();
                let ready = (sent..count).take_while(|&n| due(n) <= now).count();
                if ready == 0 {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                    continue;
                }
                self.fill(first + sent..first + sent + ready, bytes).await?;
                sent += ready;
            }
            anyhow::Ok(())
        };
        let receiving = async {
            let mut latencies = Vec::new();
            while latencies.len() < count {
                for item in deliveries.next(1000).await? {
                    item.ack.ack_soon().await?;
                    if let Some(&n) = item.delivery.as_ref().and_then(|id| ids.get(id)) {
                        latencies.push(due(n).elapsed().as_secs_f64() * 1000.0);
                    }
                }
            }
            anyhow::Ok(latencies)
        };
        let ((), latencies) = tokio::try_join!(sending, receiving)?;
        Ok(latencies)
    }

    fn hub_pid(&self) -> Result<u32> {
        Ok(self.hub.as_ref().context("a running hub")?.id())
    }

    fn hub_cpu(&self) -> Result<f64> {
        process::cpu_seconds(self.hub_pid()?)
    }

    fn server_cpu(&self) -> Result<f64> {
        let pid: PathBuf = self.folder.path().join("nats/nats.pid");
        process::cpu_seconds(std::fs::read_to_string(pid)?.trim().parse()?)
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if let Some(hub) = &mut self.hub {
            let _ = hub.kill();
            let _ = hub.wait();
        }
    }
}

fn id(number: usize) -> MessageId {
    MessageId::keyed(b"throughput", &[&number.to_be_bytes()])
}

fn delivery(number: usize) -> Result<DeliveryId> {
    let recipient = Recipient::Connector(name(RECIPIENTS[0])?);
    Ok(DeliveryId::derive(
        &name(SOURCE)?,
        &id(number),
        0,
        &recipient,
        &format!("{SOURCE}-an-{}", RECIPIENTS[0]),
    ))
}

fn emit(number: usize, bytes: usize) -> Emit {
    let xml = record::xml(number % 1000, number, bytes);
    Emit {
        // The type is checked by every test of the harness.
        kind: "record.xml.1".parse().unwrap_or_else(|_| unreachable!()),
        id: id(number),
        headers: Headers::default().with(Header::ContentType, "application/xml"),
        body: Body::new(Head::default(), xml).encode(),
    }
}
