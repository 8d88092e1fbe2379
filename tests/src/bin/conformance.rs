// SPDX-License-Identifier: EUPL-1.2
//! `tests/conformance DATA`: are the shipped schemas and mappings right about published documents?

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

/// Maps the published invoices and sidecars below DATA and compares them with their oracles.
#[derive(Parser)]
struct Arguments {
    /// The folder with `xrechnung/`, `xrechnung/oracle/` and `munich/swim-sidecars/`.
    data: PathBuf,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut out = std::io::stdout().lock();
    match amtshub_tests::conformance::run(&arguments.data, &root, &mut out) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(fault) => {
            let _ = writeln!(std::io::stderr(), "{fault:#}");
            ExitCode::from(2)
        }
    }
}
