// SPDX-License-Identifier: EUPL-1.2
//! What can go wrong with the store, sorted by what happens next.

use thiserror::Error;

/// Why the store did not do what was asked. No text here holds a value from a record.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The world's fault: locked for too long, disk full, not readable. Try again later; nothing was written.
    #[error("the case store is not available: {0}")]
    Unavailable(String),
    /// There is no store at this place yet.
    #[error("there is no case store at {0}: the hub makes it when it first runs")]
    Missing(String),
    /// The database was written by a newer program.
    #[error(
        "the case store is of version {found}, this program knows versions up to {known}: install the newer program, or restore the backup made before the upgrade"
    )]
    Newer {
        /// Version found in the database.
        found: i64,
        /// Newest version that this program knows.
        known: i64,
    },
    /// The database is damaged or is not what this program wrote. Trying again does not help.
    #[error("the case store is damaged or this is a fault of the program: {0}")]
    Broken(String),
}

impl StoreError {
    /// Whether trying again later can help.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}
