// SPDX-License-Identifier: EUPL-1.2
//! Checks of the source: custody, and contents that stay what they are.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use rustix::process::Signal;

use crate::kit::bench::{Bench, Checked, Fault};

/// The content of a probe: its number, and letters that are easily broken.
pub(super) fn content(number: u32) -> Bytes {
    Bytes::from(format!("probe-{number:04} Größe, Straße, Łódź, Ārāmṣ, naïve\n"))
}

/// Puts a probe into the source.
pub(super) async fn put(bench: &Bench, number: u32) -> Checked {
    let name = format!("größe-{number:04}.txt");
    bench.system().put(&name, &content(number)).await.map_err(Fault)
}

/// With the server standing still nothing can be in custody: a connector that lets go now loses records. It is killed
/// meanwhile, twice, so that only the system itself can still know them.
pub(super) async fn custody(bench: &mut Bench) -> Checked {
    bench.start_and_greet().await?;
    put(bench, 1).await?;
    bench
        .until("a record of the source reaches the stream", |heard| {
            !heard.records.is_empty()
        })
        .await?;
    bench.signal_server(Signal::STOP);
    for number in 2..=6 {
        put(bench, number).await?;
    }
    tokio::time::sleep(Duration::from_secs(4)).await;
    bench.kill().await;
    bench.signal_server(Signal::CONT);
    bench.start()?;
    tokio::time::sleep(Duration::from_millis(700)).await;
    bench.kill().await;
    bench.start()?;
    let all: Vec<Bytes> = (1..=6).map(content).collect();
    bench
        .until(
            "every record reaches the stream, also those that were put while the server stood still",
            |heard| {
                all.iter()
                    .all(|one| heard.records.iter().any(|record| record.native == one))
            },
        )
        .await?;
    let mut ids: BTreeMap<Bytes, Vec<String>> = BTreeMap::new();
    for record in bench.hub.heard().records {
        ids.entry(record.native).or_default().push(record.id.to_string());
    }
    for (native, mut found) in ids {
        found.dedup();
        if found.len() > 1 {
            let first: String = String::from_utf8_lossy(&native).chars().take(10).collect();
            return Err(Fault(format!(
                "the record {first} came under two message ids: it would count twice"
            )));
        }
    }
    Ok(())
}

pub(super) async fn native_bytes(bench: &mut Bench) -> Checked {
    bench.start_and_greet().await?;
    put(bench, 1).await?;
    bench
        .until("a record of the source reaches the stream", |heard| {
            !heard.records.is_empty()
        })
        .await?;
    let heard = bench.hub.heard();
    let Some(record) = heard.records.first() else {
        return Err(Fault("there is no record".to_owned()));
    };
    if record.native != content(1) {
        return Err(Fault(
            "the content is not what was put into the system, byte by byte".to_owned(),
        ));
    }
    match &record.name {
        Some(name) if name.chars().any(|letter| matches!(letter, '\u{300}'..='\u{36f}')) => {
            Err(Fault("the record's name holds letters taken apart (NFD)".to_owned()))
        }
        _ => Ok(()),
    }
}
