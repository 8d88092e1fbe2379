// SPDX-License-Identifier: EUPL-1.2
//! The connector of the kind `http`: takes what others send to its own listener.
//!
//! Invariant: a sender is told *accepted* only after the stream has acknowledged.

mod inbound;
mod listener;
mod offer;
mod settings;
mod spool;
mod tls;

use std::process::ExitCode;

use connector_sdk::{Endpoints, NoSink, SettingsFault};
use hub_message::Manifest;
use serde_json::Value;

use inbound::Inbound;
use settings::Settings;

fn manifest() -> Manifest {
    Manifest {
        name: "http".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        protocol: 1,
        vendor: "Amtshub".to_owned(),
        target_class: None,
        emits: Vec::new(),
        accepts: Vec::new(),
        config_schema: settings::schema(),
        max_in_flight: 1,
    }
}

fn open(settings: &Value) -> Result<Endpoints<Inbound, NoSink>, SettingsFault> {
    let settings = Settings::read(settings)?;
    Ok(Endpoints {
        source: Inbound::open(&settings)?,
        sink: None,
    })
}

fn main() -> ExitCode {
    connector_sdk::run(manifest(), open)
}
