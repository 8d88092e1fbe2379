// SPDX-License-Identifier: EUPL-1.2
//! Messages a second and latency of the real hub against a real nats-server, beside bare pipes that make the same
//! publishes and do nothing else. Prints one JSON object.

use anyhow::Result;
use bytes::Bytes;
use clap::Parser;
use serde::Serialize;

mod bare;
mod hub;
mod server;

/// Measures the hub beside bare pipes.
#[derive(Debug, Parser)]
struct Arguments {
    /// Messages for each measurement.
    #[arg(long, default_value_t = 20_000)]
    messages: usize,
    /// Sizes of the messages in bytes.
    #[arg(long, value_delimiter = ',', default_values_t = [1500, 12_000])]
    bytes: Vec<usize>,
    /// Only with `sync_interval: always`.
    #[arg(long)]
    always_only: bool,
}

/// One row of the result.
#[derive(Debug, Serialize)]
struct Row {
    sync: &'static str,
    bytes: usize,
    messages: usize,
    bare_one_by_one_rate: f64,
    bare_batches_rate: f64,
    /// The hub's rate beside the bare pipe that publishes one by one.
    ratio_to_one_by_one: f64,
    /// The hub's rate beside the bare pipe that publishes in atomic batches.
    ratio_to_batches: f64,
    hub: hub::Measured,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let mut rows = Vec::new();
    for &bytes in &arguments.bytes {
        for sync_always in [true, false] {
            if sync_always || !arguments.always_only {
                rows.push(row(sync_always, bytes, arguments.messages).await?);
            }
        }
    }
    println!(
        "{}",
        serde_json::to_string_pretty(&serde_json::json!({ "rows": rows }))?
    );
    Ok(())
}

async fn row(sync_always: bool, bytes: usize, messages: usize) -> Result<Row> {
    let body = Bytes::from(amtshub_tests::record::xml(1, 1, bytes));
    let (one_by_one, _) = bare::run(sync_always, bare::Publishing::OneByOne, &body, messages / 4).await?;
    let (batches, _) = bare::run(sync_always, bare::Publishing::Batches, &body, messages).await?;
    let hub = hub::run(sync_always, bytes, messages).await?;
    Ok(Row {
        sync: if sync_always { "always" } else { "default" },
        bytes,
        messages,
        bare_one_by_one_rate: one_by_one,
        bare_batches_rate: batches,
        ratio_to_one_by_one: hub.rate / one_by_one,
        ratio_to_batches: hub.rate / batches,
        hub,
    })
}
