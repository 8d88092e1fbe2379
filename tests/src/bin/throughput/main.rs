// SPDX-License-Identifier: EUPL-1.2
//! Messages a second and latency of the real hub against a real nats-server, beside bare pipes that make the same
//! publishes and do nothing else. Prints one JSON object.

use anyhow::Result;
use bytes::Bytes;

mod bare;
mod server;

#[tokio::main]
async fn main() -> Result<()> {
    let body = Bytes::from(vec![b'x'; 1500]);
    for sync_always in [true, false] {
        for publishing in [bare::Publishing::OneByOne, bare::Publishing::Batches] {
            let (rate, cpu) = bare::run(sync_always, publishing, &body, 6000).await?;
            println!("{sync_always} {publishing:?} {rate:.0}/s cpu {cpu:.2}");
        }
    }
    Ok(())
}
