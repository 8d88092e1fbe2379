// SPDX-License-Identifier: EUPL-1.2
//! The disk watch: before a disk is full, nothing new is taken.
//!
//! When a disk is really full, nats-server cannot write what it has to and stays broken until it is started again, and the
//! case store has no room for receipts. So a reserve is kept: with less, the sources are held (`ctl.<c>.hold`), the hub
//! plans nothing, and only what makes room goes on: deliveries and their receipts.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use hub_bus::{Bus, Restarter};
use hub_message::{ConnectorName, Hold};
use serde_json::json;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::config::Configuration;

/// How often the disks are looked at.
const PERIOD: Duration = Duration::from_millis(200);
/// How often the hold is renewed, and how long it counts.
const RENEW: Duration = Duration::from_secs(1);
const LEASE_SECONDS: u64 = 5;
/// A connector that has not answered by then is told again at the next renewal.
const ANSWER: Duration = Duration::from_secs(2);
/// There is room again with this much more than the reserve, in percent; otherwise sources would start and stop with every
/// message.
const AGAIN_PERCENT: u64 = 125;

/// With less than this much of the reserve left, in percent, the server is taken to have met the end of the disk: somebody
/// else fills it.
const FULL_PERCENT: u64 = 25;

/// What the disk watch saw last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct DiskFacts {
    /// Bytes that are free on the disk that has the least; `None` while it cannot be told.
    pub(crate) free: Option<u64>,
    /// Bytes that stay free.
    pub(crate) reserve: u64,
    /// Whether nothing new is taken.
    pub(crate) short: bool,
    /// Whether the server may have met the end of the disk since work stopped.
    pub(crate) full: bool,
}

impl DiskFacts {
    /// What follows from so many free bytes.
    fn next(self, free: Option<u64>, reserve: u64) -> Self {
        let enough = if self.short { again(reserve) } else { reserve };
        // A disk that does not say how it is may be well: its writers will tell.
        let is_below = |bytes| free.is_some_and(|free| free < bytes);
        let short = is_below(enough);
        Self {
            free,
            reserve,
            short,
            full: short && (self.full || is_below(reserve / 100 * FULL_PERCENT)),
        }
    }

    /// Free bytes from which on work goes on.
    pub(crate) fn enough(self) -> u64 {
        again(self.reserve)
    }
}

fn again(reserve: u64) -> u64 {
    reserve.saturating_mul(AGAIN_PERCENT) / 100
}

/// Watches until `stop`.
pub(crate) struct DiskWatch {
    pub(crate) bus: Bus,
    /// Folders on all the disks that the hub writes to.
    pub(crate) folders: Vec<PathBuf>,
    pub(crate) configuration: watch::Receiver<Arc<Configuration>>,
    pub(crate) facts: watch::Sender<DiskFacts>,
    /// Starts the hub's own server anew.
    pub(crate) server: Option<Restarter>,
}

impl DiskWatch {
    /// Watches until `stop`.
    pub(crate) async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        tokio::select! {
            () = stop.cancelled() => Ok(()),
            () = self.look() => Ok(()),
            () = self.tell() => Ok(()),
        }
    }

    /// Looks at the disks again and again.
    async fn look(&self) {
        let mut turn = tokio::time::interval(PERIOD);
        turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            turn.tick().await;
            let folders = self.folders.clone();
            // A disk of the network may take its time.
            let free = tokio::task::spawn_blocking(move || least_free(&folders)).await;
            let reserve = self.configuration.borrow().limits.disk_reserve_bytes;
            let before = *self.facts.borrow();
            let facts = before.next(free.ok().flatten(), reserve);
            match (before.short, facts.short) {
                (false, true) => {
                    tracing::error!(
                        free = facts.free,
                        reserve,
                        "a disk is short of room: nothing new is taken"
                    );
                }
                (true, false) => self.go_on(before, facts),
                _ => {}
            }
            self.facts.send_replace(facts);
        }
    }

    /// There is room again. A server that has met the end of the disk does not write again by itself (seen with 2.15.1).
    fn go_on(&self, before: DiskFacts, now: DiskFacts) {
        tracing::info!(free = now.free, "there is room again on the disks");
        match &self.server {
            Some(server) if before.full => server.restart(),
            None if before.full => tracing::warn!("if nats-server takes nothing now, it has to be started anew"),
            _ => {}
        }
    }

    /// Holds the connectors' sources as long as a disk is short of room.
    async fn tell(&self) {
        let mut facts = self.facts.subscribe();
        while facts.wait_for(|facts| facts.short).await.is_ok() {
            self.hold(LEASE_SECONDS).await;
            let over = async { facts.wait_for(|facts| !facts.short).await.is_ok() };
            if tokio::time::timeout(RENEW, over).await == Ok(true) {
                self.hold(0).await;
            }
        }
    }

    async fn hold(&self, seconds: u64) {
        let hold = json!(Hold {
            reason: "Der Hub nimmt nichts an, bis auf seinem Datenträger wieder Platz ist.".to_owned(),
            seconds,
        });
        let connectors: Vec<ConnectorName> = self.configuration.borrow().connectors.keys().cloned().collect();
        join_all(connectors.iter().map(|name| self.hold_one(name, &hold))).await;
    }

    async fn hold_one(&self, name: &ConnectorName, hold: &serde_json::Value) {
        let told = tokio::time::timeout(ANSWER, self.bus.control(name, "hold", hold)).await;
        if !matches!(told, Ok(Ok(_))) {
            tracing::debug!(connector = %name, "the hold was not answered");
        }
    }
}

/// The free bytes of the disk that has the least.
fn least_free(folders: &[PathBuf]) -> Option<u64> {
    folders.iter().filter_map(|folder| free(folder)).min()
}

fn free(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_short_until_there_is_a_quarter_more_than_the_reserve() {
        let short = |free: &[u64]| {
            let mut facts = DiskFacts::default();
            let judged = free.iter().map(|&free| {
                facts = facts.next(Some(free), 1000);
                facts.short
            });
            judged.collect::<Vec<_>>()
        };
        assert_eq!(
            short(&[1000, 999, 1000, 1249, 1250, 1000, 0]),
            [false, true, true, true, false, false, true]
        );
        assert!(!DiskFacts::default().next(None, 1000).short);
        let nearly = DiskFacts::default().next(Some(300), 1000);
        let full = nearly.next(Some(200), 1000).next(Some(600), 1000);
        assert!(!nearly.full && full.full, "it is remembered until there is room");
        assert!(!full.next(Some(2000), 1000).full);
        assert!(
            !DiskFacts::default().next(Some(0), 0).short,
            "without a reserve it never is"
        );
    }

    #[test]
    fn the_disk_with_the_least_room_counts() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing");
        assert_eq!(least_free(std::slice::from_ref(&missing)), None);
        assert!(least_free(&[missing, folder.path().to_owned()]).is_some());
    }
}
