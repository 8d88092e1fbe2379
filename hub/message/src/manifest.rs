// SPDX-License-Identifier: EUPL-1.2
//! Hello, welcome and heartbeat: what a connector and the hub say about themselves (`reg.<c>`, `beat.<c>`).

use serde::{Deserialize, Serialize};

use crate::id::Digest;
use crate::name::{ConnectorName, MessageType};
use crate::timestamp::Timestamp;

/// How a target behaves when a delivery is repeated after a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TargetClass {
    /// The delivery id is its key: repeating does nothing.
    Idempotent,
    /// It can be asked whether the delivery arrived.
    Queryable,
    /// Neither: a crash between effect and receipt ends in doubt.
    Neither,
}

/// A message type that a connector emits or accepts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeOffer {
    /// The type.
    #[serde(rename = "type")]
    pub kind: MessageType,
    /// Media type of the native bytes.
    pub media_type: String,
}

/// What a connector is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The connector's kind or product name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Version of the connector protocol: 1.
    pub protocol: u32,
    /// Who made it.
    pub vendor: String,
    /// How its target behaves; `None` for a connector that is only a source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_class: Option<TargetClass>,
    /// What it emits; empty when the configuration decides.
    #[serde(default)]
    pub emits: Vec<TypeOffer>,
    /// What it accepts; empty when it takes anything.
    #[serde(default)]
    pub accepts: Vec<TypeOffer>,
    /// The look-ups that it answers, by name; empty when the configuration decides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<String>,
    /// JSON Schema of its settings; `"x-secret": true` marks secrets.
    #[serde(default)]
    pub config_schema: serde_json::Value,
    /// How many deliveries it works on at once.
    pub max_in_flight: u32,
}

impl Manifest {
    /// The manifest of a connector of which nothing is known yet.
    pub fn nameless() -> Self {
        Self {
            name: String::new(),
            version: String::new(),
            protocol: 1,
            vendor: String::new(),
            target_class: None,
            emits: Vec::new(),
            accepts: Vec::new(),
            answers: Vec::new(),
            config_schema: serde_json::Value::Null,
            max_in_flight: 1,
        }
    }
}

/// The hello of a connector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// What it is.
    pub manifest: Manifest,
    /// Digest of the configuration that it has cached, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config_digest: Option<Digest>,
}

/// The hub's answer to a hello.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The connector's name.
    pub connector: ConnectorName,
    /// Its settings, as the administrator wrote them under `[settings]`, secrets resolved.
    pub config: serde_json::Value,
    /// Digest of the settings.
    pub config_digest: Digest,
    /// The message types that the hub takes from it.
    pub types: Vec<MessageType>,
    /// Bytes above which a body goes through the document store.
    pub inline_bytes_max: u64,
    /// Largest document that the hub takes, in bytes.
    pub document_bytes_max: u64,
}

/// A heartbeat, every 10 s.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beat {
    /// `running`, `degraded`, `paused`, `draining`.
    pub state: State,
    /// The state in one sentence, without personal data.
    pub text: String,
    /// Records taken but not yet confirmed, and deliveries being worked on.
    pub in_flight: u32,
    /// Last time the source was read without fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_ok: Option<Timestamp>,
    /// Last time the target took something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_ok: Option<Timestamp>,
    /// Digest of the configuration that it runs on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config_digest: Option<Digest>,
    /// Records that the connector refused at the source since it started.
    #[serde(default)]
    pub refused: u64,
    /// Records that the stream has acknowledged since it started.
    #[serde(default)]
    pub emitted: u64,
    /// Deliveries that came to their end since it started, whatever it was.
    #[serde(default)]
    pub settled: u64,
    /// Attempts at the target that have to be made again, since it started.
    #[serde(default)]
    pub repeated: u64,
    /// Questions that it has answered since it started.
    #[serde(default)]
    pub answered: u64,
}

/// A pause that a person has asked for (`ctl.<c>.pause`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Pause {
    /// Why, without personal data: it stands on the status page.
    pub reason: String,
    /// When the connector goes on by itself; without it when a person says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// The hub takes nothing new for a while (`ctl.<c>.hold`): nothing is taken from the source, deliveries go on. It is a
/// lease: when the hub does not renew it, it is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Why, in a German sentence without personal data: it stands on the status page.
    pub reason: String,
    /// How long, in seconds from now; 0 ends it at once. At most [`Hold::SECONDS_MAX`] count.
    pub seconds: u64,
}

impl Hold {
    /// The longest lease, in seconds.
    pub const SECONDS_MAX: u64 = 60;
}

/// State of a connector, as it says itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Source and target answer.
    Running,
    /// Something does not answer; work is repeated.
    Degraded,
    /// Paused by a person.
    Paused,
    /// Finishing what it holds.
    Draining,
}
