// SPDX-License-Identifier: EUPL-1.2
//! The hot folder: complete files become records, accepted files go to the archive, unfit ones to the error folder.
//!
//! A file stays in the folder until the stream has acknowledged it. Its identity is made of its name, its content and
//! the time it was written, so that taking it again after a crash gives the same message.

mod batch;
mod content;
mod holding;
mod leaving;
mod opened;
mod picking;
mod record;
mod records;
mod refusal;
mod settling;
mod watching;

use std::collections::HashSet;
use std::io;
use std::path::Path;
use std::time::Instant;

use connector_sdk::source::{Limits, Record, Taken as Harvest};
use connector_sdk::{Content, Refusal, SettingsFault, Source, Unavailable, now};

use crate::directory::{Directory, unavailable};
use crate::settings::{self, InSettings};
use content::Reading;
use holding::Held;
use leaving::{Folders, Taken};
use opened::{Opened, Part};
use picking::{Deciding, Pick};
use settling::{Seen, Settling};
use watching::Watching;

/// Open files in one harvest.
const FILES_MAX: usize = 64;
const ROLE: &str = "Eingangsordner";

/// The hot folder as a source.
#[derive(Debug)]
pub struct Inbox {
    settings: InSettings,
    folders: Folders,
    settling: Settling,
    watching: Watching,
    /// Whether a file in the folder is not complete yet.
    unsettled: bool,
    recovered: bool,
    /// The file that is being split; it is brought to its end before any other file is taken.
    opened: Option<Opened>,
}

/// What a record is made of.
#[derive(Debug)]
pub enum Ticket {
    /// Whole files.
    Files(Vec<Taken>),
    /// A part of the file that is being split.
    Part {
        /// Its number, from 1.
        number: u64,
        /// Where it ends.
        offset: u64,
        /// Whether it is the last one.
        last: bool,
    },
}

impl Inbox {
    /// Makes the folders where they are missing and checks that files can be moved between them.
    pub(crate) fn open(settings: InSettings) -> Result<Self, SettingsFault> {
        let folders = Folders {
            inbox: settings.path.clone(),
            archive: settings.archive(),
            error: settings.error(),
        };
        check_apart(&folders)?;
        let device = |path: &Path, role: &str| {
            std::fs::create_dir_all(path)
                .and_then(|()| Directory::open(path)?.device())
                .map_err(|e| settings::fault(&unavailable(role, &e).0))
        };
        let home = device(&folders.inbox, ROLE)?;
        let others = [(&folders.archive, "Archivordner"), (&folders.error, "Fehlerordner")];
        for (path, role) in others {
            if device(path, role)? != home {
                return Err(settings::fault(&format!(
                    "{role}: liegt auf einem anderen Datenträger als der Eingangsordner."
                )));
            }
        }
        Ok(Self {
            watching: Watching::start(&folders.inbox, settings.watch),
            unsettled: false,
            settings,
            folders,
            settling: Settling::default(),
            recovered: false,
            opened: None,
        })
    }

    fn look(&mut self, limits: Limits) -> io::Result<Harvest<Ticket>> {
        if !self.recovered {
            self.folders.recover()?;
            self.recovered = true;
        }
        let inbox = Directory::open(&self.folders.inbox)?;
        if let Some(harvest) = self.go_on(&inbox, limits)? {
            return Ok(harvest);
        }
        let arrived = self.watching.arrived();
        let mut listing = Vec::new();
        for name in inbox.names()? {
            if let Some(signature) = inbox.look(&name)? {
                listing.push((name, signature));
            }
        }
        let seen = self
            .settling
            .look(listing, &arrived, Instant::now(), self.settings.stable());
        self.unsettled = !seen.is_empty();
        let held = self.hold_batches(&seen)?;
        let seen = match &held {
            Some(held) => released(seen, held),
            None => seen,
        };
        let max_bytes = self.settings.max_bytes.min(limits.document_bytes_max);
        let picks = picking::pick(
            &seen,
            Deciding {
                rules: &self.settings.files,
                max_bytes,
                sidecar_wait: self.settings.sidecar_wait(),
            },
        );
        let mut harvest = self.gather(&inbox, &seen, picks, limits)?;
        harvest.refused += held.map_or(0, |held| held.refused);
        Ok(harvest)
    }

    /// Where files come in batches: which of them may be taken.
    fn hold_batches(&self, seen: &[Seen]) -> io::Result<Option<Held>> {
        let settings = self.settings.batch.as_ref();
        settings
            .map(|settings| holding::look(seen, settings, &self.folders))
            .transpose()
    }

    /// The next records of the file that is being split; `None` when there is no such file.
    fn go_on(&mut self, inbox: &Directory, limits: Limits) -> io::Result<Option<Harvest<Ticket>>> {
        let Some(mut opened) = self.opened.take() else {
            return Ok(None);
        };
        if !opened.is_still(inbox)? {
            tracing::warn!("eine Datei hat sich geändert, während sie in Sätze geteilt wurde; sie wird neu angesehen");
            return Ok(None);
        }
        let refused = match opened.take(limits)? {
            Part::Records(records) => {
                self.opened = Some(opened);
                return Ok(Some(Harvest {
                    records,
                    ..Harvest::default()
                }));
            }
            Part::Unfit { number, why } => refusal::record(number, opened.sent(), why, opened.max_bytes()),
            Part::None => refusal::no_record(),
        };
        opened.forget(&Directory::open(&self.folders.archive)?)?;
        self.refuse_file(opened.file(), &refused)?;
        Ok(Some(Harvest {
            refused: 1,
            ..Harvest::default()
        }))
    }

    /// Begins to split a file.
    fn split(&mut self, inbox: &Directory, file: &Seen, rule: usize, limits: Limits) -> io::Result<Harvest<Ticket>> {
        let Some((rule, split)) = self
            .settings
            .files
            .get(rule)
            .and_then(|rule| Some((rule, rule.records?)))
        else {
            return Ok(Harvest::default());
        };
        let archive = Directory::open(&self.folders.archive)?;
        self.opened = Opened::open(inbox, &archive, taken(file), rule, split)?;
        Ok(self.go_on(inbox, limits)?.unwrap_or_default())
    }

    fn gather(
        &mut self,
        inbox: &Directory,
        seen: &[Seen],
        picks: Vec<Pick>,
        limits: Limits,
    ) -> io::Result<Harvest<Ticket>> {
        let mut harvest = Harvest::default();
        let (mut inline, mut files) = (0, 0);
        for pick in picks {
            if harvest.records.len() >= limits.records || inline >= limits.inline_bytes || files >= FILES_MAX {
                break;
            }
            if let Some((rule, file)) = self.split_by(&pick) {
                // It begins when everything before it is in custody.
                return match (harvest.records.is_empty(), seen.get(file)) {
                    (true, Some(file)) => self.split(inbox, file, rule, limits),
                    _ => Ok(harvest),
                };
            }
            match self.settle(inbox, seen, pick, limits)? {
                Settled::Record(record) => {
                    for content in std::iter::once(&record.native).chain(record.documents.iter().map(|d| &d.content)) {
                        match content {
                            Content::Inline(bytes) => inline += bytes.disclose().len(),
                            Content::File { .. } => files += 1,
                        }
                    }
                    harvest.records.push(*record);
                }
                Settled::Refused => harvest.refused += 1,
                Settled::Later => {}
            }
        }
        Ok(harvest)
    }

    /// The rule and the file, where a file is to be split.
    fn split_by(&self, pick: &Pick) -> Option<(usize, usize)> {
        match pick {
            Pick::Alone { rule, file } if self.settings.files.get(*rule)?.records.is_some() => Some((*rule, *file)),
            _ => None,
        }
    }

    fn settle(&self, inbox: &Directory, seen: &[Seen], pick: Pick, limits: Limits) -> io::Result<Settled> {
        let (rule, places) = match pick {
            Pick::Refuse { file, refusal } => return self.set_aside(seen.get(file), &refusal),
            Pick::Alone { rule, file } => (rule, vec![file]),
            Pick::Pair {
                rule,
                sidecar,
                document,
            } => (rule, vec![sidecar, document]),
        };
        let Some(rule) = self.settings.files.get(rule) else {
            return Ok(Settled::Later);
        };
        let mut read = Vec::with_capacity(places.len());
        for file in places.into_iter().filter_map(|place| seen.get(place)) {
            match content::read(inbox, file, limits.inline_bytes_max)? {
                Reading::Content(content) => read.push((file, content)),
                Reading::Changed => return Ok(Settled::Later),
                Reading::Refused(refusal) => return self.set_aside(Some(file), &refusal),
            }
        }
        Ok(record::record(rule, read).map_or(Settled::Later, |record| Settled::Record(Box::new(record))))
    }

    fn set_aside(&self, file: Option<&Seen>, refusal: &Refusal) -> io::Result<Settled> {
        if let Some(file) = file {
            self.refuse_file(&taken(file), refusal)?;
        }
        Ok(Settled::Refused)
    }

    fn refuse_file(&self, file: &Taken, refusal: &Refusal) -> io::Result<()> {
        self.folders.set_aside(file, refusal, &now().to_string())?;
        tracing::warn!(
            code = refusal.code,
            "eine Datei wurde nicht angenommen und liegt im Fehlerordner"
        );
        Ok(())
    }

    /// The hub has these parts of the file that is being split.
    fn confirm_parts(&mut self, tickets: &[Ticket]) -> io::Result<()> {
        let (Some(opened), Some(Ticket::Part { number, offset, last })) = (&mut self.opened, tickets.last()) else {
            return Ok(());
        };
        let archive = Directory::open(&self.folders.archive)?;
        if !last {
            return opened.confirm(&archive, *number, *offset);
        }
        self.folders.archive(&[std::slice::from_ref(opened.file())])?;
        opened.forget(&archive)?;
        self.opened = None;
        Ok(())
    }
}

enum Settled {
    Record(Box<Record<Ticket>>),
    Refused,
    Later,
}

/// Hot folder, archive and error folder are three folders: else files would go round in a circle.
fn check_apart(folders: &Folders) -> Result<(), SettingsFault> {
    let apart = folders.inbox != folders.archive && folders.inbox != folders.error && folders.archive != folders.error;
    if apart {
        Ok(())
    } else {
        Err(settings::fault(
            "path, archive und error müssen drei verschiedene Ordner sein.",
        ))
    }
}

/// The files that their batches release.
fn released(seen: Vec<Seen>, held: &Held) -> Vec<Seen> {
    let free: HashSet<&str> = held.free.iter().map(String::as_str).collect();
    seen.into_iter()
        .filter(|one| free.contains(&*one.name.to_string_lossy()))
        .collect()
}

fn taken(seen: &Seen) -> Taken {
    Taken {
        name: seen.name.clone(),
        signature: seen.signature,
    }
}

impl Source for Inbox {
    type Ticket = Ticket;

    async fn take(&mut self, limits: Limits) -> Result<Harvest<Ticket>, Unavailable> {
        let harvest = tokio::task::block_in_place(|| self.look(limits)).map_err(|e| unavailable(ROLE, &e))?;
        if harvest.records.is_empty() && harvest.refused == 0 {
            self.watching.wait(self.settings.poll(), self.unsettled).await;
        }
        Ok(harvest)
    }

    async fn confirm(&mut self, tickets: &[Ticket]) -> Result<(), Unavailable> {
        let files = |ticket: &'_ Ticket| match ticket {
            Ticket::Files(files) => Some(files.clone()),
            Ticket::Part { .. } => None,
        };
        let files: Vec<Vec<Taken>> = tickets.iter().filter_map(files).collect();
        let records: Vec<&[Taken]> = files.iter().map(Vec::as_slice).collect();
        let confirm = || {
            if !records.is_empty() {
                self.folders.archive(&records)?;
            }
            self.confirm_parts(tickets)
        };
        tokio::task::block_in_place(confirm).map_err(|e| unavailable("Archivordner", &e))
    }

    async fn refuse(&mut self, ticket: &Ticket, refusal: &Refusal) -> Result<(), Unavailable> {
        let files = match ticket {
            Ticket::Files(files) => files.clone(),
            // With one part the rest of the file is refused too: its order could not be kept.
            Ticket::Part { .. } => self
                .opened
                .take()
                .map(|opened| opened.file().clone())
                .into_iter()
                .collect(),
        };
        tokio::task::block_in_place(|| files.iter().try_for_each(|file| self.refuse_file(file, refusal)))
            .map_err(|e| unavailable("Fehlerordner", &e))
    }
}
