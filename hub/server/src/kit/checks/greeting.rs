// SPDX-License-Identifier: EUPL-1.2
//! Checks of the beginning: hello, the cached configuration, settings that cannot be used.

use std::time::Duration;

use hub_message::manifest::State;
use serde_json::to_value;

use super::sending::{content, put};
use crate::kit::bench::{Bench, Checked, Fault};

/// How long a record whose document cannot be stored is watched.
const WAITING: Duration = Duration::from_secs(3);

pub(super) async fn hello(bench: &mut Bench) -> Checked {
    bench.start_and_greet().await?;
    let manifest = bench
        .manifest()
        .ok_or_else(|| Fault("there is no manifest".to_owned()))?;
    for (what, text) in [
        ("name", &manifest.name),
        ("version", &manifest.version),
        ("vendor", &manifest.vendor),
    ] {
        if text.trim().is_empty() {
            return Err(Fault(format!("the manifest says no {what}")));
        }
    }
    if manifest.max_in_flight == 0 {
        return Err(Fault(
            "the manifest allows no delivery at all (`max_in_flight`)".to_owned(),
        ));
    }
    let description = bench.description();
    if description.target.is_some() && manifest.target_class.is_none() {
        let text = "the manifest does not say how its target behaves (`target_class`), so nothing may ever be repeated";
        return Err(Fault(text.to_owned()));
    }
    let digest = bench.hub.welcome().config_digest;
    bench
        .until(
            "the heartbeat names the digest of the configuration that was handed out",
            |heard| {
                let beat = heard.beat.as_ref();
                beat.is_some_and(|beat| beat.config_digest.as_ref() == Some(&digest) && beat.state == State::Running)
            },
        )
        .await
}

pub(super) async fn hub_away(bench: &mut Bench) -> Checked {
    bench.start_and_greet().await?;
    works(bench, 1).await?;
    bench.kill().await;
    bench.hub.go_away().await;
    bench.start()?;
    if !bench.carries_documents() {
        return works(bench, 2).await;
    }
    // Documents go to the hub itself, so the record waits in the system, and nothing is lost.
    put(bench, 2).await?;
    tokio::time::sleep(WAITING).await;
    if bench
        .hub
        .heard()
        .records
        .iter()
        .any(|record| record.native == content(2))
    {
        return Err(Fault("a record came before its document could be stored".to_owned()));
    }
    bench.hub.come_back().await?;
    bench
        .until("the record that waited reaches the stream", |heard| {
            heard.records.iter().any(|record| record.native == content(2))
        })
        .await
}

/// Takes a record, or brings a delivery, whichever side there is.
async fn works(bench: &mut Bench, number: u32) -> Checked {
    if bench.description().source.is_some() {
        put(bench, number).await?;
        return bench
            .until("a record of the source reaches the stream", |heard| {
                heard.records.iter().any(|record| record.native == content(number))
            })
            .await;
    }
    let Some(target) = &bench.description().target else {
        return bench.until("the heartbeat comes", |heard| heard.beats > number).await;
    };
    let kind = target.kind.clone();
    bench.hub.deliver(&kind, &[(number, content(number))], 0).await?;
    let all: Vec<u32> = (1..=number).collect();
    bench.until_effects(&all).await
}

pub(super) async fn bad_configuration(bench: &mut Bench) -> Checked {
    let bad = bench.description().bad_settings.clone().unwrap_or_default();
    let good = bench.system().settings(&bench.description().settings.clone());
    bench.hub.set_settings(bench.system().settings(&bad));
    bench.start()?;
    bench
        .until("the heartbeat says that the settings cannot be used", |heard| {
            let beat = heard.beat.as_ref();
            heard.hellos > 0 && beat.is_some_and(|beat| beat.state != State::Running && !beat.text.trim().is_empty())
        })
        .await?;
    bench.hub.set_settings(good);
    let welcome = to_value(bench.hub.welcome())?;
    bench.control("config", &welcome).await?;
    works(bench, 1).await
}
