// SPDX-License-Identifier: EUPL-1.2
//! Closes dead letters: settled by a replay that succeeded, or given up. What closes a dead letter closes those of its
//! failed replays as well, so that nobody is asked about the same document twice.

use std::collections::BTreeSet;

use hub_message::Timestamp;

use super::states::Succeeded;
use crate::database::Connection;
use crate::error::StoreError;
use crate::view::dead_letter::DeadLetterState;

/// Why a dead letter is closed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reason<'a> {
    pub(crate) state: DeadLetterState,
    pub(crate) at: Timestamp,
    /// Who gave it up, and why.
    pub(crate) given_up: Option<(&'a str, &'a str)>,
    /// Row of the replay that succeeded.
    pub(crate) replay: Option<i64>,
}

/// Settles the dead letter that a replay is for. Returns the messages of the dead letters that were closed.
pub(crate) async fn settle_origin(
    connection: &mut Connection,
    succeeded: Succeeded,
    now: Timestamp,
) -> Result<BTreeSet<i64>, StoreError> {
    let marked = "SELECT p.dead_letter FROM messages m JOIN replays p ON p.message = m.message \
                  JOIN dead_letters l ON l.id = p.dead_letter WHERE m.id = $1 AND l.message = $2";
    let mut letters: Vec<i64> = sqlx::query_scalar(marked)
        .bind(succeeded.replay)
        .bind(succeeded.origin)
        .fetch_all(&mut *connection)
        .await?;
    if letters.is_empty() {
        // Not marked yet, or never: without a mark only the message is known, which says enough if it has one dead
        // letter. Otherwise the mark decides, when it comes.
        letters = letters_of(connection, succeeded.origin).await?;
        if letters.len() > 1 {
            letters.clear();
        }
    }
    let reason = Reason {
        state: DeadLetterState::Settled,
        at: now,
        given_up: None,
        replay: Some(succeeded.replay),
    };
    close(connection, letters, reason).await
}

/// Settles the dead letter of a delivery that arrived after all.
pub(crate) async fn settle_delivery(
    connection: &mut Connection,
    delivery: &str,
    now: Timestamp,
) -> Result<BTreeSet<i64>, StoreError> {
    let letters = sqlx::query_scalar(
        "SELECT l.id FROM deliveries d JOIN dead_letters l ON l.message = d.message \
         AND l.delivery = d.delivery WHERE d.delivery = $1",
    )
    .bind(delivery)
    .fetch_all(&mut *connection)
    .await?;
    let reason = Reason {
        state: DeadLetterState::Settled,
        at: now,
        given_up: None,
        replay: None,
    };
    close(connection, letters, reason).await
}

/// Closes those of `letters` that are open, and the open ones of their replays. Returns the messages of all of these.
pub(crate) async fn close(
    connection: &mut Connection,
    mut letters: Vec<i64>,
    reason: Reason<'_>,
) -> Result<BTreeSet<i64>, StoreError> {
    let mut touched = BTreeSet::new();
    while let Some(letter) = letters.pop() {
        let message: Option<i64> = sqlx::query_scalar(
            "UPDATE dead_letters SET state = $1, closed = $2, closed_by = $3, reason = $4, settled_by = $5 \
             WHERE id = $6 AND state = $7 RETURNING message",
        )
        .bind(reason.state.number())
        .bind(reason.at.millis())
        .bind(reason.given_up.map(|(by, _)| by))
        .bind(reason.given_up.map(|(_, why)| why))
        .bind(reason.replay)
        .bind(letter)
        .bind(DeadLetterState::Open.number())
        .fetch_optional(&mut *connection)
        .await?;
        if let Some(message) = message {
            touched.insert(message);
            letters.extend(open_letters_of_replays(connection, letter, message).await?);
        }
    }
    Ok(touched)
}

async fn open_letters_of_replays(
    connection: &mut Connection,
    letter: i64,
    message: i64,
) -> Result<Vec<i64>, StoreError> {
    let alone = letters_of(connection, message).await?.len() == 1;
    let sql = "SELECT l.id FROM messages m JOIN dead_letters l ON l.message = m.id \
               WHERE m.replay_of = $1 AND l.state = $2 AND ($3 OR EXISTS \
               (SELECT 1 FROM replays p WHERE p.dead_letter = $4 AND p.message = m.message))";
    let open = sqlx::query_scalar(sql)
        .bind(message)
        .bind(DeadLetterState::Open.number())
        .bind(alone)
        .bind(letter)
        .fetch_all(connection)
        .await?;
    Ok(open)
}

async fn letters_of(connection: &mut Connection, message: i64) -> Result<Vec<i64>, StoreError> {
    let all = sqlx::query_scalar("SELECT id FROM dead_letters WHERE message = $1").bind(message);
    Ok(all.fetch_all(connection).await?)
}
