// SPDX-License-Identifier: EUPL-1.2
//! Answers on the wire: `{"ok": …}`, `{"error": {"code", "text"}}` or `{"unavailable": "…"}`, as JSON or as the head of
//! a frame with bytes behind it.

use bytes::Bytes;
use hub_message::AnswerHead;
use hub_message::body::unframe;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::fault::BusFault;

/// An answer of the other side.
#[derive(Debug, Deserialize)]
pub(crate) struct Answered<T> {
    ok: Option<T>,
    error: Option<Refusal>,
    unavailable: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Refusal {
    code: String,
    text: String,
}

impl<T> Answered<T> {
    /// What the answer comes to.
    pub(crate) fn judged(self) -> Result<T, BusFault> {
        match self {
            Self { ok: Some(ok), .. } => Ok(ok),
            Self {
                error: Some(Refusal { code, text }),
                ..
            } => Err(BusFault::Refused { code, text }),
            Self { unavailable, .. } => Err(BusFault::Unavailable(
                unavailable.unwrap_or_else(|| "the answer is empty".to_owned()),
            )),
        }
    }
}

/// An answer that is JSON.
pub(crate) fn answered<T: DeserializeOwned>(payload: &[u8]) -> Result<T, BusFault> {
    // The parser's words may repeat a value: of a fault only its kind is told.
    let answer: Answered<T> = serde_json::from_slice(payload)
        .map_err(|error| BusFault::unavailable("the answer cannot be read", format!("{:?}", error.classify())))?;
    answer.judged()
}

/// The answer to a look-up: a head in a frame, then the bytes; or a refusal, which is JSON alone.
pub(crate) fn looked_up(payload: &Bytes) -> Result<(AnswerHead, Bytes), BusFault> {
    let Ok((answer, bytes)) = unframe::<Answered<AnswerHead>>(payload) else {
        return answered::<AnswerHead>(payload).map(|head| (head, Bytes::new()));
    };
    answer.judged().map(|head| (head, bytes))
}

/// A value of the protocol as JSON.
pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> Bytes {
    // The protocol's types are structs of strings and numbers: they always serialise.
    Bytes::from(serde_json::to_vec(value).unwrap_or_default())
}
