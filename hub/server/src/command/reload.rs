// SPDX-License-Identifier: EUPL-1.2
//! `amtshub reload`: let the running hub read its configuration again, whole or not at all.

use super::place::{Failure, Place, finish};
use crate::control::Request;
use crate::exit::Exit;
use crate::terminal;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: Place,
}

/// Does it.
pub(crate) fn execute(arguments: &Arguments) -> Exit {
    let reloaded = arguments.place.ask(&Request::Reload).map_err(Failure::from);
    finish(reloaded.map(|said| {
        terminal::message(said.as_str().unwrap_or("Neu geladen."));
        Exit::Ok
    }))
}
