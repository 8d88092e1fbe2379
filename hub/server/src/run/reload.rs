// SPDX-License-Identifier: EUPL-1.2
//! Reload: whole or not at all. Messages in flight finish on the rules they began with; every record carries the digest
//! of its rules.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;

use super::start::{refuse_orphans, topology};
use super::town::{Town, names, quotas};
use crate::config::{self, Configuration, Connector};
use crate::control::Answer;
use crate::exit::Exit;
use crate::hub::welcome;

/// The status follows a reload within this time, or the reload is answered without.
const STATUS_MAX: Duration = Duration::from_secs(5);

/// The server has read its configuration again within this time.
const ACCOUNTS_PAUSE: Duration = Duration::from_millis(500);

/// Reads the configuration again and puts it in force, or says why not and changes nothing.
pub(super) async fn reload(town: &mut Town) -> Answer {
    let (folder, key) = (town.configuration.borrow().folder.clone(), town.order_key);
    // Loading schemas and mappings takes a moment of pure work.
    let loaded = tokio::task::spawn_blocking(move || config::load(&folder, &key)).await;
    let new = match loaded {
        Ok(Ok(new)) => Arc::new(new),
        Ok(Err(findings)) => {
            tracing::warn!("reload refused: {}", findings.summary());
            return Answer::error(Exit::Configuration, findings.render());
        }
        Err(end) => return Answer::error(Exit::Unreachable, end.to_string()),
    };
    let old = Arc::clone(&town.configuration.borrow());
    if let Err(fault) = prepare(town, &new).await {
        tracing::warn!("reload refused: {fault:#}");
        return Answer::error(Exit::Configuration, format!("Nichts geändert: {fault:#}"));
    }
    town.configuration.send_replace(Arc::clone(&new));
    town.quotas.replace(quotas(&new));
    follow(town, &old, &new).await;
    // Whoever asks for the status next sees the new rules in it.
    let digest = new.rules.digest();
    let told = town
        .status
        .wait_for(|status| status.rules.as_ref().is_some_and(|rules| rules.digest == *digest));
    let _ = tokio::time::timeout(STATUS_MAX, told).await;
    tracing::info!(rules = new.rules.digest().short(), "configuration reloaded");
    Answer::Ok(said(&old, &new).into())
}

/// Everything that may fail, before anything changes for messages: accounts, streams and durables of new connectors
/// exist before anything is routed to them.
async fn prepare(town: &mut Town, new: &Configuration) -> anyhow::Result<()> {
    refuse_orphans(&town.bus, new).await?;
    // Twice, because nats-server 2.15.1 looks for what a new account imports before it has read what the hub's account
    // exports to it: after one reload the new connector would find nobody.
    let same = names(new) == names(&town.configuration.borrow());
    for _ in 0..2 {
        // The server knows these connectors and their keys; only its certificates may be others.
        if let Some(nats) = town.nats.as_mut().filter(|nats| !same || nats.speaks_tls()) {
            let connectors = names(new).into_iter().collect();
            nats.set_connectors(connectors).context("accounts of the connectors")?;
            tokio::time::sleep(ACCOUNTS_PAUSE).await;
        }
    }
    town.bus
        .prepare(&topology(new))
        .await
        .context("streams of the connectors")?;
    Ok(())
}

/// Brings what runs to the new configuration.
async fn follow(town: &mut Town, old: &Configuration, new: &Configuration) {
    for name in old.connectors.keys().filter(|name| !new.connectors.contains_key(*name)) {
        if let Some(running) = town.running.remove(name) {
            if let Some(child) = running.child {
                child.stop.cancel();
            }
            running.reading.cancel();
            running.writing.cancel();
        }
        town.board.remove(name);
    }
    for (name, connector) in &new.connectors {
        let done = match old.connectors.get(name) {
            None => town.start_connector(connector),
            Some(before) if before != connector => changed(town, before, connector, new).await,
            Some(_) => Ok(()),
        };
        if let Err(fault) = done {
            tracing::error!(connector = %name, "after the reload: {fault:#}");
        }
    }
}

/// A connector whose process is ours is started again with its new settings; another one is told.
async fn changed(
    town: &mut Town,
    before: &Connector,
    connector: &Connector,
    new: &Configuration,
) -> anyhow::Result<()> {
    let only_words = Connector {
        title: connector.title.clone(),
        quota: connector.quota,
        ..before.clone()
    };
    if only_words == *connector {
        return Ok(());
    }
    let Some(running) = town.running.get_mut(&connector.name) else {
        return Ok(());
    };
    if let Some(child) = running.child.take() {
        child.stop.cancel();
    }
    if connector.managed {
        return town.start_child(connector);
    }
    let welcome = welcome(new, &connector.name, connector).map_err(|fault| anyhow::anyhow!(fault))?;
    let told = town
        .bus
        .control(&connector.name, "config", &serde_json::to_value(&welcome)?)
        .await;
    told.map(drop)
        .context("the connector was not told its new settings; it gets them with its next hello")
}

/// What is said to the person who asked, with what only a new start brings.
fn said(old: &Configuration, new: &Configuration) -> String {
    let later = [
        ("[nats]", old.nats != new.nats),
        ("[status]", old.status != new.status),
        ("[store]", old.store != new.store),
        ("[documents]", old.documents != new.documents),
        ("[limits]", old.limits != new.limits),
    ];
    let later: Vec<&str> = later
        .iter()
        .filter(|(_, changed)| *changed)
        .map(|(name, _)| *name)
        .collect();
    let digest = new.rules.digest().short();
    match later.as_slice() {
        [] => format!("Neu geladen, Regelwerk {digest}."),
        later => format!(
            "Neu geladen, Regelwerk {digest}. Erst nach einem Neustart gilt: {}.",
            later.join(", ")
        ),
    }
}
