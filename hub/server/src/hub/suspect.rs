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

use hub_delivery::{Suspicion, Trace, Verdict};
use hub_message::ConnectorName;

/// Length of the file: one write within one sector, so that it never is half old and half new.
const FILE_BYTES: usize = 512;

/// The marker of one reader.
#[derive(Debug)]
pub(crate) struct Marker {
    file: File,
    suspicion: Suspicion,
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
        let last = serde_json::from_str::<Trace>(text.trim()).unwrap_or(Trace {
            running: !fresh,
            ..Trace::default()
        });
        let mut marker = Self {
            file,
            suspicion: Suspicion::after(last),
        };
        marker.write()?;
        marker.file.sync_all()?;
        File::open(folder)?.sync_all()?;
        Ok(marker)
    }

    /// What is suspected, to sort messages by.
    pub(crate) fn suspicion(&self) -> &Suspicion {
        &self.suspicion
    }

    /// Notes, without fsync, that messages up to `sequence` are taken for planning.
    pub(crate) fn taken(&mut self, sequence: u64) -> io::Result<()> {
        if self.suspicion.taken(sequence) {
            self.write()?;
        }
        Ok(())
    }

    /// Names the message that is planned next, with fsync. Only for messages that [`Suspicion::is_careful`] tells.
    pub(crate) fn name(&mut self, sequence: u64) -> io::Result<Verdict> {
        let verdict = self.suspicion.name(sequence);
        if verdict == Verdict::Plan {
            self.write()?;
            self.file.sync_data()?;
        }
        Ok(verdict)
    }

    /// The named message was planned, or is a dead letter now: nothing is named any longer.
    pub(crate) fn planned(&mut self) -> io::Result<()> {
        if self.suspicion.planned() {
            self.write()?;
        }
        Ok(())
    }

    /// The reader ends in order: the next start need not be careful.
    pub(crate) fn stopped(mut self) -> io::Result<()> {
        self.suspicion.stopped();
        self.write()?;
        self.file.sync_data()
    }

    fn write(&mut self) -> io::Result<()> {
        let mut line = serde_json::to_vec(self.suspicion.trace()).map_err(io::Error::other)?;
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
        assert!(!marker.suspicion().is_careful(1), "the first start is not careful");
        marker.taken(900).unwrap();
        marker.stopped().unwrap();
        assert!(!open(folder.path()).suspicion().is_careful(900));
    }

    #[test]
    fn after_a_crash_exactly_what_was_taken_is_taken_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let mut marker = open(folder.path());
        marker.taken(12).unwrap();
        drop(marker);
        let marker = open(folder.path());
        assert!(marker.suspicion().is_careful(12));
        assert!(!marker.suspicion().is_careful(13));
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
        assert!(open(folder.path()).suspicion().is_careful(5));
    }

    #[test]
    fn a_torn_file_does_not_hinder_the_start() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("scan"), b"{\"running\":tr").unwrap();
        let mut marker = open(folder.path());
        assert_eq!(marker.name(1).unwrap(), Verdict::Plan);
    }
}
