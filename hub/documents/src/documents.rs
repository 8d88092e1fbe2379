// SPDX-License-Identifier: EUPL-1.2
//! The document store: contents whole in, contents whole or by ranges out.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use hub_message::{ConnectorName, Digest};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Address;
use object_store::{ObjectStore, ObjectStoreExt};

use crate::address;
use crate::fault::DocumentsFault;
use crate::upload::Uploads;

/// How much the document store takes.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Largest document, in bytes.
    pub document_bytes: u64,
    /// Bytes of the disk that stay free: an upload that would go below is told to come again later.
    pub reserve_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 1 << 30,
            reserve_bytes: 256 << 20,
        }
    }
}

/// The document store. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Documents {
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) root: Arc<Path>,
    pub(crate) limits: Limits,
    pub(crate) uploads: Arc<Uploads>,
}

impl Documents {
    /// Opens the store at a folder (a path or a `file://` URL), made where it is missing.
    pub fn open(location: &str, limits: Limits) -> Result<Self, DocumentsFault> {
        let root = folder(location)?;
        fs::create_dir_all(root.join(address::UNFINISHED))?;
        // With fsync a put answers when both the file and its name are on the disk; so does a rename.
        let store = LocalFileSystem::new_with_prefix(&root)?.with_fsync(true);
        Ok(Self {
            store: Arc::new(store),
            root: root.into(),
            limits,
            uploads: Arc::new(Uploads::default()),
        })
    }

    /// The same store, which now says *kept* before anything is on the disk.
    #[cfg(feature = "sabotage")]
    pub fn without_fsync(mut self) -> Result<Self, DocumentsFault> {
        self.store = Arc::new(LocalFileSystem::new_with_prefix(&*self.root)?);
        Ok(self)
    }

    /// Keeps a content that the hub itself made. Keeping it twice changes nothing.
    pub async fn put(&self, content: &Bytes) -> Result<Digest, DocumentsFault> {
        let digest = digest_of(content.clone()).await?;
        let address = address::content(&digest);
        if self.size(&digest).await? == Some(content.len() as u64) {
            self.make_last(&[address]).await?;
        } else {
            self.store.put(&address, content.clone().into()).await?;
        }
        Ok(digest)
    }

    /// Writes through the names of what is there already: whoever gave them may have been killed in the moment before they
    /// were on the disk. The contents were before they had a name.
    pub(crate) async fn make_last(&self, addresses: &[Address]) -> Result<(), DocumentsFault> {
        let files: Vec<PathBuf> = addresses.iter().map(|address| self.file_of(address)).collect();
        let root = self.root.clone();
        let fsync = move || {
            let above = files.iter().flat_map(|file| file.ancestors().skip(1));
            above
                .filter(|folder| folder.starts_with(&root))
                .try_for_each(|folder| fs::File::open(folder)?.sync_all())
        };
        Ok(tokio::task::spawn_blocking(fsync).await??)
    }

    /// The whole content, at most `max` bytes, verified.
    pub async fn get(&self, digest: &Digest, max: u64) -> Result<Bytes, DocumentsFault> {
        let size = self.size(digest).await?.ok_or(DocumentsFault::Missing)?;
        if size > max {
            return Err(DocumentsFault::TooLarge { size, max });
        }
        let content = self.store.get(&address::content(digest)).await?.bytes().await?;
        if digest_of(content.clone()).await? == *digest {
            Ok(content)
        } else {
            Err(DocumentsFault::Damaged(digest.short().to_owned()))
        }
    }

    /// The size of the whole content in bytes, and the bytes from `offset`, at most `length`; none behind the end.
    pub async fn read_range(&self, digest: &Digest, offset: u64, length: u64) -> Result<(u64, Bytes), DocumentsFault> {
        let size = self.size(digest).await?.ok_or(DocumentsFault::Missing)?;
        let end = offset.saturating_add(length).min(size);
        if offset >= end {
            return Ok((size, Bytes::new()));
        }
        let bytes = self.store.get_range(&address::content(digest), offset..end).await?;
        Ok((size, bytes))
    }

    /// The size of a content in bytes, where it is there.
    pub async fn size(&self, digest: &Digest) -> Result<Option<u64>, DocumentsFault> {
        present(self.store.head(&address::content(digest)).await.map(|meta| meta.size))
    }

    /// Whether this connector has sent this content. Knowing a digest is no proof of having the content, so only what
    /// its sender has sent whole may be referred to by it.
    pub async fn was_sent_by(&self, sender: &ConnectorName, digest: &Digest) -> Result<bool, DocumentsFault> {
        let mark = present(self.store.head(&address::sent(sender, digest)).await)?;
        Ok(mark.is_some())
    }

    /// The folder of the store.
    pub fn folder(&self) -> &Path {
        &self.root
    }

    /// Bytes that are free on the disk of the store.
    pub fn free_bytes(&self) -> Result<u64, DocumentsFault> {
        let disk = rustix::fs::statvfs(self.root.as_ref()).map_err(std::io::Error::from)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }
}

fn present<T>(found: Result<T, object_store::Error>) -> Result<Option<T>, DocumentsFault> {
    match found.map_err(DocumentsFault::from) {
        Ok(found) => Ok(Some(found)),
        Err(DocumentsFault::Missing) => Ok(None),
        Err(fault) => Err(fault),
    }
}

fn folder(location: &str) -> Result<PathBuf, DocumentsFault> {
    match location.split_once("://") {
        None => Ok(PathBuf::from(location)),
        Some(("file", path)) => Ok(PathBuf::from(path)),
        Some((scheme, _)) => Err(DocumentsFault::Unavailable(format!(
            "documents cannot be kept at {scheme}:// by this version: name a folder"
        ))),
    }
}

async fn digest_of(content: Bytes) -> Result<Digest, DocumentsFault> {
    Ok(tokio::task::spawn_blocking(move || Digest::of(&content)).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open() -> (tempfile::TempDir, Documents) {
        let folder = tempfile::tempdir().unwrap();
        let documents = Documents::open(folder.path().to_str().unwrap(), Limits::default()).unwrap();
        (folder, documents)
    }

    #[tokio::test]
    async fn what_is_put_comes_back_whole_and_by_ranges() {
        let (_folder, documents) = open();
        let content = Bytes::from((0..100_000_u32).flat_map(u32::to_be_bytes).collect::<Vec<u8>>());
        let digest = documents.put(&content).await.unwrap();
        assert_eq!(documents.put(&content).await.unwrap(), digest);
        assert_eq!(documents.get(&digest, 400_000).await.unwrap(), content);
        let (size, range) = documents.read_range(&digest, 399_990, 512).await.unwrap();
        assert_eq!((size, range), (400_000, content.slice(399_990..)));
        let (size, range) = documents.read_range(&digest, u64::MAX, 5).await.unwrap();
        assert_eq!((size, range.len()), (400_000, 0));
    }

    #[tokio::test]
    async fn what_is_too_large_or_not_there_is_told_apart() {
        let (_folder, documents) = open();
        let digest = documents.put(&Bytes::from_static(b"12345")).await.unwrap();
        let fault = documents.get(&digest, 4).await.unwrap_err();
        assert!(matches!(fault, DocumentsFault::TooLarge { size: 5, max: 4 }), "{fault}");
        let fault = documents.get(&Digest::of(b"other"), 4).await.unwrap_err();
        assert!(matches!(fault, DocumentsFault::Missing), "{fault}");
    }

    #[tokio::test]
    async fn a_damaged_content_is_never_handed_out_as_whole() {
        let (folder, documents) = open();
        let digest = documents.put(&Bytes::from_static(b"12345")).await.unwrap();
        fs::write(folder.path().join(address::content(&digest).as_ref()), b"12346").unwrap();
        let fault = documents.get(&digest, 9).await.unwrap_err();
        assert!(matches!(fault, DocumentsFault::Damaged(_)), "{fault}");
    }

    #[test]
    fn a_location_that_is_not_built_in_is_refused_with_a_remedy() {
        let fault = Documents::open("s3://bucket", Limits::default()).unwrap_err();
        assert!(fault.to_string().contains("name a folder"), "{fault}");
    }
}
