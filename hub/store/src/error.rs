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

/// SQLite's primary result codes that the world is to blame for: busy, locked, out of memory, read-only, I/O, disk
/// full, cannot open, lock protocol, not permitted.
const WORLD: [i32; 9] = [5, 6, 7, 8, 10, 13, 14, 15, 23];

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match &error {
            E::Database(told) => {
                let code = told.code().and_then(|code| code.parse::<i32>().ok()).unwrap_or(0);
                if WORLD.contains(&(code & 0xff)) {
                    Self::Unavailable(error.to_string())
                } else {
                    Self::Broken(error.to_string())
                }
            }
            E::Io(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed | E::BeginFailed => {
                Self::Unavailable(error.to_string())
            }
            // The texts of these may hold what stands in the database.
            E::ColumnDecode { index, .. } => Self::Broken(format!("column {index} cannot be read")),
            E::Decode(_) | E::Encode(_) => Self::Broken("a value cannot be converted".to_owned()),
            _ => Self::Broken(error.to_string()),
        }
    }
}
