// SPDX-License-Identifier: EUPL-1.2
//! Identifiers: stable, free of personal data, and the same after every crash.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::name::{ConnectorName, Recipient};

fn hex(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn is_hex(text: &str, len: usize) -> bool {
    text.len() == len && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

macro_rules! hex_type {
    ($name:ident, $len:literal, $what:literal) => {
        impl $name {
            /// The id as lower-case hexadecimal text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl TryFrom<String> for $name {
            type Error = String;
            fn try_from(text: String) -> Result<Self, String> {
                if is_hex(&text, $len) {
                    Ok(Self(text))
                } else {
                    Err(format!(
                        concat!($what, " is ", $len, " hexadecimal digits, this has {} characters"),
                        text.chars().count()
                    ))
                }
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                Self::try_from(text.to_owned())
            }
        }
    };
}

/// The stable id of a source record (32 hex digits): a keyed hash, so that it tells nothing about the record, and the
/// same each time the source sends the record again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MessageId(String);
hex_type!(MessageId, 32, "a message id");

impl MessageId {
    /// The id of the record that `parts` identify at its source. Parts are length-prefixed, so that no two lists of
    /// parts collide by concatenation.
    pub fn keyed(key: &[u8], parts: &[&[u8]]) -> Self {
        Self(keyed_hash(key, parts))
    }
}

/// HMAC-SHA-256 over length-prefixed parts, cut to 32 hex digits.
pub fn keyed_hash(key: &[u8], parts: &[&[u8]]) -> String {
    // HMAC takes keys of every length, so this cannot fail.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return String::new();
    };
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    let tag = mac.finalize().into_bytes();
    hex(tag.get(..16).unwrap_or_default())
}

/// The id of one delivery of one canonical document to one recipient (32 hex digits): the idempotency key at the
/// target. It is derived, so planning the same message again gives the same id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DeliveryId(String);
hex_type!(DeliveryId, 32, "a delivery id");

impl DeliveryId {
    /// `part` is the position of the canonical document in its message, `route` the route that led here (empty for
    /// the case record): two routes may lead to the same recipient.
    pub fn derive(source: &ConnectorName, message: &MessageId, part: u32, recipient: &Recipient, route: &str) -> Self {
        let mut hash = Sha256::new();
        for piece in [source.as_str(), message.as_str(), recipient.as_str(), route] {
            hash.update((piece.len() as u64).to_be_bytes());
            hash.update(piece.as_bytes());
        }
        hash.update(part.to_be_bytes());
        Self(hex(hash.finalize().get(..16).unwrap_or_default()))
    }
}

/// A SHA-256 digest (64 hex digits) of content: documents, mapping files, rules.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(String);
hex_type!(Digest, 64, "a SHA-256 digest");

impl Digest {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(hex(&Sha256::digest(bytes)))
    }

    /// The digest whose 32 raw bytes were computed elsewhere (while streaming).
    pub fn from_raw(raw: [u8; 32]) -> Self {
        Self(hex(&raw))
    }

    /// The first 12 digits, for people.
    pub fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(
            MessageId::keyed(b"k", &[b"ab", b"c"]),
            MessageId::keyed(b"k", &[b"a", b"bc"])
        );
        assert_ne!(MessageId::keyed(b"k", &[b"ab"]), MessageId::keyed(b"l", &[b"ab"]));
    }

    #[test]
    fn a_delivery_id_depends_on_everything_that_makes_it_one() {
        let source: ConnectorName = "scan".parse().unwrap();
        let message = MessageId::keyed(b"k", &[b"1"]);
        let finance = Recipient::try_from("finance".to_owned()).unwrap();
        let one = DeliveryId::derive(&source, &message, 0, &finance, "r");
        assert_eq!(one, DeliveryId::derive(&source, &message, 0, &finance, "r"));
        assert_ne!(one, DeliveryId::derive(&source, &message, 1, &finance, "r"));
        assert_ne!(one, DeliveryId::derive(&source, &message, 0, &Recipient::Cases, "r"));
        assert_ne!(one, DeliveryId::derive(&source, &message, 0, &finance, "s"));
    }

    #[test]
    fn only_hex_of_the_right_length_is_an_id() {
        assert!("0".repeat(32).parse::<MessageId>().is_ok());
        for bad in ["0".repeat(31), "0".repeat(33), "G".repeat(32), "A".repeat(32)] {
            assert!(bad.parse::<MessageId>().is_err());
        }
    }
}
