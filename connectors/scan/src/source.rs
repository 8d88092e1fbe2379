// SPDX-License-Identifier: EUPL-1.2
//! The scanner's folder as a source. One file is worked on at a time; it stays where it is until the hub has every
//! document of it.

use std::time::Duration;

use amtshub_connector_folder::{Inbox, hot_folder};
use connector_sdk::source::{Limits, Record, Taken};
use connector_sdk::{Refusal, SettingsFault, Source, Unavailable, failpoint};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::job::{Begun, Job, Made, Pages, begin, read_all};
use crate::refusal;
use crate::settings::Settings;
use crate::tool::Halt;

/// A source comes back within about a second.
const LOOK: Duration = Duration::from_millis(900);
/// Documents of a stack that are made before the first of them travels.
const AT_ONCE: usize = 4;

/// A message of a file.
#[derive(Debug, Clone)]
pub(crate) struct Ticket {
    /// Digest of the file.
    pub file: String,
    /// Which of its messages.
    pub number: usize,
}

/// The source.
#[derive(Debug)]
pub(crate) struct Scanner {
    settings: Settings,
    inbox: Inbox,
    state: State,
}

#[derive(Debug)]
enum State {
    Idle,
    /// Its pages are being read, beside this; nobody reads when something was missing, until the next look.
    Reading(Box<Job>, JoinSet<Result<Pages, Halt>>),
    /// Its messages travel; so many of them are in custody.
    Filing(Box<Made>, usize),
}

impl Scanner {
    /// Makes the folders where they are missing.
    pub(crate) fn open(settings: Settings) -> Result<Self, SettingsFault> {
        Ok(Self {
            inbox: hot_folder(&settings.folder())?,
            settings,
            state: State::Idle,
        })
    }

    /// Takes the next file out of the folder.
    async fn next_file(&mut self, limits: Limits) -> Result<Taken<Ticket>, Unavailable> {
        let harvest = self.inbox.take(Limits { records: 1, ..limits }).await?;
        let mut taken = Taken {
            refused: harvest.refused,
            trouble: harvest.trouble,
            ..Taken::default()
        };
        let Some(record) = harvest.records.into_iter().next() else {
            return Ok(taken);
        };
        match tokio::task::block_in_place(|| begin(record, &self.settings)) {
            Ok(Begun::Job(job)) => self.state = State::Reading(job, JoinSet::new()),
            Ok(Begun::Changed) => {}
            Ok(Begun::Unfit(record, refusal)) => {
                self.inbox.refuse(&record.ticket, &refusal).await?;
                taken.refused += 1;
            }
            Err(Halt::Unfit(_)) => {}
            Err(Halt::Away(trouble)) => return Err(trouble),
        }
        Ok(taken)
    }

    /// Waits for a moment for the pages.
    async fn read(
        &mut self,
        job: Box<Job>,
        mut reading: JoinSet<Result<Pages, Halt>>,
        limits: Limits,
    ) -> Result<Taken<Ticket>, Unavailable> {
        if reading.is_empty() {
            reading.spawn(read_all(job.workshop.clone(), job.form, self.settings.clone()));
        }
        let Ok(ended) = timeout(LOOK, reading.join_next()).await else {
            self.state = State::Reading(job, reading);
            return Ok(Taken::default());
        };
        match ended {
            Some(Ok(Ok(pages))) => {
                failpoint::reach("stack-read");
                let made = Box::new(Made::new(*job, pages, &self.settings));
                self.file(made, 0, limits).await
            }
            Some(Ok(Err(Halt::Unfit(refusal)))) => self.set_aside(job, &refusal).await,
            Some(Ok(Err(Halt::Away(trouble)))) => {
                self.state = State::Reading(job, JoinSet::new());
                Err(trouble)
            }
            // It panicked: our fault. The file must not stop those behind it, and a person has to see it.
            Some(Err(_)) | None => self.set_aside(job, &refusal::crashing("Lesen")).await,
        }
    }

    async fn set_aside(&mut self, job: Box<Job>, refusal: &Refusal) -> Result<Taken<Ticket>, Unavailable> {
        if let Err(trouble) = self.inbox.refuse(&job.record.ticket, refusal).await {
            // It is read again, from what stands on the disk, and refused again.
            self.state = State::Reading(job, JoinSet::new());
            return Err(trouble);
        }
        clear(&job);
        Ok(Taken {
            refused: 1,
            ..Taken::default()
        })
    }

    /// The next messages of a file.
    async fn file(&mut self, made: Box<Made>, confirmed: usize, limits: Limits) -> Result<Taken<Ticket>, Unavailable> {
        let mut records: Vec<Record<Ticket>> = Vec::new();
        let last = made.count().min(confirmed + AT_ONCE.min(limits.records.max(1)));
        for number in confirmed..last {
            match made.message(number, &self.settings).await {
                Ok(record) => records.push(record),
                Err(Halt::Unfit(refusal)) => return self.set_aside(Box::new(made.job), &refusal).await,
                Err(Halt::Away(trouble)) => {
                    self.state = State::Filing(made, confirmed);
                    return Err(trouble);
                }
            }
        }
        self.state = State::Filing(made, confirmed);
        Ok(Taken {
            records,
            ..Taken::default()
        })
    }
}

/// What stays behind is removed when the next file begins.
fn clear(job: &Job) {
    if let Err(error) = job.clear() {
        tracing::warn!(kind = %error.kind(), "der Arbeitsordner einer Datei bleibt vorerst stehen");
    }
}

impl Source for Scanner {
    type Ticket = Ticket;

    async fn take(&mut self, limits: Limits) -> Result<Taken<Ticket>, Unavailable> {
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Idle => self.next_file(limits).await,
            State::Reading(job, reading) => self.read(job, reading, limits).await,
            State::Filing(made, confirmed) => self.file(made, confirmed, limits).await,
        }
    }

    async fn confirm(&mut self, tickets: &[Ticket]) -> Result<(), Unavailable> {
        let State::Filing(made, confirmed) = &mut self.state else {
            return Ok(());
        };
        let of_file = tickets.iter().filter(|ticket| ticket.file == made.job.original.sha256);
        let Some(last) = of_file.map(|ticket| ticket.number + 1).max() else {
            return Ok(());
        };
        if last < made.count() {
            *confirmed = (*confirmed).max(last);
            return Ok(());
        }
        self.inbox
            .confirm(std::slice::from_ref(&made.job.record.ticket))
            .await?;
        clear(&made.job);
        self.state = State::Idle;
        Ok(())
    }

    async fn refuse(&mut self, ticket: &Ticket, refusal: &Refusal) -> Result<(), Unavailable> {
        let State::Filing(made, _) = &self.state else {
            return Ok(());
        };
        if ticket.file != made.job.original.sha256 {
            return Ok(());
        }
        self.inbox.refuse(&made.job.record.ticket, refusal).await?;
        clear(&made.job);
        self.state = State::Idle;
        Ok(())
    }
}
