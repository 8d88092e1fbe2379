// SPDX-License-Identifier: EUPL-1.2
//! The suspect marker: which message was being planned when the hub's process ended.
//!
//! One small file for each reader. While the hub runs, the file says so and names the highest sequence that was taken
//! for planning; that costs one write without fsync for a batch, because what outlives the *process* (the page cache)
//! is enough to find a message that ends the process. After an unclean stop the messages up to that sequence are taken
//! one at a time, each named with fsync before it is planned. A message that was named twice without being done is
//! what ends the process: it becomes a dead letter, and the line goes on.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use hub_message::ConnectorName;
use serde::{Deserialize, Serialize};

/// How often a message may be named before it counts as what ends the process.
const NAMED_MAX: u32 = 2;

/// Length of the file: one write within one sector, so that it never is half old and half new.
const FILE_BYTES: usize = 512;

/// Messages that are remembered beside the one being planned.
const KEPT_MAX: usize = 3;

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct State {
    /// Set while a hub runs on this file; still set at the next start means that the last stop was unclean.
    running: bool,
    /// Highest sequence that was taken for planning.
    up_to: u64,
    /// The message being planned, while the hub is careful.
    named: Option<Named>,
    /// Messages that were named when the process ended and are not done yet. One before them may come again, because its
    /// acknowledgement was lost with the process, and must not make them forgotten.
    #[serde(default)]
    kept: Vec<Named>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Named {
    sequence: u64,
    times: u32,
}

/// What to do with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Plan it.
    Plan,
    /// It was named twice: it ends the process, so it becomes a dead letter without being planned.
    Suspect,
}

/// The marker of one reader.
#[derive(Debug)]
pub(crate) struct Marker {
    file: File,
    state: State,
    careful_up_to: u64,
}

impl Marker {
    /// Opens the marker of `connector` below `folder` and marks the hub as running.
    pub(crate) fn open(folder: &Path, connector: &ConnectorName) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(folder.join(connector.as_str()))?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let fresh = text.trim().is_empty();
        // A file that cannot be read was torn by a power failure: careful, but nothing is named.
        let last = serde_json::from_str::<State>(text.trim()).unwrap_or(State {
            running: !fresh,
            ..State::default()
        });
        let kept: Vec<Named> = last.named.into_iter().chain(last.kept).take(KEPT_MAX).collect();
        let kept = if last.running { kept } else { Vec::new() };
        let careful_up_to = if last.running {
            kept.iter().map(|named| named.sequence).fold(last.up_to, u64::max)
        } else {
            0
        };
        let mut marker = Self {
            file,
            state: State {
                running: true,
                up_to: last.up_to,
                named: None,
                kept,
            },
            careful_up_to,
        };
        marker.write()?;
        marker.file.sync_all()?;
        File::open(folder)?.sync_all()?;
        Ok(marker)
    }

    /// Whether the message with this sequence was in flight at an unclean stop, so that it is taken alone.
    pub(crate) fn is_careful(&self, sequence: u64) -> bool {
        sequence <= self.careful_up_to
    }

    /// Notes, without fsync, that messages up to `sequence` are taken for planning.
    pub(crate) fn taken(&mut self, sequence: u64) -> io::Result<()> {
        if sequence > self.state.up_to {
            self.state.up_to = sequence;
            self.write()?;
        }
        Ok(())
    }

    /// Names the message that is planned next, with fsync. Only for messages that [`Marker::is_careful`] tells.
    pub(crate) fn name(&mut self, sequence: u64) -> io::Result<Verdict> {
        let before = self.state.named.iter().chain(&self.state.kept);
        let times = before
            .filter(|named| named.sequence == sequence)
            .map(|named| named.times)
            .max()
            .unwrap_or_default();
        self.state.kept.retain(|named| named.sequence != sequence);
        if times >= NAMED_MAX {
            // Until its dead letter is made the file goes on naming it.
            self.state.named = Some(Named { sequence, times });
            return Ok(Verdict::Suspect);
        }
        self.state.named = Some(Named {
            sequence,
            times: times + 1,
        });
        self.write()?;
        self.file.sync_data()?;
        Ok(Verdict::Plan)
    }

    /// The named message was planned, or is a dead letter now: nothing is named any longer.
    pub(crate) fn planned(&mut self) -> io::Result<()> {
        if self.state.named.take().is_some() {
            self.write()?;
        }
        Ok(())
    }

    /// The reader ends in order: the next start need not be careful.
    pub(crate) fn stopped(mut self) -> io::Result<()> {
        self.state.running = false;
        self.state.named = None;
        self.state.kept.clear();
        self.write()?;
        self.file.sync_data()
    }

    fn write(&mut self) -> io::Result<()> {
        let mut line = serde_json::to_vec(&self.state).map_err(io::Error::other)?;
        line.resize(FILE_BYTES - 1, b' ');
        line.push(b'\n');
        self.file.write_all_at(&line, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(folder: &Path) -> Marker {
        Marker::open(folder, &"scan".parse().unwrap()).unwrap()
    }

    #[test]
    fn a_stop_in_order_leaves_nothing_to_be_careful_about() {
        let folder = tempfile::tempdir().unwrap();
        let mut marker = open(folder.path());
        assert!(!marker.is_careful(1), "the first start is not careful");
        marker.taken(900).unwrap();
        marker.stopped().unwrap();
        assert!(!open(folder.path()).is_careful(900));
    }

    #[test]
    fn after_a_crash_exactly_what_was_taken_is_taken_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let mut marker = open(folder.path());
        marker.taken(12).unwrap();
        drop(marker);
        let marker = open(folder.path());
        assert!(marker.is_careful(12));
        assert!(!marker.is_careful(13));
    }

    #[test]
    fn only_a_message_that_was_named_twice_is_suspect() {
        let folder = tempfile::tempdir().unwrap();
        let crash = |sequence: u64, done: bool| {
            let mut marker = open(folder.path());
            marker.taken(9).unwrap();
            let verdict = marker.name(sequence).unwrap();
            if done {
                marker.planned().unwrap();
            }
            verdict
        };
        assert_eq!(
            crash(7, true),
            Verdict::Plan,
            "planned, then the process ended for another reason"
        );
        assert_eq!(crash(7, false), Verdict::Plan, "named once");
        assert_eq!(crash(7, false), Verdict::Plan, "named twice");
        assert_eq!(crash(7, false), Verdict::Suspect);
        assert_eq!(crash(7, true), Verdict::Suspect, "still, until its dead letter is made");
        assert_eq!(crash(8, false), Verdict::Plan, "another message starts at nought");
    }

    #[test]
    fn a_message_that_comes_again_makes_the_one_behind_it_not_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let life = || {
            let mut marker = open(folder.path());
            marker.taken(9).unwrap();
            // Published in the last life too, but the process ended before it was acknowledged.
            assert_eq!(marker.name(7).unwrap(), Verdict::Plan);
            marker.planned().unwrap();
            marker.name(8).unwrap()
        };
        assert_eq!(
            [life(), life(), life()],
            [Verdict::Plan, Verdict::Plan, Verdict::Suspect]
        );
    }

    #[test]
    fn a_named_message_is_careful_even_if_nothing_else_was_noted() {
        let folder = tempfile::tempdir().unwrap();
        let mut marker = open(folder.path());
        marker.name(5).unwrap();
        drop(marker);
        assert!(open(folder.path()).is_careful(5));
    }

    #[test]
    fn a_torn_file_does_not_hinder_the_start() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("scan"), b"{\"running\":tr").unwrap();
        let mut marker = open(folder.path());
        assert_eq!(marker.name(1).unwrap(), Verdict::Plan);
    }
}
