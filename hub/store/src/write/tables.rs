// SPDX-License-Identifier: EUPL-1.2
//! Rows of a batch: cases, messages, records, deliveries.

use hub_message::Timestamp;

use super::batch::{Batch, NewRecord};
use super::filing;
use crate::database::{Connection, bulk};
use crate::error::StoreError;
use crate::view::case::CaseState;
use crate::view::message::{DeliveryState, MessageState};

/// Writes everything of a batch that stands on its own. Cases go first, because records name them.
pub(crate) async fn insert(connection: &mut Connection, batch: &Batch<'_>, now: Timestamp) -> Result<(), StoreError> {
    cases(connection, batch).await?;
    messages(connection, batch).await?;
    repeats(connection, batch).await?;
    records(connection, &batch.records).await?;
    bodies(connection, &batch.records).await?;
    deliveries(connection, &batch.records).await?;
    keys(connection, batch).await?;
    joins(connection, batch, now).await
}

async fn cases(connection: &mut Connection, batch: &Batch<'_>) -> Result<(), StoreError> {
    let sql = (
        "INSERT INTO cases (id, name, case_type, subject, opened, state, root) ",
        "",
    );
    bulk::insert(connection, sql, 7, &batch.cases, |values, case| {
        let filing = &case.planned.filing;
        values.push_bind(case.id).push_bind(case.name.as_str());
        values
            .push_bind(filing.case_type.as_str())
            .push_bind(filing.subject.disclose().as_str());
        values
            .push_bind(case.opened.millis())
            .push_bind(CaseState::Open.number())
            .push_bind(case.id);
    })
    .await
}

async fn messages(connection: &mut Connection, batch: &Batch<'_>) -> Result<(), StoreError> {
    let sql = (
        "INSERT INTO messages (id, source, message, kind, received, day, sequence, parts, size, correlation, \
         causation, traceparent, state) ",
        "",
    );
    bulk::insert(connection, sql, 13, &batch.messages, |values, new| {
        let record = new.record;
        values.push_bind(new.id).push_bind(record.source.as_str());
        values
            .push_bind(record.message.as_str())
            .push_bind(record.kind.as_str());
        values
            .push_bind(record.received.millis())
            .push_bind(record.received.day());
        values
            .push_bind(record.sequence as i64)
            .push_bind(i64::from(record.parts))
            .push_bind(record.size as i64);
        values
            .push_bind(record.correlation.as_deref())
            .push_bind(record.causation.as_deref());
        values
            .push_bind(record.traceparent.as_deref())
            .push_bind(MessageState::Waiting.rank());
    })
    .await
}

async fn repeats(connection: &mut Connection, batch: &Batch<'_>) -> Result<(), StoreError> {
    let sql = (
        "INSERT INTO repeats (message, sequence, day) ",
        " ON CONFLICT (message, sequence) DO NOTHING",
    );
    bulk::insert(connection, sql, 3, &batch.repeats, |values, repeat| {
        values
            .push_bind(repeat.message)
            .push_bind(repeat.record.sequence as i64);
        values.push_bind(repeat.record.received.day());
    })
    .await
}

async fn records(connection: &mut Connection, records: &[NewRecord<'_>]) -> Result<(), StoreError> {
    let sql = (
        "INSERT INTO records (id, message, part, rules, schema, mapping, mapping_digest, filtered_by, home) ",
        "",
    );
    bulk::insert(connection, sql, 9, records, |values, new| {
        let planned = new.planned();
        values
            .push_bind(new.id)
            .push_bind(new.message)
            .push_bind(i64::from(new.record.part));
        values.push_bind(new.record.rules.as_str());
        values.push_bind(planned.map(|p| p.schema.as_str()));
        values.push_bind(planned.map(|p| p.mapping.0.as_str()));
        values.push_bind(planned.map(|p| p.mapping.1.as_str()));
        values.push_bind(planned.and_then(|p| p.filtered_by.as_deref()));
        values.push_bind(new.home);
    })
    .await
}

async fn bodies(connection: &mut Connection, records: &[NewRecord<'_>]) -> Result<(), StoreError> {
    let sql = ("INSERT INTO bodies (record, body, claim) ", "");
    bulk::insert(connection, sql, 3, records, |values, new| {
        values.push_bind(new.id).push_bind(&new.body[..]);
        // Structs of strings and numbers always serialise.
        values.push_bind(
            new.claim()
                .map(|claim| serde_json::to_string(claim).unwrap_or_default()),
        );
    })
    .await
}

async fn deliveries(connection: &mut Connection, records: &[NewRecord<'_>]) -> Result<(), StoreError> {
    let rows = filing::each(records, |new| new.planned().map_or(&[], |p| p.deliveries.as_slice()));
    // Ids are derived from source, message, part, recipient and route: the same id is the same delivery.
    let sql = (
        "INSERT INTO deliveries (delivery, message, record, day, position, recipient, kind, route, purpose, \
         legal_basis, mapping, outcome) ",
        " ON CONFLICT (delivery) DO NOTHING",
    );
    bulk::insert(connection, sql, 12, &rows, |values, (new, position, intent)| {
        values
            .push_bind(intent.delivery.as_str())
            .push_bind(new.message)
            .push_bind(new.id);
        values.push_bind(new.record.received.day()).push_bind(*position);
        values
            .push_bind(intent.recipient.as_str())
            .push_bind(intent.kind.as_str());
        values
            .push_bind(intent.route.as_str())
            .push_bind(intent.purpose.as_str());
        values
            .push_bind(intent.legal_basis.as_str())
            .push_bind(intent.mapping.as_str());
        values.push_bind(DeliveryState::Planned.rank());
    })
    .await
}

async fn keys(connection: &mut Connection, batch: &Batch<'_>) -> Result<(), StoreError> {
    let sql = ("INSERT INTO keys (value, kind, system, home) ", "");
    let rows = &batch.joining.new_keys;
    bulk::insert(connection, sql, 4, rows, |values, ((value, kind, system), home)| {
        values
            .push_bind(*value)
            .push_bind(*kind)
            .push_bind(*system)
            .push_bind(*home);
    })
    .await
}

/// Joins are few: one statement each, in their order, because one may build on another.
async fn joins(connection: &mut Connection, batch: &Batch<'_>, now: Timestamp) -> Result<(), StoreError> {
    for join in &batch.joining.joins {
        sqlx::query("INSERT INTO joins (elder, younger, at, record) VALUES ($1, $2, $3, $4)")
            .bind(join.elder)
            .bind(join.younger)
            .bind(now.millis())
            .bind(join.record)
            .execute(&mut *connection)
            .await?;
        sqlx::query("UPDATE cases SET root = $1 WHERE root = $2")
            .bind(join.elder)
            .bind(join.younger)
            .execute(&mut *connection)
            .await?;
    }
    for (root, opened) in &batch.joining.earlier {
        sqlx::query("UPDATE cases SET opened = $1 WHERE id = $2")
            .bind(opened.millis())
            .bind(root)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
