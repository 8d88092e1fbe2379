// SPDX-License-Identifier: EUPL-1.2
//! `amtshub status`: what the running hub says about itself.

use hub_console::{Connector, Health, Status};

use super::listing::{Listing, json, moment};
use super::place::{Failure, Place, finish};
use crate::cli::Output;
use crate::control::Request;
use crate::exit::Exit;
use crate::terminal;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// For people or for programs.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

/// Does it. Ends with 1 when something stands still.
pub(crate) fn execute(arguments: &Arguments) -> Exit {
    finish(show(arguments))
}

fn show(arguments: &Arguments) -> Result<Exit, Failure> {
    let value = arguments.place.ask(&Request::Status)?;
    let status = serde_json::from_value::<Status>(value.clone())
        .map_err(|fault| Failure::new(Exit::Unreachable, format!("Der Status ist nicht lesbar: {fault}")))?;
    match arguments.output {
        Output::Json => terminal::data(json(&value)?.as_bytes()),
        Output::Table => terminal::data(sheet(&status).as_bytes()),
    }
    Ok(match status.status {
        Health::Fail => Exit::Findings,
        Health::Pass | Health::Warn => Exit::Ok,
    })
}

fn sheet(status: &Status) -> String {
    let rules = status.rules.as_ref().map_or("", |rules| rules.digest.short());
    format!(
        "{}\n\n{}\nNATS       {}\nVorgänge   {}\nSpeicher   {}\nRegelwerk  {rules}\nStand      {}, läuft seit {}\n",
        status.sentence,
        connectors(&status.connectors),
        status.nats.sentence,
        status.store.sentence,
        status.disk.sentence,
        moment(status.at),
        moment(status.since),
    )
}

fn connectors(connectors: &[Connector]) -> String {
    let mut listing = Listing::new(&[
        "Konnektor",
        "Empfangen",
        "Zugestellt",
        "Wartend",
        "Älteste",
        "Klärfälle",
        "Letzter Erfolg",
        "Zustand",
    ]);
    let mut worst_first: Vec<&Connector> = connectors.iter().collect();
    worst_first.sort_by_key(|connector| std::cmp::Reverse(connector.status));
    for connector in worst_first {
        listing.row([
            connector.name.to_string(),
            connector.today.received.to_string(),
            connector.outgoing.delivered.to_string(),
            connector.waiting.to_string(),
            connector
                .oldest_seconds
                .map(|seconds| format!("{seconds} s"))
                .unwrap_or_default(),
            connector.dead_letters.to_string(),
            connector.last_success.map(moment).unwrap_or_default(),
            connector.sentence.clone(),
        ]);
    }
    listing.render()
}
