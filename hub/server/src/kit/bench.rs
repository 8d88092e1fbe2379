// SPDX-License-Identifier: EUPL-1.2
//! The bench of one check: a nats-server, the hub's side of the protocol, the connector's process, the system behind it.

mod hub;
mod traces;

use std::net::TcpListener;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use hub_bus::Embedded;
use hub_message::{ConnectorName, Manifest};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::description::{Description, System};
use super::subject::Process;
use super::{Subject, server_program};
use crate::supervise::with_options;
pub(super) use hub::{Envelope, Heard, Hub, delivery};

/// Why a check failed.
#[derive(Debug)]
pub(super) struct Fault(pub(super) String);

impl<E: std::fmt::Display> From<E> for Fault {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// How a check ends.
pub(super) type Checked = Result<(), Fault>;

/// The bench.
#[derive(Debug)]
pub(super) struct Bench {
    folder: TempDir,
    /// The folder of the system.
    work: PathBuf,
    /// Free ports for it.
    ports: [u16; 2],
    server: Embedded,
    subject: Subject,
    description: Description,
    process: Option<Process>,
    pub(super) hub: Hub,
}

/// Two ports that nobody listens on at this moment.
fn free_ports() -> std::io::Result<[u16; 2]> {
    let listeners = [TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?];
    let [first, second] = listeners.map(|listener| listener.local_addr());
    Ok([first?.port(), second?.port()])
}

/// The name under which connectors are tested.
pub(super) fn name() -> ConnectorName {
    // A constant that is a name.
    "probe".parse().unwrap_or_else(|_| unreachable!("`probe` is a name"))
}

impl Bench {
    /// Sets everything up; the connector does not run yet.
    pub(super) async fn set_up(subject: Subject, description: Description) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        for part in ["work", "state"] {
            std::fs::create_dir(folder.path().join(part))?;
        }
        let nats = folder.path().join("nats");
        let server = tokio::task::spawn_blocking(move || hub::serve(server_program(), nats)).await??;
        let hub = Hub::connect(&server, &folder.path().join("documents")).await?;
        let bench = Self {
            work: folder.path().join("work"),
            ports: free_ports()?,
            server,
            subject,
            description,
            process: None,
            hub,
            folder,
        };
        let settings = bench.system().settings(&bench.description.settings);
        bench.hub.set_settings(settings);
        let source = bench.description.source.as_ref();
        bench
            .hub
            .set_mark(source.and_then(|source| source.document_behind.clone()));
        bench.system().prepare().await.map_err(|fault| anyhow::anyhow!(fault))?;
        Ok(bench)
    }

    /// Ends everything.
    pub(super) async fn tear_down(mut self) {
        self.kill().await;
        self.hub.go_away().await;
        let _ = tokio::task::spawn_blocking(move || self.server.stop()).await;
    }

    /// The system behind the connector.
    pub(super) fn system(&self) -> System<'_> {
        System {
            description: &self.description,
            work: &self.work,
            ports: self.ports,
        }
    }

    /// The kit file.
    pub(super) fn description(&self) -> &Description {
        &self.description
    }

    /// Whether the content of its records travels as a document.
    pub(super) fn carries_documents(&self) -> bool {
        let source = self.description.source.as_ref();
        source.is_some_and(|source| source.document_behind.is_some())
    }

    /// How long something may take that has to come.
    pub(super) fn patience(&self) -> Duration {
        self.subject.patience
    }

    /// What the connector said of itself.
    pub(super) fn manifest(&self) -> Option<Manifest> {
        self.hub.heard().manifest
    }

    /// Starts the connector.
    pub(super) fn start(&mut self) -> Checked {
        let options = [
            ("--name", name().to_string()),
            ("--nats", self.server.url()),
            (
                "--seed",
                self.server.keys().connector_file(&name()).display().to_string(),
            ),
            ("--state", self.path("state").display().to_string()),
        ];
        let words = with_options(&self.subject.command, &options);
        let process = Process::start(&words, &self.path("log"));
        let command = self.subject.command.join(" ");
        self.process = Some(process.map_err(|error| Fault(format!("`{command}` cannot be started: {error}")))?);
        Ok(())
    }

    /// Starts the connector and waits until it has said hello and shown that it lives.
    pub(super) async fn start_and_greet(&mut self) -> Checked {
        let before = self.hub.heard();
        self.start()?;
        self.until("the connector says hello and beats", |heard| {
            heard.hellos > before.hellos && heard.beats > before.beats
        })
        .await
    }

    /// Kills the connector, if it runs.
    pub(super) async fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().await;
        }
    }

    /// Waits for the connector's own end.
    pub(super) async fn end(&mut self, limit: Duration) -> Option<std::process::ExitStatus> {
        self.process.as_mut()?.end(limit).await
    }

    /// Whether the connector runs.
    pub(super) fn runs(&mut self) -> bool {
        self.process.as_mut().is_some_and(Process::runs)
    }

    /// What the connector holds in memory, in bytes.
    pub(super) fn memory(&self) -> u64 {
        self.process.as_ref().map_or(0, Process::memory)
    }

    /// Stops the server for a while (`STOP`), lets it go on (`CONT`), or kills it; it is started again by itself then.
    pub(super) fn signal_server(&self, signal: Signal) {
        let pid = self.server.process_id().and_then(|pid| i32::try_from(pid).ok());
        if let Some(pid) = pid.and_then(Pid::from_raw) {
            let _ = kill_process(pid, signal);
        }
    }

    /// What the server's log says about subjects that were denied.
    pub(super) fn violations(&self) -> Vec<String> {
        let log = std::fs::read_to_string(self.path("nats/nats.log")).unwrap_or_default();
        let denied = log.lines().filter(|line| line.contains(" Violation - "));
        denied
            .map(|line| line.rsplit(" - ").next().unwrap_or(line).to_owned())
            .collect()
    }

    fn path(&self, part: &str) -> PathBuf {
        self.folder.path().join(part)
    }

    /// Waits until what was heard from the connector is as it should be.
    pub(super) async fn until(&mut self, what: &str, mut holds: impl FnMut(&Heard) -> bool) -> Checked {
        let end = Instant::now() + self.patience();
        while !holds(&self.hub.heard()) {
            if Instant::now() > end || !self.still_runs() {
                return Err(self.in_vain(what));
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        Ok(())
    }

    /// Waits until exactly these probes are in the system, and no other.
    pub(super) async fn until_effects(&mut self, expected: &[u32]) -> Checked {
        let end = Instant::now() + self.patience();
        loop {
            let found = self.system().effects().await.map_err(Fault)?;
            let mut sorted = found.clone();
            sorted.sort_unstable();
            if sorted == expected {
                return Ok(());
            }
            let repeated = sorted.windows(2).any(|pair| pair.first() == pair.last());
            if repeated {
                return Err(Fault(format!("a delivery had its effect twice: {found:?}")));
            }
            if Instant::now() > end {
                return Err(Fault(format!(
                    "the system holds {found:?}, expected were {expected:?}{}",
                    self.words()
                )));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Whether nothing is open any more; else waits a moment before the next look. `first` is what is open and how much more
    /// is; past `end`, or when the connector has died, it is a fault that this is `missing`.
    pub(super) async fn is_settled(
        &mut self,
        first: Option<(String, usize)>,
        missing: &str,
        end: Instant,
    ) -> Result<bool, Fault> {
        let Some((what, more)) = first else { return Ok(true) };
        let open = format!("{missing}: {what} (and {more} more)");
        if !self.runs() {
            return Err(Fault(format!("it died, and {open}")));
        }
        if Instant::now() > end {
            return Err(Fault(open));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        Ok(false)
    }

    fn still_runs(&mut self) -> bool {
        self.process.as_mut().is_none_or(Process::runs)
    }

    fn in_vain(&mut self, what: &str) -> Fault {
        let ended = if self.still_runs() {
            ""
        } else {
            "; its process has ended"
        };
        Fault(format!("did not come about: {what}{ended}{}", self.words()))
    }

    /// The connector's last words, for whoever mends it.
    fn words(&self) -> String {
        let log = std::fs::read_to_string(self.path("log")).unwrap_or_default();
        let last = log
            .lines()
            .rev()
            .find(|line| !line.trim().is_empty())
            .unwrap_or_default();
        let last: String = last.chars().take(300).collect();
        if last.is_empty() {
            String::new()
        } else {
            format!(" — last line of its log: {last}")
        }
    }

    /// Asks the connector (`ctl.…`).
    pub(super) async fn control(&self, verb: &str, payload: &Value) -> Result<Value, Fault> {
        let answer = self.hub.bus.control(&name(), verb, payload).await;
        let answer = answer.map_err(|fault| Fault(format!("`{verb}` is not answered: {fault}")))?;
        match answer.get("ok") {
            Some(ok) => Ok(ok.clone()),
            None => Err(Fault(format!("`{verb}` is answered with {answer}"))),
        }
    }

    /// Pauses the connector.
    pub(super) async fn pause(&self) -> Checked {
        let pause = json!({"reason": "Prüfung"});
        self.control("pause", &pause).await.map(drop)
    }
}
