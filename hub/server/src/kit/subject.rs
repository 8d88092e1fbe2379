// SPDX-License-Identifier: EUPL-1.2
//! The process under test: started as the hub starts connectors, killed, asked how much memory it holds.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};

/// The connector's process and all that it starts, in a process group of its own.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    group: u32,
}

impl Process {
    /// Starts it; what it says goes into `log`.
    pub(super) fn start(words: &[String], log: &Path) -> io::Result<Self> {
        let log = fs::File::options().create(true).append(true).open(log)?;
        let (program, arguments) = words
            .split_first()
            .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        let child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let group = child.id().unwrap_or_default();
        Ok(Self { child, group })
    }

    /// Whether it still runs.
    pub(super) fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends it as a power failure would.
    pub(super) async fn kill(&mut self) {
        if let Some(group) = i32::try_from(self.group).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait().await;
    }

    /// Waits for its end; `None` when it does not come in time.
    pub(super) async fn end(&mut self, limit: Duration) -> Option<ExitStatus> {
        // It also watches its input, which stays open.
        tokio::time::timeout(limit, self.child.wait()).await.ok()?.ok()
    }

    /// What it and all that it started hold in memory, in bytes.
    pub(super) fn memory(&self) -> u64 {
        let mut parents: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
                continue;
            };
            if let Some(parent) = parent_of(pid) {
                parents.entry(parent).or_default().push(pid);
            }
        }
        let (mut sum, mut open) = (0, vec![self.group]);
        while let Some(pid) = open.pop() {
            sum += resident(pid);
            open.extend(parents.remove(&pid).unwrap_or_default());
        }
        sum
    }
}

fn parent_of(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in brackets may hold anything; what follows the last bracket does not.
    stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
}

fn resident(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: u64 = line
        .and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0);
    kib * 1024
}
