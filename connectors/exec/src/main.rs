// SPDX-License-Identifier: EUPL-1.2
//! The connector of the kind `exec`: a bridge to any program that reads and writes lines of JSON on its standard input and
//! output, for systems whose vendor has no NATS client.
//!
//! Invariant: what the SDK promises holds for the program too. It is told a delivery only after the ledger was asked, and
//! that a record is in custody only after the stream has acknowledged it.

mod files;
mod program;
mod responder;
mod sink;
mod source;
mod wire;

use std::ffi::OsString;
use std::process::ExitCode;

use connector_sdk::{Endpoints, SettingsFault};
use hub_message::Manifest;
use serde_json::Value;

use program::Program;
use responder::Answers;
use sink::Deliveries;
use source::Records;

/// What the program's manifest means for its sides: it is a sink when it says how its target behaves, a responder when it
/// says what it answers, and a source always.
fn open(
    command: &[OsString],
    manifest: &Manifest,
    settings: &Value,
) -> Result<Endpoints<Records, Deliveries, Answers>, SettingsFault> {
    let (program, emits) = Program::keep(command.to_vec(), settings);
    Ok(Endpoints {
        sink: manifest.target_class.map(|_| Deliveries {
            program: program.clone(),
        }),
        responder: (!manifest.answers.is_empty()).then(|| Answers {
            program: program.clone(),
        }),
        source: Some(Records { program, emits }),
    })
}

fn main() -> ExitCode {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    let dashes = arguments.iter().position(|word| word == "--");
    let command = dashes.map(|at| arguments.split_off(at)).unwrap_or_default();
    let command: Vec<OsString> = command.into_iter().skip(1).collect();
    let asked = arguments.iter().any(|word| word == "--help" || word == "-h");
    if command.is_empty() && !asked {
        return connector_sdk::wrong_usage(
            "the program is missing: amtshub connector exec [OPTIONS] -- PROGRAM [ARGUMENTS]",
        );
    }
    let manifest = if asked { Ok(Manifest::nameless()) } else { ask(&command) };
    match manifest {
        Ok(manifest) => {
            let sides = manifest.clone();
            connector_sdk::run_from(arguments, manifest, move |settings| open(&command, &sides, settings))
        }
        Err(fault) => connector_sdk::wrong_usage(&fault),
    }
}

fn ask(command: &[OsString]) -> Result<Manifest, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime.block_on(program::manifest(command))
}
