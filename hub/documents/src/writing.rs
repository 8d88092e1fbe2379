// SPDX-License-Identifier: EUPL-1.2
//! One upload on its way to the disk: the file, how far it is, and the digest of what is there. Everything here blocks.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::thread::JoinHandle;

use hub_message::Digest;
use sha2::{Digest as _, Sha256};

use crate::fault::DocumentsFault;

/// Bytes after which the disk is made to keep up, so that the end of a large upload does not wait for all of it.
const SYNC_EVERY: u64 = 16 << 20;

/// An upload that is open.
#[derive(Debug)]
pub(crate) struct Writing {
    file: File,
    size: u64,
    offset: u64,
    hash: Sha256,
    unsynced: u64,
    /// The disk catches up here, while the next bytes come in.
    catching_up: Option<JoinHandle<io::Result<()>>>,
}

impl Writing {
    /// Opens the file of an upload of `size` bytes and goes on where it stopped. What is longer than announced is not
    /// this upload: it begins again.
    pub(crate) fn open(path: &Path, size: u64) -> io::Result<Self> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)?;
        if file.metadata()?.len() > size {
            file.set_len(0)?;
        }
        let mut hash = Sha256::new();
        let mut buffer = vec![0; 1 << 16];
        let mut offset = 0;
        loop {
            let read = file.read(&mut buffer)?;
            if read == 0 {
                break;
            }
            hash.update(buffer.get(..read).unwrap_or_default());
            offset += read as u64;
        }
        Ok(Self {
            file,
            size,
            offset,
            hash,
            // What a former process wrote may not be on the disk yet.
            unsynced: offset,
            catching_up: None,
        })
    }

    /// Bytes announced.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Bytes there.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Takes the bytes at `offset` if that is where the upload is; otherwise nothing happens. Returns where the next
    /// bytes belong.
    pub(crate) fn append(&mut self, offset: u64, bytes: &[u8]) -> Result<u64, DocumentsFault> {
        if offset != self.offset {
            return Ok(self.offset);
        }
        let reached = offset + bytes.len() as u64;
        if reached > self.size {
            return Err(DocumentsFault::Mismatch);
        }
        // Half-written bytes of a failed call are written over by the next one.
        self.file.write_all_at(bytes, offset)?;
        self.hash.update(bytes);
        self.offset = reached;
        self.unsynced += bytes.len() as u64;
        if self.unsynced >= SYNC_EVERY {
            self.catch_up()?;
            self.unsynced = 0;
        }
        Ok(reached)
    }

    /// Lets the disk catch up in a thread of its own, once it has caught up with what was before.
    fn catch_up(&mut self) -> io::Result<()> {
        self.caught_up()?;
        let file = self.file.try_clone()?;
        self.catching_up = Some(std::thread::spawn(move || file.sync_data()));
        Ok(())
    }

    /// Waits for the disk. After a fault of it nobody knows which of the bytes are there, and asking again would not tell:
    /// the upload begins anew.
    fn caught_up(&mut self) -> io::Result<()> {
        let Some(thread) = self.catching_up.take() else {
            return Ok(());
        };
        let synced = thread.join();
        synced
            .unwrap_or_else(|_| Err(io::Error::other("the disk was not waited for")))
            .inspect_err(|_| {
                self.offset = 0;
                self.unsynced = 0;
                self.hash = Sha256::new();
            })
    }

    /// Verifies the whole and makes it last.
    pub(crate) fn finish(&mut self, expected: &Digest) -> Result<(), DocumentsFault> {
        if self.offset < self.size {
            let (offset, size) = (self.offset, self.size);
            return Err(DocumentsFault::Incomplete { offset, size });
        }
        if Digest::from_raw(self.hash.clone().finalize().into()) != *expected {
            return Err(DocumentsFault::Mismatch);
        }
        self.caught_up()?;
        // A failed write may have left bytes behind the end; the digest does not know them.
        self.file.set_len(self.size)?;
        Ok(self.file.sync_all()?)
    }
}

/// Removes the file of an upload; one that is not there is removed already.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
