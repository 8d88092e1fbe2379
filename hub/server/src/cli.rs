// SPDX-License-Identifier: EUPL-1.2
//! The command line: which commands there are. What each one takes stands beside what it does, in `command`.

use clap::{Parser, Subcommand, ValueEnum};

use crate::command;

/// Integration hub for town halls.
///
/// Data go to standard output, messages to standard error. Exit codes: 0 ok, 1 findings, 2 wrong usage,
/// 3 configuration, 4 something that is needed does not answer, 5 not permitted, 6 partly done.
#[derive(Debug, Parser)]
#[command(name = "amtshub", version, propagate_version = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the hub and its connectors.
    Run(command::run::Arguments),
    /// Check configuration, routes, schemas and mappings without running anything.
    Check(command::check::Arguments),
    /// Map a file to canonical JSON, or onward to another format, without sending anything.
    Map(command::map::Arguments),
    /// Show how far a mapping and a folder of documents cover each other.
    Coverage(command::coverage::Arguments),
    /// Show what a change of a mapping does to its outputs, field by field.
    Diff(command::diff::Arguments),
    /// Run the tests that stand in mapping files.
    Test(command::test::Arguments),
    /// Code tables of mappings: take published code lists in.
    Table(command::table::Arguments),
    /// Say what a code means and what to do about it.
    Explain(command::explain::Arguments),
    /// Bring mapping files and configuration into one canonical spelling, comments kept.
    Fmt(command::fmt::Arguments),
    /// Say what the functions of the mapping language do.
    Functions(command::functions::Arguments),
    /// Begin a mapping from a sample of its format.
    New(command::new::Arguments),
    /// Write the JSON Schema of a kind of file, for the editors that complete and check it.
    Schema(command::schema::Arguments),
    /// Serve an editor that speaks the Language Server Protocol, over standard input and output.
    Lsp(command::lsp::Arguments),
    /// Let the running hub read its configuration again, whole or not at all.
    Reload(command::reload::Arguments),
    /// Show what the running hub says about itself.
    Status(command::status::Arguments),
    /// Connectors: add, test, pause and resume them, or bridge to any program.
    Connector(command::connector::Arguments),
    /// Print the accounts that a NATS cluster run by somebody else needs.
    NatsConfig(command::nats_config::Arguments),
    /// Cases: what belongs together.
    Case(command::case::Arguments),
    /// Messages: what came, and what became of it.
    Message(command::message::Arguments),
    /// Dead letters: what could not be processed, and what to do about it.
    Deadletter(command::deadletter::Arguments),
}

/// How a listing is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Output {
    /// For people.
    #[default]
    Table,
    /// For programs.
    Json,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
