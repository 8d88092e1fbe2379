// SPDX-License-Identifier: EUPL-1.2
//! `amtshub connector`: add, test and steer connectors, and bridge to programs without a NATS client.

mod add;
mod steer;
mod test;

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::Command;

use super::place::{Failure, Place, finish};
use crate::exit::Exit;
use crate::supervise::beside;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Add a connector: its configuration file, and its credentials.
    Add(add::Add),
    /// Check that a connector keeps to the protocol, and write a report.
    Test(test::Test),
    /// Run a program that reads and writes lines of JSON as a connector: OPTIONS -- PROGRAM.
    Exec(Exec),
    /// Replace a connector's key without dropping anybody else.
    Rotate(steer::Rotate),
    /// Let a connector pause; a restart does not forget it.
    Pause(steer::Pause),
    /// Let a paused connector go on.
    Resume(steer::Resume),
    /// Let a connector finish what it holds and end; the hub starts it again if it is its own.
    Drain(steer::Drain),
    /// Ask a connector how it is.
    Check(steer::Check),
}

#[derive(Debug, clap::Args)]
struct Exec {
    /// Options as every connector has them (--name, --nats, --seed, --state), `--`, the program and its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    words: Vec<OsString>,
}

/// Does it.
pub(crate) fn execute(arguments: &Arguments) -> Exit {
    finish(match &arguments.action {
        Action::Add(add) => add::execute(add),
        Action::Test(test) => test::execute(test),
        Action::Exec(exec) => bridge(exec),
        Action::Rotate(rotate) => steer::rotate(rotate),
        Action::Pause(pause) => steer::pause(pause),
        Action::Resume(resume) => steer::resume(resume),
        Action::Drain(drain) => steer::drain(drain),
        Action::Check(check) => steer::check(check),
    })
}

/// Becomes the bridge.
fn bridge(exec: &Exec) -> Result<Exit, Failure> {
    let program = beside("amtshub-connector-exec");
    // A `--` right behind `exec` is taken by the command line's parser; the bridge needs it.
    let given: Vec<OsString> = std::env::args_os().skip_while(|word| word != "exec").skip(1).collect();
    let words = if given.is_empty() { exec.words.clone() } else { given };
    let error = Command::new(&program).args(words).exec();
    Err(Failure::new(
        Exit::Unreachable,
        format!("{program} lässt sich nicht starten: {error}. Gehört es zur Installation?"),
    ))
}
