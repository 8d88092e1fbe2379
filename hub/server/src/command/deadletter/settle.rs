// SPDX-License-Identifier: EUPL-1.2
//! Settling dead letters: replay and discard. The running hub does both, because it alone writes.

use serde_json::Value;

use super::super::place::{Failure, Place, user};
use crate::control::{AskFault, Request};
use crate::exit::Exit;
use crate::terminal;

/// What a replay takes.
#[derive(Debug, clap::Args)]
pub(super) struct Replay {
    /// The dead letters.
    #[arg(required = true)]
    ids: Vec<String>,
    /// Send them although an earlier replay is under way or was successful. Needs a reason; the target may get twice
    /// what it should have once.
    #[arg(long, requires = "reason")]
    again: bool,
    /// Why they are sent again.
    #[arg(long, value_name = "TEXT", requires = "again")]
    reason: Option<String>,
}

/// What giving up takes.
#[derive(Debug, clap::Args)]
pub(super) struct Discard {
    /// The dead letters.
    #[arg(required = true)]
    ids: Vec<String>,
    /// Why they are given up.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Sends the originals through the hub again.
pub(super) fn replay(place: &Place, replay: &Replay) -> Result<Exit, Failure> {
    let reason = replay.reason.as_deref().map(str::trim);
    if reason == Some("") {
        return Err(Failure::new(Exit::Usage, "--reason darf nicht leer sein."));
    }
    each(&replay.ids, |id| {
        place.ask(&Request::Replay {
            dead_letter: id.to_owned(),
            again: reason.map(str::to_owned),
            by: user(),
        })
    })
}

/// Gives dead letters up.
pub(super) fn discard(place: &Place, discard: &Discard) -> Result<Exit, Failure> {
    if discard.reason.trim().is_empty() {
        return Err(Failure::new(Exit::Usage, "--reason darf nicht leer sein."));
    }
    each(&discard.ids, |id| {
        place.ask(&Request::Discard {
            dead_letter: id.to_owned(),
            reason: discard.reason.clone(),
            by: user(),
        })
    })
}

/// Does the same for each, tells each outcome, and sums up: all, some or none.
fn each(ids: &[String], act: impl Fn(&str) -> Result<Value, AskFault>) -> Result<Exit, Failure> {
    let mut done = 0;
    let mut first_failure = None;
    for id in ids {
        match act(id) {
            Ok(said) => {
                done += 1;
                terminal::message(&format!("{id}: {}", said.as_str().unwrap_or("erledigt")));
            }
            // Nobody there: the others would fail in the same way.
            Err(fault @ (AskFault::NotRunning | AskFault::NotPermitted)) => return Err(fault.into()),
            Err(fault) => {
                terminal::message(&format!("{id}: {fault}"));
                first_failure.get_or_insert(Failure::from(fault).exit);
            }
        }
    }
    Ok(match first_failure {
        None => Exit::Ok,
        Some(_) if done > 0 => Exit::Partly,
        Some(exit) => exit,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(ids: &[&str], expected: Exit) {
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let exit = each(&ids, |id| match id {
            "good" => Ok(Value::Null),
            _ => Err(AskFault::Refused {
                exit: 1,
                text: "no".into(),
            }),
        });
        assert_eq!(exit.unwrap(), expected);
    }

    #[test]
    fn all_some_and_none_are_told_apart() {
        check(&["good", "good"], Exit::Ok);
        check(&["bad", "good"], Exit::Partly);
        check(&["bad", "bad"], Exit::Findings);
    }
}
