// SPDX-License-Identifier: EUPL-1.2
//! What `/status` says. `schemas/status.schema.json` is its contract.

use hub_message::{ConnectorName, Digest, Timestamp};
use hub_store::{BalanceRow, OutgoingRow};
use serde::{Deserialize, Serialize};

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// As it should be.
    Pass,
    /// Work goes on, somebody should look.
    Warn,
    /// Work stands still.
    Fail,
}

impl Health {
    /// All, from best to worst.
    pub const ALL: [Self; 3] = [Self::Pass, Self::Warn, Self::Fail];

    /// The word in JSON and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// How the hub is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The worst that must be said of the whole.
    pub status: Health,
    /// That in a German sentence.
    pub sentence: String,
    /// Version of the program.
    pub version: String,
    /// Since when this process runs.
    pub since: Timestamp,
    /// When this was gathered.
    pub at: Timestamp,
    /// The rules that are in force; `None` before the configuration is loaded.
    pub rules: Option<Rules>,
    /// The connectors, in the order of their names.
    pub connectors: Vec<Connector>,
    /// NATS.
    pub nats: Nats,
    /// The case store.
    pub store: Store,
    /// The disks that the hub writes to.
    pub disk: Disk,
}

/// The rules in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Digest over configuration, schemas and mappings.
    pub digest: Digest,
    /// When they were loaded.
    pub since: Timestamp,
}

/// State of a connector as the hub sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConnectorState {
    /// It has not said hello yet.
    Starting,
    /// Source and target answer.
    Running,
    /// Something does not answer; work is repeated.
    Degraded,
    /// Paused by a person, or because a recipient's quota is full.
    Paused,
    /// Finishing what it holds.
    Draining,
    /// No sign of life.
    Down,
}

impl ConnectorState {
    /// All states.
    pub const ALL: [Self; 6] = [
        Self::Starting,
        Self::Running,
        Self::Degraded,
        Self::Paused,
        Self::Draining,
        Self::Down,
    ];

    /// The word in JSON and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Degraded => "degraded",
            Self::Paused => "paused",
            Self::Draining => "draining",
            Self::Down => "down",
        }
    }
}

/// A connector and the specialist system behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connector {
    /// Its name.
    pub name: ConnectorName,
    /// Its title, for people.
    pub title: String,
    /// Its kind: `folder`.
    pub kind: String,
    /// How it is; a system that is down is `warn`, because the hub waits for it.
    pub status: Health,
    /// Its state.
    pub state: ConnectorState,
    /// That in a German sentence.
    pub sentence: String,
    /// What came from it today (UTC).
    pub today: Counts,
    /// What went to it out of the messages of today.
    pub outgoing: Outgoing,
    /// Messages that wait for it in the stream.
    pub waiting: u64,
    /// Age of the oldest of them, in seconds.
    pub oldest_seconds: Option<u64>,
    /// Open dead letters of messages from it, of whatever day.
    pub dead_letters: u64,
    /// Age of the oldest of them, in seconds.
    pub dead_letter_oldest_seconds: Option<u64>,
    /// When its source was last read, or its target last took something, without fault.
    pub last_success: Option<Timestamp>,
    /// What its process has done since it started, as it says itself.
    pub work: Work,
    /// Received minus all that is accounted for, today: 0, or something is wrong.
    pub balance_difference: i64,
}

/// What a connector's process has done since it started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Work {
    /// Records that the stream has acknowledged.
    pub emitted: u64,
    /// Records that were refused at the source.
    pub refused: u64,
    /// Deliveries that came to their end.
    pub settled: u64,
    /// Attempts at the target that had to be made again.
    pub repeated: u64,
    /// Questions answered.
    pub answered: u64,
    /// Records and deliveries that it holds now.
    pub in_flight: u32,
}

/// Messages that a connector sent, by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Received.
    pub received: u64,
    /// At every target.
    pub delivered: u64,
    /// Went nowhere because a route says so.
    pub filtered: u64,
    /// Under way.
    pub waiting: u64,
    /// A person must look whether they arrived.
    pub in_doubt: u64,
    /// Could not be processed.
    pub dead_letter: u64,
    /// Given up by a person.
    pub discarded: u64,
    /// Sent again by the source.
    pub repeated: u64,
}

impl From<&BalanceRow> for Counts {
    fn from(row: &BalanceRow) -> Self {
        Self {
            received: row.received,
            delivered: row.delivered,
            filtered: row.filtered,
            waiting: row.waiting,
            in_doubt: row.in_doubt,
            dead_letter: row.dead_letter,
            discarded: row.discarded,
            repeated: row.repeated,
        }
    }
}

/// Deliveries to a connector, by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Outgoing {
    /// At the target.
    pub delivered: u64,
    /// Planned, no receipt yet.
    pub waiting: u64,
    /// A person must look whether they arrived.
    pub in_doubt: u64,
    /// Refused by the target.
    pub rejected: u64,
}

impl From<&OutgoingRow> for Outgoing {
    fn from(row: &OutgoingRow) -> Self {
        Self {
            delivered: row.delivered,
            waiting: row.waiting,
            in_doubt: row.in_doubt,
            rejected: row.rejected,
        }
    }
}

/// How NATS is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nats {
    /// How it is.
    pub status: Health,
    /// That in a German sentence.
    pub sentence: String,
    /// Whether the hub is connected.
    pub connected: bool,
    /// Whether the hub started the server itself.
    pub embedded: bool,
    /// Version of the server.
    pub version: Option<String>,
    /// Whether the server syncs every write; without it a power failure loses messages.
    pub sync_always: bool,
    /// Whether every stream and consumer that is needed exists.
    pub prepared: bool,
    /// The streams.
    pub streams: Vec<Stream>,
}

/// A stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stream {
    /// Its name.
    pub name: String,
    /// Messages in it.
    pub messages: u64,
    /// Bytes in it.
    pub bytes: u64,
    /// Bytes that it may hold.
    pub bytes_max: u64,
    /// Sequences of messages that are in it and cannot be read, because their file is damaged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<u64>,
    /// Bytes that the server cut off its files as damaged when it started.
    #[serde(default)]
    pub cut_bytes: u64,
}

/// How the case store is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Store {
    /// How it is.
    pub status: Health,
    /// That in a German sentence.
    pub sentence: String,
    /// Whether it can be written.
    pub writable: bool,
    /// Version of its layout.
    pub version: i64,
    /// Cases.
    pub cases: u64,
    /// Its size in bytes.
    pub bytes: u64,
    /// Records and receipts that wait to be written.
    pub waiting: u64,
}

/// How the disks are that the hub writes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disk {
    /// How they are; `fail` when nothing new is taken because one is short of room.
    pub status: Health,
    /// That in a German sentence.
    pub sentence: String,
    /// Bytes that are free on the disk that has the least; `None` while it cannot be told.
    pub free_bytes: Option<u64>,
    /// Bytes that stay free: with less, nothing new is taken.
    pub reserve_bytes: u64,
}

/// Something that must be so before work can be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What.
    pub name: &'static str,
    /// Whether it is so.
    pub ok: bool,
}

impl Status {
    /// What readiness means. The state of a specialist system is no part of it: its messages wait.
    pub fn checks(&self) -> [Check; 4] {
        let check = |name, ok| Check { name, ok };
        [
            check("nats-connected", self.nats.connected),
            check("streams-exist", self.nats.prepared),
            check("store-writable", self.store.writable),
            check("configuration-loaded", self.rules.is_some()),
        ]
    }

    /// Whether the hub can take work.
    pub fn is_ready(&self) -> bool {
        self.checks().iter().all(|check| check.ok)
    }
}
