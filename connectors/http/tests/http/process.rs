// SPDX-License-Identifier: EUPL-1.2
//! The connector as a child process.

use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::hub::{Hub, connector, eventually};

/// A running connector; killed when the test ends.
pub(crate) struct Connector {
    child: Child,
    _input: Option<ChildStdin>,
}

impl Connector {
    /// Starts it in the hub's folder.
    pub(crate) fn start(hub: &Hub) -> Self {
        Self::start_with(hub, &[])
    }

    /// Starts it so that it dies when it reaches a step.
    pub(crate) fn start_failing(hub: &Hub, step: &str) -> Self {
        Self::start_with(hub, &["--fail-at", step])
    }

    fn start_with(hub: &Hub, more: &[&str]) -> Self {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(hub.path("connector.log"))
            .unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_amtshub-connector-http"))
            .arg("--supervised")
            .args([
                "--name",
                connector().as_str(),
                "--nats",
                &hub.server.url(),
                "--state",
                "state",
            ])
            .arg("--seed")
            .arg(hub.server.keys().connector_file(&connector()))
            .args(more)
            .current_dir(hub.folder.path())
            .env("RUST_LOG", "debug,async_nats=info")
            .stdin(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let input = child.stdin.take();
        Self { child, _input: input }
    }

    /// Waits for its end.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        let mut status = None;
        eventually("the connector ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        })
        .await;
        status.unwrap()
    }

    /// Waits until it died at its step.
    pub(crate) async fn died(&mut self) {
        let status = self.ended().await;
        assert!(status.signal().is_some(), "it ended by itself: {status}");
    }

    /// Ends it in order and starts the next one.
    pub(crate) async fn restart(&mut self, hub: &Hub) {
        self.signal(Signal::TERM);
        assert!(self.ended().await.success());
        *self = Self::start(hub);
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
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
