// SPDX-License-Identifier: EUPL-1.2
//! Checks of the target: effect, receipt, acknowledgement, repetition, refusal, large contents; and of the responder.

use std::time::{Duration, Instant};

use bytes::Bytes;
use hub_bus::BusFault;
use hub_message::{Ask, Outcome, Recipient, Sensitive};

use super::sending::content;
use crate::kit::bench::{Bench, Checked, Fault, name};

/// The largest memory that a connector may hold while it moves 50 MB.
const MEMORY_MAX: u64 = 150 << 20;
const LARGE: usize = 50 << 20;

/// The type of the deliveries.
pub(super) fn kind(bench: &Bench) -> String {
    let target = bench.description().target.as_ref();
    target.map(|target| target.kind.clone()).unwrap_or_default()
}

/// Publishes probes, all in one lane.
pub(super) async fn deliver(bench: &Bench, numbers: impl IntoIterator<Item = u32>) -> Checked {
    let probes: Vec<(u32, Bytes)> = numbers.into_iter().map(|number| (number, content(number))).collect();
    bench.hub.deliver(&kind(bench), &probes, 0).await?;
    Ok(())
}

/// Waits until nothing waits for the connector any more: everything is acknowledged.
pub(super) async fn until_acknowledged(bench: &Bench) -> Checked {
    let end = Instant::now() + bench.patience();
    loop {
        let waiting = bench.hub.bus.pending(&Recipient::Connector(name())).await?.waiting;
        if waiting == 0 {
            return Ok(());
        }
        if Instant::now() > end {
            return Err(Fault(format!("{waiting} deliveries are not acknowledged")));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Waits for receipts of these probes that say *done*.
pub(super) async fn until_done(bench: &mut Bench, numbers: &[u32]) -> Checked {
    for number in numbers {
        let id = crate::kit::bench::delivery(*number);
        bench
            .until(
                &format!("the receipt of probe-{number:04} says that it is done"),
                |heard| {
                    let mut receipts = heard.receipts.iter();
                    receipts.any(|receipt| {
                        Some(&receipt.delivery) == id.as_ref() && matches!(receipt.outcome, Outcome::Done { .. })
                    })
                },
            )
            .await?;
    }
    if let Some(fault) = bench.hub.heard().unreadable.first() {
        return Err(Fault(format!("a receipt cannot be read: {fault}")));
    }
    Ok(())
}

pub(super) async fn delivery(bench: &mut Bench) -> Checked {
    bench.start_and_greet().await?;
    deliver(bench, [1]).await?;
    bench.until_effects(&[1]).await?;
    until_done(bench, &[1]).await?;
    until_acknowledged(bench).await
}

pub(super) async fn repeat(bench: &mut Bench) -> Checked {
    delivery(bench).await?;
    for again in 1..=2 {
        bench.hub.deliver(&kind(bench), &[(1, content(1))], again).await?;
        until_acknowledged(bench).await?;
    }
    deliver(bench, [2]).await?;
    until_done(bench, &[2]).await?;
    bench.until_effects(&[1, 2]).await
}

pub(super) async fn reject(bench: &mut Bench) -> Checked {
    bench.start_and_greet().await?;
    let target = bench.description().target.clone();
    let refused = target.and_then(|target| target.refused).unwrap_or_default();
    bench
        .hub
        .deliver(&kind(bench), &[(1, Bytes::from(refused)), (2, content(2))], 0)
        .await?;
    let id = crate::kit::bench::delivery(1);
    bench
        .until("the receipt says that the target refuses", |heard| {
            let mut receipts = heard.receipts.iter();
            receipts.any(|receipt| {
                Some(&receipt.delivery) == id.as_ref() && matches!(receipt.outcome, Outcome::Rejected { .. })
            })
        })
        .await?;
    until_done(bench, &[2]).await?;
    bench.until_effects(&[2]).await?;
    until_acknowledged(bench).await
}

pub(super) async fn large(bench: &mut Bench) -> Checked {
    bench.start_and_greet().await?;
    let mut most = 0;
    for number in 1..=2 {
        let mut bytes = Vec::with_capacity(LARGE);
        bytes.extend_from_slice(&content(number));
        // Lines that differ, so that nothing could be saved by compressing.
        let mut line = 0_u64;
        while bytes.len() < LARGE {
            line = line
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(u64::from(number));
            bytes.extend_from_slice(format!("{line:020}\n").as_bytes());
        }
        bench.hub.deliver_claim(&kind(bench), number, bytes.into()).await?;
        let end = Instant::now() + 2 * bench.patience();
        while bench.system().effects().await.map_err(Fault)?.len() < number as usize {
            if Instant::now() > end || !bench.runs() {
                return Err(Fault("the document of 50 MB does not arrive".to_owned()));
            }
            for _ in 0..10 {
                most = most.max(bench.memory());
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
    until_done(bench, &[1, 2]).await?;
    most = most.max(bench.memory());
    if most > MEMORY_MAX {
        let mib = most >> 20;
        return Err(Fault(format!("{mib} MiB were held in memory, 150 are allowed")));
    }
    bench.until_effects(&[1, 2]).await
}

pub(super) async fn answer(bench: &mut Bench) -> Checked {
    bench.start_and_greet().await?;
    let side = bench.description().answer.clone();
    let side = side.ok_or_else(|| Fault("the kit file has no [answer]".to_owned()))?;
    let ask = |question| Ask {
        purpose: "Prüfung".to_owned(),
        file_number: None,
        actor: Sensitive::new("kit".to_owned()),
        question: Sensitive::new(question),
    };
    let bus = bench.hub.bus.clone();
    let end = Instant::now() + bench.patience();
    let found = loop {
        match bus
            .look_up(&name(), &side.name, &ask(side.question.clone()), bench.patience())
            .await
        {
            // The system behind may still be starting.
            Err(BusFault::Unavailable(_)) if Instant::now() < end => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            answered => break answered?,
        }
    };
    let text = String::from_utf8_lossy(&found.1).into_owned();
    if !found.0.found || !text.contains(&side.contains) {
        return Err(Fault("the answer does not hold what the kit file expects".to_owned()));
    }
    if found.0.kind.is_none() {
        return Err(Fault("the answer has no message type".to_owned()));
    }
    let nothing = bus
        .look_up(&name(), &side.name, &ask(side.nothing), bench.patience())
        .await?;
    if nothing.0.found {
        return Err(Fault("a question to which there is no answer is answered".to_owned()));
    }
    Ok(())
}
