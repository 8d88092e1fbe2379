// SPDX-License-Identifier: EUPL-1.2
//! The state of a message: the worst of its deliveries decides. It is computed from the rows of its records, deliveries
//! and dead letters each time one of these changes, and never counted up or down.

use std::collections::{BTreeMap, BTreeSet};

use hub_message::Timestamp;

use super::closing;
use crate::database::{Connection, DbRow, bulk, decode};
use crate::error::StoreError;
use crate::view::dead_letter::DeadLetterState;
use crate::view::message::{DeliveryState, MessageState};

/// A replay that reached its targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Succeeded {
    pub(crate) replay: i64,
    /// The message that it replays.
    pub(crate) origin: i64,
}

/// Brings the states of `touched` messages up to date, and settles the dead letters whose replay succeeded, which
/// touches the messages of those, and so on.
pub(crate) async fn settle(
    connection: &mut Connection,
    mut touched: BTreeSet<i64>,
    now: Timestamp,
) -> Result<(), StoreError> {
    // Each further turn closed an open dead letter, so this ends.
    while !touched.is_empty() {
        let succeeded = update(connection, &touched).await?;
        touched = BTreeSet::new();
        for replay in succeeded {
            touched.extend(closing::settle_origin(connection, replay, now).await?);
        }
    }
    Ok(())
}

/// Updates states; returns the replays among `touched` that reached their targets.
async fn update(connection: &mut Connection, touched: &BTreeSet<i64>) -> Result<BTreeSet<Succeeded>, StoreError> {
    let touched: Vec<i64> = touched.iter().copied().collect();
    let sql = (
        "SELECT m.id, m.parts, m.state, m.replay_of, \
         (SELECT count(*) FROM records r WHERE r.message = m.id) AS written, \
         (SELECT max(CASE d.outcome WHEN 0 THEN 2 WHEN 1 THEN 3 WHEN 3 THEN 1 ELSE 0 END) FROM deliveries d \
          WHERE d.message = m.id) AS delivery, \
         (SELECT max(CASE l.state WHEN 0 THEN 3 WHEN 2 THEN 2 ELSE 1 END) FROM dead_letters l \
          WHERE l.message = m.id) AS letter \
         FROM messages m WHERE m.id IN (",
        "",
    );
    let (mut changed, mut succeeded) = (BTreeMap::<MessageState, Vec<i64>>::new(), BTreeSet::new());
    for row in bulk::find_in(connection, sql, &touched).await? {
        let (id, state) = (decode::get(&row, "id")?, state(&row)?);
        if decode::get::<i64>(&row, "state")? != state.rank() {
            changed.entry(state).or_default().push(id);
        }
        if let Some(origin) = decode::get::<Option<i64>>(&row, "replay_of")?
            && state <= MessageState::Delivered
        {
            succeeded.insert(Succeeded { replay: id, origin });
        }
    }
    for (state, messages) in changed {
        let sql = ("UPDATE messages SET state = ", " WHERE id IN (");
        bulk::change_in(connection, sql, state.rank(), &messages).await?;
    }
    Ok(succeeded)
}

fn state(row: &DbRow) -> Result<MessageState, StoreError> {
    let (parts, written): (i64, i64) = (decode::get(row, "parts")?, decode::get(row, "written")?);
    let deliveries = match decode::get::<Option<i64>>(row, "delivery")? {
        Some(3) => MessageState::InDoubt,
        Some(2) => MessageState::Waiting,
        Some(1) => MessageState::Delivered,
        // None, or refused ones only: their dead letters decide.
        _ => MessageState::Filtered,
    };
    let letters = match decode::get::<Option<i64>>(row, "letter")? {
        Some(3) => MessageState::DeadLetter,
        Some(2) => MessageState::Discarded,
        Some(_) => MessageState::Delivered,
        None => MessageState::Filtered,
    };
    let missing = if written < parts {
        MessageState::Waiting
    } else {
        MessageState::Filtered
    };
    Ok(deliveries.max(letters).max(missing))
}

// The numbers in the question above.
const _: () = {
    assert!(DeliveryState::Planned as i64 == 0 && DeliveryState::InDoubt as i64 == 1);
    assert!(DeliveryState::Rejected as i64 == 2 && DeliveryState::Done as i64 == 3);
    assert!(DeadLetterState::Open as i64 == 0 && DeadLetterState::Settled as i64 == 1);
    assert!(DeadLetterState::Discarded as i64 == 2);
};
