// SPDX-License-Identifier: EUPL-1.2
//! `amtshub run`.

use std::path::PathBuf;

use crate::exit::Exit;
use crate::hub::Sabotage;
use crate::run::{Options, run};

/// What the command takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Folder of the configuration: hub.toml, connectors/, routes/.
    #[arg(long, value_name = "DIR")]
    config: PathBuf,
    /// Data folder: streams, documents, cases, keys. Made if it is missing.
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// Do something wrong on purpose, so that a test can prove that it notices.
    #[cfg(feature = "sabotage")]
    #[arg(long, value_enum)]
    sabotage: Option<crate::hub::Fault>,
}

/// Does it.
pub(crate) fn execute(arguments: &Arguments) -> Exit {
    #[cfg(feature = "sabotage")]
    let sabotage = Sabotage::with(arguments.sabotage);
    #[cfg(not(feature = "sabotage"))]
    let sabotage = Sabotage::default();
    run(&Options {
        config: arguments.config.clone(),
        data: arguments.data.clone(),
        sabotage,
    })
}
