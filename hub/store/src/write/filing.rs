// SPDX-License-Identifier: EUPL-1.2
//! Rows of what a record means for its case: keys, entries, documents, participants.

use hub_message::record::Entry;
use hub_message::{DocumentRef, Strength, Timestamp};

use super::batch::NewRecord;
use super::joining::text;
use crate::database::words::Word;
use crate::database::{Connection, bulk};
use crate::error::StoreError;

/// Writes the filing of every record.
pub(crate) async fn insert(connection: &mut Connection, records: &[NewRecord<'_>]) -> Result<(), StoreError> {
    keys(connection, records).await?;
    entries(connection, records).await?;
    documents(connection, records).await?;
    participants(connection, records).await
}

/// Every `(record, position, item)` of a list that records have.
pub(super) fn each<'a, T>(
    records: &'a [NewRecord<'_>],
    list: impl Fn(&'a NewRecord<'_>) -> &'a [T],
) -> Vec<(&'a NewRecord<'a>, i64, &'a T)> {
    let numbered = |record: &'a NewRecord<'_>| {
        let items = list(record).iter().enumerate();
        items.map(move |(position, item)| (record, position as i64, item))
    };
    records.iter().flat_map(numbered).collect()
}

async fn keys(connection: &mut Connection, records: &[NewRecord<'_>]) -> Result<(), StoreError> {
    let rows = each(records, |record| record.planned().map_or(&[], |p| p.keys.as_slice()));
    let sql = (
        "INSERT INTO record_keys (record, position, value, kind, system, exact) ",
        "",
    );
    bulk::insert(connection, sql, 6, &rows, |values, (record, position, key)| {
        let (value, kind, system) = text(key);
        values.push_bind(record.id).push_bind(*position);
        values.push_bind(value).push_bind(kind).push_bind(system);
        values.push_bind(i64::from(key.strength == Strength::Exact));
    })
    .await
}

async fn entries(connection: &mut Connection, records: &[NewRecord<'_>]) -> Result<(), StoreError> {
    let rows = each(records, |record| {
        record.planned().map_or(&[], |p| p.filing.entries.as_slice())
    });
    let sql = (
        "INSERT INTO entries (record, position, kind, entry_type, title, stated, at, direction, channel, partner) ",
        "",
    );
    bulk::insert(connection, sql, 10, &rows, |values, (record, position, entry)| {
        values.push_bind(record.id).push_bind(*position);
        values.push_bind(entry.kind.word()).push_bind(entry.entry_type.as_str());
        values
            .push_bind(entry.title.disclose().as_str())
            .push_bind(entry.at.as_deref());
        values.push_bind(time_of(entry, record.record.received).millis());
        values
            .push_bind(entry.direction.word())
            .push_bind(entry.channel.as_str());
        values.push_bind(entry.partner.as_ref().map(|partner| partner.disclose().as_str()));
    })
    .await
}

/// The time by which an entry stands on the time line: its own, where it can be read; a bare day counts from its
/// beginning.
fn time_of(entry: &Entry, received: Timestamp) -> Timestamp {
    let stated = entry.at.as_deref().map(|at| {
        let day = at.len() == 10;
        if day { format!("{at}T00:00:00Z") } else { at.to_owned() }
    });
    stated
        .and_then(|stated| Timestamp::try_from(stated).ok())
        .unwrap_or(received)
}

/// A document of a record, with the entry that it belongs to.
type Filed<'a> = (i64, i64, Option<i64>, &'a DocumentRef);

async fn documents(connection: &mut Connection, records: &[NewRecord<'_>]) -> Result<(), StoreError> {
    let rows: Vec<Filed<'_>> = records.iter().flat_map(documents_of).collect();
    let sql = (
        "INSERT INTO documents (record, position, entry, sha256, size, media_type, name) ",
        "",
    );
    bulk::insert(
        connection,
        sql,
        7,
        &rows,
        |values, (record, position, entry, document)| {
            values.push_bind(*record).push_bind(*position).push_bind(*entry);
            values
                .push_bind(document.sha256.as_str())
                .push_bind(document.size as i64);
            values.push_bind(document.media_type.as_str());
            values.push_bind(document.name.as_ref().map(|name| name.disclose().as_str()));
        },
    )
    .await
}

/// The documents of a record's entries, then those that came with the message and belong to none.
fn documents_of<'a>(record: &'a NewRecord<'_>) -> Vec<Filed<'a>> {
    let Some(planned) = record.planned() else {
        return Vec::new();
    };
    let entries = planned.filing.entries.iter().enumerate();
    let mut filed: Vec<(Option<i64>, &DocumentRef)> = entries
        .flat_map(|(entry, of)| of.documents.iter().map(move |document| (Some(entry as i64), document)))
        .collect();
    let same = |one: &DocumentRef, other: &DocumentRef| one.sha256 == other.sha256 && one.name == other.name;
    for document in &planned.documents {
        if !filed.iter().any(|(_, there)| same(there, document)) {
            filed.push((None, document));
        }
    }
    let numbered = filed.into_iter().enumerate();
    numbered
        .map(|(position, (entry, document))| (record.id, position as i64, entry, document))
        .collect()
}

async fn participants(connection: &mut Connection, records: &[NewRecord<'_>]) -> Result<(), StoreError> {
    let rows = each(records, |record| {
        record.planned().map_or(&[], |p| p.filing.participants.as_slice())
    });
    let sql = (
        "INSERT INTO participants (record, position, role, name, identifier) ",
        "",
    );
    bulk::insert(connection, sql, 5, &rows, |values, (record, position, participant)| {
        values.push_bind(record.id).push_bind(*position);
        values
            .push_bind(participant.role.as_str())
            .push_bind(participant.name.disclose().as_str());
        values.push_bind(participant.identifier.as_ref().map(|id| id.disclose().as_str()));
    })
    .await
}

#[cfg(test)]
mod tests {
    use hub_message::Sensitive;
    use hub_message::record::{Direction, EntryKind};

    use super::*;

    #[track_caller]
    fn check(stated: Option<&str>, expected: &str) {
        let entry = Entry {
            kind: EntryKind::Document,
            entry_type: "invoice".into(),
            title: Sensitive::new(String::new()),
            at: stated.map(str::to_owned),
            direction: Direction::In,
            channel: "mail".into(),
            partner: None,
            documents: Vec::new(),
        };
        let received = Timestamp::try_from("2026-09-21T10:00:00Z".to_owned()).unwrap();
        assert_eq!(time_of(&entry, received).to_string(), expected);
    }

    #[test]
    fn entries_have_their_own_time_or_that_of_receipt() {
        check(Some("2026-03-02"), "2026-03-02T00:00:00Z");
        check(Some("2026-03-02T09:30:00+01:00"), "2026-03-02T08:30:00Z");
        check(Some("2. März 2026"), "2026-09-21T10:00:00Z");
        check(Some("2026-02-30"), "2026-09-21T10:00:00Z");
        check(None, "2026-09-21T10:00:00Z");
    }
}
