// SPDX-License-Identifier: EUPL-1.2
//! `amtshub message`: what came, and what became of it.

use std::fmt::Write;

use clap::ValueEnum;
use hub_message::{ConnectorName, MessageType, Recipient};
use hub_store::{DeliveryView, MessageFilter, MessageLine, MessageState, MessageView, Page, RecordView};

use super::listing::{Listing, json, moment};
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
    /// List messages, the last received first.
    List(List),
    /// Show the trace of one message.
    Show(Show),
}

#[derive(Debug, clap::Args)]
struct List {
    /// Only from this connector.
    #[arg(long, value_name = "CONNECTOR")]
    source: Option<ConnectorName>,
    /// Only of this type.
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<MessageType>,
    /// Only in this state.
    #[arg(long, value_enum)]
    state: Option<StateName>,
    /// Only to this recipient.
    #[arg(long, value_name = "CONNECTOR")]
    recipient: Option<ConnectorName>,
    /// Only in this case.
    #[arg(long, value_name = "ID")]
    case: Option<String>,
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

#[derive(Debug, clap::Args)]
struct Show {
    /// The message's id, or its first 6 or more digits.
    id: String,
    /// For people or for programs.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

/// The states of a message at the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum StateName {
    Filtered,
    Delivered,
    Discarded,
    Waiting,
    InDoubt,
    DeadLetter,
}

impl From<StateName> for MessageState {
    fn from(name: StateName) -> Self {
        match name {
            StateName::Filtered => Self::Filtered,
            StateName::Delivered => Self::Delivered,
            StateName::Discarded => Self::Discarded,
            StateName::Waiting => Self::Waiting,
            StateName::InDoubt => Self::InDoubt,
            StateName::DeadLetter => Self::DeadLetter,
        }
    }
}

/// Does it.
pub(crate) fn execute(arguments: &Arguments) -> Exit {
    finish(match &arguments.action {
        Action::List(list) => execute_list(&arguments.place, list),
        Action::Show(show) => execute_show(&arguments.place, show),
    })
}

fn execute_list(place: &Place, list: &List) -> Result<Exit, Failure> {
    let filter = MessageFilter {
        source: list.source.clone(),
        kind: list.kind.clone(),
        state: list.state.map(Into::into),
        recipient: list.recipient.clone().map(Recipient::Connector),
        case: list.case.clone(),
        ..MessageFilter::default()
    };
    let page = Page {
        limit: list.limit,
        offset: list.offset,
    };
    let messages = place.read(async |store| Ok(store.messages(&filter, page).await?))?;
    match list.output {
        Output::Json => terminal::data(json(&messages)?.as_bytes()),
        Output::Table => terminal::data(table(&messages.items).as_bytes()),
    }
    if messages.more && list.output == Output::Table {
        terminal::message("Es gibt mehr: --offset und --limit zeigen weitere.");
    }
    Ok(Exit::Ok)
}

/// Messages as a table: what came when, from where, and where it went.
pub(super) fn table(messages: &[MessageLine]) -> String {
    let mut listing = Listing::new(&["Zeit", "Quelle", "Art", "Nachricht", "Zustand", "Ziele", "Vorgang"]);
    for message in messages {
        let targets = message
            .targets
            .iter()
            .map(|t| format!("{}: {}", t.recipient, t.state.label()));
        listing.row([
            moment(message.received),
            message.source.to_string(),
            message.kind.to_string(),
            short(message.message.as_str()),
            message.state.label().to_owned(),
            targets.collect::<Vec<_>>().join(", "),
            message.cases.join(", "),
        ]);
    }
    listing.render()
}

/// The first digits of an id, enough to name it at the command line.
pub(super) fn short(id: &str) -> String {
    id.chars().take(12).collect()
}

fn execute_show(place: &Place, show: &Show) -> Result<Exit, Failure> {
    let mut found = place.read(async |store| Ok(store.message(&show.id).await?))?;
    if found.len() > 1 {
        let lines: Vec<MessageLine> = found.into_iter().map(|message| message.line).collect();
        terminal::data(table(&lines).as_bytes());
        return Err(Failure::new(
            Exit::Findings,
            format!("{} ist nicht eindeutig: Bitte mehr Stellen angeben.", show.id),
        ));
    }
    let Some(message) = found.pop() else {
        return Err(Failure::new(
            Exit::Findings,
            format!("Die Nachricht {} gibt es nicht.", show.id),
        ));
    };
    match show.output {
        Output::Json => terminal::data(json(&message)?.as_bytes()),
        Output::Table => terminal::data(sheet(&message).as_bytes()),
    }
    Ok(Exit::Ok)
}

fn sheet(message: &MessageView) -> String {
    let line = &message.line;
    let mut text = format!("Nachricht {}  {}\n", line.message, line.state.label());
    let _ = writeln!(
        text,
        "{} von {} empfangen am {}, {} Bytes, {} Teile",
        line.kind,
        line.source,
        moment(line.received),
        message.size,
        message.parts
    );
    let noted = [
        (
            "Vorgänge",
            Some(line.cases.join(", ")).filter(|cases| !cases.is_empty()),
        ),
        (
            "Klärfälle",
            Some(message.dead_letters.join(", ")).filter(|ids| !ids.is_empty()),
        ),
        (
            "Wiederholt von der Quelle",
            Some(message.repeated.to_string()).filter(|times| times != "0"),
        ),
        (
            "Erneute Verarbeitung von",
            message.replay_of.as_ref().map(ToString::to_string),
        ),
        ("Unterhaltung", message.correlation.clone()),
        ("Anlass", message.causation.clone()),
        ("Ablaufverfolgung", message.traceparent.clone()),
    ];
    for (name, value) in noted
        .iter()
        .filter_map(|(name, value)| value.as_ref().map(|value| (name, value)))
    {
        let _ = writeln!(text, "{name}: {value}");
    }
    for record in &message.records {
        part(&mut text, record);
    }
    text
}

fn part(text: &mut String, record: &RecordView) {
    let schema = record
        .schema
        .as_ref()
        .map_or("nicht verarbeitet", |schema| schema.as_str());
    let _ = writeln!(text, "\nTeil {}: {schema}", record.part + 1);
    if let (Some(mapping), Some(digest)) = (&record.mapping, &record.mapping_digest) {
        let _ = writeln!(
            text,
            "Zuordnung {mapping} ({}), Regelwerk {}",
            digest.short(),
            record.rules.short()
        );
    }
    if let Some(route) = &record.filtered_by {
        let _ = writeln!(text, "Ausgefiltert durch die Route {route}");
    }
    if let Some(case) = &record.case {
        let _ = writeln!(text, "Vorgang {case}");
    }
    if !record.deliveries.is_empty() {
        text.push_str(&deliveries(&record.deliveries));
    }
}

fn deliveries(deliveries: &[DeliveryView]) -> String {
    let mut listing = Listing::new(&[
        "Ziel",
        "Art",
        "Zustand",
        "Seit",
        "Versuche",
        "Beleg",
        "Route",
        "Zweck",
        "Rechtsgrundlage",
    ]);
    for delivery in deliveries {
        let said = delivery.text.as_ref().or(delivery.reference.as_ref());
        listing.row([
            delivery.recipient.to_string(),
            delivery.kind.to_string(),
            delivery.state.label().to_owned(),
            delivery.at.map(moment).unwrap_or_default(),
            delivery.attempts.map(|count| count.to_string()).unwrap_or_default(),
            said.cloned().unwrap_or_default(),
            delivery.route.clone(),
            delivery.purpose.clone(),
            delivery.legal_basis.clone(),
        ]);
    }
    listing.render()
}
