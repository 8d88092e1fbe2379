// SPDX-License-Identifier: EUPL-1.2
//! The connector of the kind `folder`: takes complete files from a hot folder and puts deliveries into a target folder.
//!
//! Invariant: a file leaves the hot folder only after the hub has custody, and a delivery appears in the target folder
//! whole and once.

mod directory;
mod inbox;
mod outbox;
mod pattern;
mod settings;

use std::process::ExitCode;

use connector_sdk::{Endpoints, SettingsFault};
use hub_message::{Manifest, TargetClass};
use serde_json::Value;

use inbox::Inbox;
use outbox::Outbox;
use settings::Settings;

/// Deliveries worked on at once: enough that many lanes share each fsync.
const IN_FLIGHT: u32 = 64;

fn manifest() -> Manifest {
    Manifest {
        name: "folder".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        protocol: 1,
        vendor: "Amtshub".to_owned(),
        target_class: Some(TargetClass::Idempotent),
        emits: Vec::new(),
        accepts: Vec::new(),
        answers: Vec::new(),
        config_schema: settings::schema(),
        max_in_flight: IN_FLIGHT,
    }
}

fn open(settings: &Value) -> Result<Endpoints<Inbox, Outbox>, SettingsFault> {
    let settings = Settings::read(settings)?;
    Ok(Endpoints {
        source: settings.inbox.map(Inbox::open).transpose()?,
        sink: settings.outbox.map(Outbox::open).transpose()?,
        responder: None,
    })
}

fn main() -> ExitCode {
    connector_sdk::run(manifest(), open)
}
