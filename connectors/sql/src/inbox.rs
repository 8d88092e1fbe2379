// SPDX-License-Identifier: EUPL-1.2
//! The source: each table in its turn, one page of rows after the other.

mod page;
mod plan;
mod questions;
mod reading;

use std::sync::Arc;
use std::time::{Duration, Instant};

use connector_sdk::source::{Limits, Taken};
use connector_sdk::{Refusal, SettingsFault, Source, Unavailable};

use crate::catalogue::Unusable;
use crate::cursor::CursorFile;
use crate::database::Database;
use crate::fault::Fault;
use crate::outbox::Outbox;
use crate::settings::{After, Settings, fault};

use reading::{Reading, Ticket};

/// How long `take` waits when there is nothing.
const REST: Duration = Duration::from_secs(1);
/// Time between two looks at the table of the outbox.
const LOOK: Duration = Duration::from_secs(30);

/// Everything that is read.
#[derive(Debug)]
pub(crate) struct Inbox {
    database: Arc<Database>,
    readings: Vec<Reading>,
    /// Which one is asked first.
    turn: usize,
    outbox: Option<Outbox>,
    looked: Option<Instant>,
    /// What is wrong with the table of the outbox.
    trouble: Option<String>,
}

impl Inbox {
    /// With the cursors of what stays as it is.
    pub(crate) fn open(
        database: Arc<Database>,
        settings: &Settings,
        outbox: Option<Outbox>,
    ) -> Result<Self, SettingsFault> {
        let mut readings = Vec::new();
        for intake in &settings.r#in {
            let cursor = match (&settings.cursor_folder, intake.after()) {
                (Some(folder), After::Keep) => {
                    let unusable = |_| fault("settings.cursor_folder lässt sich nicht anlegen oder lesen.");
                    let names: Vec<&str> = intake
                        .watermark
                        .iter()
                        .chain(intake.key())
                        .map(crate::identifier::Name::as_str)
                        .collect();
                    let order = format!("{} {}", intake.table, names.join(" "));
                    Some(CursorFile::open(folder, &intake.name, &order).map_err(unusable)?)
                }
                _ => None,
            };
            readings.push(Reading::new(intake.clone(), cursor));
        }
        Ok(Self {
            database,
            readings,
            turn: 0,
            outbox,
            looked: None,
            trouble: None,
        })
    }

    /// Holds the table of the outbox against the catalogue, now and then: what is wrong there shows before anything is delivered.
    async fn look(&mut self) -> Result<(), Unavailable> {
        let Some(outbox) = &self.outbox else { return Ok(()) };
        if self.looked.is_some_and(|looked| looked.elapsed() < LOOK) {
            return Ok(());
        }
        self.trouble = match outbox.plan().await {
            Ok(_) => None,
            Err(Unusable::Finding(finding)) => Some(finding),
            Err(Unusable::Fault(fault)) => return Err(Unavailable::new(fault.sentence())),
        };
        self.looked = Some(Instant::now());
        Ok(())
    }

    /// Until one of the tables is to be asked again.
    fn rest(&self) -> Duration {
        let next = self.readings.iter().map(Reading::due_in).min();
        next.unwrap_or(REST).min(REST)
    }
}

impl Source for Inbox {
    type Ticket = Ticket;

    async fn take(&mut self, limits: Limits) -> Result<Taken<Ticket>, Unavailable> {
        self.look().await?;
        let mut taken = Taken::default();
        let count = self.readings.len();
        for step in 0..count {
            let index = (self.turn + step) % count;
            let Some(reading) = self.readings.get_mut(index) else {
                continue;
            };
            if !reading.due_in().is_zero() {
                continue;
            }
            let page = reading.next(&self.database, index, limits).await.map_err(away)?;
            taken.refused += page.refused;
            taken.records = page.records;
            if !taken.records.is_empty() {
                // The others are asked before this one goes on.
                self.turn = index + 1;
                break;
            }
        }
        if taken.records.is_empty() {
            tokio::time::sleep(self.rest()).await;
        }
        taken.trouble = self
            .readings
            .iter()
            .find_map(Reading::trouble)
            .or_else(|| self.trouble.clone());
        Ok(taken)
    }

    async fn confirm(&mut self, tickets: &[Ticket]) -> Result<(), Unavailable> {
        for (index, reading) in self.readings.iter_mut().enumerate() {
            let own: Vec<&Ticket> = tickets.iter().filter(|ticket| ticket.reading == index).collect();
            if !own.is_empty() {
                reading.accepted(&self.database, &own).await.map_err(away)?;
            }
        }
        Ok(())
    }

    async fn refuse(&mut self, ticket: &Ticket, refusal: &Refusal) -> Result<(), Unavailable> {
        let Some(reading) = self.readings.get_mut(ticket.reading) else {
            return Ok(());
        };
        reading
            .refused(&self.database, ticket, refusal.code)
            .await
            .map_err(away)
    }
}

fn away(fault: Fault) -> Unavailable {
    Unavailable::new(fault.sentence())
}
