// SPDX-License-Identifier: EUPL-1.2
//! One table: where its reading stands, what is in the hands of the hub, what lies aside.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use connector_sdk::failpoint;
use connector_sdk::source::Limits;
use hub_message::Digest;

use super::page::{self, Page};
use super::plan::Plan;
use super::questions;
use crate::catalogue::Unusable;
use crate::cursor::CursorFile;
use crate::database::{Database, Row};
use crate::fault::Fault;
use crate::settings::{After, IntakeSettings, MarkSettings};
use crate::statement::{Parameter, Statement};

/// A row that has no exact form as a message, or none of the size that the hub takes.
const UNREADABLE: &str = "AH-F401";
/// Rows that are told once by a process.
const KNOWN_MAX: usize = 100_000;
/// Rows that are marked or deleted by one statement.
const AT_ONCE: usize = 250;
/// Pause after a finding that only a person can mend.
const MENDING: Duration = Duration::from_secs(5);

/// By which a row is found again.
#[derive(Debug, Clone)]
pub(crate) struct Ticket {
    pub(super) reading: usize,
    /// Watermark and key.
    pub(super) place: Vec<Parameter>,
}

/// The reading of one table.
#[derive(Debug)]
pub(super) struct Reading {
    settings: IntakeSettings,
    file: Option<CursorFile>,
    plan: Option<Plan>,
    due: Instant,
    /// The last place that was looked at in this round.
    position: Option<Vec<Parameter>>,
    /// Where a table that stays as it is has been read to, with everything before it in custody.
    cursor: Option<Vec<Parameter>>,
    cursor_read: bool,
    /// Rows that the hub has not confirmed yet.
    open: HashSet<Digest>,
    /// Rows that lie aside and were told.
    aside: HashSet<Digest>,
    /// How many lie aside in this round, and in the last whole one.
    seen_aside: u64,
    left_aside: u64,
    finding: Option<String>,
}

fn digest(place: &[Parameter]) -> Digest {
    let parts: Vec<String> = place.iter().map(page::spelled).collect();
    Digest::of(parts.join("\0").as_bytes())
}

impl Reading {
    pub(super) fn new(settings: IntakeSettings, file: Option<CursorFile>) -> Self {
        Self {
            settings,
            file,
            plan: None,
            due: Instant::now(),
            position: None,
            cursor: None,
            cursor_read: false,
            open: HashSet::new(),
            aside: HashSet::new(),
            seen_aside: 0,
            left_aside: 0,
            finding: None,
        }
    }

    /// How long until it is to be asked again.
    pub(super) fn due_in(&self) -> Duration {
        self.due.saturating_duration_since(Instant::now())
    }

    /// What does not work, in a German sentence.
    pub(super) fn trouble(&self) -> Option<String> {
        if let Some(finding) = &self.finding {
            return Some(finding.clone());
        }
        let count = self.left_aside.max(self.seen_aside);
        let key = self.plan.as_ref()?.key_names();
        (count > 0).then(|| {
            format!(
                "Tabelle „{}“: {count} Zeilen lassen sich nicht als Nachricht darstellen und bleiben liegen ({UNREADABLE}, Schlüsselspalte „{key}“).",
                self.settings.table
            )
        })
    }

    /// The next page; a fault only where the database is away.
    pub(super) async fn next(&mut self, database: &Database, index: usize, limits: Limits) -> Result<Page, Fault> {
        match self.page(database, index, limits).await {
            Ok(page) => {
                self.finding = None;
                Ok(page)
            }
            Err(Unusable::Fault(fault @ Fault::Away(_))) => Err(fault),
            Err(Unusable::Fault(fault)) => {
                // The table may have changed: the catalogue is asked again.
                self.plan = None;
                Ok(self.found(format!("Tabelle „{}“: {}", self.settings.table, fault.sentence())))
            }
            Err(Unusable::Finding(finding)) => Ok(self.found(finding)),
        }
    }

    fn found(&mut self, finding: String) -> Page {
        self.finding = Some(finding);
        self.due = Instant::now() + MENDING;
        Page::default()
    }

    async fn page(&mut self, database: &Database, index: usize, limits: Limits) -> Result<Page, Unusable> {
        let plan = match self.plan.clone() {
            Some(plan) => plan,
            None => Plan::load(database, &self.settings).await?,
        };
        self.plan = Some(plan.clone());
        self.begin()?;
        let wanted = self.settings.batch().min(limits.records);
        let rows = self.rows(database, &plan, wanted + 1).await?;
        let mut page = Page::default();
        let (mut bytes, mut unmarked) = (0, Vec::new());
        let mut ended = rows.len() <= wanted;
        let mut before: Option<Vec<Parameter>> = None;
        for (number, (place, row)) in rows.into_iter().enumerate() {
            if before.as_ref() == Some(&place) {
                return Err(Unusable::Finding(format!(
                    "Tabelle „{}“: „{}“ ist nicht eindeutig; so ginge eine Zeile verloren, darum wird nichts gelesen.",
                    plan.table,
                    plan.key_names()
                )));
            }
            if number >= wanted || (bytes >= limits.inline_bytes && bytes > 0) {
                ended = false;
                break;
            }
            before = Some(place.clone());
            let record = row.and_then(|row| page::record(&plan, &self.settings, index, place.clone(), &row));
            let known = digest(&place);
            if let Some(record) = record {
                bytes += record.native.size() as usize;
                self.open.insert(known);
                page.records.push(record);
            } else {
                self.seen_aside += 1;
                if self.aside.len() < KNOWN_MAX && self.aside.insert(known) {
                    page.refused += 1;
                    Self::tell(&plan, UNREADABLE);
                }
                unmarked.push(place);
            }
        }
        let unmarked: Vec<&[Parameter]> = unmarked.iter().map(Vec::as_slice).collect();
        self.mark_refused(database, &unmarked).await?;
        if let Some(last) = before {
            self.position = Some(last);
        }
        self.keep_cursor()?;
        if ended {
            self.end_round();
        }
        Ok(page)
    }

    /// Where this page begins. What the hub has not confirmed of the page before comes again.
    fn begin(&mut self) -> Result<(), Unusable> {
        let Some(file) = &self.file else {
            self.open.clear();
            return Ok(());
        };
        if !self.cursor_read {
            let unreadable = |_| {
                Unusable::Finding(format!(
                    "Der Stand von {} ist nicht lesbar; es wird nichts gelesen, damit nichts doppelt kommt.",
                    self.settings.name
                ))
            };
            let kept = file.read().map_err(unreadable)?;
            let places = kept.map(|kept| {
                kept.iter()
                    .map(|part| page::unspelled(part))
                    .collect::<Option<Vec<_>>>()
            });
            self.cursor = places.flatten();
            self.position.clone_from(&self.cursor);
            self.cursor_read = true;
        }
        if !self.open.is_empty() {
            self.open.clear();
            self.position.clone_from(&self.cursor);
        }
        Ok(())
    }

    fn end_round(&mut self) {
        self.due = Instant::now() + self.settings.every();
        self.left_aside = std::mem::take(&mut self.seen_aside);
        if self.file.is_none() {
            self.position = None;
        }
    }

    /// The rows of a page with their places. Where a value of one cannot even be selected, each is asked for alone.
    async fn rows(
        &self,
        database: &Database,
        plan: &Plan,
        limit: usize,
    ) -> Result<Vec<(Vec<Parameter>, Option<Row>)>, Unusable> {
        let engine = database.engine();
        let ask = |columns: &[crate::catalogue::Column]| {
            questions::page(engine, plan, &self.settings, self.position.as_deref(), columns, limit)
        };
        let placed = |row: Row| match page::place(plan, &row) {
            Some(place) => Ok((place, Some(row))),
            None => Err(Unusable::Finding(format!(
                "Tabelle „{}“: „{}“ ist leer oder nicht lesbar in einer Zeile; darum wird nichts gelesen.",
                plan.table,
                plan.key_names()
            ))),
        };
        match database.fetch(ask(&plan.selected)).await {
            Ok(rows) => rows.into_iter().map(placed).collect(),
            Err(Fault::Data) => {
                let mut rows = Vec::new();
                for keys in database.fetch(ask(plan.ordered())).await? {
                    let (place, _) = placed(keys)?;
                    let row = match database.fetch(questions::single(engine, plan, &place)).await {
                        Ok(mut found) => found.pop(),
                        Err(Fault::Data) => None,
                        Err(fault) => return Err(fault.into()),
                    };
                    rows.push((place, row));
                }
                Ok(rows)
            }
            Err(fault) => Err(fault.into()),
        }
    }

    fn tell(plan: &Plan, code: &str) {
        tracing::warn!(
            code,
            table = %plan.table,
            key = plan.key_names(),
            "a row has no exact form as a message and lies aside"
        );
    }

    /// The hub has these rows.
    pub(super) async fn accepted(&mut self, database: &Database, tickets: &[&Ticket]) -> Result<(), Fault> {
        let places: Vec<&[Parameter]> = tickets.iter().map(|ticket| ticket.place.as_slice()).collect();
        let settings = self.settings.clone();
        match settings.after() {
            After::Keep => {}
            After::Delete => {
                self.change(database, &places, |engine, plan, rows| {
                    Some(questions::delete(engine, plan, rows))
                })
                .await?;
            }
            After::Mark(mark) => self.mark(database, mark, mark.done.as_deref(), &places).await?,
        }
        failpoint::reach("sql-marked");
        self.settled(&places)
    }

    /// The hub will never take this row.
    pub(super) async fn refused(&mut self, database: &Database, ticket: &Ticket, code: &str) -> Result<(), Fault> {
        if let Some(plan) = self
            .plan
            .as_ref()
            .filter(|_| !self.aside.contains(&digest(&ticket.place)))
        {
            Self::tell(plan, code);
        }
        self.aside.insert(digest(&ticket.place));
        self.mark_refused(database, &[&ticket.place]).await?;
        self.settled(&[&ticket.place])
    }

    async fn mark_refused(&self, database: &Database, places: &[&[Parameter]]) -> Result<(), Fault> {
        match self.settings.after() {
            After::Mark(mark) if mark.refused.is_some() && !places.is_empty() => {
                self.mark(database, mark, mark.refused.as_deref(), places).await
            }
            _ => Ok(()),
        }
    }

    async fn mark(
        &self,
        database: &Database,
        mark: &MarkSettings,
        value: Option<&str>,
        places: &[&[Parameter]],
    ) -> Result<(), Fault> {
        self.change(database, places, |engine, plan, rows| {
            questions::mark(engine, plan, mark, value, rows)
        })
        .await
    }

    async fn change(
        &self,
        database: &Database,
        places: &[&[Parameter]],
        make: impl Fn(crate::database::Engine, &Plan, &[&[Parameter]]) -> Option<Statement>,
    ) -> Result<(), Fault> {
        let Some(plan) = &self.plan else { return Ok(()) };
        let chunks = places.chunks(AT_ONCE);
        let statements = chunks.filter_map(|rows| make(database.engine(), plan, rows)).collect();
        database.apply(statements).await
    }

    fn settled(&mut self, places: &[&[Parameter]]) -> Result<(), Fault> {
        for place in places {
            self.open.remove(&digest(place));
        }
        self.keep_cursor()
    }

    /// Writes down how far was read, once everything before it is settled.
    fn keep_cursor(&mut self) -> Result<(), Fault> {
        let (Some(file), Some(position)) = (&self.file, &self.position) else {
            return Ok(());
        };
        if !self.open.is_empty() || self.cursor.as_ref() == Some(position) {
            return Ok(());
        }
        let parts: Vec<String> = position.iter().map(page::spelled).collect();
        file.write(&parts)
            .map_err(|_| Fault::away("Der Stand lässt sich nicht merken; nichts geht verloren."))?;
        self.cursor = Some(position.clone());
        Ok(())
    }
}
