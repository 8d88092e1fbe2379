// SPDX-License-Identifier: EUPL-1.2
//! `amtshub case`: what belongs together.

use std::fmt::Write;

use hub_message::record::Direction;
use hub_store::{CaseFilter, CaseLine, CaseView, EntryView, Page};

use super::listing::{Listing, json, moment};
use super::place::{Failure, Place, finish};
use super::reveal::Reveal;
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
    /// List cases, the last opened first.
    List(List),
    /// Show one case: its time line, documents, participants, references and messages.
    Show(Show),
}

#[derive(Debug, clap::Args)]
struct List {
    /// Only this type.
    #[arg(long = "type", value_name = "TYPE")]
    case_type: Option<String>,
    /// Only cases whose subject contains this.
    #[arg(long, value_name = "TEXT")]
    subject: Option<String>,
    /// Only cases that have this identifier.
    #[arg(long, value_name = "VALUE")]
    reference: Option<String>,
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
    /// The case, or a case that was joined into it.
    id: String,
    #[command(flatten)]
    reveal: Reveal,
    /// For people or for programs.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

/// Does it.
pub(crate) fn execute(arguments: &Arguments) -> Exit {
    finish(match &arguments.action {
        Action::List(list) => execute_list(&arguments.place, list),
        Action::Show(show) => execute_show(&arguments.place, show),
    })
}

fn execute_list(place: &Place, list: &List) -> Result<Exit, Failure> {
    let filter = CaseFilter {
        case_type: list.case_type.clone(),
        subject: list.subject.clone(),
        reference: list.reference.clone(),
        ..CaseFilter::default()
    };
    let page = Page {
        limit: list.limit,
        offset: list.offset,
    };
    let cases = place.read(async |store| Ok(store.cases(&filter, page).await?))?;
    match list.output {
        Output::Json => terminal::data(json(&cases)?.as_bytes()),
        Output::Table => terminal::data(table(&cases.items).as_bytes()),
    }
    if cases.more && list.output == Output::Table {
        terminal::message("Es gibt mehr: --offset und --limit zeigen weitere.");
    }
    Ok(Exit::Ok)
}

fn table(cases: &[CaseLine]) -> String {
    let mut listing = Listing::new(&["Vorgang", "Art", "Betreff", "Beginn", "Einträge", "Zustand"]);
    for case in cases {
        listing.row([
            case.id.clone(),
            case.case_type.clone(),
            case.subject.to_string(),
            moment(case.opened),
            case.entries.to_string(),
            case.state.label().to_owned(),
        ]);
    }
    listing.render()
}

fn execute_show(place: &Place, show: &Show) -> Result<Exit, Failure> {
    let found = place.read(async |store| Ok(store.case(&show.id).await?))?;
    let Some(case) = found else {
        return Err(Failure::new(
            Exit::Findings,
            format!("Den Vorgang {} gibt es nicht.", show.id),
        ));
    };
    let case = if show.reveal.granted(place, &format!("case {}", case.line.id))? {
        case.revealed()
    } else {
        case
    };
    match show.output {
        Output::Json => terminal::data(json(&case)?.as_bytes()),
        Output::Table => terminal::data(sheet(&case).as_bytes()),
    }
    Ok(Exit::Ok)
}

/// The case as a sheet for people.
fn sheet(case: &CaseView) -> String {
    let line = &case.line;
    let mut text = format!("Vorgang {}  {}  {}\n", line.id, line.case_type, line.subject);
    let _ = writeln!(text, "Beginn {}, {}", moment(line.opened), line.state.label());
    for join in &case.joins {
        let _ = writeln!(text, "Am {} mit {} zusammengeführt", moment(join.at), join.younger);
    }
    section(&mut text, "Kennzeichen", references(case));
    section(&mut text, "Beteiligte", participants(case));
    section(&mut text, "Verlauf", timeline(case));
    section(&mut text, "Dokumente", documents(case));
    section(&mut text, "Nachrichten", super::message::table(&case.messages));
    if !case.candidates.is_empty() {
        section(&mut text, "Gehört vielleicht dazu", candidates(case));
    }
    text
}

fn section(text: &mut String, title: &str, table: String) {
    let _ = write!(text, "\n{title}\n{table}");
}

fn references(case: &CaseView) -> String {
    let mut listing = Listing::new(&["System", "Art", "Wert"]);
    for reference in &case.references {
        listing.row([
            reference.system.clone(),
            reference.kind.clone(),
            reference.value.to_string(),
        ]);
    }
    listing.render()
}

fn participants(case: &CaseView) -> String {
    let mut listing = Listing::new(&["Rolle", "Name", "Kennung"]);
    for participant in &case.participants {
        let identifier = participant.identifier.as_ref().map(ToString::to_string);
        listing.row([
            participant.role.clone(),
            participant.name.to_string(),
            identifier.unwrap_or_default(),
        ]);
    }
    listing.render()
}

fn timeline(case: &CaseView) -> String {
    let mut listing = Listing::new(&["Zeit", "Richtung", "Weg", "Art", "Titel", "Gegenüber", "Quelle"]);
    for entry in &case.timeline {
        let partner = entry.partner.as_ref().map(ToString::to_string);
        listing.row([
            entry.at.clone(),
            direction(entry).to_owned(),
            entry.channel.clone(),
            entry.entry_type.clone(),
            entry.title.to_string(),
            partner.unwrap_or_default(),
            entry.source.to_string(),
        ]);
    }
    listing.render()
}

fn direction(entry: &EntryView) -> &'static str {
    match entry.direction {
        Direction::In => "Eingang",
        Direction::Out => "Ausgang",
        Direction::Internal => "intern",
    }
}

fn documents(case: &CaseView) -> String {
    let mut listing = Listing::new(&["Name", "Fassung", "Art", "Bytes", "SHA-256"]);
    for document in &case.documents {
        let name = document.name.as_ref().map(ToString::to_string);
        listing.row([
            name.unwrap_or_default(),
            document.version.to_string(),
            document.media_type.clone(),
            document.size.to_string(),
            document.sha256.short().to_owned(),
        ]);
    }
    listing.render()
}

fn candidates(case: &CaseView) -> String {
    let mut listing = Listing::new(&["Vorgang", "System", "Art", "Wert"]);
    for candidate in &case.candidates {
        listing.row([
            candidate.case.clone(),
            candidate.system.clone(),
            candidate.kind.clone(),
            candidate.value.to_string(),
        ]);
    }
    listing.render()
}
