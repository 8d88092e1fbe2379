// SPDX-License-Identifier: EUPL-1.2
//! Checks with faults: a target that does not answer, a connector that is killed in the middle.

use std::time::Duration;

use hub_message::{Outcome, Recipient, TargetClass};
use rustix::process::Signal;

use super::delivering::{deliver, until_acknowledged, until_done};
use crate::kit::bench::{Bench, Checked, Fault, name};

/// How long a broken target is left alone.
const BROKEN: Duration = Duration::from_secs(4);
/// Deaths of the connector.
const DEATHS: u32 = 4;

pub(super) async fn effect_first(bench: &mut Bench) -> Checked {
    bench.start_and_greet().await?;
    // The first one shows that the connector has its target: what is broken before that it might make anew.
    deliver(bench, [1]).await?;
    until_done(bench, &[1]).await?;
    until_acknowledged(bench).await?;
    bench.system().break_target().await.map_err(Fault)?;
    deliver(bench, [2]).await?;
    tokio::time::sleep(BROKEN).await;
    let waiting = bench.hub.bus.pending(&Recipient::Connector(name())).await?.waiting;
    let done = bench.hub.heard().receipts.len();
    if waiting == 0 || done > 1 {
        let text = "with a target that does not answer the delivery was acknowledged, or a receipt was sent";
        return Err(Fault(text.to_owned()));
    }
    bench.system().mend_target().await.map_err(Fault)?;
    bench.until_effects(&[1, 2]).await?;
    until_done(bench, &[2]).await
}

pub(super) async fn order(bench: &mut Bench) -> Checked {
    bench.start_and_greet().await?;
    deliver(bench, [1]).await?;
    bench.until_effects(&[1]).await?;
    bench.system().break_target().await.map_err(Fault)?;
    deliver(bench, 2..=7).await?;
    tokio::time::sleep(BROKEN).await;
    bench.system().mend_target().await.map_err(Fault)?;
    deliver(bench, 8..=10).await?;
    let all: Vec<u32> = (1..=10).collect();
    bench.until_effects(&all).await?;
    in_order(bench).await
}

/// The effects are in the order in which they were delivered.
pub(super) async fn in_order(bench: &Bench) -> Checked {
    let found = bench.system().effects().await.map_err(Fault)?;
    if found.is_sorted() {
        return Ok(());
    }
    Err(Fault(format!(
        "the deliveries of one lane arrived out of order: {found:?}"
    )))
}

/// The server stands still from the moment at which the delivery is out, so that no receipt can be sent; as soon as the
/// effect shows, the connector dies.
pub(super) async fn kill(bench: &mut Bench) -> Checked {
    bench.start_and_greet().await?;
    let class = bench.manifest().and_then(|manifest| manifest.target_class);
    for number in 1..=DEATHS {
        deliver(bench, [number]).await?;
        let all: Vec<u32> = (1..=number).collect();
        while bench.system().effects().await.map_err(Fault)?.len() < all.len() {
            if !bench.runs() {
                return Err(Fault("its process has ended".to_owned()));
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        bench.signal_server(Signal::STOP);
        bench.kill().await;
        bench.signal_server(Signal::CONT);
        bench.start_and_greet().await?;
        until_acknowledged(bench).await?;
        bench.until_effects(&all).await?;
        settled(bench, number, class).await?;
    }
    in_order(bench).await
}

/// There is a receipt; where nobody can know whether the effect is there, it may say so.
async fn settled(bench: &mut Bench, number: u32, class: Option<TargetClass>) -> Checked {
    let id = crate::kit::bench::delivery(number);
    let may_doubt = class.is_none_or(|class| class == TargetClass::Neither);
    bench
        .until(
            &format!("there is a receipt for probe-{number:04}, although the connector died"),
            |heard| {
                let mut receipts = heard.receipts.iter();
                receipts.any(|receipt| {
                    Some(&receipt.delivery) == id.as_ref()
                        && match receipt.outcome {
                            Outcome::Done { .. } => true,
                            Outcome::InDoubt => may_doubt,
                            Outcome::Rejected { .. } => false,
                        }
                })
            },
        )
        .await
}
