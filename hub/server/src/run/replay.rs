// SPDX-License-Identifier: EUPL-1.2
//! Settling dead letters: publish again → acknowledged → mark; never move.

use bytes::Bytes;
use hub_bus::Publish;
use hub_message::{Header, Headers, MessageId};
use hub_store::{Content, DeadLetterState, DeadLetterView, StoreError};

use super::town::Town;
use crate::control::Answer;
use crate::exit::Exit;

/// Sends the original of a dead letter through the hub again, under a message id that says which replay it is, so that
/// asking twice at the same time makes one replay.
pub(super) async fn replay(town: &Town, id: &str, by: &str) -> Answer {
    let letter = match town.store.dead_letter(id).await {
        Ok(Some(letter)) => letter,
        Ok(None) => return Answer::error(Exit::Findings, "Diesen Klärfall gibt es nicht."),
        Err(fault) => return away(&fault),
    };
    if letter.line.state == DeadLetterState::Discarded {
        return Answer::error(Exit::Findings, "Der Klärfall ist verworfen.");
    }
    let Content::Original { headers, body, .. } = &letter.content else {
        return Answer::error(
            Exit::Findings,
            "Das Ziel hat diese Nachricht abgelehnt; das Original ist verarbeitet. Bitte die Ursache am Ziel beheben und die Quelle erneut senden lassen.",
        );
    };
    let message = replay_id(&town.replay_key, &letter);
    let publish = Publish {
        subject: format!("in.{}.{}", letter.line.source, letter.line.kind),
        id: message.to_string(),
        headers: replay_headers(headers, &letter.line.message),
        body: Bytes::copy_from_slice(body.disclose()),
    };
    if let Err((_, fault)) = town.bus.publish(&[vec![publish]]).await {
        return Answer::error(
            Exit::Unreachable,
            format!("NATS hat die Nachricht nicht angenommen: {fault}"),
        );
    }
    tracing::info!(dead_letter = id, %message, by, "dead letter replayed");
    match town.store.replayed(id, &message, by).await {
        Ok(_) => Answer::Ok(format!("wird erneut verarbeitet als Nachricht {message}").into()),
        // The new message itself names what it replays, so the link is made when its record is written.
        Err(fault) => {
            Answer::Ok(format!("wird erneut verarbeitet als Nachricht {message} (noch nicht vermerkt: {fault})").into())
        }
    }
}

fn replay_id(key: &[u8], letter: &DeadLetterView) -> MessageId {
    let count = u64::from(letter.line.replays).to_be_bytes();
    MessageId::keyed(key, &[b"replay", letter.line.id.as_bytes(), &count])
}

/// The headers as they came, with the dead letter's message as the cause.
fn replay_headers(kept: &[(String, String)], cause: &MessageId) -> Headers {
    let mut headers = Headers::keep(kept.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    headers.set(Header::Causation, cause.to_string());
    headers
}

/// Gives a dead letter up.
pub(super) async fn discard(town: &Town, id: &str, by: &str, reason: &str) -> Answer {
    match town.store.discard(id, by, reason).await {
        Ok(Some(DeadLetterState::Discarded)) => {
            tracing::info!(dead_letter = id, by, "dead letter discarded");
            Answer::Ok("verworfen".into())
        }
        Ok(Some(state)) => Answer::error(Exit::Findings, format!("Der Klärfall ist schon {}.", state.label())),
        Ok(None) => Answer::error(Exit::Findings, "Diesen Klärfall gibt es nicht."),
        Err(fault) => away(&fault),
    }
}

fn away(fault: &StoreError) -> Answer {
    Answer::error(
        Exit::Unreachable,
        format!("Die Vorgangsdatenbank antwortet nicht: {fault}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_kept_and_the_cause_is_told() {
        let cause = MessageId::keyed(b"k", &[b"1"]);
        let kept = [
            ("ce-type".to_owned(), "a".to_owned()),
            ("Hub-Causation".to_owned(), "old".to_owned()),
        ];
        let headers = replay_headers(&kept, &cause);
        assert_eq!(headers.get(Header::EventType), Some("a"));
        assert_eq!(headers.get(Header::Causation), Some(cause.as_str()));
    }
}
