// SPDX-License-Identifier: EUPL-1.2
//! Claim check: attachments and everything large go to the document store first, and the message refers to them.

use std::os::unix::fs::FileExt;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::FuturesOrdered;
use hub_bus::connector::{BusFault, ConnectorBus};
use hub_message::{DocumentRef, Sensitive};

use crate::failpoint;
use crate::source::Content;

/// Bytes sent at once (CONNECTOR-PROTOCOL: at most 512 KiB).
const CHUNK: u64 = 512 * 1024;

/// Chunks on the way at once.
const AHEAD: usize = 4;

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
        offset = upload_from(bus, content, &begun.upload, offset).await?;
    }
    bus.commit_upload(&begun.upload).await?;
    Ok(wanted)
}

/// Sends chunks from `offset`, a few of them on the way at once: while the hub writes one, the next ones travel. The hub
/// takes them in order. Returns where it stands at the end, or where it wants to go on.
async fn upload_from(bus: &ConnectorBus, content: &Content, upload: &str, offset: u64) -> Result<u64, ClaimFault> {
    let size = content.size();
    let mut next = offset;
    let mut under_way = FuturesOrdered::new();
    loop {
        while under_way.len() < AHEAD && next < size {
            let at = next;
            next += CHUNK.min(size - at);
            under_way.push_back(async move {
                let bytes = piece(content, at, CHUNK.min(size - at)).await?;
                let end = at + bytes.len() as u64;
                Ok::<_, ClaimFault>((end, bus.upload_chunk(upload, at, bytes).await?))
            });
        }
        let Some(sent) = under_way.next().await else {
            return Ok(size);
        };
        let (end, reached) = sent?;
        failpoint::reach("chunk-uploaded");
        if reached != end {
            // It stands elsewhere, so what is on the way does not fit either: all of that is let go.
            while under_way.next().await.is_some() {}
            return Ok(reached);
        }
    }
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
