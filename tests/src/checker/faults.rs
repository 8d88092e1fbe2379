// SPDX-License-Identifier: EUPL-1.2
//! The faults. Each says by what it is known that it happened; one that did not happen makes the run void.

use std::time::Duration;

use rustix::process::Signal;

use super::generator::Generator;
use super::random::Random;
use super::report::Proof;
use super::service::Mode;
use super::stage::Stage;
use crate::process;

/// How long a process is stopped, and how long a target fails.
const STOPPED: Duration = Duration::from_secs(3);

/// A fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// kill -9 of the hub.
    HubKilled,
    /// kill -9 of nats-server.
    ServerKilled,
    /// kill -9 of a source's connector.
    SourceKilled,
    /// kill -9 of the folder's connector.
    FolderKilled,
    /// kill -9 of the service's connector.
    ServiceConnectorKilled,
    /// The hub stands still for a while.
    HubStopped,
    /// nats-server stands still for a while.
    ServerStopped,
    /// The service's connector stands still for a while.
    ServiceConnectorStopped,
    /// The power fails.
    PowerFailed,
    /// The rules are read again.
    Reloaded,
    /// The service answers 500.
    TargetFails,
    /// The service cuts connections before it did anything.
    TargetCutsBefore,
    /// The service cuts connections after it did what was asked.
    TargetCutsAfter,
    /// The service is slow.
    TargetSlow,
    /// The service answers with something that is no HTTP.
    TargetAnswersGarbage,
}

impl Fault {
    /// All faults.
    pub const ALL: [Self; 15] = [
        Self::HubKilled,
        Self::ServerKilled,
        Self::SourceKilled,
        Self::FolderKilled,
        Self::ServiceConnectorKilled,
        Self::HubStopped,
        Self::ServerStopped,
        Self::ServiceConnectorStopped,
        Self::PowerFailed,
        Self::Reloaded,
        Self::TargetFails,
        Self::TargetCutsBefore,
        Self::TargetCutsAfter,
        Self::TargetSlow,
        Self::TargetAnswersGarbage,
    ];

    /// Strikes, and waits until the town works again.
    pub(super) fn strike(self, stage: &mut Stage, generator: &Generator, chance: &mut Random) -> Proof {
        let (fault, sign) = match self {
            Self::HubKilled => ("hub killed", hub_killed(stage)),
            Self::ServerKilled => ("nats-server killed", child(stage, "nats.conf", kill)),
            Self::SourceKilled => ("source killed", child(stage, "--name quelle-a", kill)),
            Self::FolderKilled => ("folder target killed", child(stage, "--name ziel", kill)),
            Self::ServiceConnectorKilled => ("http target killed", child(stage, "--name dienst", kill)),
            Self::HubStopped => ("hub stopped", stop(stage, stage.town.hub_pid())),
            Self::ServerStopped => ("nats-server stopped", child(stage, "nats.conf", stop)),
            Self::ServiceConnectorStopped => ("http target stopped", child(stage, "--name dienst", stop)),
            Self::PowerFailed => ("power failed", power_failed(stage, generator)),
            Self::Reloaded => ("reloaded", reloaded(stage, chance)),
            Self::TargetFails => ("service answers 500", behaves(stage, Mode::Fails)),
            Self::TargetCutsBefore => ("service cuts before effect", behaves(stage, Mode::CutsBefore)),
            Self::TargetCutsAfter => ("service cuts after effect", behaves(stage, Mode::CutsAfter)),
            Self::TargetSlow => ("service is slow", behaves(stage, Mode::Slow)),
            Self::TargetAnswersGarbage => ("service answers garbage", behaves(stage, Mode::Garbage)),
        };
        let recovery = stage.until_next_effect(stage.effects());
        Proof { fault, sign, recovery }
    }
}

fn hub_killed(stage: &mut Stage) -> String {
    let pid = stage.town.hub_pid();
    stage.town.kill_hub();
    assert!(!process::is_running(pid), "the hub goes on");
    stage.town.start_red();
    format!("process {pid} ended")
}

/// Does something to a child of the hub.
fn child(stage: &Stage, word: &str, strike: impl FnOnce(&Stage, u32) -> String) -> String {
    let mut found = None;
    stage.town.wait("the process to be struck runs", |town| {
        found = town.child_pid(word);
        found.is_some()
    });
    strike(stage, found.expect("a process"))
}

fn kill(stage: &Stage, pid: u32) -> String {
    process::signal(pid, Signal::KILL);
    stage
        .town
        .wait("the killed process has ended", |_| !process::is_running(pid));
    format!("process {pid} ended")
}

fn stop(_: &Stage, pid: u32) -> String {
    process::signal(pid, Signal::STOP);
    std::thread::sleep(STOPPED);
    let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    assert!(state.contains(") T "), "the process was not stopped");
    process::signal(pid, Signal::CONT);
    format!("process {pid} stood still for {} s", STOPPED.as_secs())
}

fn power_failed(stage: &mut Stage, generator: &Generator) -> String {
    let pen = generator.hold_pen();
    let dropped = stage.disk.cut_power();
    stage.town.kill_all();
    stage.disk.restore();
    assert!(dropped.bytes > 0, "the power failure took nothing");
    drop(pen);
    stage.town.start_red();
    format!("{} bytes were not on the disk", dropped.bytes)
}

/// Other rules that mean the same: the record says by which each message was decided.
fn reloaded(stage: &Stage, chance: &mut Random) -> String {
    let digest = || stage.town.json(["status"])["rules"]["digest"].to_string();
    let before = digest();
    let purpose = format!("Prüfung {}", chance.next());
    let route = std::fs::read_to_string(stage.town.config().join("routes/quelle-a.toml")).expect("the route");
    let changed = route.replacen("purpose = \"Prüfung", &format!("purpose = \"{purpose}; Prüfung"), 1);
    stage.town.route("quelle-a", &changed);
    assert!(
        stage.town.amtshub(["reload"]).status.success(),
        "the reload was refused"
    );
    stage.town.wait("the new rules are in force", |_| digest() != before);
    "the digest of the rules changed".to_owned()
}

fn behaves(stage: &Stage, mode: Mode) -> String {
    let before = stage.service.behave(mode);
    stage
        .town
        .wait("the target's fault is met", |_| stage.service.struck() > before);
    std::thread::sleep(STOPPED);
    let struck = stage.service.behave(Mode::Well) - before;
    format!("{struck} requests met it")
}
