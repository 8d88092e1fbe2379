// SPDX-License-Identifier: EUPL-1.2
//! Documents: chunks of at most 512 KiB, resumable, verified by the hub when they are complete.

use bytes::Bytes;
use hub_message::DocumentRef;
use hub_message::body::{frame, unframe};
use serde::Deserialize;
use serde_json::json;

use super::{BusFault, ConnectorBus};
use crate::answer::{Answered, answered};

/// An upload that has begun, or goes on.
#[derive(Debug, Clone, Deserialize)]
pub struct Begun {
    /// Its name.
    pub upload: String,
    /// Where it goes on, in bytes.
    pub offset: u64,
    /// The content is in the store already: there is nothing to send.
    #[serde(default)]
    pub exists: bool,
}

#[derive(Debug, Deserialize)]
struct Reached {
    offset: u64,
}

#[derive(Debug, Deserialize)]
struct Total {
    size: u64,
}

impl ConnectorBus {
    /// Begins an upload, or goes on with one of the same content.
    pub async fn begin_upload(&self, document: &DocumentRef) -> Result<Begun, BusFault> {
        let head = json!({
            "sha256": document.sha256, "size": document.size, "media_type": document.media_type, "name": document.name
        });
        self.ask(format!("blob.{}.begin", self.name), frame(&head, &[])).await
    }

    /// Sends the bytes at `offset`; returns where the next ones belong.
    pub async fn upload_chunk(&self, upload: &str, offset: u64, bytes: Bytes) -> Result<u64, BusFault> {
        let payload = frame(&json!({"offset": offset}), &bytes);
        let reached: Reached = self.ask(format!("blob.{}.chunk.{upload}", self.name), payload).await?;
        Ok(reached.offset)
    }

    /// Ends an upload: the hub verifies it and keeps it.
    pub async fn commit_upload(&self, upload: &str) -> Result<DocumentRef, BusFault> {
        self.ask(format!("blob.{}.commit.{upload}", self.name), frame(&json!({}), &[]))
            .await
    }

    /// Reads `length` bytes, at most 512 KiB, of a document by the capability that came with the delivery. Also tells
    /// the size of the whole.
    pub async fn read_document(
        &self,
        document: &DocumentRef,
        offset: u64,
        length: u64,
    ) -> Result<(u64, Bytes), BusFault> {
        let head = json!({
            "sha256": document.sha256, "capability": document.capability, "offset": offset, "length": length
        });
        let payload = self
            .request(format!("blob.{}.read", self.name), frame(&head, &[]))
            .await?;
        let Ok((answer, bytes)) = unframe::<Answered<Total>>(&payload) else {
            return answered::<Total>(&payload).map(|total| (total.size, Bytes::new()));
        };
        answer.judged().map(|total| (total.size, bytes))
    }
}
