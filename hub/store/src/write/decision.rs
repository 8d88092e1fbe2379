// SPDX-License-Identifier: EUPL-1.2
//! What people decide about dead letters: replay, discard.

use std::collections::BTreeSet;

use hub_message::{MessageId, Timestamp};

use super::closing::{self, Reason};
use super::{letters, states};
use crate::database::{Connection, decode};
use crate::error::StoreError;
use crate::view::dead_letter::DeadLetterState;

/// Marks a replay; `None` when there is no such dead letter.
pub(crate) async fn replayed(
    connection: &mut Connection,
    name: &str,
    replay: &MessageId,
    by: &str,
    now: Timestamp,
) -> Result<Option<DeadLetterState>, StoreError> {
    let Some((letter, _)) = find(connection, name).await? else {
        return Ok(None);
    };
    sqlx::query(
        "INSERT INTO replays (dead_letter, message, at, asked_by) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (dead_letter, message) DO NOTHING",
    )
    .bind(letter)
    .bind(replay.as_str())
    .bind(now.millis())
    .bind(by)
    .execute(&mut *connection)
    .await?;
    // The replay may have run through before its mark.
    let there = "SELECT n.id FROM dead_letters l JOIN messages o ON o.id = l.message \
                 JOIN messages n ON n.message = $1 AND n.source = o.source WHERE l.id = $2";
    let there: Vec<i64> = sqlx::query_scalar(there)
        .bind(replay.as_str())
        .bind(letter)
        .fetch_all(&mut *connection)
        .await?;
    letters::link_replays(connection, &there).await?;
    states::settle(connection, there.into_iter().collect::<BTreeSet<_>>(), now).await?;
    Ok(find(connection, name).await?.map(|(_, state)| state))
}

/// Gives a dead letter up, unless it is closed already; `None` when there is no such dead letter.
pub(crate) async fn discard(
    connection: &mut Connection,
    name: &str,
    by: &str,
    why: &str,
    now: Timestamp,
) -> Result<Option<DeadLetterState>, StoreError> {
    let Some((letter, _)) = find(connection, name).await? else {
        return Ok(None);
    };
    let reason = Reason {
        state: DeadLetterState::Discarded,
        at: now,
        given_up: Some((by, why)),
        replay: None,
    };
    let touched = closing::close(connection, vec![letter], reason).await?;
    states::settle(connection, touched, now).await?;
    Ok(find(connection, name).await?.map(|(_, state)| state))
}

async fn find(connection: &mut Connection, name: &str) -> Result<Option<(i64, DeadLetterState)>, StoreError> {
    let row = sqlx::query("SELECT id, state FROM dead_letters WHERE name = $1")
        .bind(name)
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        Ok((
            decode::get(&row, "id")?,
            decode::one_of(&row, "state", DeadLetterState::of_number)?,
        ))
    })
    .transpose()
}
