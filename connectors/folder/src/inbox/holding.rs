// SPDX-License-Identifier: EUPL-1.2
//! Holds the files of batches back until their protocol has been held against them, and settles what does not fit.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt::Write;
use std::io::{self, Read};

use connector_sdk::now;
use serde::{Deserialize, Serialize};

use super::batch::{Batch, Present, Protocol, Verdict};
use super::leaving::{Folders, write_whole};
use super::refusal;
use super::settling::Seen;
use super::taken;
use crate::directory::Directory;
use crate::settings::BatchSettings;

/// The names that may be taken, kept over restarts: their protocol is gone by then.
const RELEASED: &str = ".released.json";
/// A protocol is a list of names, not larger.
const PROTOCOL_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// What a look at the batches brought.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// Files that went to the error folder.
    pub refused: u64,
    /// The names that may be taken.
    pub free: Vec<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Released(Vec<String>);

/// Looks at the batches of the folder: what is released may be taken, everything else waits.
pub(crate) fn look(seen: &[Seen], settings: &BatchSettings, folders: &Folders) -> io::Result<Held> {
    let archive = Directory::open(&folders.archive)?;
    let mut released = read_released(&archive);
    let names: Vec<String> = seen.iter().map(|one| one.name.to_string_lossy().into_owned()).collect();
    let here: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    let before = released.0.len();
    released.0.retain(|name| here.contains(name.as_str()));
    let mut changed = released.0.len() != before;
    let mut held = Held::default();
    let protocols = protocols(seen, &names, settings, folders, &mut held)?;
    let free_before = released.0.clone();
    let listed: BTreeSet<&str> = protocols
        .iter()
        .flat_map(|(_, protocol)| protocol.listed.iter().map(String::as_str))
        .chain(free_before.iter().map(String::as_str))
        .collect();
    let present = present(seen, &names, &listed, settings);
    for (file, protocol) in &protocols {
        let batch = Batch {
            protocol,
            age: file.age,
        };
        let Some(verdict) = batch.judge(&present, settings.wait()) else {
            continue;
        };
        // First what may be taken, then the protocol away: a crash between the two repeats the first.
        released.0.extend(verdict.released.iter().cloned());
        write_released(&archive, &released)?;
        changed = false;
        settle(file, protocol, &verdict, folders)?;
    }
    if changed {
        write_released(&archive, &released)?;
    }
    held.refused += set_unlisted_aside(seen, &names, &listed, settings, folders)?;
    held.free = released.0;
    Ok(held)
}

/// The protocols in the folder that can be read; those that cannot are refused.
fn protocols<'s>(
    seen: &'s [Seen],
    names: &[String],
    settings: &BatchSettings,
    folders: &Folders,
    held: &mut Held,
) -> io::Result<Vec<(&'s Seen, Protocol)>> {
    let inbox = Directory::open(&folders.inbox)?;
    let mut protocols = Vec::new();
    let files = seen.iter().zip(names).filter(|(_, name)| settings.protocol.fits(name));
    for (file, _) in files.filter(|(file, _)| file.complete) {
        let mut bytes = Vec::new();
        inbox
            .read(&file.name)?
            .take(PROTOCOL_BYTES_MAX)
            .read_to_end(&mut bytes)?;
        match Protocol::read(&String::from_utf8_lossy(&bytes), settings) {
            Ok(protocol) => protocols.push((file, protocol)),
            Err(fault) => {
                folders.set_aside(&taken(file), &refusal::protocol(fault.line), &now().to_string())?;
                held.refused += 1;
            }
        }
    }
    Ok(protocols)
}

fn present<'n>(seen: &[Seen], names: &'n [String], listed: &BTreeSet<&str>, settings: &BatchSettings) -> Present<'n> {
    let mut present = Present {
        all: BTreeSet::new(),
        complete: BTreeSet::new(),
        unlisted: None,
    };
    for (file, name) in seen.iter().zip(names).filter(|(_, name)| !settings.protocol.fits(name)) {
        present.all.insert(name.as_str());
        if file.complete {
            present.complete.insert(name.as_str());
        }
        if !listed.contains(name.as_str()) {
            let youngest = present.unlisted.map_or(file.age, |age| age.min(file.age));
            present.unlisted = Some(youngest);
        }
    }
    present
}

/// The protocol goes into the archive when all is well, else into the error folder with a report.
fn settle(file: &Seen, protocol: &Protocol, verdict: &Verdict, folders: &Folders) -> io::Result<()> {
    let clean = verdict.missing.is_empty() && !verdict.miscounted && verdict.state == super::batch::State::Correct;
    if clean {
        return folders.archive(&[&[taken(file)]]);
    }
    let error = Directory::open(&folders.error)?;
    let mut name = file.name.clone();
    name.push(".report.txt");
    write_whole(&error, &name, report(protocol, verdict).as_bytes())?;
    tracing::warn!(
        missing = verdict.missing.len(),
        listed = protocol.listed.len(),
        "ein Stapelprotokoll stimmt nicht mit den Dateien überein; ein Bericht liegt im Fehlerordner"
    );
    folders.set_aside(&taken(file), &refusal::batch(verdict), &now().to_string())
}

/// What a person has to know; it stands beside the files and may name them.
fn report(protocol: &Protocol, verdict: &Verdict) -> String {
    let (german, english) = verdict.state.words();
    let mut text = format!(
        "Stapelprotokoll: {german}\nBatch protocol: {english}\n\nAufgeführt · listed: {}\nÜbernommen · taken: {}\n",
        protocol.listed.len(),
        verdict.released.len()
    );
    if let Some(announced) = protocol.announced {
        let _ = writeln!(text, "Angekündigt · announced: {announced}");
    }
    if !verdict.missing.is_empty() {
        let _ = writeln!(text, "\nEs fehlen · missing:");
        for name in &verdict.missing {
            let _ = writeln!(text, "  {name}");
        }
    }
    text
}

/// Files that no protocol lists, once they have waited long enough for one.
fn set_unlisted_aside(
    seen: &[Seen],
    names: &[String],
    listed: &BTreeSet<&str>,
    settings: &BatchSettings,
    folders: &Folders,
) -> io::Result<u64> {
    let mut refused = 0;
    for (file, name) in seen.iter().zip(names) {
        let waits = settings.protocol.fits(name) || listed.contains(name.as_str()) || file.age < settings.wait();
        if !waits && file.complete {
            folders.set_aside(&taken(file), &refusal::unlisted(), &now().to_string())?;
            refused += 1;
        }
    }
    Ok(refused)
}

fn read_released(archive: &Directory) -> Released {
    let mut json = Vec::new();
    let read = archive
        .read(OsStr::new(RELEASED))
        .and_then(|mut file| file.read_to_end(&mut json));
    // Without it the files wait for a protocol that does not come again, and a report says so.
    read.ok()
        .and_then(|_| serde_json::from_slice(&json).ok())
        .unwrap_or_default()
}

fn write_released(archive: &Directory, released: &Released) -> io::Result<()> {
    if released.0.is_empty() {
        return archive.remove(OsStr::new(RELEASED));
    }
    let json = serde_json::to_vec(released).map_err(io::Error::other)?;
    write_whole(archive, OsStr::new(RELEASED), &json)?;
    archive.sync()
}
