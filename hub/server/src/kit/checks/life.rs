// SPDX-License-Identifier: EUPL-1.2
//! Checks of a connector's life: pause, drain, a server that goes and comes.

use std::time::{Duration, Instant};

use hub_message::Beat;
use hub_message::manifest::State;
use rustix::process::Signal;
use serde_json::{Value, json};

use super::delivering::{deliver, until_acknowledged, until_done};
use super::faults::in_order;
use super::sending::{content, put};
use crate::kit::bench::{Bench, Checked, Fault};

/// A connector may take this long to end.
const DRAIN_MAX: Duration = Duration::from_secs(10);
/// How long is looked whether a paused connector stays still.
const STILL: Duration = Duration::from_secs(3);

pub(super) async fn pause(bench: &mut Bench) -> Checked {
    bench.start_and_greet().await?;
    bench.pause().await?;
    bench
        .until("the heartbeat says that it is paused", |heard| {
            heard.beat.as_ref().is_some_and(|beat| beat.state == State::Paused)
        })
        .await?;
    deliver(bench, [1]).await?;
    tokio::time::sleep(STILL).await;
    if !bench.system().effects().await.map_err(Fault)?.is_empty() {
        return Err(Fault("a paused connector delivers".to_owned()));
    }
    bench.kill().await;
    bench.start_and_greet().await?;
    tokio::time::sleep(STILL).await;
    if !bench.system().effects().await.map_err(Fault)?.is_empty() {
        return Err(Fault("a restart made the connector forget its pause".to_owned()));
    }
    bench.control("resume", &Value::Null).await?;
    bench.until_effects(&[1]).await
}

pub(super) async fn check(bench: &mut Bench) -> Checked {
    bench.start_and_greet().await?;
    let said = bench.control("check", &Value::Null).await?;
    let beat: Beat = serde_json::from_value(said).map_err(|error| Fault(format!("the answer to `check`: {error}")))?;
    if beat.text.trim().is_empty() {
        return Err(Fault("the answer to `check` has no sentence".to_owned()));
    }
    Ok(())
}

pub(super) async fn drain(bench: &mut Bench) -> Checked {
    bench.start_and_greet().await?;
    let delivers = bench.description().target.is_some();
    if delivers {
        deliver(bench, 1..=20).await?;
    }
    bench.control("drain", &json!({})).await?;
    let begun = Instant::now();
    let Some(status) = bench.end(DRAIN_MAX).await else {
        return Err(Fault("it still runs after 10 s".to_owned()));
    };
    if !status.success() {
        return Err(Fault(format!("it ended with {status} after {:?}", begun.elapsed())));
    }
    if delivers {
        bench.kill().await;
        bench.start_and_greet().await?;
        let all: Vec<u32> = (1..=20).collect();
        bench.until_effects(&all).await?;
        in_order(bench).await?;
        until_acknowledged(bench).await?;
    }
    Ok(())
}

pub(super) async fn reconnect(bench: &mut Bench) -> Checked {
    bench.start_and_greet().await?;
    let hellos = bench.hub.heard().hellos;
    bench.signal_server(Signal::KILL);
    bench
        .until("it says hello again on the new connection", |heard| {
            heard.hellos > hellos
        })
        .await?;
    if bench.description().source.is_some() {
        put(bench, 1).await?;
        bench
            .until("a record of the source reaches the stream", |heard| {
                heard.records.iter().any(|record| record.native == content(1))
            })
            .await?;
    }
    if bench.description().target.is_some() {
        deliver(bench, [1]).await?;
        bench.until_effects(&[1]).await?;
        until_done(bench, &[1]).await?;
    }
    Ok(())
}

pub(super) async fn server_killed(bench: &mut Bench) -> Checked {
    bench.start_and_greet().await?;
    deliver(bench, 1..=60).await?;
    while bench.system().effects().await.map_err(Fault)?.is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    bench.signal_server(Signal::KILL);
    let all: Vec<u32> = (1..=60).collect();
    bench.until_effects(&all).await?;
    in_order(bench).await?;
    until_done(bench, &all).await?;
    until_acknowledged(bench).await
}
