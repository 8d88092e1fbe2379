// SPDX-License-Identifier: EUPL-1.2
//! The list of dead letters.

use hub_message::{ConnectorName, MessageId, Rejection};

use super::question::Question;
use crate::database::{Connection, DbRow, decode};
use crate::error::StoreError;
use crate::view::dead_letter::{DeadLetterFilter, DeadLetterLine, DeadLetterState};
use crate::view::{Listing, Page};

/// A dead letter with what its line needs, by the alias `l`. A replay counts once, whether it is marked, or known by
/// its message only.
macro_rules! letter_line {
    () => {
        "SELECT l.id, l.name, l.received, l.state, l.rejection, l.delivery, l.stage, l.headers, l.closed, \
         l.closed_by, l.reason, l.message AS message_id, l.record, s.message AS settled_by, m.source, m.message, \
         m.parts, m.kind, m.replay_of, r.part, r.schema, d.recipient, \
         (SELECT count(*) FROM replays p WHERE p.dead_letter = l.id) + \
         (SELECT count(*) FROM messages n WHERE n.replay_of = m.id AND NOT EXISTS \
          (SELECT 1 FROM replays p WHERE p.message = n.message)) AS replays \
         FROM dead_letters l JOIN messages m ON m.id = l.message JOIN records r ON r.id = l.record \
         LEFT JOIN deliveries d ON d.delivery = l.delivery LEFT JOIN messages s ON s.id = l.settled_by "
    };
}
pub(super) use letter_line;

pub(super) fn line(row: &DbRow) -> Result<(DeadLetterLine, Rejection), StoreError> {
    let rejection: Rejection = decode::json(row, "rejection")?;
    let line = DeadLetterLine {
        id: decode::get(row, "name")?,
        received: decode::time(row, "received")?,
        source: decode::parsed(row, "source")?,
        message: decode::parsed(row, "message")?,
        part: decode::number::<i64>(row, "part")? as u32,
        parts: decode::number::<i64>(row, "parts")? as u32,
        kind: decode::parsed(row, "kind")?,
        recipient: decode::maybe_parsed(row, "recipient")?,
        code: rejection.code.as_str().to_owned(),
        text: rejection.text.clone(),
        remedy: rejection.remedy.clone(),
        state: decode::one_of(row, "state", DeadLetterState::of_number)?,
        replays: decode::number::<i64>(row, "replays")? as u32,
    };
    Ok((line, rejection))
}

pub(crate) async fn list(
    connection: &mut Connection,
    filter: &DeadLetterFilter,
    page: Page,
) -> Result<Listing<DeadLetterLine>, StoreError> {
    let mut question = Question::new(concat!(letter_line!(), "WHERE 1 = 1"));
    question.and(filter.source.as_ref().map(ConnectorName::as_str), "m.source = ", "");
    question.and(filter.code.as_deref(), "l.code = ", "");
    question.and(filter.state.map(DeadLetterState::number), "l.state = ", "");
    question.and(filter.message.as_ref().map(MessageId::as_str), "m.message = ", "");
    question.between(("l.received >= ", "l.received < "), (filter.since, filter.until));
    let order = " ORDER BY l.received DESC, l.id DESC";
    let rows = question.page(connection, order, page).await?;
    let lines: Vec<_> = rows
        .iter()
        .map(|row| Ok(line(row)?.0))
        .collect::<Result<_, StoreError>>()?;
    Ok(Listing::cut(lines, page))
}
