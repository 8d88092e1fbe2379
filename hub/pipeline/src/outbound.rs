// SPDX-License-Identifier: EUPL-1.2
//! What the hub publishes to `OUT`.

use bytes::Bytes;
use hub_message::{DeliveryId, Digest, DocumentRef, Headers, MessageType, Recipient};

/// One message to one recipient. Only `plan` and `dead_letter` make one; its content was released.
#[derive(Clone, PartialEq, Eq)]
pub struct Outbound {
    pub(crate) recipient: Recipient,
    pub(crate) kind: MessageType,
    pub(crate) delivery: DeliveryId,
    pub(crate) headers: Headers,
    pub(crate) body: Bytes,
    pub(crate) claims: Vec<Claim>,
}

/// Content that does not travel in the message: it is too large, or a file of its own. The body refers to it.
#[derive(Clone, PartialEq, Eq)]
pub struct Claim {
    /// How the body refers to it.
    pub reference: DocumentRef,
    /// The content. It must be in the document store before the message is published.
    pub content: Bytes,
}

impl Outbound {
    /// Who gets it.
    pub fn recipient(&self) -> &Recipient {
        &self.recipient
    }

    /// Its type.
    pub fn kind(&self) -> &MessageType {
        &self.kind
    }

    /// Its delivery id, which is also its message id in `OUT`.
    pub fn delivery(&self) -> &DeliveryId {
        &self.delivery
    }

    /// The subject: `out.<recipient>.<type>`.
    pub fn subject(&self) -> String {
        format!("out.{}.{}", self.recipient, self.kind)
    }

    /// Its headers.
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// Its body, framed as it travels.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// What must be in the document store before it is published.
    pub fn claims(&self) -> &[Claim] {
        &self.claims
    }
}

/// A reference to content that the caller will put into the document store.
pub(crate) fn refer(media_type: &str, content: &Bytes) -> DocumentRef {
    DocumentRef {
        sha256: Digest::of(content),
        size: content.len() as u64,
        media_type: media_type.to_owned(),
        name: None,
        capability: None,
    }
}

/// Shows where it goes, never what it holds.
impl std::fmt::Debug for Outbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Outbound({}, {}, {} bytes)",
            self.subject(),
            self.delivery,
            self.body.len()
        )
    }
}

impl std::fmt::Debug for Claim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Claim({} bytes)", self.content.len())
    }
}
