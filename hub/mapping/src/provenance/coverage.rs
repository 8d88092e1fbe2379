// SPDX-License-Identifier: EUPL-1.2
//! What of a mapping was used, and what of the documents it did not use, over any number of documents.

use hub_message::Place;
use serde::Serialize;

use super::recorder::Recorder;
use crate::{Mapping, Unmapped};

/// How far a mapping and the documents that went through it cover each other. Holds no values but open codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Id of the mapping.
    pub mapping: String,
    /// Its file.
    pub file: String,
    /// Its rows in the order of the file.
    pub rows: Vec<RowUse>,
    /// Codes that stand in no table, whatever the table does with them.
    pub outside: Vec<OutsideCode>,
    /// Places that no row names.
    pub unmapped: Vec<Unmapped>,
    /// Places that `[coverage]` leaves out and that were met.
    pub left_out: Vec<LeftOut>,
}

/// A row and how often it gave something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowUse {
    /// Its place in the mapping file.
    pub place: Place,
    /// Canonical path; empty for constants.
    pub field: String,
    /// The row as it is written, without its canonical field.
    pub text: String,
    /// How often it gave a canonical value; `None`: it does not read.
    pub read: Option<u64>,
    /// How often it wrote something; `None`: it does not write.
    pub written: Option<u64>,
}

/// A code that was not in its table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutsideCode {
    /// Name of the table.
    pub table: String,
    /// Canonical field.
    pub field: String,
    /// The code; `None` where the field is not open.
    pub code: Option<String>,
    /// Whether it is a canonical value that was written, rather than a code that was read.
    pub written: bool,
    /// How often.
    pub count: u64,
}

/// A place that is left out on purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// As `[coverage]` names it.
    pub path: String,
    /// Why; `None` for places that must not be mapped.
    pub reason: Option<String>,
    /// How often it was met.
    pub count: u64,
}

/// How many of the rows gave something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// Rows that gave something.
    pub used: usize,
    /// All rows.
    pub all: usize,
}

impl Tally {
    /// The share of the rows that gave something, in percent, rounded down; 100 when there are none.
    pub fn percent(self) -> usize {
        (self.used * 100).checked_div(self.all).unwrap_or(100)
    }
}

impl Coverage {
    /// What two recorders say, one for each direction.
    pub(crate) fn of(mapping: &Mapping, read: Option<&Recorder>, write: Option<&Recorder>) -> Self {
        let count = |recorder: Option<&Recorder>, start| recorder.map_or(0, |recorder| recorder.count(start));
        let rows = mapping.rows.iter().map(|row| RowUse {
            place: mapping.rules.place_of(row.span.start),
            field: row.field.clone(),
            text: mapping.rules.text(&row.span).to_owned(),
            read: row.reads.then(|| count(read, row.span.start)),
            written: row.writes.then(|| count(write, row.span.start)),
        });
        let outside = [(read, false), (write, true)]
            .into_iter()
            .flat_map(|(recorder, written)| {
                let outside = recorder.into_iter().flat_map(Recorder::outside);
                outside.map(move |(outside, count)| OutsideCode {
                    table: outside.table.clone(),
                    field: outside.field.clone(),
                    code: outside.code.clone(),
                    written,
                    count,
                })
            });
        let left_out = mapping.left_out.iter().zip(mapping.known_places());
        let left_out = left_out.filter_map(|((path, reason), (node, attribute))| {
            let count = read.map_or(0, |recorder| recorder.known_count(*node, *attribute));
            (count > 0).then(|| LeftOut {
                path: path.clone(),
                reason: reason.clone(),
                count,
            })
        });
        Self {
            mapping: mapping.id().to_owned(),
            file: mapping.rules.file().to_owned(),
            rows: rows.collect(),
            outside: outside.collect(),
            unmapped: Vec::new(),
            left_out: left_out.collect(),
        }
    }

    /// How many of the rows that read gave something.
    pub fn read(&self) -> Tally {
        tally(self.rows.iter().filter_map(|row| row.read))
    }

    /// How many of the rows that write gave something.
    pub fn written(&self) -> Tally {
        tally(self.rows.iter().filter_map(|row| row.written))
    }

    /// Rows by direction that gave something.
    pub fn both(&self) -> Tally {
        let (read, written) = (self.read(), self.written());
        Tally {
            used: read.used + written.used,
            all: read.all + written.all,
        }
    }
}

fn tally(counts: impl Iterator<Item = u64>) -> Tally {
    counts.fold(Tally::default(), |tally, count| Tally {
        used: tally.used + usize::from(count > 0),
        all: tally.all + 1,
    })
}
