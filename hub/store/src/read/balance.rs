// SPDX-License-Identifier: EUPL-1.2
//! The balance of a day.

use std::collections::BTreeMap;

use hub_message::{ConnectorName, Recipient, Timestamp};

use crate::database::{Connection, decode};
use crate::error::StoreError;
use crate::view::balance::{BalanceRow, OutgoingRow};
use crate::view::message::{DeliveryState, MessageState};

pub(crate) async fn of_day(connection: &mut Connection, day: &str) -> Result<Vec<BalanceRow>, StoreError> {
    let mut rows: BTreeMap<ConnectorName, BalanceRow> = BTreeMap::new();
    let by_state = "SELECT source, state, count(*) AS number FROM messages WHERE day = $1 AND replay_of IS NULL \
                    GROUP BY source, state";
    let repeated = "SELECT m.source, NULL AS state, count(*) AS number FROM repeats r \
                    JOIN messages m ON m.id = r.message WHERE r.day = $1 GROUP BY m.source";
    for sql in [by_state, repeated] {
        for row in sqlx::query(sql).bind(day).fetch_all(&mut *connection).await? {
            let source: ConnectorName = decode::parsed(&row, "source")?;
            let number = decode::number::<i64>(&row, "number")? as u64;
            let balance = rows
                .entry(source.clone())
                .or_insert_with(|| BalanceRow::empty(source, day));
            let Some(state) = decode::get::<Option<i64>>(&row, "state")? else {
                balance.repeated = number;
                continue;
            };
            // Received counts whatever the state is, so that a state which nobody knows shows as a difference.
            balance.received += number;
            if let Some(state) = MessageState::of_rank(state) {
                *balance.count_mut(state) = number;
            }
        }
    }
    Ok(rows.into_values().collect())
}

pub(crate) async fn outgoing(connection: &mut Connection, day: &str) -> Result<Vec<OutgoingRow>, StoreError> {
    let mut rows: BTreeMap<Recipient, OutgoingRow> = BTreeMap::new();
    let sql = "SELECT recipient, outcome, count(*) AS number FROM deliveries WHERE day = $1 \
               GROUP BY recipient, outcome";
    for row in sqlx::query(sql).bind(day).fetch_all(&mut *connection).await? {
        let outgoing = entry(&mut rows, decode::parsed(&row, "recipient")?);
        let number = decode::number::<i64>(&row, "number")? as u64;
        *match decode::one_of(&row, "outcome", DeliveryState::of_rank)? {
            DeliveryState::Planned => &mut outgoing.waiting,
            DeliveryState::InDoubt => &mut outgoing.in_doubt,
            DeliveryState::Rejected => &mut outgoing.rejected,
            DeliveryState::Done => &mut outgoing.delivered,
        } = number;
    }
    for (connector, at) in last_successes(connection).await? {
        entry(&mut rows, Recipient::Connector(connector)).last_success = Some(at);
    }
    Ok(rows.into_values().collect())
}

fn entry(rows: &mut BTreeMap<Recipient, OutgoingRow>, recipient: Recipient) -> &mut OutgoingRow {
    rows.entry(recipient.clone()).or_insert_with(|| OutgoingRow {
        recipient,
        waiting: 0,
        delivered: 0,
        in_doubt: 0,
        rejected: 0,
        last_success: None,
    })
}

/// When every connector last delivered something. Connectors are few and receipts are many, so each step takes the
/// next connector out of the index instead of reading all receipts.
async fn last_successes(connection: &mut Connection) -> Result<Vec<(ConnectorName, Timestamp)>, StoreError> {
    let sql = "WITH RECURSIVE names (connector) AS (SELECT min(connector) FROM receipts UNION ALL \
               SELECT (SELECT min(r.connector) FROM receipts r WHERE r.connector > names.connector) FROM names \
               WHERE names.connector IS NOT NULL) SELECT connector, \
               (SELECT max(r.at) FROM receipts r WHERE r.connector = names.connector AND r.outcome = $1) AS at \
               FROM names WHERE connector IS NOT NULL";
    let rows = sqlx::query(sql)
        .bind(DeliveryState::Done.rank())
        .fetch_all(connection)
        .await?;
    let mut found = Vec::new();
    for row in &rows {
        if let Some(at) = decode::get::<Option<i64>>(row, "at")? {
            found.push((decode::parsed(row, "connector")?, Timestamp::from_millis(at)));
        }
    }
    Ok(found)
}
