// SPDX-License-Identifier: EUPL-1.2
//! `amtshub connector pause|resume|drain|check`: what operators tell a running connector.

use hub_message::{Beat, ConnectorName, Timestamp};

use super::{Failure, Place};
use crate::command::listing::moment;
use crate::command::user;
use crate::control::{Request, Verb};
use crate::exit::Exit;
use crate::terminal;

/// What `pause` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Pause {
    #[command(flatten)]
    place: Place,
    /// The connector.
    name: ConnectorName,
    /// Why, without personal data: it stands on the status page.
    #[arg(long)]
    reason: String,
    /// When it goes on by itself, as an RFC 3339 time: 2026-11-30T06:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = time)]
    until: Option<Timestamp>,
}

/// What `resume` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Resume {
    #[command(flatten)]
    place: Place,
    /// The connector.
    name: ConnectorName,
}

/// What `drain` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Drain {
    #[command(flatten)]
    place: Place,
    /// The connector.
    name: ConnectorName,
}

/// What `check` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Check {
    #[command(flatten)]
    place: Place,
    /// The connector.
    name: ConnectorName,
}

/// What `rotate` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Rotate {
    #[command(flatten)]
    place: Place,
    /// The connector.
    name: ConnectorName,
    /// The connector has taken its new key: the old one counts no longer. One that the hub runs needs no such step.
    #[arg(long)]
    finish: bool,
}

pub(super) fn rotate(arguments: &Rotate) -> Result<Exit, Failure> {
    let said = arguments.place.ask(&Request::Rotate {
        name: arguments.name.clone(),
        finish: arguments.finish,
        by: user(),
    })?;
    terminal::message(said.as_str().unwrap_or_default());
    Ok(Exit::Ok)
}

fn time(text: &str) -> Result<Timestamp, String> {
    Timestamp::try_from(text.to_owned())
}

pub(super) fn pause(arguments: &Pause) -> Result<Exit, Failure> {
    let verb = Verb::Pause {
        reason: arguments.reason.clone(),
        until: arguments.until,
    };
    told(&arguments.place, &arguments.name, verb)?;
    let until = arguments
        .until
        .map(|until| format!(" bis {}", moment(until)))
        .unwrap_or_default();
    terminal::message(&format!("{} ist angehalten{until}.", arguments.name));
    Ok(Exit::Ok)
}

pub(super) fn resume(arguments: &Resume) -> Result<Exit, Failure> {
    told(&arguments.place, &arguments.name, Verb::Resume)?;
    terminal::message(&format!("{} macht weiter.", arguments.name));
    Ok(Exit::Ok)
}

pub(super) fn drain(arguments: &Drain) -> Result<Exit, Failure> {
    told(&arguments.place, &arguments.name, Verb::Drain)?;
    terminal::message(&format!(
        "{} arbeitet den Rest ab und endet dann; weiter geht es mit `amtshub connector resume`.",
        arguments.name
    ));
    Ok(Exit::Ok)
}

pub(super) fn check(arguments: &Check) -> Result<Exit, Failure> {
    let said = told(&arguments.place, &arguments.name, Verb::Check)?;
    let beat: Beat = serde_json::from_value(said)
        .map_err(|fault| Failure::new(Exit::Unreachable, format!("Die Antwort ist nicht lesbar: {fault}")))?;
    let text = format!(
        "{}\nangenommen {} · zugestellt {} · wiederholt {} · beantwortet {} · abgelehnt {} · in Arbeit {}\n",
        beat.text, beat.emitted, beat.settled, beat.repeated, beat.answered, beat.refused, beat.in_flight
    );
    terminal::data(text.as_bytes());
    Ok(Exit::Ok)
}

fn told(place: &Place, name: &ConnectorName, verb: Verb) -> Result<serde_json::Value, Failure> {
    let request = Request::Connector {
        name: name.clone(),
        verb,
        by: user(),
    };
    Ok(place.ask(&request)?)
}
