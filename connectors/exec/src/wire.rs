// SPDX-License-Identifier: EUPL-1.2
//! What the bridge and the program say to each other: one JSON object a line, with one member that says what it is.
//!
//! Bytes stand in `text` where they are UTF-8, else in `base64`, or, where they are large, in a file that `path` names.

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hub_message::{DeliveryId, Manifest, MessageType, RefusalClass, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the bridge tells the program.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ToProgram<'a> {
    /// First of all: who it is and what its settings are.
    Configure {
        /// The settings that the administrator wrote, secrets resolved.
        settings: &'a Value,
    },
    /// Bring this to the system, then answer with `result`.
    Deliver(Box<Deliver<'a>>),
    /// Did this arrive in an earlier life? Answer with `result`: `done`, or `absent`.
    Find {
        /// The delivery.
        delivery: &'a DeliveryId,
    },
    /// The hub has custody of what was emitted under this id: the system may let go of it.
    Confirmed {
        /// The id of the record.
        id: &'a str,
    },
    /// The hub will never take what was emitted under this id: the system has to set it aside.
    Refused {
        /// The id of the record.
        id: &'a str,
        /// Stable code.
        code: &'a str,
        /// What is wrong, in English.
        text: &'a str,
    },
    /// A question: answer with `answer` of the same number.
    Ask {
        /// Number of the question.
        number: u64,
        /// Name of the look-up.
        name: &'a str,
        /// Purpose, file number, actor and question.
        #[serde(flatten)]
        ask: &'a hub_message::Ask,
    },
    /// What became of a look-up that the program asked for.
    Looked(Box<Looked>),
}

/// What became of a look-up.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Looked {
    /// The number that the program gave it.
    pub number: u64,
    pub found: bool,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<MessageType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    #[serde(flatten)]
    pub content: Content,
    /// The hub does not allow it, or the responder refuses: the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// Nobody answers now.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unavailable: bool,
}

/// A delivery.
#[derive(Debug, Serialize)]
pub(crate) struct Deliver<'a> {
    /// Its id: the idempotency key towards the system.
    pub delivery: &'a DeliveryId,
    #[serde(rename = "type")]
    pub kind: &'a MessageType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_type: Option<&'a str>,
    /// The number of the attempt, from 1.
    pub attempt: u32,
    #[serde(flatten)]
    pub content: Content,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<Document>,
}

/// A document of a delivery or of a record.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    pub path: PathBuf,
    pub media_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Bytes, in one of three ways.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Content {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<PathBuf>,
}

/// Where bytes are.
#[derive(Debug)]
pub(crate) enum Place {
    Here(Bytes),
    File(PathBuf),
}

impl Content {
    /// Bytes in the line.
    pub(crate) fn inline(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self {
                text: Some(text.to_owned()),
                ..Self::default()
            },
            Err(_) => Self {
                base64: Some(STANDARD.encode(bytes)),
                ..Self::default()
            },
        }
    }

    /// Bytes in a file.
    pub(crate) fn file(path: PathBuf) -> Self {
        Self {
            path: Some(path),
            ..Self::default()
        }
    }

    /// Where the bytes are; `None` when none or several of the three are given, or base64 is not valid.
    pub(crate) fn place(self) -> Option<Place> {
        match (self.text, self.base64, self.path) {
            (Some(text), None, None) => Some(Place::Here(text.into())),
            (None, Some(base64), None) => STANDARD.decode(base64).ok().map(|bytes| Place::Here(bytes.into())),
            (None, None, Some(path)) => Some(Place::File(path)),
            _ => None,
        }
    }
}

/// What the program tells the bridge.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FromProgram {
    /// First of all: what it is.
    Manifest(Box<Manifest>),
    /// A record of the system.
    Emit(Box<Emit>),
    /// What became of a delivery.
    Result(DeliveryResult),
    /// The answer to a question.
    Answer(Answered),
    /// A question to another system, by way of the hub: answered with `looked` of the same number.
    Lookup(Box<Lookup>),
    /// The system behind does not answer (a sentence for the status page), or answers again (nothing).
    Trouble(Option<String>),
}

/// A question to another system.
#[derive(Debug, Deserialize)]
pub(crate) struct Lookup {
    /// A number of the program's own, unique while it waits.
    pub number: u64,
    /// Name of the route.
    pub name: String,
    pub purpose: String,
    pub actor: hub_message::Sensitive<String>,
    #[serde(default)]
    pub file_number: Option<hub_message::Sensitive<String>>,
    pub question: hub_message::Sensitive<std::collections::BTreeMap<String, String>>,
}

/// A record of the system, in its native format.
#[derive(Debug, Deserialize)]
pub(crate) struct Emit {
    /// What makes the record the same one when it is sent again.
    pub id: String,
    #[serde(rename = "type")]
    pub kind: MessageType,
    pub media_type: String,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub time: Option<Timestamp>,
    #[serde(default)]
    pub hints: Vec<hub_message::body::CaseHint>,
    #[serde(default)]
    pub documents: Vec<Document>,
    #[serde(flatten)]
    pub content: Content,
}

/// What became of a delivery.
#[derive(Debug, Deserialize)]
pub(crate) struct DeliveryResult {
    pub delivery: DeliveryId,
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// The outcome of an attempt.
#[derive(Debug, Deserialize)]
#[serde(tag = "outcome", rename_all = "lowercase")]
pub(crate) enum Outcome {
    /// The effect is at the system.
    Done {
        #[serde(default)]
        reference: Option<String>,
    },
    /// The system will never take it.
    Rejected {
        class: RefusalClass,
        code: String,
        text: String,
    },
    /// Certainly no effect; try again later.
    Unavailable {
        #[serde(default)]
        text: Option<String>,
    },
    /// Perhaps an effect.
    Unknown {
        #[serde(default)]
        text: Option<String>,
    },
    /// To `find`: it did not arrive.
    Absent,
}

/// The answer to a question.
#[derive(Debug, Deserialize)]
pub(crate) struct Answered {
    pub number: u64,
    #[serde(default)]
    pub found: bool,
    #[serde(rename = "type", default)]
    pub kind: Option<MessageType>,
    #[serde(default)]
    pub media_type: Option<String>,
    #[serde(flatten)]
    pub content: Content,
    /// Why the question is refused, without personal data.
    #[serde(default)]
    pub refused: Option<String>,
    /// The system does not answer now.
    #[serde(default)]
    pub unavailable: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_are_those_of_the_readme() {
        let line = r#"{"result":{"delivery":"00000000000000000000000000000001","outcome":"rejected","class":"business","code":"E1","text":"no"}}"#;
        let FromProgram::Result(result) = serde_json::from_str(line).unwrap() else {
            panic!("no result")
        };
        assert!(matches!(
            result.outcome,
            Outcome::Rejected {
                class: RefusalClass::Business,
                ..
            }
        ));
        let line = r#"{"emit":{"id":"1","type":"a.1","media_type":"text/plain","text":"ä"}}"#;
        let FromProgram::Emit(emit) = serde_json::from_str(line).unwrap() else {
            panic!("no emit")
        };
        assert!(matches!(emit.content.place(), Some(Place::Here(bytes)) if bytes == "ä".as_bytes()));
        let delivery = "0".repeat(32).parse().unwrap();
        let find = serde_json::to_string(&ToProgram::Find { delivery: &delivery }).unwrap();
        assert_eq!(find, format!(r#"{{"find":{{"delivery":"{delivery}"}}}}"#));
        assert!(matches!(
            serde_json::from_str(r#"{"trouble":null}"#),
            Ok(FromProgram::Trouble(None))
        ));
    }

    #[test]
    fn bytes_that_are_no_text_travel_in_base64_and_two_ways_at_once_are_none() {
        let content = Content::inline(&[0xff, 0x00]);
        assert_eq!(serde_json::to_string(&content).unwrap(), r#"{"base64":"/wA="}"#);
        assert!(matches!(content.place(), Some(Place::Here(bytes)) if bytes[..] == [0xff, 0x00]));
        let both: Content = serde_json::from_str(r#"{"text":"a","base64":"/wA="}"#).unwrap();
        assert!(both.place().is_none());
        let bad: Content = serde_json::from_str(r#"{"base64":"/w"}"#).unwrap();
        assert!(bad.place().is_none());
    }
}
