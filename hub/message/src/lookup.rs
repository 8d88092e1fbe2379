// SPDX-License-Identifier: EUPL-1.2
//! Look-ups: one connector asks, the hub lets a route of the kind `lookup` decide, another connector answers.

use serde::{Deserialize, Serialize};

use crate::name::MessageType;
use crate::sensitive::Sensitive;

/// The largest question, in bytes of its JSON.
pub const QUESTION_BYTES_MAX: usize = 16 * 1024;

/// A look-up as it is asked (`ask.<c>.<name>`) and as it reaches the responder (`rpc.<c>.<name>`), then with those
/// parts of the question alone that the route lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Why it is asked: the purpose that the route states, word by word.
    pub purpose: String,
    /// The file for which it is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_number: Option<Sensitive<String>>,
    /// Who asks: a person's or a service's identifier at the asking system.
    pub actor: Sensitive<String>,
    /// What is asked: names and texts, `{"number": "12345"}`.
    pub question: Sensitive<std::collections::BTreeMap<String, String>>,
}

/// The head of an answer; the bytes follow it in the same frame as a body's.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerHead {
    /// Whether there is anything of the kind asked for.
    pub found: bool,
    /// The type of the bytes, where something was found.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<MessageType>,
    /// Their media type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
}

/// Whether a text names a look-up: small letters, digits and `-`, at most 64.
pub fn is_lookup_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
