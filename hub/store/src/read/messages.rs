// SPDX-License-Identifier: EUPL-1.2
//! The list of messages.

use std::collections::HashMap;

use hub_message::{ConnectorName, MessageType, Recipient};

use super::question::Question;
use crate::database::{Connection, DbRow, bulk, decode};
use crate::error::StoreError;
use crate::view::message::{DeliveryState, MessageFilter, MessageLine, MessageState, Target};
use crate::view::{Listing, Page};

pub(crate) async fn list(
    connection: &mut Connection,
    filter: &MessageFilter,
    page: Page,
) -> Result<Listing<MessageLine>, StoreError> {
    let mut question =
        Question::new("SELECT m.id, m.received, m.source, m.message, m.kind, m.state FROM messages m WHERE 1 = 1");
    question.and(filter.source.as_ref().map(ConnectorName::as_str), "m.source = ", "");
    question.and(filter.kind.as_ref().map(MessageType::as_str), "m.kind = ", "");
    question.and(filter.state.map(MessageState::rank), "m.state = ", "");
    question.and(
        filter.recipient.as_ref().map(Recipient::as_str),
        "EXISTS (SELECT 1 FROM deliveries d WHERE d.message = m.id AND d.recipient = ",
        ")",
    );
    question.and(
        filter.case.as_deref(),
        "m.id IN (SELECT r.message FROM cases a JOIN cases h ON h.root = a.root JOIN records r ON r.home = h.id \
         WHERE a.name = ",
        ")",
    );
    question.between(("m.received >= ", "m.received < "), (filter.since, filter.until));
    let order = " ORDER BY m.received DESC, m.id DESC";
    let rows = question.page(connection, order, page).await?;
    Ok(Listing::cut(lines(connection, &rows).await?, page))
}

/// The messages of a case, the first received first.
pub(super) async fn of_case(connection: &mut Connection, root: i64) -> Result<Vec<MessageLine>, StoreError> {
    let sql = "SELECT m.id, m.received, m.source, m.message, m.kind, m.state FROM messages m WHERE m.id IN \
               (SELECT r.message FROM cases h JOIN records r ON r.home = h.id WHERE h.root = $1) \
               ORDER BY m.received, m.source, m.sequence";
    let rows = sqlx::query(sql).bind(root).fetch_all(&mut *connection).await?;
    lines(connection, &rows).await
}

/// Lines of messages out of their rows, with targets and cases.
pub(super) async fn lines(connection: &mut Connection, rows: &[DbRow]) -> Result<Vec<MessageLine>, StoreError> {
    let ids: Vec<i64> = rows
        .iter()
        .map(|row| decode::get(row, "id"))
        .collect::<Result<_, _>>()?;
    let mut targets = targets(connection, &ids).await?;
    let mut cases = cases(connection, &ids).await?;
    let line = |(row, id): (&DbRow, i64)| {
        Ok(MessageLine {
            received: decode::time(row, "received")?,
            source: decode::parsed(row, "source")?,
            message: decode::parsed(row, "message")?,
            kind: decode::parsed(row, "kind")?,
            state: decode::one_of(row, "state", MessageState::of_rank)?,
            targets: targets.remove(&id).unwrap_or_default(),
            cases: cases.remove(&id).unwrap_or_default(),
        })
    };
    rows.iter().zip(ids).map(line).collect()
}

async fn targets(connection: &mut Connection, ids: &[i64]) -> Result<HashMap<i64, Vec<Target>>, StoreError> {
    let sql = (
        "SELECT d.message, d.recipient, d.outcome FROM deliveries d JOIN records r ON r.id = d.record \
         WHERE d.message IN (",
        " ORDER BY r.part, d.position",
    );
    let mut targets: HashMap<i64, Vec<Target>> = HashMap::new();
    for row in bulk::find_in(connection, sql, ids).await? {
        let target = Target {
            recipient: decode::parsed(&row, "recipient")?,
            state: decode::one_of(&row, "outcome", DeliveryState::of_rank)?,
        };
        targets.entry(decode::get(&row, "message")?).or_default().push(target);
    }
    Ok(targets)
}

/// The cases of messages, each once, in the order of the parts.
async fn cases(connection: &mut Connection, ids: &[i64]) -> Result<HashMap<i64, Vec<String>>, StoreError> {
    let sql = (
        "SELECT r.message, c.name FROM records r JOIN cases h ON h.id = r.home JOIN cases c ON c.id = h.root \
         WHERE r.message IN (",
        " ORDER BY r.part",
    );
    let mut cases: HashMap<i64, Vec<String>> = HashMap::new();
    for row in bulk::find_in(connection, sql, ids).await? {
        let of_message = cases.entry(decode::get(&row, "message")?).or_default();
        let name: String = decode::get(&row, "name")?;
        if !of_message.contains(&name) {
            of_message.push(name);
        }
    }
    Ok(cases)
}
