// SPDX-License-Identifier: EUPL-1.2
//! New dead letters, and the messages that replay them.

use std::borrow::Cow;

use hub_message::record::{Decision, Stage};
use hub_message::{Code, RefusalClass, Rejection, Timestamp};

use super::batch::NewRecord;
use super::numbers::Numbers;
use crate::database::words::Word;
use crate::database::{Connection, DbRow, bulk, decode};
use crate::error::StoreError;
use crate::view::dead_letter::DeadLetterState;

/// A dead letter that was not there before.
#[derive(Debug)]
pub(crate) struct NewLetter<'r> {
    id: i64,
    name: String,
    message: i64,
    record: i64,
    delivery: Option<String>,
    received: Timestamp,
    rejection: Cow<'r, Rejection>,
    headers: &'r [(String, String)],
    stage: Option<Stage>,
}

/// A delivery that its target refused for good.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) delivery: String,
    pub(crate) message: i64,
    pub(crate) record: i64,
    pub(crate) received: Timestamp,
    pub(crate) class: RefusalClass,
    pub(crate) code: String,
    pub(crate) text: String,
    pub(crate) pointer: Option<String>,
}

/// The dead letters among new records.
pub(crate) fn of_records<'r>(records: &'r [NewRecord<'_>], numbers: &mut Numbers) -> Vec<NewLetter<'r>> {
    let mut letters = Vec::new();
    for new in records {
        if let Decision::DeadLetter(letter) = &new.record.decision {
            letters.push(NewLetter {
                id: numbers.next("dead-letter"),
                name: numbers.next_name("K", new.record.received),
                message: new.message,
                record: new.id,
                delivery: None,
                received: new.record.received,
                rejection: Cow::Borrowed(&letter.rejection),
                headers: &letter.headers,
                stage: Some(letter.stage),
            });
        }
    }
    letters
}

/// The dead letters of refused deliveries.
pub(crate) fn of_refusals(refusals: Vec<Refusal>, numbers: &mut Numbers) -> Vec<NewLetter<'static>> {
    let letter = |refusal: Refusal| NewLetter {
        id: numbers.next("dead-letter"),
        name: numbers.next_name("K", refusal.received),
        message: refusal.message,
        record: refusal.record,
        received: refusal.received,
        rejection: Cow::Owned(rejection(&refusal)),
        delivery: Some(refusal.delivery),
        headers: &[],
        stage: None,
    };
    refusals.into_iter().map(letter).collect()
}

fn rejection(refusal: &Refusal) -> Rejection {
    let (code, remedy) = match refusal.class {
        RefusalClass::Business => (
            "AH-P201",
            "correct the matter in the specialist system or at the source, then replay",
        ),
        RefusalClass::Format => (
            "AH-P202",
            "correct the outbound mapping so that the recipient can read the document, then replay",
        ),
        RefusalClass::Permission => (
            "AH-P203",
            "let the administrator of the recipient grant the connector what it needs, then replay",
        ),
        RefusalClass::Gone => (
            "AH-P204",
            "look up what became of the record at the recipient, then replay or discard",
        ),
    };
    let text = format!(
        "the recipient refused the delivery ({}): {}",
        refusal.code, refusal.text
    );
    let rejection = Rejection::new(Code::new(code), text, remedy);
    match &refusal.pointer {
        Some(pointer) => rejection.at_path(pointer.as_str()),
        None => rejection,
    }
}

pub(crate) async fn insert(connection: &mut Connection, letters: &[NewLetter<'_>]) -> Result<(), StoreError> {
    let sql = (
        "INSERT INTO dead_letters (id, name, message, record, delivery, received, code, stage, rejection, headers, \
         state) ",
        "",
    );
    bulk::insert(connection, sql, 11, letters, |values, letter| {
        values.push_bind(letter.id).push_bind(letter.name.as_str());
        values
            .push_bind(letter.message)
            .push_bind(letter.record)
            .push_bind(letter.delivery.as_deref());
        values
            .push_bind(letter.received.millis())
            .push_bind(letter.rejection.code.as_str());
        values.push_bind(letter.stage.map(Word::word));
        // Structs of strings and numbers always serialise.
        values.push_bind(serde_json::to_string(&*letter.rejection).unwrap_or_default());
        values.push_bind(serde_json::to_string(letter.headers).unwrap_or_default());
        values.push_bind(DeadLetterState::Open.number());
    })
    .await
}

/// A message replays another when it names it as its cause, comes from the same source, and the other has a dead
/// letter.
const PAIRS: &str = "SELECT n.id AS replay, o.id AS origin FROM messages o CROSS JOIN messages n \
     WHERE n.causation = o.message AND n.source = o.source AND n.replay_of IS NULL AND n.id <> o.id AND o.id IN (";

/// Links new `messages` that name a cause to the messages that they replay. Returns those that were linked.
pub(crate) async fn link_replays(connection: &mut Connection, messages: &[i64]) -> Result<Vec<i64>, StoreError> {
    let sql = (
        "SELECT n.id AS replay, o.id AS origin FROM messages n CROSS JOIN messages o WHERE o.message = n.causation \
         AND o.source = n.source AND n.replay_of IS NULL AND n.id <> o.id \
         AND EXISTS (SELECT 1 FROM dead_letters l WHERE l.message = o.id) AND n.id IN (",
        "",
    );
    let pairs = bulk::find_in(connection, sql, messages).await?;
    link(connection, &pairs).await
}

/// Links messages that are there already to the messages of new dead letters. Returns those that were linked.
pub(crate) async fn link_origins(
    connection: &mut Connection,
    letters: &[NewLetter<'_>],
) -> Result<Vec<i64>, StoreError> {
    let origins: Vec<i64> = letters.iter().map(|letter| letter.message).collect();
    let pairs = bulk::find_in(connection, (PAIRS, ""), &origins).await?;
    link(connection, &pairs).await
}

async fn link(connection: &mut Connection, pairs: &[DbRow]) -> Result<Vec<i64>, StoreError> {
    let mut linked = Vec::new();
    for pair in pairs {
        let (replay, origin): (i64, i64) = (decode::get(pair, "replay")?, decode::get(pair, "origin")?);
        sqlx::query("UPDATE messages SET replay_of = $1 WHERE id = $2")
            .bind(origin)
            .bind(replay)
            .execute(&mut *connection)
            .await?;
        linked.push(replay);
    }
    Ok(linked)
}
