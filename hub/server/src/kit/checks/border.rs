// SPDX-License-Identifier: EUPL-1.2
//! Checks of the border: a connector speaks for itself, within its own subjects, with the protocol's headers.

use super::sending::put;
use super::{delivering, greeting};
use crate::kit::bench::{Bench, Checked, Fault};

pub(super) async fn own_source(bench: &mut Bench) -> Checked {
    bench.start_and_greet().await?;
    for number in 1..=3 {
        put(bench, number).await?;
    }
    bench
        .until("the records of the source reach the stream", |heard| {
            heard.records.len() + heard.broken.len() >= 3
        })
        .await?;
    let heard = bench.hub.heard();
    if let Some(fault) = heard.broken.first() {
        return Err(Fault(format!("an envelope is not valid: {fault}")));
    }
    if heard.foreign_headers > 0 {
        let count = heard.foreign_headers;
        return Err(Fault(format!(
            "{count} headers are no part of the protocol; the hub drops them"
        )));
    }
    Ok(())
}

/// The server denies what an account may not do, and says so in its log: a connector that keeps to the protocol never
/// makes it do that.
pub(super) async fn own_subjects(bench: &mut Bench) -> Checked {
    if bench.description().target.is_some() {
        delivering::delivery(bench).await?;
    } else {
        greeting::hello(bench).await?;
    }
    if bench.description().source.is_some() {
        put(bench, 1).await?;
        bench
            .until("a record of the source reaches the stream", |heard| {
                heard.records.len() + heard.broken.len() > 0
            })
            .await?;
    }
    match bench.violations().first() {
        Some(denied) => Err(Fault(format!("the server had to deny something: {denied}"))),
        None => Ok(()),
    }
}
