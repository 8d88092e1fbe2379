// SPDX-License-Identifier: EUPL-1.2
//! Claim check: attachments and everything large go to the document store first, and the message refers to them.

use std::os::unix::fs::FileExt;
use std::sync::Arc;

use bytes::Bytes;
use hub_bus::connector::{BusFault, ConnectorBus};
use hub_message::{DocumentRef, Sensitive};

use crate::failpoint;
use crate::source::Content;

/// Bytes sent at once (CONNECTOR-PROTOCOL: at most 512 KiB).
const CHUNK: u64 = 512 * 1024;

/// Why a content is not in the store.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClaimFault {
    /// It changed while it was sent; the source looks at it again.
    #[error("the content changed while it was sent")]
    Changed,
    /// The hub does not answer, or refuses.
    #[error(transparent)]
    Bus(#[from] BusFault),
}

/// Brings a content into the document store. What is there already is not sent again, and a broken upload goes on
/// where it stopped.
pub(crate) async fn upload(
    bus: &ConnectorBus,
    content: &Content,
    media_type: &str,
    name: Option<Sensitive<String>>,
) -> Result<DocumentRef, ClaimFault> {
    let wanted = DocumentRef {
        sha256: content.sha256(),
        size: content.size(),
        media_type: media_type.to_owned(),
        name,
        capability: None,
    };
    let begun = bus.begin_upload(&wanted).await?;
    if begun.exists {
        return Ok(wanted);
    }
    let mut offset = begun.offset;
    while offset < wanted.size {
        let bytes = piece(content, offset, CHUNK.min(wanted.size - offset)).await?;
        offset = bus.upload_chunk(&begun.upload, offset, bytes).await?;
        failpoint::reach("chunk-uploaded");
    }
    bus.commit_upload(&begun.upload).await?;
    Ok(wanted)
}

async fn piece(content: &Content, offset: u64, length: u64) -> Result<Bytes, ClaimFault> {
    match content {
        Content::Inline(bytes) => {
            let bytes = bytes.disclose();
            let from = (offset as usize).min(bytes.len());
            Ok(bytes.slice(from..(from + length as usize).min(bytes.len())))
        }
        Content::File { file, .. } => {
            let file = Arc::clone(file);
            let read = tokio::task::spawn_blocking(move || {
                let mut bytes = vec![0; length as usize];
                file.read_exact_at(&mut bytes, offset).map(|()| Bytes::from(bytes))
            });
            match read.await {
                Ok(Ok(bytes)) => Ok(bytes),
                // Cut short, or gone with its share: the digest could not fit any more.
                _ => Err(ClaimFault::Changed),
            }
        }
    }
}
