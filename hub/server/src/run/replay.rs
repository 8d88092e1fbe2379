// SPDX-License-Identifier: EUPL-1.2
//! Settling dead letters: publish again → acknowledged → mark; never move.

use bytes::Bytes;
use hub_bus::Publish;
use hub_message::{Header, Headers, MessageId};
use hub_store::{Content, DeadLetterState, DeadLetterView, MessageState, StoreError};

use super::town::Town;
use crate::control::Answer;
use crate::exit::Exit;

/// No message is larger on the wire.
const WIRE_BYTES_MAX: u64 = 1024 * 1024;

/// Why a dead letter is not replayed.
#[derive(Debug, PartialEq, Eq)]
enum Refusal {
    Discarded,
    Settled,
    UnderWay(MessageId),
}

impl Refusal {
    fn sentence(&self) -> String {
        let force = "Mit --again --reason TEXT geht es trotzdem.";
        match self {
            Self::Discarded => "Der Klärfall ist verworfen.".to_owned(),
            Self::Settled => {
                format!("Der Klärfall ist erledigt; erneut verarbeitet käme alles ein zweites Mal an. {force}")
            }
            Self::UnderWay(message) => {
                format!("Die Nachricht {message} verarbeitet den Klärfall schon erneut. {force}")
            }
        }
    }
}

/// Whether a dead letter may be replayed: not while an earlier replay may still succeed or has succeeded, because then
/// one message would have two effects.
fn refusal(letter: &DeadLetterView, again: bool) -> Option<Refusal> {
    let failed = |state| matches!(state, Some(MessageState::DeadLetter | MessageState::Discarded));
    match letter.line.state {
        DeadLetterState::Discarded => Some(Refusal::Discarded),
        _ if again => None,
        DeadLetterState::Settled => Some(Refusal::Settled),
        DeadLetterState::Open => {
            let under_way = letter.replay_list.iter().find(|replay| !failed(replay.state));
            under_way.map(|replay| Refusal::UnderWay(replay.message.clone()))
        }
    }
}

/// Sends the original of a dead letter through the hub again, under a message id that says which replay it is.
pub(super) async fn replay(town: &Town, id: &str, again: Option<&str>, by: &str) -> Answer {
    let letter = match town.store.dead_letter(id).await {
        Ok(Some(letter)) => letter,
        Ok(None) => return Answer::error(Exit::Findings, "Diesen Klärfall gibt es nicht."),
        Err(fault) => return away(&fault),
    };
    if let Some(refusal) = refusal(&letter, again.is_some()) {
        return Answer::error(Exit::Findings, refusal.sentence());
    }
    let message = replay_id(&town.replay_key, &letter);
    let publish = match publish(town, &letter, &message).await {
        Ok(publish) => publish,
        Err(answer) => return answer,
    };
    if let Err((_, fault)) = town.bus.publish(&[vec![publish]]).await {
        return Answer::error(
            Exit::Unreachable,
            format!("NATS hat die Nachricht nicht angenommen: {fault}"),
        );
    }
    tracing::info!(dead_letter = id, %message, by, again, "dead letter replayed");
    let said = format!("wird erneut verarbeitet als Nachricht {message}");
    match town.store.replayed(id, &message, by).await {
        Ok(_) => Answer::Ok(said.into()),
        // The new message itself names what it replays, so the link is made when its record is written.
        Err(fault) => Answer::Ok(format!("{said} (noch nicht vermerkt: {fault})").into()),
    }
}

/// The original as it came, under the new id and with the dead letter's message as the cause.
async fn publish(town: &Town, letter: &DeadLetterView, message: &MessageId) -> Result<Publish, Answer> {
    let Content::Original { headers, body, claim } = &letter.content else {
        return Err(Answer::error(
            Exit::Findings,
            "Das Ziel hat die Zustellung abgelehnt; das Original selbst ist verarbeitet. Bitte die Ursache am Ziel \
             beheben und die Quelle erneut senden lassen.",
        ));
    };
    let body = match claim {
        None => Bytes::copy_from_slice(body.disclose()),
        Some(claim) => {
            let kept = town.documents.get(&claim.sha256, WIRE_BYTES_MAX).await;
            kept.map_err(|fault| Answer::error(Exit::Unreachable, format!("Das Original ist nicht lesbar: {fault}")))?
        }
    };
    Ok(Publish {
        subject: format!("in.{}.{}", letter.line.source, letter.line.kind),
        id: message.to_string(),
        headers: replay_headers(headers, &letter.line.message),
        body,
    })
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
    use hub_message::{Code, Rejection, Sensitive, Timestamp};
    use hub_store::{DeadLetterLine, ReplayView};

    use super::*;

    fn letter(state: DeadLetterState, replays: &[Option<MessageState>]) -> DeadLetterView {
        let replay = |state: &Option<MessageState>| ReplayView {
            message: MessageId::keyed(b"k", &[b"replay"]),
            state: *state,
            at: None,
            by: None,
        };
        DeadLetterView {
            line: DeadLetterLine {
                id: "K-2026-000001".into(),
                received: Timestamp::from_millis(0),
                source: "scan".parse().unwrap(),
                message: MessageId::keyed(b"k", &[b"1"]),
                part: 0,
                parts: 1,
                kind: "scan.sidecar.1".parse().unwrap(),
                recipient: None,
                code: "AH-X101".into(),
                text: String::new(),
                remedy: String::new(),
                state,
                replays: replays.len() as u32,
            },
            rejection: Rejection::new(Code::new("AH-X101"), "", ""),
            stage: None,
            delivery: None,
            replay_of: None,
            replay_list: replays.iter().map(replay).collect(),
            settled: None,
            discarded: None,
            content: Content::Original {
                headers: Vec::new(),
                body: Sensitive::new(Vec::new()),
                claim: None,
            },
        }
    }

    #[test]
    fn a_replay_that_may_still_succeed_is_not_repeated() {
        use MessageState::{DeadLetter, Delivered, Discarded, Waiting};
        let check = |state, replays: &[Option<MessageState>]| refusal(&letter(state, replays), false).is_some();
        assert!(!check(DeadLetterState::Open, &[]));
        assert!(!check(DeadLetterState::Open, &[Some(DeadLetter), Some(Discarded)]));
        assert!(check(DeadLetterState::Open, &[None]), "its record has not been written");
        assert!(check(DeadLetterState::Open, &[Some(DeadLetter), Some(Waiting)]));
        assert!(check(DeadLetterState::Settled, &[Some(Delivered)]));
        assert_eq!(
            refusal(&letter(DeadLetterState::Settled, &[Some(Delivered)]), true),
            None
        );
        let discarded = letter(DeadLetterState::Discarded, &[]);
        assert_eq!(refusal(&discarded, true), Some(Refusal::Discarded));
    }

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
