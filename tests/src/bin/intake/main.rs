// SPDX-License-Identifier: EUPL-1.2
//! How fast a town takes in what is large: a CSV file of many lines, and documents of a gibibyte, with what hub and
//! connectors hold in memory meanwhile. Documents are measured beside copying the same file, with SHA-256 and fsync, in
//! the same run. Prints one JSON object.

use anyhow::Result;
use clap::Parser;

mod documents;
mod lines;
mod memory;

/// Measures what a town takes in.
#[derive(Debug, Parser)]
struct Arguments {
    /// Lines of the CSV file; 0 leaves it out.
    #[arg(long, default_value_t = 200_000)]
    lines: usize,
    /// Size of the document in MiB; 0 leaves it out.
    #[arg(long, default_value_t = 1024)]
    document_mib: usize,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let lines = (arguments.lines > 0)
        .then(|| lines::measure(arguments.lines))
        .transpose()?;
    let document = (arguments.document_mib > 0)
        .then(|| documents::measure(arguments.document_mib))
        .transpose()?;
    let measured = serde_json::json!({"lines": lines, "document": document});
    println!("{}", serde_json::to_string_pretty(&measured)?);
    Ok(())
}
