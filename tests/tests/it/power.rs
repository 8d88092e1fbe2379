// SPDX-License-Identifier: EUPL-1.2
//! The power fails in the middle of the work: whatever of the town had not been fsynced is gone, in JetStream, the case store,
//! the documents, the ledgers and the folders alike. What a source had put down durably comes exactly once all the same.

use amtshub_powerfs::{Mounted, Options, PowerFs};
use amtshub_tests::record;
use amtshub_tests::town::Town;
use tempfile::TempDir;

use crate::{contents, kill};

/// Records that a test sends: few, since each failure makes the hub careful for a while.
const RECORDS: usize = 1000;

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
        self.town.start_red();
        self.town
            .wait("some are delivered", |town| town.files(folder).len() >= count);
        self.power_failure();
    }
}

/// Puts all records down, durably.
fn drop_records(town: &Town) {
    for number in 0..RECORDS {
        let xml = record::xml(number % kill::CASES, number, 600);
        town.drop_file_durably("quelle/in", &format!("{number:06}.xml"), xml.as_bytes());
    }
}

/// Puts all mails down, durably.
fn drop_mails(town: &Town) {
    for number in 0..contents::MAILS {
        let mail = contents::mail(number);
        town.drop_file_durably("post/in", &format!("{number:04}.eml"), mail.as_bytes());
    }
}

/// Records, with power failures when so many are delivered.
fn records(options: Options, moments: &[usize]) {
    let mut blackout = Blackout::new(kill::town(), options);
    drop_records(&blackout.town);
    for &moment in moments {
        blackout.run_until("ziel/out", moment);
    }
    blackout.town.start();
    kill::check_all(&blackout.town, RECORDS);
}

#[test]
fn nothing_is_lost_or_doubled_when_the_power_fails() {
    // The first time as soon as the hub answers: what it made at its first start is as new as can be.
    records(Options::default(), &[0, 70, 350, 650]);
}

#[test]
fn nor_on_a_disk_that_keeps_some_of_what_was_not_fsynced() {
    records(Options { survive: Some(1) }, &[0, 100, 450, 800]);
}

#[test]
fn attachments_arrive_whole_and_once_when_the_power_fails() {
    let mut blackout = Blackout::new(contents::town(), Options { survive: Some(3) });
    drop_mails(&blackout.town);
    for moment in [1, contents::MAILS / 3, contents::MAILS] {
        blackout.run_until("akte/in", moment);
    }
    blackout.town.start();
    contents::check(&blackout.town);
}

/// Number of a last record. When it is through, nothing before it is under way any more.
const LAST: usize = 999_999;

/// The same records are lost where nats-server acknowledges before it has written through: the hub refuses such a server
/// unless it is told to take it. So these tests see what a missing fsync in JetStream does.
#[test]
fn a_server_that_does_not_write_through_is_noticed() {
    let found = (0..4).any(|_| {
        let mut blackout = Blackout::new(kill::town(), Options::default());
        let unsynced = "[nats]\ndangerously_allow_unsynced = true";
        blackout.town.configure("hub.toml", &record::hub(&[unsynced]));
        drop_records(&blackout.town);
        blackout.run_until("ziel/out", 100);
        let town = &mut blackout.town;
        town.start_red();
        town.drop_file_durably("quelle/in", "999999.xml", record::xml(999, LAST, 600).as_bytes());
        town.wait("the last one is delivered", |town| {
            let mut delivered = town.files("ziel/out").into_iter().rev();
            delivered.any(|file| {
                let xml = std::fs::read_to_string(file).unwrap_or_default();
                record::case_and_number(&xml).1 == LAST
            })
        });
        kill::faults_among(town, RECORDS)
            .iter()
            .any(|fault| fault.contains("is missing"))
    });
    assert!(found, "a server without fsync went unnoticed");
}

/// And a hub that keeps documents without fsync: what it sent on names contents that are not there any more.
#[test]
fn a_hub_that_keeps_documents_without_fsync_is_noticed() {
    let found = (0..4).any(|_| {
        let town = contents::town().run_by("amtshub-sabotaged", &["--sabotage", "no-fsync"]);
        let mut blackout = Blackout::new(town, Options::default());
        drop_mails(&blackout.town);
        blackout.run_until("akte/in", 20);
        let town = &mut blackout.town;
        town.start();
        let mut lost = false;
        town.wait("everything is delivered, or something is found to be lost", |town| {
            let letters = town.json(["deadletter", "list"]);
            lost = letters["items"].as_array().is_some_and(|letters| !letters.is_empty());
            lost || town.files("akte/in").len() >= 2 * contents::MAILS
        });
        lost
    });
    assert!(found, "a hub without fsync went unnoticed");
}
