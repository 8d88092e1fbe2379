// SPDX-License-Identifier: EUPL-1.2
//! `amtshub map`.

use crate::exit::Exit;
use crate::terminal;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {}

/// Does it.
pub(crate) fn execute(_arguments: &Arguments) -> Exit {
    terminal::message("amtshub map: not part of this build yet");
    Exit::Unreachable
}
