// SPDX-License-Identifier: EUPL-1.2
//! One dead letter with what was kept of its message.

use hub_message::record::Stage;
use hub_message::{Sensitive, Timestamp};

use super::dead_letters::{letter_line, line};
use crate::database::words::Word;
use crate::database::{Connection, DbRow, decode};
use crate::error::StoreError;
use crate::view::dead_letter::{Content, DeadLetterState, DeadLetterView, Decided, ReplayView, Settled};
use crate::view::message::MessageState;

pub(crate) async fn show(connection: &mut Connection, name: &str) -> Result<Option<DeadLetterView>, StoreError> {
    let sql = concat!(letter_line!(), "WHERE l.name = $1");
    let Some(row) = sqlx::query(sql).bind(name).fetch_optional(&mut *connection).await? else {
        return Ok(None);
    };
    let (line, rejection) = line(&row)?;
    let stage: Option<&str> = decode::get(&row, "stage")?;
    let (settled, discarded) = closed(&row, line.state)?;
    Ok(Some(DeadLetterView {
        rejection,
        stage: stage.and_then(Stage::of),
        delivery: decode::maybe_parsed(&row, "delivery")?,
        replay_of: replayed(connection, &row).await?,
        replay_list: replays(connection, &row).await?,
        settled,
        discarded,
        content: content(connection, &row).await?,
        line,
    }))
}

fn closed(row: &DbRow, state: DeadLetterState) -> Result<(Option<Settled>, Option<Decided>), StoreError> {
    let at = decode::get::<Option<i64>>(row, "closed")?.map(Timestamp::from_millis);
    Ok(match (state, at) {
        (DeadLetterState::Settled, Some(at)) => {
            let by = decode::maybe_parsed(row, "settled_by")?;
            (Some(Settled { at, by }), None)
        }
        (DeadLetterState::Discarded, Some(at)) => {
            let by = decode::get::<Option<String>>(row, "closed_by")?.unwrap_or_default();
            let reason = decode::get::<Option<String>>(row, "reason")?.unwrap_or_default();
            (None, Some(Decided { at, by, reason }))
        }
        _ => (None, None),
    })
}

/// The dead letter that the message of this one replays: the marked one, else the first of the message that it names.
async fn replayed(connection: &mut Connection, row: &DbRow) -> Result<Option<String>, StoreError> {
    let sql = "SELECT l.name FROM messages n JOIN dead_letters l ON l.message = n.replay_of \
               LEFT JOIN replays p ON p.dead_letter = l.id AND p.message = n.message WHERE n.id = $1 \
               ORDER BY p.at IS NULL, l.id LIMIT 1";
    let name = sqlx::query_scalar(sql).bind(decode::get::<i64>(row, "message_id")?);
    Ok(name.fetch_optional(connection).await?)
}

/// Marked replays, and messages that say so themselves but are not marked as the replay of anything.
async fn replays(connection: &mut Connection, row: &DbRow) -> Result<Vec<ReplayView>, StoreError> {
    let sql = "SELECT p.message, p.at, p.asked_by, n.state, p.at AS arrived FROM replays p \
               LEFT JOIN messages n ON n.message = p.message AND n.source = $1 WHERE p.dead_letter = $2 \
               UNION ALL SELECT n.message, NULL, NULL, n.state, n.received FROM messages n WHERE n.replay_of = $3 \
               AND NOT EXISTS (SELECT 1 FROM replays p WHERE p.message = n.message) ORDER BY 5, 1";
    let rows = sqlx::query(sql)
        .bind(decode::get::<String>(row, "source")?)
        .bind(decode::get::<i64>(row, "id")?)
        .bind(decode::get::<i64>(row, "message_id")?)
        .fetch_all(connection)
        .await?;
    let replay = |row: &DbRow| {
        Ok(ReplayView {
            message: decode::parsed(row, "message")?,
            state: decode::get::<Option<i64>>(row, "state")?.and_then(MessageState::of_rank),
            at: decode::get::<Option<i64>>(row, "at")?.map(Timestamp::from_millis),
            by: decode::get(row, "asked_by")?,
        })
    };
    rows.iter().map(replay).collect()
}

async fn content(connection: &mut Connection, row: &DbRow) -> Result<Content, StoreError> {
    let kept = sqlx::query("SELECT body, claim FROM bodies WHERE record = $1")
        .bind(decode::get::<i64>(row, "record")?)
        .fetch_one(connection)
        .await?;
    let body = decode::get(&kept, "body")?;
    let claim = match decode::get::<Option<&str>>(&kept, "claim")? {
        Some(_) => Some(decode::json(&kept, "claim")?),
        None => None,
    };
    Ok(match decode::maybe_parsed(row, "schema")? {
        Some(schema) => Content::Canonical {
            schema,
            json: Sensitive::new(body),
            claim,
        },
        None => Content::Original {
            headers: decode::json(row, "headers")?,
            body: Sensitive::new(body),
            claim,
        },
    })
}
