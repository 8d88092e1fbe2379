// SPDX-License-Identifier: EUPL-1.2
//! A batch of records sorted out in memory: what is there already, what is new, and which case it belongs to.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use hub_message::record::{Decision, Planned};
use hub_message::{CaseRecord, DocumentRef, Timestamp};

use super::joining::{Joining, KeyText, exact};
use super::numbers::Numbers;
use crate::database::{Connection, bulk, decode};
use crate::error::StoreError;

/// A message that was not there before.
#[derive(Debug)]
pub(crate) struct NewMessage<'r> {
    pub(crate) id: i64,
    pub(crate) record: &'r CaseRecord,
}

/// A record that was not there before.
#[derive(Debug)]
pub(crate) struct NewRecord<'r> {
    pub(crate) id: i64,
    /// Row of its message.
    pub(crate) message: i64,
    pub(crate) record: &'r CaseRecord,
    pub(crate) body: &'r Bytes,
    /// The case that it is filed in.
    pub(crate) home: Option<i64>,
}

/// A case that a record opens.
#[derive(Debug)]
pub(crate) struct NewCase<'r> {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) planned: &'r Planned,
    pub(crate) opened: Timestamp,
}

/// A message that the source sent again.
#[derive(Debug)]
pub(crate) struct Repeat<'r> {
    /// Row of the message.
    pub(crate) message: i64,
    pub(crate) record: &'r CaseRecord,
}

/// What a batch adds.
#[derive(Debug, Default)]
pub(crate) struct Batch<'r> {
    /// Row and sequence of every message of the batch that is known, by id and source.
    known: HashMap<(&'r str, &'r str), (i64, u64)>,
    /// Message and part of every record that is known.
    parts: HashSet<(i64, u32)>,
    pub(crate) joining: Joining<'r>,
    pub(crate) messages: Vec<NewMessage<'r>>,
    pub(crate) records: Vec<NewRecord<'r>>,
    pub(crate) cases: Vec<NewCase<'r>>,
    pub(crate) repeats: Vec<Repeat<'r>>,
}

impl NewRecord<'_> {
    /// Where the bytes of the record lie, when they are too large to travel with it.
    pub(crate) fn claim(&self) -> Option<&DocumentRef> {
        match &self.record.decision {
            Decision::Planned(planned) => planned.claim.as_ref(),
            Decision::DeadLetter(letter) => letter.claim.as_ref(),
        }
    }

    /// The canonical document's plan, unless the record is a dead letter.
    pub(crate) fn planned(&self) -> Option<&Planned> {
        match &self.record.decision {
            Decision::Planned(planned) => Some(planned),
            Decision::DeadLetter(_) => None,
        }
    }
}

fn identity(record: &CaseRecord) -> (&str, &str) {
    (record.message.as_str(), record.source.as_str())
}

impl<'r> Batch<'r> {
    /// Looks up what is there already of these records.
    pub(crate) async fn load(
        connection: &mut Connection,
        records: &'r [(CaseRecord, Bytes)],
    ) -> Result<Self, StoreError> {
        let mut batch = Self {
            joining: Joining::load(connection, keys_of(records)).await?,
            ..Self::default()
        };
        batch.load_messages(connection, records).await?;
        let messages: Vec<i64> = batch.known.values().map(|(id, _)| *id).collect();
        let sql = ("SELECT message, part FROM records WHERE message IN (", "");
        for row in bulk::find_in(connection, sql, &messages).await? {
            let record = (decode::get(&row, "message")?, decode::number(&row, "part")?);
            batch.parts.insert(record);
        }
        Ok(batch)
    }

    async fn load_messages(
        &mut self,
        connection: &mut Connection,
        records: &'r [(CaseRecord, Bytes)],
    ) -> Result<(), StoreError> {
        let mut seen = HashSet::new();
        let wanted: Vec<_> = records
            .iter()
            .map(|(record, _)| identity(record))
            .filter(|identity| seen.insert(*identity))
            .collect();
        let sql = (
            "WITH wanted (position, message, source) AS (",
            ") SELECT wanted.position, m.id, m.sequence FROM wanted CROSS JOIN messages m \
             WHERE m.message = wanted.message AND m.source = wanted.source",
        );
        let rows = bulk::find(connection, sql, 3, &wanted, |values, (message, source)| {
            values.push_bind(*message).push_bind(*source);
        });
        for row in rows.await? {
            if let Some(identity) = wanted.get(decode::number::<usize>(&row, "position")?) {
                let there = (
                    decode::get(&row, "id")?,
                    decode::number::<i64>(&row, "sequence")? as u64,
                );
                self.known.insert(*identity, there);
            }
        }
        Ok(())
    }

    /// Adds one record; `false` when it is there already.
    pub(crate) fn add(&mut self, record: &'r CaseRecord, body: &'r Bytes, numbers: &mut Numbers) -> bool {
        let (message, sequence) = *self.known.entry(identity(record)).or_insert_with(|| {
            let id = numbers.next("message");
            self.messages.push(NewMessage { id, record });
            (id, record.sequence)
        });
        // Two parts of one message have one sequence. Another one says that the source sent the message again.
        if sequence != record.sequence {
            self.repeats.push(Repeat { message, record });
        }
        if !self.parts.insert((message, record.part)) {
            return false;
        }
        let id = numbers.next("record");
        let home = match &record.decision {
            Decision::Planned(planned) => Some(self.file(id, record, planned, numbers)),
            Decision::DeadLetter(_) => None,
        };
        self.records.push(NewRecord {
            id,
            message,
            record,
            body,
            home,
        });
        true
    }

    fn file(&mut self, id: i64, record: &'r CaseRecord, planned: &'r Planned, numbers: &mut Numbers) -> i64 {
        let cases = &mut self.cases;
        self.joining.place(id, record.received, &planned.keys, || {
            let case = numbers.next("case");
            cases.push(NewCase {
                id: case,
                name: numbers.next_name("V", record.received),
                planned,
                opened: record.received,
            });
            case
        })
    }
}

/// Every exact key of a batch once.
fn keys_of(records: &[(CaseRecord, Bytes)]) -> Vec<KeyText<'_>> {
    let mut seen = HashSet::new();
    let planned = records.iter().filter_map(|(record, _)| match &record.decision {
        Decision::Planned(planned) => Some(planned),
        Decision::DeadLetter(_) => None,
    });
    planned
        .flat_map(|planned| exact(&planned.keys))
        .filter(|key| seen.insert(*key))
        .collect()
}
