// SPDX-License-Identifier: EUPL-1.2
//! The trace of one message.

use std::collections::BTreeMap;

use hub_message::RefusalClass;

use super::messages;
use crate::database::words::Word;
use crate::database::{Connection, DbRow, decode};
use crate::error::StoreError;
use crate::view::message::{DeliveryState, DeliveryView, MessageView, RecordView};

/// The shortest beginning of an id that is looked up, and how many messages it may find.
const PREFIX_MIN: usize = 6;
const FOUND_MAX: i64 = 10;

pub(crate) async fn show(connection: &mut Connection, id: &str) -> Result<Vec<MessageView>, StoreError> {
    let hex = id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if !hex || !(PREFIX_MIN..=32).contains(&id.len()) {
        return Ok(Vec::new());
    }
    // `g` follows `f`, so this is the range of all ids that begin so, and the index finds it.
    let sql = "SELECT m.id, m.received, m.source, m.message, m.kind, m.state, m.sequence, m.size, m.parts, \
               m.correlation, m.causation, m.traceparent, o.message AS replay_of, \
               (SELECT count(*) FROM repeats r WHERE r.message = m.id) AS repeated \
               FROM messages m LEFT JOIN messages o ON o.id = m.replay_of \
               WHERE m.message >= $1 AND m.message < $2 ORDER BY m.received, m.id LIMIT $3";
    let rows = sqlx::query(sql)
        .bind(id)
        .bind(format!("{id}g"))
        .bind(FOUND_MAX)
        .fetch_all(&mut *connection)
        .await?;
    let lines = messages::lines(connection, &rows).await?;
    let mut views = Vec::new();
    for (row, line) in rows.iter().zip(lines) {
        let id = decode::get(row, "id")?;
        views.push(MessageView {
            line,
            sequence: decode::number::<i64>(row, "sequence")? as u64,
            size: decode::number::<i64>(row, "size")? as u64,
            parts: decode::number::<i64>(row, "parts")? as u32,
            repeated: decode::number::<i64>(row, "repeated")? as u64,
            correlation: decode::get(row, "correlation")?,
            causation: decode::get(row, "causation")?,
            traceparent: decode::get(row, "traceparent")?,
            replay_of: decode::maybe_parsed(row, "replay_of")?,
            records: records(connection, id).await?,
            dead_letters: dead_letters(connection, id).await?,
        });
    }
    Ok(views)
}

async fn dead_letters(connection: &mut Connection, message: i64) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT name FROM dead_letters WHERE message = $1 ORDER BY id";
    Ok(sqlx::query_scalar(sql).bind(message).fetch_all(connection).await?)
}

async fn records(connection: &mut Connection, message: i64) -> Result<Vec<RecordView>, StoreError> {
    let mut deliveries = deliveries(connection, message).await?;
    let sql = "SELECT r.id, r.part, r.rules, r.schema, r.mapping, r.mapping_digest, r.filtered_by, c.name FROM records r \
               LEFT JOIN cases h ON h.id = r.home LEFT JOIN cases c ON c.id = h.root WHERE r.message = $1 \
               ORDER BY r.part";
    let rows = sqlx::query(sql).bind(message).fetch_all(connection).await?;
    let record = |row: &DbRow| {
        Ok(RecordView {
            part: decode::number::<i64>(row, "part")? as u32,
            rules: decode::parsed(row, "rules")?,
            schema: decode::maybe_parsed(row, "schema")?,
            mapping: decode::get(row, "mapping")?,
            mapping_digest: decode::maybe_parsed(row, "mapping_digest")?,
            filtered_by: decode::get(row, "filtered_by")?,
            case: decode::get(row, "name")?,
            deliveries: deliveries.remove(&decode::get(row, "id")?).unwrap_or_default(),
        })
    };
    rows.iter().map(record).collect()
}

/// The deliveries of a message by record, each with the receipt that counts.
async fn deliveries(connection: &mut Connection, message: i64) -> Result<BTreeMap<i64, Vec<DeliveryView>>, StoreError> {
    let sql = "SELECT d.record, d.delivery, d.recipient, d.kind, d.route, d.purpose, d.legal_basis, d.mapping, \
               d.outcome, r.attempts, r.at, r.reference, r.class, r.code, r.text, r.pointer FROM deliveries d \
               LEFT JOIN receipts r ON r.delivery = d.delivery AND r.connector = d.recipient \
               AND r.outcome = d.outcome WHERE d.message = $1 ORDER BY d.position";
    let mut deliveries: BTreeMap<i64, Vec<DeliveryView>> = BTreeMap::new();
    for row in sqlx::query(sql).bind(message).fetch_all(connection).await? {
        deliveries
            .entry(decode::get(&row, "record")?)
            .or_default()
            .push(delivery(&row)?);
    }
    Ok(deliveries)
}

fn delivery(row: &DbRow) -> Result<DeliveryView, StoreError> {
    let attempts: Option<i64> = decode::get(row, "attempts")?;
    let class: Option<&str> = decode::get(row, "class")?;
    Ok(DeliveryView {
        delivery: decode::parsed(row, "delivery")?,
        recipient: decode::parsed(row, "recipient")?,
        kind: decode::parsed(row, "kind")?,
        route: decode::get(row, "route")?,
        purpose: decode::get(row, "purpose")?,
        legal_basis: decode::get(row, "legal_basis")?,
        mapping: decode::get(row, "mapping")?,
        state: decode::one_of(row, "outcome", DeliveryState::of_rank)?,
        attempts: attempts.map(|attempts| attempts as u32),
        at: decode::get::<Option<i64>>(row, "at")?.map(hub_message::Timestamp::from_millis),
        reference: decode::get(row, "reference")?,
        class: class.and_then(RefusalClass::of),
        code: decode::get(row, "code")?,
        text: decode::get(row, "text")?,
        pointer: decode::get(row, "pointer")?,
    })
}
