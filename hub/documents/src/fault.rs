// SPDX-License-Identifier: EUPL-1.2
//! What can go wrong with documents, by what happens next.

use thiserror::Error;

/// A fault of the document store. It never holds anything of a document but its size.
#[derive(Debug, Error)]
pub enum DocumentsFault {
    /// There is no such content, or no such upload: whoever uploads begins again.
    #[error("there is no such document")]
    Missing,
    /// The content is larger than allowed.
    #[error("the document has {size} bytes, {max} are allowed")]
    TooLarge {
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        max: u64,
    },
    /// The upload was ended before everything was there: it goes on at `offset`.
    #[error("the upload has reached {offset} of {size} bytes")]
    Incomplete {
        /// What is there, in bytes.
        offset: u64,
        /// What was announced, in bytes.
        size: u64,
    },
    /// What arrived is not what was announced. The upload is gone; it begins again with what is true.
    #[error("the document is not the one that was announced")]
    Mismatch,
    /// A stored content no longer has its digest: the disk is damaged. An operator restores it from the backup.
    #[error("the stored document {0} is damaged: restore it from the backup")]
    Damaged(String),
    /// The world's fault: the disk is full or does not answer. Try again.
    #[error("{0}")]
    Unavailable(String),
}

impl DocumentsFault {
    pub(crate) fn unavailable(what: &str, error: impl std::fmt::Display) -> Self {
        Self::Unavailable(format!("{what}: {error}"))
    }
}

impl From<object_store::Error> for DocumentsFault {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::Missing,
            other => Self::unavailable("the document store does not answer", other),
        }
    }
}

impl From<std::io::Error> for DocumentsFault {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::NotFound => Self::Missing,
            _ => Self::unavailable("the document store cannot be used", error),
        }
    }
}

impl From<tokio::task::JoinError> for DocumentsFault {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::unavailable("the work on the document was given up", error)
    }
}
