// SPDX-License-Identifier: EUPL-1.2
//! The hub's binary: `amtshub run` and everything that operators and IT staff do at the command line.

mod cli;
mod command;
mod config;
mod control;
mod exit;
mod hub;
mod kit;
mod run;
mod status;
mod supervise;
mod terminal;

use std::process::ExitCode;

use clap::Parser;
use cli::{Cli, Command};
use mimalloc::MiMalloc;

/// Every message is a few hundred small allocations on changing threads, which took a quarter of the hub's time in the C
/// library's allocator.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let exit = match Cli::parse().command {
        Command::Run(arguments) => command::run::execute(&arguments),
        Command::Check(arguments) => command::check::execute(&arguments),
        Command::Map(arguments) => command::map::execute(&arguments),
        Command::Coverage(arguments) => command::coverage::execute(&arguments),
        Command::Diff(arguments) => command::diff::execute(&arguments),
        Command::Test(arguments) => command::test::execute(&arguments),
        Command::Table(arguments) => command::table::execute(&arguments),
        Command::Explain(arguments) => command::explain::execute(&arguments),
        Command::Fmt(arguments) => command::fmt::execute(&arguments),
        Command::Functions(arguments) => command::functions::execute(&arguments),
        Command::Schema(arguments) => command::schema::execute(&arguments),
        Command::New(arguments) => command::new::execute(&arguments),
        Command::Lsp(arguments) => command::lsp::execute(&arguments),
        Command::Reload(arguments) => command::reload::execute(&arguments),
        Command::Status(arguments) => command::status::execute(&arguments),
        Command::Connector(arguments) => command::connector::execute(&arguments),
        Command::NatsConfig(arguments) => command::nats_config::execute(&arguments),
        Command::Case(arguments) => command::case::execute(&arguments),
        Command::Message(arguments) => command::message::execute(&arguments),
        Command::Deadletter(arguments) => command::deadletter::execute(&arguments),
    };
    exit.into()
}
