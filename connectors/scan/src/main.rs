// SPDX-License-Identifier: EUPL-1.2
//! The connector of the kind `scan`: files of a scanner become documents with text, barcodes and confidence.
//!
//! Invariant: nothing of a scanned file is interpreted in the connector's own process. Whatever looks into one, the tools and
//! this program's own readers, is a child with limits, and what it does wrong is the file's fault.

mod codes;
mod dividing;
mod job;
mod page;
mod pdf;
mod recognition;
mod refusal;
mod settings;
mod sidecar;
mod source;
mod tiff_file;
mod tool;

use std::process::ExitCode;

use connector_sdk::{Endpoints, NoSink, SettingsFault};
use hub_message::Manifest;
use serde_json::Value;

use settings::Settings;
use source::Scanner;

fn manifest() -> Manifest {
    Manifest {
        name: "scan".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        protocol: 1,
        vendor: "Amtshub".to_owned(),
        target_class: None,
        emits: Vec::new(),
        accepts: Vec::new(),
        answers: Vec::new(),
        config_schema: settings::schema(),
        max_in_flight: 1,
    }
}

fn open(settings: &Value) -> Result<Endpoints<Scanner, NoSink>, SettingsFault> {
    Ok(Endpoints {
        source: Some(Scanner::open(Settings::read(settings)?)?),
        sink: None,
        responder: None,
    })
}

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    match words.split_first() {
        Some((first, rest)) if first == tool::LIMITED => tool::become_limited(rest),
        Some((first, rest)) if first == tool::READER => tool::read_for_parent(rest),
        _ => connector_sdk::run(manifest(), open),
    }
}
