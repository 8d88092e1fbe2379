// SPDX-License-Identifier: EUPL-1.2
//! Batches: a scanner writes files and a protocol that lists them, and nothing is taken before both have been held
//! against each other. Pure.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::settings::BatchSettings;

/// What a protocol lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Protocol {
    /// How many files it announces, where it does.
    pub announced: Option<u64>,
    /// The files, in its order.
    pub listed: Vec<String>,
}

/// A protocol that cannot be read, with the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unreadable {
    pub line: usize,
}

/// How files and protocol compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Every listed file is there, and no other.
    Correct,
    /// Listed files are missing.
    MissingFiles,
    /// Files are there that no protocol lists.
    MissingInProtocol,
    /// Both.
    Both,
}

impl State {
    fn of(missing: bool, unlisted: bool) -> Self {
        match (missing, unlisted) {
            (false, false) => Self::Correct,
            (true, false) => Self::MissingFiles,
            (false, true) => Self::MissingInProtocol,
            (true, true) => Self::Both,
        }
    }

    /// In words, German and English.
    pub(crate) fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Correct => ("vollständig", "correct"),
            Self::MissingFiles => ("Dateien fehlen", "files are missing"),
            Self::MissingInProtocol => ("Dateien fehlen im Protokoll", "files are missing in the protocol"),
            Self::Both => (
                "Dateien fehlen, und Dateien fehlen im Protokoll",
                "files are missing, and files are missing in the protocol",
            ),
        }
    }
}

/// What becomes of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// How it compares.
    pub state: State,
    /// Listed files that are there, in the order of the protocol.
    pub released: Vec<String>,
    /// Listed files that are not.
    pub missing: Vec<String>,
    /// The protocol announces another number than it lists.
    pub miscounted: bool,
}

/// A protocol as it was seen.
#[derive(Debug)]
pub(crate) struct Batch<'a> {
    pub protocol: &'a Protocol,
    /// How long it has been there.
    pub age: Duration,
}

/// The files of the folder, without protocols.
#[derive(Debug)]
pub(crate) struct Present<'a> {
    /// Every name.
    pub all: BTreeSet<&'a str>,
    /// Those that nobody writes any more.
    pub complete: BTreeSet<&'a str>,
    /// Those that no protocol lists, with the age of the youngest.
    pub unlisted: Option<Duration>,
}

impl Protocol {
    /// Reads a protocol. Letters beyond ASCII in names are taken as UTF-8.
    pub(crate) fn read(text: &str, settings: &BatchSettings) -> Result<Self, Unreadable> {
        let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
        let mut announced = None;
        if settings.count_line {
            let (at, first) = lines.next().unwrap_or((0, ""));
            let number = first.trim().trim_start_matches(settings.delimiter).trim();
            announced = Some(number.parse().map_err(|_| Unreadable { line: at + 1 })?);
        }
        let mut listed = Vec::new();
        for (at, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
            let column = line.split(settings.delimiter).nth(settings.file_column.get() - 1);
            let name = column.map(str::trim).filter(|name| !name.is_empty());
            let name = name.ok_or(Unreadable { line: at + 1 })?;
            listed.push(name.to_owned());
        }
        Ok(Self { announced, listed })
    }
}

impl Batch<'_> {
    /// Decides, or waits: a batch that is not complete gets `wait` to become so.
    pub(crate) fn judge(&self, present: &Present<'_>, wait: Duration) -> Option<Verdict> {
        let listed = &self.protocol.listed;
        let missing: Vec<String> = listed
            .iter()
            .filter(|name| !present.all.contains(name.as_str()))
            .cloned()
            .collect();
        let all_complete = listed
            .iter()
            .filter(|name| present.all.contains(name.as_str()))
            .all(|name| present.complete.contains(name.as_str()));
        let unlisted = present.unlisted.is_some();
        let over = self.age >= wait;
        let state = State::of(!missing.is_empty(), unlisted);
        if !all_complete || (state != State::Correct && !over) {
            return None;
        }
        let released = listed.iter().filter(|name| present.all.contains(name.as_str()));
        Some(Verdict {
            state,
            released: released.cloned().collect(),
            missing,
            miscounted: self
                .protocol
                .announced
                .is_some_and(|count| count != listed.len() as u64),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;

    fn settings() -> BatchSettings {
        BatchSettings {
            protocol: serde_json::from_str("\"*.csv\"").unwrap(),
            delimiter: '|',
            file_column: NonZeroUsize::new(2).unwrap(),
            count_line: true,
            wait_ms: 1000,
        }
    }

    #[test]
    fn a_protocol_is_read_or_its_line_is_told() {
        let read = |text: &str| Protocol::read(text, &settings());
        let protocol = read("|2\r\nPDF|a.pdf|x\r\n\r\nPDF| b.pdf |y\r\n").unwrap();
        assert_eq!(
            (protocol.announced, protocol.listed),
            (Some(2), vec!["a.pdf".to_owned(), "b.pdf".to_owned()])
        );
        assert_eq!(read("PDF|a.pdf\n"), Err(Unreadable { line: 1 }));
        assert_eq!(read("|1\nPDF\n"), Err(Unreadable { line: 2 }));
        assert_eq!(read("|1\nPDF|\n"), Err(Unreadable { line: 2 }));
        assert_eq!(read(""), Err(Unreadable { line: 1 }));
    }

    #[track_caller]
    fn check(files: &[&str], complete: &[&str], unlisted: bool, age: u64, expected: Option<(State, &[&str], &[&str])>) {
        let protocol = Protocol {
            announced: Some(2),
            listed: vec!["b".into(), "a".into()],
        };
        let batch = Batch {
            protocol: &protocol,
            age: Duration::from_secs(age),
        };
        let present = Present {
            all: files.iter().copied().collect(),
            complete: complete.iter().copied().collect(),
            unlisted: unlisted.then_some(Duration::ZERO),
        };
        let verdict = batch.judge(&present, Duration::from_secs(10));
        let found = verdict.as_ref().map(|verdict| {
            let released: Vec<&str> = verdict.released.iter().map(String::as_str).collect();
            let missing: Vec<&str> = verdict.missing.iter().map(String::as_str).collect();
            (verdict.state, released, missing)
        });
        let expected = expected.map(|(state, released, missing)| (state, released.to_vec(), missing.to_vec()));
        assert_eq!(found, expected);
    }

    #[test]
    fn the_four_states() {
        check(
            &["a", "b"],
            &["a", "b"],
            false,
            0,
            Some((State::Correct, &["b", "a"], &[])),
        );
        check(&["a"], &["a"], false, 10, Some((State::MissingFiles, &["a"], &["b"])));
        check(
            &["a", "b", "c"],
            &["a", "b", "c"],
            true,
            10,
            Some((State::MissingInProtocol, &["b", "a"], &[])),
        );
        check(&["a", "c"], &["a", "c"], true, 10, Some((State::Both, &["a"], &["b"])));
    }

    #[test]
    fn a_batch_has_its_time_and_no_file_is_taken_half_written() {
        check(&["a"], &["a"], false, 9, None);
        check(&["a", "b", "c"], &["a", "b"], true, 9, None);
        check(&["a", "b"], &["a"], false, 99, None);
    }
}
