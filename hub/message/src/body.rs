// SPDX-License-Identifier: EUPL-1.2
//! The body of a message: a head that may hold personal data, then the native bytes of the source system.
//!
//! On the wire: the length of the head in bytes as decimal digits, one space, the head as one line of JSON, a line
//! feed, the native bytes. Sealing (later) covers both together, which is why nothing of the head is a NATS header.

use bytes::{BufMut, Bytes, BytesMut};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::id::Digest;
use crate::sensitive::Sensitive;

/// The largest body that travels inside a message, in bytes. Anything larger goes through the document store.
pub const INLINE_BYTES_MAX: usize = 256 * 1024;

/// The largest head, in bytes.
pub const HEAD_BYTES_MAX: usize = 64 * 1024;

/// A body that is not framed as the protocol says.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BodyFault {
    /// The length before the head is missing, too large or beyond the body.
    #[error("the body does not begin with the length of its head")]
    Length,
    /// The head is not the JSON that the protocol says.
    #[error("the head of the body is not valid: line {line}, column {column} of the head")]
    Head {
        /// Line in the head.
        line: usize,
        /// Column in the head.
        column: usize,
    },
    /// The head is longer than [`HEAD_BYTES_MAX`].
    #[error("the head of the body is {0} bytes long, {HEAD_BYTES_MAX} are allowed")]
    HeadTooLong(usize),
}

/// A document in the document store, as messages refer to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentRef {
    /// SHA-256 of the content; its address in the store.
    pub sha256: Digest,
    /// Length in bytes.
    pub size: u64,
    /// Media type as the source states it.
    pub media_type: String,
    /// File name at the source; may say something about a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Sensitive<String>>,
    /// Right to read the content until it expires; minted by the hub for one recipient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capability: Option<String>,
}

/// A key that the source already knows: `system/kind/value`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseHint {
    /// The system that gave the identifier.
    pub system: String,
    /// What the identifier identifies: `invoice`, `file-number`.
    pub kind: String,
    /// The identifier.
    pub value: Sensitive<String>,
}

/// What a source knows about a message beside its native bytes. It may be personal, so it travels in the body.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Case keys that the source knows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<CaseHint>,
    /// Attachments in the document store, in the source's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<DocumentRef>,
    /// The native bytes themselves, where they are too large to travel inside; then no bytes follow the head.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<DocumentRef>,
    /// Name of the record at the source (the file's name).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Sensitive<String>>,
}

/// A body: head and native bytes. `Debug` shows neither.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Body {
    /// What the source knows.
    pub head: Head,
    /// The source system's own bytes; empty when `head.claim` is set.
    pub native: Sensitive<Bytes>,
}

impl Body {
    /// A body around native bytes.
    pub fn new(head: Head, native: impl Into<Bytes>) -> Self {
        Self {
            head,
            native: Sensitive::new(native.into()),
        }
    }

    /// The body as it travels.
    pub fn encode(&self) -> Bytes {
        frame(&self.head, self.native.disclose())
    }

    /// Takes a body apart. The native bytes share the buffer of `wire`.
    pub fn decode(wire: &Bytes) -> Result<Self, BodyFault> {
        let (head, native) = unframe(wire)?;
        Ok(Self {
            head,
            native: Sensitive::new(native),
        })
    }
}

/// Frames any head before any bytes; the case record travels in the same frame as a connector's head.
pub fn frame<H: Serialize>(head: &H, native: &[u8]) -> Bytes {
    // Heads are structs of strings and numbers: they always serialise.
    let json = serde_json::to_vec(head).unwrap_or_default();
    let mut wire = BytesMut::with_capacity(json.len() + native.len() + 12);
    wire.put_slice(json.len().to_string().as_bytes());
    wire.put_u8(b' ');
    wire.put_slice(&json);
    wire.put_u8(b'\n');
    wire.put_slice(native);
    wire.freeze()
}

/// Takes a frame apart, with a head of any type up to [`HEAD_BYTES_MAX`].
pub fn unframe<H: DeserializeOwned>(wire: &Bytes) -> Result<(H, Bytes), BodyFault> {
    unframe_up_to(wire, HEAD_BYTES_MAX)
}

/// Takes a frame apart, with a head of up to `head_max` bytes.
pub fn unframe_up_to<H: DeserializeOwned>(wire: &Bytes, head_max: usize) -> Result<(H, Bytes), BodyFault> {
    let digits = wire.iter().take(9).take_while(|b| b.is_ascii_digit()).count();
    let len = wire
        .get(..digits)
        .and_then(|d| std::str::from_utf8(d).ok())
        .and_then(|d| d.parse::<usize>().ok())
        .ok_or(BodyFault::Length)?;
    if len > head_max {
        return Err(BodyFault::HeadTooLong(len));
    }
    let start = digits + 1;
    let framed = wire.get(digits) == Some(&b' ') && wire.get(start + len) == Some(&b'\n');
    let head = wire
        .get(start..start + len)
        .filter(|_| framed)
        .ok_or(BodyFault::Length)?;
    let head = serde_json::from_slice(head).map_err(|e| BodyFault::Head {
        line: e.line(),
        column: e.column(),
    })?;
    Ok((head, wire.slice(start + len + 1..)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_framed_comes_apart_again(native: Vec<u8>, name: Option<String>) {
            let head = Head { name: name.map(Sensitive::new), ..Head::default() };
            let body = Body::new(head, native);
            prop_assert_eq!(Body::decode(&body.encode()), Ok(body));
        }

        #[test]
        fn foreign_bytes_are_refused_without_panic(wire: Vec<u8>) {
            let _ = Body::decode(&Bytes::from(wire));
        }
    }

    #[track_caller]
    fn check(wire: &'static str, expected: &BodyFault) {
        assert_eq!(
            Body::decode(&Bytes::from_static(wire.as_bytes())).as_ref(),
            Err(expected)
        );
    }

    #[test]
    fn faults_are_named() {
        check("", &BodyFault::Length);
        check("{}", &BodyFault::Length);
        check("9 {}\nx", &BodyFault::Length);
        check("2 {}x", &BodyFault::Length);
        check("99999999 {}\n", &BodyFault::HeadTooLong(99_999_999));
        check("7 {\"a\":1}\n", &BodyFault::Head { line: 1, column: 4 });
    }
}
