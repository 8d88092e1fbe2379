// SPDX-License-Identifier: EUPL-1.2
//! Runs the delivery checker and prints its report. Ends with 1 when a promise did not hold.

use std::process::ExitCode;

use amtshub_tests::checker::{Plan, run};
use clap::Parser;

/// Checks that nothing is lost, nothing doubled, and the order kept, whatever fails.
#[derive(Debug, Parser)]
struct Arguments {
    /// Messages that are sent.
    #[arg(long, default_value_t = 20_000)]
    messages: usize,
    /// Rounds of all faults.
    #[arg(long, default_value_t = 1)]
    rounds: usize,
    /// The order of the faults, what is poison, what is large, what survives a power failure.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A fault that is built into the hub; the checker must notice it.
    #[arg(long)]
    sabotage: Option<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let sabotaged = |fault: &String| {
        (
            "amtshub-sabotaged".to_owned(),
            vec!["--sabotage".to_owned(), fault.clone()],
        )
    };
    let sound = ("amtshub".to_owned(), Vec::new());
    let report = run(&Plan {
        messages: arguments.messages,
        seed: arguments.seed,
        rounds: arguments.rounds,
        program: arguments.sabotage.as_ref().map_or(sound, sabotaged),
    });
    print!("{}", report.text());
    ExitCode::from(u8::from(!report.violations.is_empty()))
}
