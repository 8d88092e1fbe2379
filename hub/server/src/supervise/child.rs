// SPDX-License-Identifier: EUPL-1.2
//! One life of a child process.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{ChildStdin, Command};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::Order;
use super::lines::forward;

/// What a child inherits of our environment. Everything else stays here: it may hold secrets of other connectors.
const INHERITED: [&str; 7] = ["PATH", "TZ", "LANG", "LC_ALL", "NO_COLOR", "RUST_LOG", "SSL_CERT_FILE"];

/// A child that watches its input has begun to drain within this time.
const LISTENS: Duration = Duration::from_secs(1);

/// Why [`Child::wait`] returned.
pub(super) enum Ended {
    /// It ended; how, in German.
    ByItself(String),
    /// It is to be stopped; it still runs.
    Stopping,
}

/// A running child.
pub(super) struct Child {
    process: tokio::process::Child,
    life_line: Option<ChildStdin>,
    logs: JoinSet<()>,
}

impl Child {
    /// Starts the child in a process group of its own, so that Ctrl-C at a terminal reaches it through us, in order.
    pub(super) fn start(order: &Order) -> io::Result<Self> {
        let mut process = Command::new(&order.program)
            .args(&order.arguments)
            .current_dir(&order.folder)
            .env_clear()
            .envs(std::env::vars_os().filter(|(name, _)| INHERITED.iter().any(|kept| name == kept)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let mut logs = JoinSet::new();
        if let Some(out) = process.stdout.take() {
            logs.spawn(forward(out, order.name.clone()));
        }
        if let Some(err) = process.stderr.take() {
            logs.spawn(forward(err, order.name.clone()));
        }
        Ok(Self {
            life_line: process.stdin.take(),
            process,
            logs,
        })
    }

    /// The process id while it runs.
    pub(super) fn pid(&self) -> Option<u32> {
        self.process.id()
    }

    /// Waits for the child's end, or for `stop`.
    pub(super) async fn wait(&mut self, stop: &CancellationToken) -> Ended {
        let status = tokio::select! {
            status = self.process.wait() => status,
            () = stop.cancelled() => return Ended::Stopping,
        };
        // The last lines usually say why it ended; a grandchild that keeps the pipe open must not hold us.
        let _ = tokio::time::timeout(Duration::from_secs(1), self.read_logs()).await;
        Ended::ByItself(match status {
            Ok(status) => in_words(status),
            Err(fault) => format!("Prozess nicht beobachtbar: {fault}"),
        })
    }

    /// Lets the child finish what it holds. A child that does not watch its input gets a SIGTERM after a moment;
    /// after `limit` it is killed.
    pub(super) async fn drain(mut self, limit: Duration) {
        drop(self.life_line.take());
        if !self.ended_within(LISTENS).await {
            self.signal(Signal::TERM);
        }
        if !self.ended_within(limit.saturating_sub(LISTENS)).await {
            self.signal(Signal::KILL);
            let _ = self.process.wait().await;
        }
        let _ = tokio::time::timeout(Duration::from_secs(1), self.read_logs()).await;
    }

    async fn ended_within(&mut self, limit: Duration) -> bool {
        tokio::time::timeout(limit, self.process.wait()).await.is_ok()
    }

    async fn read_logs(&mut self) {
        while self.logs.join_next().await.is_some() {}
    }

    fn signal(&self, signal: Signal) {
        // Until it is waited for, the id cannot belong to another process.
        if let Some(pid) = self.process.id().and_then(|id| Pid::from_raw(id as i32)) {
            let _ = kill_process(pid, signal);
        }
    }
}

fn in_words(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(0), _) => "hat sich selbst beendet".to_owned(),
        (Some(code), _) => format!("mit Kennzahl {code} beendet"),
        (None, Some(signal)) => format!("durch Signal {signal} beendet"),
        (None, None) => "beendet".to_owned(),
    }
}
