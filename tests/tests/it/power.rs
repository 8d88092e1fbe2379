// SPDX-License-Identifier: EUPL-1.2
//! The power fails in the middle of the work: whatever of the town had not been fsynced is gone, in JetStream, the case store,
//! the documents, the ledgers and the folders alike. What a source had put down durably comes exactly once all the same.

use amtshub_powerfs::{Mounted, Options, PowerFs};
use amtshub_tests::record;
use amtshub_tests::town::Town;
use tempfile::TempDir;

use crate::{contents, kill};

/// A town whose whole data folder is on a disk that loses its power.
struct Blackout {
    // Unmounted before the town's folder is removed.
    disk: Mounted,
    town: Town,
    _backing: TempDir,
}

impl Blackout {
    fn new(town: Town, options: Options) -> Self {
        let backing = tempfile::tempdir().expect("a temporary folder");
        let disk = PowerFs::mount_with(backing.path(), &town.data(), options).expect("root and /dev/fuse");
        assert!(disk.is_mounted());
        Self {
            disk,
            town,
            _backing: backing,
        }
    }

    /// The power fails for all processes at once; then it is back, and nothing runs.
    fn power_failure(&mut self) {
        let dropped = self.disk.cut_power();
        self.town.kill_all();
        self.disk.restore();
        assert!(dropped.bytes > 0, "the power failure took nothing: {dropped:?}");
    }

    /// The town runs until so many files lie in a folder, then the power fails.
    fn run_until(&mut self, folder: &str, count: usize) {
        self.town.start();
        self.town
            .wait("some are delivered", |town| town.files(folder).len() >= count);
        self.power_failure();
    }
}

/// Records, with power failures when so many are delivered.
fn records(options: Options, moments: &[usize]) {
    let mut blackout = Blackout::new(kill::town(), options);
    for number in 0..kill::MESSAGES {
        let xml = record::xml(number % kill::CASES, number, 600);
        blackout
            .town
            .drop_file_durably("quelle/in", &format!("{number:06}.xml"), xml.as_bytes());
    }
    for &moment in moments {
        blackout.run_until("ziel/out", moment);
    }
    blackout.town.start();
    kill::check(&blackout.town);
}

#[test]
fn nothing_is_lost_or_doubled_when_the_power_fails() {
    // The first time as soon as the hub answers: what it made at its first start is as new as can be.
    records(Options::default(), &[0, 120, 700, 1300]);
}

#[test]
fn nor_on_a_disk_that_keeps_some_of_what_was_not_fsynced() {
    records(Options { survive: Some(1) }, &[0, 200, 900, 1600]);
}

#[test]
fn attachments_arrive_whole_and_once_when_the_power_fails() {
    let mut blackout = Blackout::new(contents::town(), Options { survive: Some(3) });
    for number in 0..contents::MAILS {
        let mail = contents::mail(number);
        blackout
            .town
            .drop_file_durably("post/in", &format!("{number:04}.eml"), mail.as_bytes());
    }
    for moment in [1, contents::MAILS / 3, contents::MAILS] {
        blackout.run_until("akte/in", moment);
    }
    blackout.town.start();
    contents::check(&blackout.town);
}
