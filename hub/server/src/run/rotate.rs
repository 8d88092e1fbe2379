// SPDX-License-Identifier: EUPL-1.2
//! Replaces the key of a connector without dropping anybody else: the new key counts at once, the old one until the
//! connector has taken the new one.

use hub_bus::Embedded;
use hub_message::ConnectorName;

use super::town::{Town, names};
use crate::control::Answer;
use crate::exit::Exit;

/// Makes a new key, or lets the old one count no longer. Blocks until the server has read its configuration again.
pub(super) fn rotate(town: &mut Town, name: &ConnectorName, finish: bool, by: &str) -> Answer {
    let configuration = town.configuration.borrow().clone();
    let Some(connector) = configuration.connectors.get(name) else {
        return Answer::error(
            Exit::Usage,
            format!("Es gibt keinen Konnektor `{name}` in der Konfiguration."),
        );
    };
    let all: Vec<ConnectorName> = names(&configuration).into_iter().collect();
    let Some(nats) = &mut town.nats else {
        let text = "Den NATS-Server betreibt jemand anderes: dort den Schlüssel ersetzen (amtshub nats-config).";
        return Answer::error(Exit::Usage, text);
    };
    let file = nats.keys().connector_file(name);
    let step = if finish {
        end(nats, name, &all)
    } else {
        begin(nats, name, &all)
    };
    if let Err(fault) = step {
        return Answer::error(Exit::Unreachable, format!("Der Schlüssel ist nicht ersetzt: {fault:#}"));
    }
    tracing::info!(connector = %name, finish, by, "key of a connector replaced");
    if finish {
        return Answer::Ok(format!("Der alte Schlüssel von {name} gilt nicht mehr.").into());
    }
    if !connector.managed {
        return Answer::Ok(
            format!(
                "Der neue Schlüssel liegt in {}. Er gilt ab sofort, der alte daneben. Bitte zum Konnektor bringen und dann mit \
                 --finish abschließen.",
                file.display()
            )
            .into(),
        );
    }
    // Its process is ours: it ends in order and comes back with the new key; then nobody needs the old one.
    if let Some(running) = town.running.get_mut(name)
        && let Some(child) = running.child.take()
    {
        child.stop.cancel();
    }
    let started = town.start_child(connector);
    let ended = match &mut town.nats {
        Some(nats) => end(nats, name, &all),
        None => Ok(()),
    };
    match started.and(ended) {
        Ok(()) => Answer::Ok(format!("{name} arbeitet mit einem neuen Schlüssel; der alte gilt nicht mehr.").into()),
        Err(fault) => Answer::error(
            Exit::Unreachable,
            format!("{name} hat noch seinen alten Schlüssel: {fault:#}"),
        ),
    }
}

fn begin(nats: &mut Embedded, name: &ConnectorName, all: &[ConnectorName]) -> anyhow::Result<()> {
    nats.keys().replace_connector(name)?;
    Ok(nats.set_connectors(all.to_vec())?)
}

fn end(nats: &mut Embedded, name: &ConnectorName, all: &[ConnectorName]) -> anyhow::Result<()> {
    nats.keys().forget_old(name)?;
    Ok(nats.set_connectors(all.to_vec())?)
}
