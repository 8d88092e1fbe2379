// SPDX-License-Identifier: EUPL-1.2
//! How files leave the hot folder: into the archive when the hub has custody, into the error folder with a report when
//! they are refused. Nothing is overwritten, and a file that changed since it was taken stays: it is a new one.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Write};
use std::path::PathBuf;

use connector_sdk::{Refusal, failpoint};
use serde::{Deserialize, Serialize};

use super::refusal;
use crate::directory::{Directory, NAME_BYTES_MAX, Signature, numbered};

/// A file as it was when it was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    pub(crate) name: OsString,
    pub(crate) signature: Signature,
}

/// Where files come from and go to.
#[derive(Debug, Clone)]
pub(crate) struct Folders {
    pub inbox: PathBuf,
    pub archive: PathBuf,
    pub error: PathBuf,
}

/// What the name of a report ends in, behind the name of its file.
const REPORT: &str = ".error.txt";
/// Names the files of pairs that are on their way into the archive, so that a crash between the two does not leave
/// one half behind that looks like a lone file.
const MOVING: &str = ".moving.json";
/// Same names in the archive, at most.
const NUMBER_MAX: u32 = 1_000_000;

impl Folders {
    /// Archives records of one or more files each.
    pub(crate) fn archive(&self, records: &[&[Taken]]) -> io::Result<()> {
        let (inbox, archive) = (Directory::open(&self.inbox)?, Directory::open(&self.archive)?);
        let together: Vec<&Taken> = records
            .iter()
            .filter(|files| files.len() > 1)
            .copied()
            .flatten()
            .collect();
        if !together.is_empty() {
            note_moving(&archive, &together)?;
        }
        for file in records.iter().copied().flatten() {
            move_file(&inbox, file, &archive)?;
            failpoint::reach("archive-moved");
        }
        archive.sync()?;
        inbox.sync()?;
        if !together.is_empty() {
            archive.remove(OsStr::new(MOVING))?;
        }
        Ok(())
    }

    /// Finishes what a crash interrupted.
    pub(crate) fn recover(&self) -> io::Result<()> {
        let (inbox, archive) = (Directory::open(&self.inbox)?, Directory::open(&self.archive)?);
        let Some(_) = archive.look(OsStr::new(MOVING))? else {
            return Ok(());
        };
        let mut json = Vec::new();
        archive.read(OsStr::new(MOVING))?.read_to_end(&mut json)?;
        // Our own file, renamed whole: if it cannot be read, a person was there, and the files are simply taken again.
        let files: Vec<Taken> = serde_json::from_slice(&json).unwrap_or_default();
        for file in &files {
            move_file(&inbox, file, &archive)?;
        }
        archive.sync()?;
        inbox.sync()?;
        archive.remove(OsStr::new(MOVING))
    }

    /// Moves a refused file into the error folder, its report first.
    pub(crate) fn set_aside(&self, file: &Taken, refused: &Refusal, at: &str) -> io::Result<()> {
        let (inbox, error) = (Directory::open(&self.inbox)?, Directory::open(&self.error)?);
        if !is_still(&inbox, file)? {
            return Ok(());
        }
        for number in 1..NUMBER_MAX {
            let name = numbered(&file.name, number, NAME_BYTES_MAX - REPORT.len());
            if error.look(&name)?.is_some() {
                continue;
            }
            write_report(&error, &name, refused, at)?;
            failpoint::reach("error-reported");
            if inbox.rename(&file.name, &error, &name)? {
                break;
            }
        }
        error.sync()?;
        inbox.sync()
    }
}

fn is_still(inbox: &Directory, file: &Taken) -> io::Result<bool> {
    Ok(inbox
        .look(&file.name)?
        .is_some_and(|now| now.inode == file.signature.inode && now.device == file.signature.device))
}

/// Moves one file if it is still the one that was taken; if it was moved already, there is nothing to do.
fn move_file(inbox: &Directory, file: &Taken, archive: &Directory) -> io::Result<()> {
    if inbox.look(&file.name)? != Some(file.signature) {
        return Ok(());
    }
    for number in 1..NUMBER_MAX {
        let name = numbered(&file.name, number, NAME_BYTES_MAX);
        if !inbox.rename(&file.name, archive, &name)? {
            continue;
        }
        // Swapped in the moment between look and rename: this one was never read, so it goes back.
        if archive.look(&name)? != Some(file.signature) {
            archive.rename(&name, inbox, &file.name)?;
        }
        return Ok(());
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}

fn note_moving(archive: &Directory, files: &[&Taken]) -> io::Result<()> {
    let json = serde_json::to_vec(files).map_err(io::Error::other)?;
    write_whole(archive, OsStr::new(MOVING), &json)?;
    archive.sync()
}

fn write_report(error: &Directory, name: &OsStr, refused: &Refusal, at: &str) -> io::Result<()> {
    let mut report = name.to_owned();
    report.push(REPORT);
    write_whole(error, &report, refusal::report(refused, at).as_bytes())
}

pub(super) fn write_whole(directory: &Directory, name: &OsStr, bytes: &[u8]) -> io::Result<()> {
    let beside = OsStr::new(".writing.tmp");
    let mut file = directory.create(beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    directory.replace(beside, name)
}
