// SPDX-License-Identifier: EUPL-1.2
//! What a message refers to in the document store: its attachments, and its native bytes where they are too large to
//! travel in it.

use bytes::Bytes;
use hub_documents::{Documents, DocumentsFault};
use hub_message::{Code, DocumentRef, Message, Rejection};
use hub_pipeline::unclaimed;

use super::Unavailable;

const TOO_LARGE: Code = Code::new("AH-D101");
const NOT_SENT: Code = Code::new("AH-D102");

/// The bytes that are mapped: those in the message, or the claimed ones, whole and verified.
pub(crate) async fn native(
    documents: &Documents,
    message: &Message,
    bytes_max: u64,
) -> Result<Result<Bytes, Rejection>, Unavailable> {
    let head = &message.body.head;
    for document in head.documents.iter().chain(&head.claim) {
        // Whoever knows a digest does not thereby have the content: a connector refers to what it has sent itself.
        if !documents
            .was_sent_by(&message.source, &document.sha256)
            .await
            .map_err(away)?
        {
            return Ok(Err(not_sent(document)));
        }
    }
    match &head.claim {
        None => Ok(Ok(message.body.native.disclose().clone())),
        Some(claim) => fetch(documents, message, claim, bytes_max).await,
    }
}

/// Too large a content, or one that is not there, is the message's fault.
async fn fetch(
    documents: &Documents,
    message: &Message,
    claim: &DocumentRef,
    bytes_max: u64,
) -> Result<Result<Bytes, Rejection>, Unavailable> {
    if claim.size > bytes_max {
        return Ok(Err(too_large(claim.size, bytes_max)));
    }
    match documents.get(&claim.sha256, bytes_max).await {
        Ok(bytes) => Ok(Ok(bytes)),
        Err(DocumentsFault::Missing) => Ok(Err(unclaimed(message))),
        Err(DocumentsFault::TooLarge { size, .. }) => Ok(Err(too_large(size, bytes_max))),
        Err(fault) => Err(away(fault)),
    }
}

fn too_large(size: u64, bytes_max: u64) -> Rejection {
    Rejection::new(
        TOO_LARGE,
        format!("the content has {size} bytes, and the hub maps at most {bytes_max}"),
        "split the file at its source, or raise `[limits] body_bytes` in hub.toml and process the message again",
    )
}

fn not_sent(document: &DocumentRef) -> Rejection {
    Rejection::new(
        NOT_SENT,
        format!(
            "the message refers to the document {}, which its source has not sent",
            document.sha256.short()
        ),
        "let the connector send the record again; it uploads the document before the message",
    )
}

fn away(fault: DocumentsFault) -> Unavailable {
    Unavailable::Documents(fault.to_string())
}
