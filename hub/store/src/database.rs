// SPDX-License-Identifier: EUPL-1.2
//! The connections to the database: one that writes, several that read. What is SQLite's alone stands in this file and
//! in `migrations/`; everything else is SQL that PostgreSQL understands as well.

pub(crate) mod bulk;
pub(crate) mod decode;
pub(crate) mod migration;
pub(crate) mod words;

use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

use sqlx::pool::PoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

use crate::error::StoreError;
use migration::{MIGRATIONS, migrate};

pub(crate) type Db = sqlx::Sqlite;
pub(crate) type DbRow = sqlx::sqlite::SqliteRow;
pub(crate) type Connection = sqlx::SqliteConnection;
pub(crate) type Transaction = sqlx::Transaction<'static, Db>;

/// How long a statement waits for the lock of another process before the store counts as not available.
const BUSY: Duration = Duration::from_secs(10);

/// Pages that the writer keeps, as negative KiB. Ids are hashes, so rows of a batch lie all over their indexes.
const WRITER_CACHE: &str = "-16384";

/// Pages of the write-ahead log after which they are moved into the database. The default of 1000 would do that, with
/// two more syncs, after every batch.
const CHECKPOINT: &str = "8000";

/// Takes the write lock at once: who waits for it in the middle of a transaction may wait in vain.
const BEGIN: &str = "BEGIN IMMEDIATE";

/// How many questions are answered at once.
const READERS: u32 = 3;

#[derive(Debug, Clone)]
pub(crate) struct Database {
    /// One connection: whoever holds it is the writer.
    writer: sqlx::Pool<Db>,
    readers: sqlx::Pool<Db>,
}

impl Database {
    /// Opens the database at `path` and brings it to the newest version; makes it when `create` says so.
    pub(crate) async fn open(path: &Path, create: bool) -> Result<Self, StoreError> {
        if create {
            make_private(path)?;
        } else if !path.is_file() {
            return Err(StoreError::Missing(path.display().to_string()));
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(false)
            .foreign_keys(true)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY);
        let writer = PoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(
                options
                    .clone()
                    .journal_mode(SqliteJournalMode::Wal)
                    .pragma("cache_size", WRITER_CACHE)
                    .pragma("wal_autocheckpoint", CHECKPOINT),
            )
            .await?;
        migrate(&mut *writer.acquire().await?, MIGRATIONS).await?;
        let readers = PoolOptions::new()
            .max_connections(READERS)
            .idle_timeout(Duration::from_secs(60))
            .connect_lazy_with(options.pragma("query_only", "ON"));
        Ok(Self { writer, readers })
    }

    /// A transaction that holds the write lock from its beginning. Dropped without a commit it changes nothing.
    pub(crate) async fn write(&self) -> Result<Transaction, StoreError> {
        match self.writer.begin_with(BEGIN).await {
            // When a disk is full, SQLite itself takes the transaction back. sqlx does not know that and takes the connection
            // for one in the middle of a transaction, for ever: another one takes its place.
            Err(sqlx::Error::InvalidSavePointStatement) => {
                self.writer.acquire().await?.close().await?;
                Ok(self.writer.begin_with(BEGIN).await?)
            }
            begun => Ok(begun?),
        }
    }

    /// A transaction that sees the database as it was at its first question.
    pub(crate) async fn read(&self) -> Result<Transaction, StoreError> {
        Ok(self.readers.begin().await?)
    }

    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Size of the database in bytes.
pub(crate) async fn size(connection: &mut Connection) -> Result<i64, StoreError> {
    let sql = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()";
    Ok(sqlx::query_scalar(sql).fetch_one(connection).await?)
}

/// Makes the file before the database does, so that nobody else may read it; its journal files take its permissions.
fn make_private(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let opened = options.open(path);
    let told = |error| StoreError::Unavailable(format!("{}: {error}", path.display()));
    opened.map(drop).map_err(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_committed_is_on_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(&folder.path().join("a.sqlite"), true).await.unwrap();
        let mut writing = database.write().await.unwrap();
        for (sql, expected) in [
            ("SELECT journal_mode FROM pragma_journal_mode()", "wal"),
            ("SELECT CAST(synchronous AS TEXT) FROM pragma_synchronous()", "2"),
            ("SELECT CAST(foreign_keys AS TEXT) FROM pragma_foreign_keys()", "1"),
        ] {
            let found: String = sqlx::query_scalar(sql).fetch_one(&mut *writing).await.unwrap();
            assert_eq!(found, expected, "{sql}");
        }
    }

    #[tokio::test]
    async fn a_full_disk_is_over_when_there_is_room_again() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(&folder.path().join("a.sqlite"), true).await.unwrap();
        let grow = "INSERT INTO counters (name, value) VALUES (hex(randomblob(500000)), 1)";
        let mut writing = database.write().await.unwrap();
        // SQLite's own limit makes the same fault as a disk without room, and is gone with the connection.
        sqlx::query("PRAGMA max_page_count = 1")
            .execute(&mut *writing)
            .await
            .unwrap();
        let fault = sqlx::query(grow).execute(&mut *writing).await.unwrap_err();
        assert_eq!(fault.as_database_error().unwrap().code().as_deref(), Some("13"));
        assert!(writing.commit().await.is_err());
        let mut writing = database.write().await.unwrap();
        sqlx::query(grow).execute(&mut *writing).await.unwrap();
        writing.commit().await.unwrap();
    }

    #[tokio::test]
    async fn questions_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(&folder.path().join("a.sqlite"), true).await.unwrap();
        let mut reading = database.read().await.unwrap();
        let sql = "INSERT INTO counters (name, value) VALUES ('a', 1)";
        assert!(sqlx::query(sql).execute(&mut *reading).await.is_err());
    }
}
