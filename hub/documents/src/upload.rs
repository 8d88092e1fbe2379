// SPDX-License-Identifier: EUPL-1.2
//! Uploads: announced by digest and size, sent in pieces, resumable at any time, also by another process of the hub.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use hub_message::{ConnectorName, Digest};
use object_store::ObjectStoreExt;
use object_store::path::Path as Address;

use crate::address;
use crate::documents::Documents;
use crate::fault::DocumentsFault;
use crate::sweep;
use crate::writing::{Writing, remove};

/// Unfinished uploads that a connector may have; beyond them the oldest is given up.
const UNFINISHED_MAX: usize = 16;

/// An upload that has begun, or goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun {
    /// Where it goes on, in bytes.
    pub offset: u64,
    /// The same connector has sent this content before: there is nothing to send.
    pub exists: bool,
}

type Slot = Arc<Mutex<Option<Writing>>>;

/// The uploads that are open in this process, by the name of their file.
#[derive(Debug, Default)]
pub(crate) struct Uploads {
    open: Mutex<HashMap<Address, Slot>>,
}

impl Uploads {
    fn slot(&self, upload: &Address) -> Slot {
        lock(&self.open).entry(upload.clone()).or_default().clone()
    }

    fn find(&self, upload: &Address) -> Option<Slot> {
        lock(&self.open).get(upload).cloned()
    }

    /// Forgets an upload that has ended.
    pub(crate) fn forget(&self, upload: &Address) {
        lock(&self.open).remove(upload);
    }
}

/// What panicked while it held the lock left the upload as it was on the disk: the digest decides in the end.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Documents {
    /// Begins an upload, or goes on with one of the same sender, digest and size.
    pub async fn begin(&self, sender: &ConnectorName, digest: &Digest, size: u64) -> Result<Begun, DocumentsFault> {
        let max = self.limits.document_bytes;
        if size > max {
            return Err(DocumentsFault::TooLarge { size, max });
        }
        if self.was_sent_by(sender, digest).await? && self.size(digest).await? == Some(size) {
            self.make_last_sent(sender, digest).await?;
            let exists = true;
            return Ok(Begun { offset: size, exists });
        }
        let upload = address::unfinished(sender, digest);
        let slot = self.uploads.slot(&upload);
        let (documents, sender) = (self.clone(), sender.clone());
        tokio::task::spawn_blocking(move || {
            let mut writing = lock(&slot);
            let open = match writing.take() {
                Some(open) if open.size() == size => open,
                _ => {
                    documents.drop_oldest(&sender, &upload)?;
                    Writing::open(&documents.file_of(&upload), size)?
                }
            };
            let offset = open.offset();
            *writing = Some(open);
            documents.check_space(size - offset)?;
            Ok(Begun { offset, exists: false })
        })
        .await?
    }

    /// Takes the bytes at `offset`. Returns where the next ones belong: bytes for any other place than the one that the
    /// upload has reached are not taken, so whoever sends goes on where he is told.
    pub async fn append(
        &self,
        sender: &ConnectorName,
        digest: &Digest,
        offset: u64,
        bytes: Bytes,
    ) -> Result<u64, DocumentsFault> {
        let upload = address::unfinished(sender, digest);
        let appended = self.write(&upload, move |writing| writing.append(offset, &bytes)).await;
        self.give_up_on_mismatch(&upload, appended).await
    }

    /// Ends an upload: what arrived is verified, written through and given its name. Ending it twice changes nothing.
    pub async fn commit(&self, sender: &ConnectorName, digest: &Digest) -> Result<(), DocumentsFault> {
        let upload = address::unfinished(sender, digest);
        let expected = digest.clone();
        let finished = self.write(&upload, move |writing| writing.finish(&expected)).await;
        match self.give_up_on_mismatch(&upload, finished).await {
            Err(DocumentsFault::Missing) if self.was_sent_by(sender, digest).await? => {
                return self.make_last_sent(sender, digest).await;
            }
            other => other?,
        }
        self.store.rename(&upload, &address::content(digest)).await?;
        self.uploads.forget(&upload);
        self.store
            .put(&address::sent(sender, digest), Bytes::new().into())
            .await?;
        Ok(())
    }

    async fn make_last_sent(&self, sender: &ConnectorName, digest: &Digest) -> Result<(), DocumentsFault> {
        self.make_last(&[address::content(digest), address::sent(sender, digest)])
            .await
    }

    async fn write<T: Send + 'static>(
        &self,
        upload: &Address,
        work: impl FnOnce(&mut Writing) -> Result<T, DocumentsFault> + Send + 'static,
    ) -> Result<T, DocumentsFault> {
        let slot = self.uploads.find(upload).ok_or(DocumentsFault::Missing)?;
        tokio::task::spawn_blocking(move || lock(&slot).as_mut().ok_or(DocumentsFault::Missing).and_then(work)).await?
    }

    async fn give_up_on_mismatch<T>(
        &self,
        upload: &Address,
        result: Result<T, DocumentsFault>,
    ) -> Result<T, DocumentsFault> {
        if matches!(result, Err(DocumentsFault::Mismatch)) {
            self.uploads.forget(upload);
            let file = self.file_of(upload);
            tokio::task::spawn_blocking(move || remove(&file)).await??;
        }
        result
    }

    pub(crate) fn file_of(&self, address: &Address) -> PathBuf {
        self.root.join(address.as_ref())
    }

    /// Gives up the oldest unfinished upload of a sender that has too many. Blocks.
    fn drop_oldest(&self, sender: &ConnectorName, but: &Address) -> Result<(), DocumentsFault> {
        let mut own = sweep::unfinished(&self.root)?;
        own.retain(|found| but.filename() != Some(&found.name));
        own.retain(|found| {
            found
                .name
                .split_once('.')
                .is_some_and(|(name, _)| name == sender.as_str())
        });
        own.sort_by_key(|found| found.changed);
        let surplus = (own.len() + 1).saturating_sub(UNFINISHED_MAX);
        for oldest in own.into_iter().take(surplus) {
            self.give_up(&oldest.name)?;
        }
        Ok(())
    }

    /// Removes an unfinished upload. Blocks.
    pub(crate) fn give_up(&self, name: &str) -> Result<(), DocumentsFault> {
        let upload = Address::from_iter([address::UNFINISHED, name]);
        self.uploads.forget(&upload);
        Ok(remove(&self.file_of(&upload))?)
    }

    fn check_space(&self, needed: u64) -> Result<(), DocumentsFault> {
        let free = self.free_bytes()?;
        if free >= needed.saturating_add(self.limits.reserve_bytes) {
            return Ok(());
        }
        Err(DocumentsFault::Unavailable(format!(
            "the disk of the document store is nearly full: {free} bytes are free"
        )))
    }
}

#[cfg(test)]
mod tests;
