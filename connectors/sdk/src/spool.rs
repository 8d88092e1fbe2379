// SPDX-License-Identifier: EUPL-1.2
//! Bytes that come in pieces and are kept until they are all there: in memory while they are few, then in a temporary
//! file that has no name.

use std::io;
use std::sync::Arc;

use bytes::BytesMut;
use hub_message::Digest;
use hub_message::body::INLINE_BYTES_MAX;
use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::source::Content;

/// What has come so far.
#[derive(Debug, Default)]
pub struct Spool {
    memory: BytesMut,
    file: Option<Filing>,
}

#[derive(Debug)]
struct Filing {
    file: File,
    size: u64,
    hash: Sha256,
}

impl Spool {
    /// Keeps the next bytes.
    pub async fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(filing) = &mut self.file {
            return filing.write(bytes).await;
        }
        self.memory.extend_from_slice(bytes);
        if self.memory.len() > INLINE_BYTES_MAX {
            let mut filing = Filing::begin().await?;
            filing.write(&std::mem::take(&mut self.memory)).await?;
            self.file = Some(filing);
        }
        Ok(())
    }

    /// How many bytes have come.
    pub fn size(&self) -> u64 {
        match &self.file {
            Some(filing) => filing.size,
            None => self.memory.len() as u64,
        }
    }

    /// All of them.
    pub async fn finish(self) -> io::Result<Content> {
        let Some(mut filing) = self.file else {
            return Ok(Content::inline(self.memory.freeze()));
        };
        filing.file.flush().await?;
        Ok(Content::File {
            file: Arc::new(filing.file.into_std().await),
            size: filing.size,
            sha256: Digest::from_raw(filing.hash.finalize().into()),
        })
    }
}

impl Filing {
    async fn begin() -> io::Result<Self> {
        let file = tokio::task::spawn_blocking(tempfile::tempfile)
            .await
            .map_err(io::Error::other)??;
        Ok(Self {
            file: File::from_std(file),
            size: 0,
            hash: Sha256::new(),
        })
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes).await?;
        self.size += bytes.len() as u64;
        self.hash.update(bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::FileExt;

    use super::*;

    async fn spooled(pieces: &[&[u8]]) -> Content {
        let mut spool = Spool::default();
        let mut size = 0;
        for piece in pieces {
            spool.push(piece).await.unwrap();
            size += piece.len() as u64;
            assert_eq!(spool.size(), size);
        }
        spool.finish().await.unwrap()
    }

    #[tokio::test]
    async fn few_bytes_stay_in_memory_and_many_go_to_a_file() {
        let few = spooled(&[b"ab", b"", b"c"]).await;
        assert!(matches!(&few, Content::Inline(bytes) if bytes.disclose().as_ref() == b"abc"));
        let piece = vec![7; 100_000];
        let many = spooled(&[&piece, &piece, &piece, b"end"]).await;
        let Content::File { file, size, sha256 } = &many else {
            panic!("{many:?}")
        };
        let mut read = vec![0; 300_003];
        file.read_exact_at(&mut read, 0).unwrap();
        assert_eq!((*size, sha256), (300_003, &Digest::of(&read)));
        assert!(read.ends_with(b"\x07end"));
    }
}
