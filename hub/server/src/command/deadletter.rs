// SPDX-License-Identifier: EUPL-1.2
//! `amtshub deadletter`: what could not be processed, and what to do about it.

mod settle;
mod show;

use clap::ValueEnum;
use hub_message::ConnectorName;
use hub_store::{DeadLetterFilter, DeadLetterLine, DeadLetterState, Page};

use super::listing::{Listing, json, moment};
use super::message::short;
use super::place::{Failure, Place, finish};
use crate::cli::Output;
use crate::exit::Exit;
use crate::terminal;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// List dead letters, the last received first.
    List(List),
    /// Show one dead letter: what failed, where, and what to do.
    Show(show::Show),
    /// Send the originals through the hub again, with the rules of today.
    Replay(settle::Replay),
    /// Give dead letters up, for a reason.
    Discard(settle::Discard),
}

#[derive(Debug, clap::Args)]
struct List {
    /// Only from this connector.
    #[arg(long, value_name = "CONNECTOR")]
    source: Option<ConnectorName>,
    /// Only with this code.
    #[arg(long, value_name = "AH-…")]
    code: Option<String>,
    /// Only in this state.
    #[arg(long, value_enum)]
    state: Option<StateName>,
    /// How many at most.
    #[arg(long, default_value_t = 50)]
    limit: u32,
    /// How many to pass over first.
    #[arg(long, default_value_t = 0)]
    offset: u32,
    /// For people or for programs.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

/// The states of a dead letter at the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum StateName {
    Open,
    Settled,
    Discarded,
}

impl From<StateName> for DeadLetterState {
    fn from(name: StateName) -> Self {
        match name {
            StateName::Open => Self::Open,
            StateName::Settled => Self::Settled,
            StateName::Discarded => Self::Discarded,
        }
    }
}

/// Does it.
pub(crate) fn execute(arguments: &Arguments) -> Exit {
    let place = &arguments.place;
    finish(match &arguments.action {
        Action::List(list) => execute_list(place, list),
        Action::Show(show) => show::execute(place, show),
        Action::Replay(replay) => settle::replay(place, replay),
        Action::Discard(discard) => settle::discard(place, discard),
    })
}

fn execute_list(place: &Place, list: &List) -> Result<Exit, Failure> {
    let filter = DeadLetterFilter {
        source: list.source.clone(),
        code: list.code.clone(),
        state: list.state.map(Into::into),
        ..DeadLetterFilter::default()
    };
    let page = Page {
        limit: list.limit,
        offset: list.offset,
    };
    let letters = place.read(async |store| Ok(store.dead_letters(&filter, page).await?))?;
    match list.output {
        Output::Json => terminal::data(json(&letters)?.as_bytes()),
        Output::Table => terminal::data(table(&letters.items).as_bytes()),
    }
    if letters.more && list.output == Output::Table {
        terminal::message("Es gibt mehr: --offset und --limit zeigen weitere.");
    }
    Ok(Exit::Ok)
}

fn table(letters: &[DeadLetterLine]) -> String {
    let mut listing = Listing::new(&[
        "Klärfall",
        "Zeit",
        "Quelle",
        "Art",
        "Nachricht",
        "Code",
        "Ursache",
        "Zustand",
        "Wiederholt",
    ]);
    for letter in letters {
        listing.row([
            letter.id.clone(),
            moment(letter.received),
            letter.source.to_string(),
            letter.kind.to_string(),
            short(letter.message.as_str()),
            letter.code.clone(),
            letter.text.clone(),
            letter.state.label().to_owned(),
            letter.replays.to_string(),
        ]);
    }
    listing.render()
}
