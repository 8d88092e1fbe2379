// SPDX-License-Identifier: EUPL-1.2
//! The connector of the kind `http`: takes what others send to its own listener, asks others for
//! what is new, and sends deliveries to a target.
//!
//! Invariant: a sender is told *accepted* only after the stream has acknowledged, and a request that may have reached the
//! target is never called without effect.

mod caller;
mod inbound;
mod listener;
mod offer;
mod outlet;
mod polling;
mod settings;
mod tls;

use std::process::ExitCode;

use connector_sdk::{Endpoints, SettingsFault};
use hub_message::{Manifest, TargetClass};
use serde_json::Value;

use inbound::Inbound;
use outlet::Outlet;
use settings::Settings;

/// Deliveries worked on at once.
const IN_FLIGHT: u32 = 16;

fn manifest() -> Manifest {
    Manifest {
        name: "http".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        protocol: 1,
        vendor: "Amtshub".to_owned(),
        // What is true of every target; the settings may promise more of one.
        target_class: Some(TargetClass::Neither),
        emits: Vec::new(),
        accepts: Vec::new(),
        answers: Vec::new(),
        config_schema: settings::schema(),
        max_in_flight: IN_FLIGHT,
    }
}

fn open(settings: &Value) -> Result<Endpoints<Inbound, Outlet>, SettingsFault> {
    let settings = Settings::read(settings)?;
    let sink = settings.send.clone().map(Outlet::open).transpose()?;
    // The sources last: they work from the moment they are there.
    Ok(Endpoints {
        source: Inbound::open(&settings)?,
        sink,
        responder: None,
    })
}

fn main() -> ExitCode {
    connector_sdk::run(manifest(), open)
}
