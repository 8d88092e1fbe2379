// SPDX-License-Identifier: EUPL-1.2
//! The connector as a child process.

use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::hub::{Hub, eventually};

/// A running connector, in the hub's folder; killed when the test ends.
#[derive(Debug)]
pub struct Connector {
    child: Child,
    input: Option<ChildStdin>,
}

impl Connector {
    /// Starts it in the hub's folder.
    pub fn start(hub: &Hub) -> Self {
        Self::start_with(hub, &[])
    }

    /// Starts it so that it dies when it reaches a step.
    pub fn start_failing(hub: &Hub, step: &str) -> Self {
        Self::start_with(hub, &["--fail-at", step])
    }

    fn start_with(hub: &Hub, more: &[&str]) -> Self {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(hub.path("connector.log"))
            .unwrap();
        let mut child = Command::new(hub.kind.program)
            .arg("--supervised")
            .args(["--name", hub.kind.name, "--nats", &hub.server.url(), "--state", "state"])
            .arg("--seed")
            .arg(hub.server.keys().connector_file(&hub.kind.connector()))
            .args(more)
            .current_dir(hub.folder.path())
            .env("RUST_LOG", "debug,async_nats=info")
            .stdin(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let input = child.stdin.take();
        Self { child, input }
    }

    /// Waits for its end.
    pub async fn ended(&mut self) -> ExitStatus {
        let mut status = None;
        eventually("the connector ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        })
        .await;
        status.unwrap()
    }

    /// Waits until it died at its step.
    pub async fn died(&mut self) {
        let status = self.ended().await;
        assert!(status.signal().is_some(), "it ended by itself: {status}");
    }

    /// Ends it in order and starts the next one.
    pub async fn restart(&mut self, hub: &Hub) {
        self.signal(Signal::TERM);
        assert!(self.ended().await.success());
        *self = Self::start(hub);
    }

    /// Closes its standard input, as a dead parent does.
    pub fn orphan(&mut self) {
        self.input = None;
    }

    /// How much memory it has resident.
    pub fn resident_kilobytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.child.id().try_into().unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }
}

impl Drop for Connector {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
