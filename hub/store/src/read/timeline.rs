// SPDX-License-Identifier: EUPL-1.2
//! The time line of a case, and its documents with their versions.

use std::collections::HashMap;

use hub_message::Timestamp;
use hub_message::record::{Direction, EntryKind};

use crate::database::words::Word;
use crate::database::{Connection, DbRow, decode};
use crate::error::StoreError;
use crate::view::case::{DocumentView, EntryView};
use crate::view::personal::Personal;

/// Record and entry.
type Place = (i64, i64);

/// Entries by their own time, then by arrival, whatever order they were written in; documents in the order of the
/// entries, at the end those that belong to none.
pub(super) async fn of_case(
    connection: &mut Connection,
    root: i64,
) -> Result<(Vec<EntryView>, Vec<DocumentView>), StoreError> {
    let mut files = documents(connection, root).await?;
    let sql = "SELECT e.record, e.position, e.kind, e.entry_type, e.title, e.stated, e.direction, e.channel, \
               e.partner, m.received, m.source, m.message FROM cases h JOIN records r ON r.home = h.id \
               JOIN messages m ON m.id = r.message JOIN entries e ON e.record = r.id WHERE h.root = $1 \
               ORDER BY e.at, m.received, m.source, m.sequence, r.part, e.position";
    let rows = sqlx::query(sql).bind(root).fetch_all(connection).await?;
    let (mut timeline, mut documents) = (Vec::new(), Versions::default());
    for row in &rows {
        let place = (decode::get(row, "record")?, decode::get(row, "position")?);
        let own = files.of_entries.remove(&place).unwrap_or_default();
        let positions = own.into_iter().map(|file| documents.add(file)).collect();
        timeline.push(entry(row, positions)?);
    }
    for file in files.of_none {
        documents.add(file);
    }
    Ok((timeline, documents.all))
}

fn entry(row: &DbRow, documents: Vec<usize>) -> Result<EntryView, StoreError> {
    let received: Timestamp = decode::time(row, "received")?;
    let stated: Option<String> = decode::get(row, "stated")?;
    let partner: Option<String> = decode::get(row, "partner")?;
    Ok(EntryView {
        at: stated.unwrap_or_else(|| received.to_string()),
        kind: decode::one_of(row, "kind", |word: &str| EntryKind::of(word))?,
        entry_type: decode::get(row, "entry_type")?,
        title: Personal::open(decode::get::<String>(row, "title")?),
        direction: decode::one_of(row, "direction", |word: &str| Direction::of(word))?,
        channel: decode::get(row, "channel")?,
        partner: partner.map(Personal::masked),
        received,
        source: decode::parsed(row, "source")?,
        message: decode::parsed(row, "message")?,
        documents,
    })
}

/// The documents of a case before they have versions.
#[derive(Default)]
struct Files {
    of_entries: HashMap<Place, Vec<DocumentView>>,
    of_none: Vec<DocumentView>,
}

async fn documents(connection: &mut Connection, root: i64) -> Result<Files, StoreError> {
    let sql = "SELECT d.record, d.entry, d.sha256, d.size, d.media_type, d.name FROM cases h \
               JOIN records r ON r.home = h.id JOIN messages m ON m.id = r.message \
               JOIN documents d ON d.record = r.id WHERE h.root = $1 \
               ORDER BY m.received, m.source, m.sequence, r.part, d.position";
    let mut files = Files::default();
    for row in sqlx::query(sql).bind(root).fetch_all(connection).await? {
        let name: Option<String> = decode::get(&row, "name")?;
        let document = DocumentView {
            name: name.map(Personal::masked),
            version: 1,
            sha256: decode::parsed(&row, "sha256")?,
            size: decode::number::<i64>(&row, "size")? as u64,
            media_type: decode::get(&row, "media_type")?,
        };
        match decode::get::<Option<i64>>(&row, "entry")? {
            Some(entry) => {
                let place = (decode::get(&row, "record")?, entry);
                files.of_entries.entry(place).or_default().push(document);
            }
            None => files.of_none.push(document),
        }
    }
    Ok(files)
}

/// Documents being numbered: the same name with another content is a new version; the same name with the same content
/// is the same document.
#[derive(Default)]
struct Versions {
    all: Vec<DocumentView>,
}

impl Versions {
    /// The position of `document` in the list.
    fn add(&mut self, mut document: DocumentView) -> usize {
        let same_name = |other: &&DocumentView| other.name == document.name;
        let known = self.all.iter();
        if let Some(at) = known
            .clone()
            .position(|other| same_name(&other) && other.sha256 == document.sha256)
        {
            return at;
        }
        if document.name.is_some() {
            document.version = known.filter(same_name).count() as u32 + 1;
        }
        self.all.push(document);
        self.all.len() - 1
    }
}
