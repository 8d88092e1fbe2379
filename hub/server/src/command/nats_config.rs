// SPDX-License-Identifier: EUPL-1.2
//! `amtshub nats-config`: the accounts for a NATS cluster that somebody else runs.

use std::path::PathBuf;

use hub_bus::{Keys, accounts_config};

use super::place::{Failure, finish};
use crate::config;
use crate::exit::Exit;
use crate::terminal;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Folder of the configuration: an account for each of its connectors.
    #[arg(long, value_name = "DIR")]
    config: PathBuf,
    /// Folder of the seeds; what is missing is made, of mode 0600. `[nats] seed` and `system_seed` of hub.toml name two of
    /// them, the hub's data folder holds those of the connectors in `seeds`.
    #[arg(long, value_name = "DIR", default_value = "data/seeds")]
    seeds: PathBuf,
}

/// Does it.
pub(crate) fn execute(arguments: &Arguments) -> Exit {
    finish(print(arguments))
}

fn print(arguments: &Arguments) -> Result<Exit, Failure> {
    let connectors = config::connectors(&arguments.config).map_err(|text| Failure::new(Exit::Configuration, text))?;
    let unusable = |fault: hub_bus::KeyFault| Failure::new(Exit::Unreachable, fault.to_string());
    let keys = Keys::open(&arguments.seeds).map_err(unusable)?;
    let text = accounts_config(&keys, &connectors).map_err(unusable)?;
    terminal::data(text.as_bytes());
    terminal::message(&format!(
        "Die Schlüssel liegen in {}: hub.seed und system.seed für den Hub, je einer für jeden Konnektor.",
        arguments.seeds.display()
    ));
    Ok(Exit::Ok)
}
