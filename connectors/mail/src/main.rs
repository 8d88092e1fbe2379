// SPDX-License-Identifier: EUPL-1.2
//! The connector of the kind `mail`: takes mails out of a folder over IMAP and sends deliveries over SMTP.
//!
//! Invariant: a mail keeps its place in its folder until the stream has acknowledged it, and a delivery whose last line
//! may have reached the server is never called without effect.

mod address;
mod inbox;
mod imap;
mod line;
mod outbox;
mod scan;
mod settings;
mod smtp;
mod tls;

use std::process::ExitCode;

use connector_sdk::{Endpoints, SettingsFault};
use hub_message::{Manifest, TargetClass};
use serde_json::Value;

use inbox::Inbox;
use outbox::Outbox;
use settings::Settings;

/// Deliveries worked on at once, each over a connection of its own: mail servers count connections.
const IN_FLIGHT: u32 = 4;

fn manifest() -> Manifest {
    Manifest {
        name: "mail".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        protocol: 1,
        vendor: "Amtshub".to_owned(),
        // SMTP knows no repetition; only a server that files what it sent can be asked, and the settings say so.
        target_class: Some(TargetClass::Neither),
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
        source: Inbox::open(&settings)?,
        sink: Outbox::open(&settings)?,
        responder: None,
    })
}

fn main() -> ExitCode {
    connector_sdk::run(manifest(), open)
}
