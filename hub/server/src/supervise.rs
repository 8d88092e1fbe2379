// SPDX-License-Identifier: EUPL-1.2
//! Managed connectors: child processes that are started, watched, restarted with backoff and stopped in order.
//!
//! The life line is the child's standard input: the supervisor keeps a pipe open, and a connector that reads the end of
//! it drains and ends. So no connector outlives an `amtshub run` that was killed.

mod backoff;
mod child;
mod launch;
mod lines;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use hub_message::ConnectorName;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub(crate) use backoff::Backoff;
use child::{Child, Ended};
pub(crate) use launch::{beside, with_options};

/// How long a connector may drain before it is killed.
pub(crate) const DRAIN_MAX: Duration = Duration::from_secs(10);

/// A child that ran this long has shown that it can; its next fall is restarted at once again.
const PROVEN: Duration = Duration::from_secs(30);

/// What to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    /// The connector.
    pub(crate) name: ConnectorName,
    /// The program.
    pub(crate) program: PathBuf,
    /// Its arguments.
    pub(crate) arguments: Vec<String>,
    /// Its working directory.
    pub(crate) folder: PathBuf,
}

/// Where a child stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Phase {
    /// It runs.
    Running,
    /// It ended by itself or could not be started; it is started again after a pause.
    Fallen {
        /// How it ended, in German, for the status.
        how: String,
        /// How often in a row.
        times: u32,
    },
    /// An operator let it drain; it is started again when he says so.
    Resting,
    /// It was stopped in order.
    Stopped,
}

/// Keeps a child running until `stop`; then lets it drain. A child that ends while `rest` says `true` stays ended until
/// it says `false`.
pub(crate) async fn keep_running(
    order: Order,
    phase: watch::Sender<Phase>,
    mut rest: watch::Receiver<bool>,
    stop: CancellationToken,
) {
    let mut backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(30));
    let mut times = 0;
    while !stop.is_cancelled() {
        let started = Instant::now();
        let how = run_once(&order, &phase, &stop).await;
        let Some(how) = how else { break };
        if *rest.borrow() {
            tracing::info!(connector = %order.name, "connector has drained and rests");
            phase.send_replace(Phase::Resting);
            tokio::select! {
                _ = rest.wait_for(|rest| !rest) => {}
                () = stop.cancelled() => {}
            }
            backoff.reset();
            times = 0;
            continue;
        }
        if started.elapsed() >= PROVEN {
            backoff.reset();
            times = 0;
        }
        times += 1;
        tracing::warn!(connector = %order.name, times, "connector ended: {how}");
        phase.send_replace(Phase::Fallen { how, times });
        backoff.pause(&stop).await;
    }
    phase.send_replace(Phase::Stopped);
}

/// One life of the child; `None` when it was stopped in order.
async fn run_once(order: &Order, phase: &watch::Sender<Phase>, stop: &CancellationToken) -> Option<String> {
    let mut child = match Child::start(order) {
        Ok(child) => child,
        Err(fault) => return Some(format!("{} lässt sich nicht starten: {fault}", order.program.display())),
    };
    tracing::info!(connector = %order.name, pid = child.pid(), "connector started");
    phase.send_replace(Phase::Running);
    match child.wait(stop).await {
        Ended::ByItself(how) => Some(how),
        Ended::Stopping => {
            child.drain(DRAIN_MAX).await;
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::task::JoinSet;

    fn shell(folder: &std::path::Path, script: &str) -> Order {
        Order {
            name: "scan".parse().unwrap(),
            program: "/bin/sh".into(),
            arguments: vec!["-c".into(), script.into()],
            folder: folder.to_path_buf(),
        }
    }

    async fn until(seen: &mut watch::Receiver<Phase>, what: impl FnMut(&Phase) -> bool) {
        let seen = tokio::time::timeout(Duration::from_secs(20), seen.wait_for(what)).await;
        assert!(seen.is_ok_and(|phase| phase.is_ok()), "the phase was not seen");
    }

    #[tokio::test]
    async fn a_child_that_falls_is_started_again_and_drains_at_the_end_of_its_input() {
        let folder = tempfile::tempdir().unwrap();
        let drained = folder.path().join("drained");
        let order = shell(
            folder.path(),
            "echo x >> lives; [ $(wc -l < lives) -lt 3 ] && exit 7; cat > /dev/null; touch drained",
        );
        let (phase, mut seen) = watch::channel(Phase::Stopped);
        let stop = CancellationToken::new();
        let mut task = JoinSet::new();
        let (_rest, rests) = watch::channel(false);
        task.spawn(keep_running(order, phase, rests, stop.clone()));
        until(&mut seen, |phase| matches!(phase, Phase::Fallen { times: 2, .. })).await;
        until(&mut seen, |phase| *phase == Phase::Running).await;
        // The shell is in its third life now; its input stays open until it is told to stop.
        assert!(!drained.exists());
        stop.cancel();
        task.join_next().await.unwrap().unwrap();
        assert!(
            drained.exists(),
            "the child saw the end of its input and finished its work"
        );
        assert_eq!(*seen.borrow(), Phase::Stopped);
    }

    #[tokio::test]
    async fn a_child_that_was_told_to_drain_rests_until_it_is_told_to_go_on() {
        let folder = tempfile::tempdir().unwrap();
        let order = shell(
            folder.path(),
            "echo x >> lives; [ -e works ] || exit 0; cat > /dev/null",
        );
        let (phase, mut seen) = watch::channel(Phase::Stopped);
        let (rest, rests) = watch::channel(true);
        let stop = CancellationToken::new();
        let mut task = JoinSet::new();
        task.spawn(keep_running(order, phase, rests, stop.clone()));
        until(&mut seen, |phase| *phase == Phase::Resting).await;
        let lives = || {
            std::fs::read_to_string(folder.path().join("lives"))
                .unwrap()
                .lines()
                .count()
        };
        assert_eq!(lives(), 1);
        std::fs::write(folder.path().join("works"), "").unwrap();
        rest.send_replace(false);
        until(&mut seen, |phase| *phase == Phase::Running).await;
        stop.cancel();
        task.join_next().await.unwrap().unwrap();
        assert_eq!((lives(), &*seen.borrow()), (2, &Phase::Stopped));
    }

    #[tokio::test]
    async fn a_program_that_is_missing_is_told_and_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut order = shell(folder.path(), "");
        order.program = folder.path().join("none");
        let (phase, mut seen) = watch::channel(Phase::Stopped);
        let stop = CancellationToken::new();
        let mut task = JoinSet::new();
        let (_rest, rests) = watch::channel(false);
        task.spawn(keep_running(order, phase, rests, stop.clone()));
        until(&mut seen, |phase| matches!(phase, Phase::Fallen { times: 2, .. })).await;
        stop.cancel();
        task.join_next().await.unwrap().unwrap();
    }
}
