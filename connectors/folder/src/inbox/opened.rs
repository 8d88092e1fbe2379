// SPDX-License-Identifier: EUPL-1.2
//! A file that is split into records: open from its first record to its last, with a note of how far the hub has it.
//!
//! The note is a convenience: without it a million records would be sent again after a restart. Nothing rests on it, for
//! a record that is sent again has the same message id.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::time::{Duration, Instant};

use connector_sdk::Content;
use connector_sdk::source::{Limits, Record};
use hub_message::{Sensitive, Timestamp};
use serde::{Deserialize, Serialize};

use super::Ticket;
use super::content;
use super::leaving::{Taken, write_whole};
use super::record::{composed, identity};
use super::records::{Next, Records, Unfit};
use crate::directory::{Directory, Signature};
use crate::settings::{FileRule, Split};

const BUFFER: usize = 256 * 1024;
/// How often the note is written.
const NOTE: Duration = Duration::from_secs(1);

/// An open file.
#[derive(Debug)]
pub(crate) struct Opened {
    file: Taken,
    rule: FileRule,
    identity: [Vec<u8>; 3],
    records: Records<BufReader<File>>,
    /// The record that was read ahead, to know which one is the last.
    ahead: Next,
    /// How far the hub has it: number of records, and where the last of them ended.
    confirmed: (u64, u64),
    noted: Instant,
}

/// What the note holds.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    signature: Signature,
    number: u64,
    offset: u64,
}

/// What one look into the file brought.
#[derive(Debug)]
pub(crate) enum Part {
    /// Records, in order.
    Records(Vec<Record<Ticket>>),
    /// Nothing can be sent from here on.
    Unfit { number: u64, why: Unfit },
    /// There is not a single record in the file.
    None,
}

impl Opened {
    /// Opens a file that was seen complete; `None` when it is not that file any more. Reads it once, for its digest.
    pub(crate) fn open(
        inbox: &Directory,
        archive: &Directory,
        file: Taken,
        rule: &FileRule,
        split: Split,
    ) -> io::Result<Option<Self>> {
        let opened = inbox.read(&file.name)?;
        if Signature::of_file(&opened)? != file.signature {
            return Ok(None);
        }
        let Some(whole) = content::streamed(opened.try_clone()?, file.signature.size)? else {
            return Ok(None);
        };
        let mut input = opened;
        input.seek(SeekFrom::Start(0))?;
        let mut records = Records::new(BufReader::with_capacity(BUFFER, input), split);
        let mut confirmed = (0, 0);
        if let Some(note) = read_note(archive, &file) {
            confirmed = (note.number, note.offset);
            records.resume(confirmed, |input, offset| input.seek(SeekFrom::Start(offset)).map(drop))?;
        }
        let ahead = records.next()?;
        Ok(Some(Self {
            identity: identity(&file.name, &file.signature, &whole),
            file,
            rule: rule.clone(),
            records,
            ahead,
            confirmed,
            noted: Instant::now(),
        }))
    }

    /// The file.
    pub(crate) fn file(&self) -> &Taken {
        &self.file
    }

    /// Whether it still is what it was when it was opened.
    pub(crate) fn is_still(&self, inbox: &Directory) -> io::Result<bool> {
        Ok(inbox.look(&self.file.name)? == Some(self.file.signature))
    }

    /// The longest record, in bytes.
    pub(crate) fn max_bytes(&self) -> usize {
        self.rule.records.map_or(0, |split| split.max_bytes)
    }

    /// How many records the hub has.
    pub(crate) fn sent(&self) -> u64 {
        self.confirmed.0
    }

    /// The next records.
    pub(crate) fn take(&mut self, limits: Limits) -> io::Result<Part> {
        let (mut taken, mut bytes) = (Vec::new(), 0);
        while taken.len() < limits.records && bytes < limits.inline_bytes {
            let place = self.records.place();
            match std::mem::replace(&mut self.ahead, Next::End) {
                Next::Record(native) => {
                    bytes += native.len();
                    self.ahead = self.records.next()?;
                    let last = self.ahead == Next::End;
                    taken.push(self.record(native, place, last));
                }
                Next::Unfit { number, why } => {
                    self.ahead = Next::Unfit { number, why };
                    if taken.is_empty() {
                        return Ok(Part::Unfit { number, why });
                    }
                    break;
                }
                Next::End if taken.is_empty() => return Ok(Part::None),
                Next::End => break,
            }
        }
        Ok(Part::Records(taken))
    }

    fn record(&self, native: Vec<u8>, (number, offset): (u64, u64), last: bool) -> Record<Ticket> {
        let mut identity = self.identity.to_vec();
        identity.push(number.to_be_bytes().to_vec());
        let name = composed(&self.file.name);
        Record {
            identity,
            kind: self.rule.kind.clone(),
            media_type: self
                .rule
                .media_type
                .clone()
                .unwrap_or_else(|| content::media_type(&name).to_owned()),
            time: Some(Timestamp::from_millis(
                (self.file.signature.modified / 1_000_000) as i64,
            )),
            name: Some(Sensitive::new(format!("{name} ({number})"))),
            hints: Vec::new(),
            native: Content::inline(native),
            documents: Vec::new(),
            ticket: Ticket::Part { number, offset, last },
        }
    }

    /// The hub has everything up to here. The note is written now and then.
    pub(crate) fn confirm(&mut self, archive: &Directory, number: u64, offset: u64) -> io::Result<()> {
        self.confirmed = (number, offset);
        if self.noted.elapsed() < NOTE {
            return Ok(());
        }
        self.noted = Instant::now();
        let note = Note {
            signature: self.file.signature,
            number,
            offset,
        };
        let json = serde_json::to_vec(&note).map_err(io::Error::other)?;
        write_whole(archive, &note_name(&self.file.name), &json)
    }

    /// Forgets how far the hub has it: the file is on its way out.
    pub(crate) fn forget(&self, archive: &Directory) -> io::Result<()> {
        archive.remove(&note_name(&self.file.name))
    }
}

fn note_name(name: &OsStr) -> OsString {
    let mut note = OsString::from(".");
    note.push(name);
    note.push(".progress.json");
    note
}

/// The note about this very file, if there is one that can be read.
fn read_note(archive: &Directory, file: &Taken) -> Option<Note> {
    let mut json = Vec::new();
    let mut note = archive.read(&note_name(&file.name)).ok()?;
    note.read_to_end(&mut json).ok()?;
    let note: Note = serde_json::from_slice(&json).ok()?;
    (note.signature == file.signature).then_some(note)
}
