// SPDX-License-Identifier: EUPL-1.2
//! The connector of the kind `folder`: takes complete files from a hot folder and puts deliveries into a target folder.
//!
//! Invariant: a file leaves the hot folder only after the hub has custody, and a delivery appears in the target folder
//! whole and once.

use std::process::ExitCode;

use amtshub_connector_folder::{open, schema};
use hub_message::{Manifest, TargetClass};

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
        config_schema: schema(),
        max_in_flight: IN_FLIGHT,
    }
}

fn main() -> ExitCode {
    connector_sdk::run(manifest(), open)
}
