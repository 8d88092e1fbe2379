// SPDX-License-Identifier: EUPL-1.2
//! Files on the way: what is too large for a line, and documents. Those of a delivery live as long as the attempt.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use connector_sdk::{Content, Reader, SinkFault, Unavailable};
use hub_message::Digest;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

/// The files of one attempt, in a folder for this user alone; gone when this is dropped.
#[derive(Debug, Default)]
pub(crate) struct Files(Option<TempDir>);

impl Files {
    /// Writes what a reader brings into a file.
    pub(crate) async fn write(&mut self, name: &str, mut reader: Reader<'_>) -> Result<PathBuf, SinkFault> {
        let folder = match self.0.take() {
            Some(folder) => folder,
            None => TempDir::with_prefix("amtshub-exec-").map_err(full)?,
        };
        let path = folder.path().join(name);
        self.0 = Some(folder);
        let mut file = File::create_new(&path).map_err(full)?;
        while let Some(chunk) = reader.chunk().await? {
            let written = tokio::task::spawn_blocking(move || file.write_all(&chunk).map(|()| file));
            file = written
                .await
                .map_err(|_| full(io::Error::other("interrupted")))?
                .map_err(full)?;
        }
        Ok(path)
    }
}

fn full(error: io::Error) -> SinkFault {
    tracing::warn!(%error, "a file for the program cannot be written");
    Unavailable::new("Der Zwischenspeicher für große Inhalte ist nicht beschreibbar.").into()
}

/// A file of the program as content of a record.
pub(crate) fn content(path: &Path) -> io::Result<Content> {
    let mut file = File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    }
    let (mut hash, mut size, mut chunk) = (Sha256::new(), 0, vec![0; 256 * 1024]);
    loop {
        let read = file.read(&mut chunk)?;
        if read == 0 {
            break;
        }
        size += read as u64;
        hash.update(chunk.get(..read).unwrap_or_default());
    }
    Ok(Content::File {
        file: Arc::new(file),
        size,
        sha256: Digest::from_raw(hash.finalize().into()),
    })
}
