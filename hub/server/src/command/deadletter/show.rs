// SPDX-License-Identifier: EUPL-1.2
//! One dead letter: what failed, where, and what to do.

use std::fmt::Write;

use bytes::Bytes;
use hub_message::record::Stage;
use hub_message::{Body, Rejection};
use hub_store::{Content, DeadLetterView};
use serde_json::{Value, json as object};

use super::super::explain;
use super::super::listing::{json, moment};
use super::super::place::{Failure, Place};
use super::super::reveal::Reveal;
use crate::cli::Output;
use crate::exit::Exit;
use crate::terminal;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub(super) struct Show {
    /// The dead letter.
    id: String,
    #[command(flatten)]
    reveal: Reveal,
    /// For people or for programs.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

/// Does it.
pub(super) fn execute(place: &Place, show: &Show) -> Result<Exit, Failure> {
    let found = place.read(async |store| Ok(store.dead_letter(&show.id).await?))?;
    let Some(letter) = found else {
        return Err(Failure::new(
            Exit::Findings,
            format!("Den Klärfall {} gibt es nicht.", show.id),
        ));
    };
    let content = show
        .reveal
        .granted(place, &format!("dead letter {}", letter.line.id))?
        .then(|| content(&letter.content));
    match show.output {
        Output::Json => {
            let mut value = serde_json::to_value(&letter).unwrap_or_default();
            if let (Some(object), Some(content)) = (value.as_object_mut(), content) {
                object.insert("content".to_owned(), Value::String(content));
            }
            terminal::data(json(&value)?.as_bytes());
        }
        Output::Table => {
            terminal::data(sheet(&letter).as_bytes());
            if let Some(content) = content {
                terminal::data(format!("\nInhalt\n{}\n", printable(&content)).as_bytes());
            }
        }
    }
    Ok(Exit::Ok)
}

fn sheet(letter: &DeadLetterView) -> String {
    let line = &letter.line;
    let mut text = format!("Klärfall {}  {}\n", line.id, line.state.label());
    let _ = writeln!(
        text,
        "{} von {}, empfangen am {}",
        line.kind,
        line.source,
        moment(line.received)
    );
    let _ = writeln!(
        text,
        "Nachricht {}, Teil {} von {}",
        line.message,
        line.part + 1,
        line.parts.max(1)
    );
    let _ = writeln!(text, "{}", step(letter));
    rejection(&mut text, &letter.rejection);
    for also in &letter.rejection.also {
        rejection(&mut text, also);
    }
    let all = std::iter::once(&letter.rejection).chain(&letter.rejection.also);
    if let Some(hint) = explain::hint(all.map(|one| &one.code)) {
        let _ = writeln!(text, "\nWas das bedeutet und was zu tun ist: {hint}");
    }
    for replay in &letter.replay_list {
        let state = replay.state.map_or("unterwegs", hub_store::MessageState::label);
        let at = replay.at.map(moment).unwrap_or_default();
        let by = replay.by.as_deref().unwrap_or("unbekannt");
        let _ = writeln!(
            text,
            "Erneut verarbeitet {at} durch {by} als {}: {state}",
            replay.message
        );
    }
    if let Some(decided) = &letter.discarded {
        let _ = writeln!(
            text,
            "Verworfen {} durch {}: {}",
            moment(decided.at),
            decided.by,
            decided.reason
        );
    }
    text
}

fn step(letter: &DeadLetterView) -> String {
    match (letter.stage, &letter.line.recipient) {
        (Some(Stage::Read), _) => "Gescheitert beim Lesen".to_owned(),
        (Some(Stage::Plan), _) => "Gescheitert beim Verteilen".to_owned(),
        (Some(Stage::Suspect), _) => "Hat die Verarbeitung zweimal abstürzen lassen".to_owned(),
        (None, Some(recipient)) => format!("Abgelehnt von {recipient}"),
        (None, None) => "Abgelehnt".to_owned(),
    }
}

fn rejection(text: &mut String, rejection: &Rejection) {
    let _ = writeln!(text, "\n{}  {}", rejection.code, rejection.text);
    let places = [
        ("Stelle", rejection.place.map(|place| place.to_string())),
        ("Pfad", rejection.path.clone()),
        ("Feld", rejection.field.clone()),
        ("Regel", rejection.rule.clone()),
    ];
    for (name, place) in places {
        if let Some(place) = place {
            let _ = writeln!(text, "  {name}: {place}");
        }
    }
    let _ = writeln!(text, "  Abhilfe: {}", rejection.remedy);
}

/// The content in the clear. Only called after the look was logged.
fn content(content: &Content) -> String {
    match content {
        Content::Original { headers, body, .. } => {
            let wire = Bytes::copy_from_slice(body.disclose());
            let headers = headers.iter().fold(String::new(), |mut lines, (name, value)| {
                let _ = writeln!(lines, "{name}: {value}");
                lines
            });
            match Body::decode(&wire) {
                Ok(body) => {
                    let head = object!(body.head);
                    format!("{headers}{head}\n\n{}", String::from_utf8_lossy(body.native.disclose()))
                }
                Err(_) => format!("{headers}\n{}", String::from_utf8_lossy(&wire)),
            }
        }
        Content::Canonical { schema, json, .. } => {
            format!("{schema}\n{}", String::from_utf8_lossy(json.disclose()))
        }
    }
}

/// Without the characters by which a document could command the terminal.
fn printable(text: &str) -> String {
    let harmless = |c: char| !c.is_control() || c == '\n' || c == '\t';
    text.chars().map(|c| if harmless(c) { c } else { '\u{fffd}' }).collect()
}
