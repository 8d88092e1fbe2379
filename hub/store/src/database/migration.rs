// SPDX-License-Identifier: EUPL-1.2
//! Brings a database to the newest version: numbered steps, forward only, each checked against what was applied.

use hub_message::Digest;

use super::Connection;
use crate::error::StoreError;
use crate::store::now;

/// One step of the database's layout.
pub(crate) struct Migration {
    /// Its number, from 1 without gaps.
    pub(crate) number: i64,
    /// What it does.
    pub(crate) sql: &'static str,
}

/// All steps. One that was released is never changed again.
pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    number: 1,
    sql: include_str!("../../migrations/0001-case-store.sql"),
}];

const TABLE: &str =
    "CREATE TABLE migrations (number BIGINT PRIMARY KEY, sha256 TEXT NOT NULL, applied BIGINT NOT NULL)";

/// Applies what is missing. Databases that a newer or a different program wrote are refused as they are.
pub(crate) async fn migrate(connection: &mut Connection, known: &[Migration]) -> Result<(), StoreError> {
    if applied(connection).await? == Some(known.len()) {
        return check(connection, known).await;
    }
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    let result = apply(connection, known).await;
    let end = if result.is_ok() { "COMMIT" } else { "ROLLBACK" };
    sqlx::query(end).execute(connection).await?;
    result
}

/// How many steps were applied; `None` before the first.
async fn applied(connection: &mut Connection) -> Result<Option<usize>, StoreError> {
    let tables = "SELECT count(*), count(*) FILTER (WHERE name = 'migrations') FROM sqlite_master WHERE type = 'table'";
    let (all, ours): (i64, i64) = sqlx::query_as(tables).fetch_one(&mut *connection).await?;
    match (all, ours) {
        (0, _) => Ok(None),
        (_, 0) => Err(StoreError::Broken(
            "the file is a database of another program".to_owned(),
        )),
        _ => {
            let count: i64 = sqlx::query_scalar("SELECT count(*) FROM migrations")
                .fetch_one(connection)
                .await?;
            Ok(Some(count as usize))
        }
    }
}

async fn apply(connection: &mut Connection, known: &[Migration]) -> Result<(), StoreError> {
    if applied(connection).await?.is_none() {
        sqlx::query(TABLE).execute(&mut *connection).await?;
    }
    check(connection, known).await?;
    let there = applied(connection).await?.unwrap_or(0);
    for migration in known.iter().skip(there) {
        sqlx::raw_sql(migration.sql).execute(&mut *connection).await?;
        sqlx::query("INSERT INTO migrations (number, sha256, applied) VALUES ($1, $2, $3)")
            .bind(migration.number)
            .bind(Digest::of(migration.sql.as_bytes()).as_str())
            .bind(now().millis())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Refuses a database whose steps are not the first of ours.
async fn check(connection: &mut Connection, known: &[Migration]) -> Result<(), StoreError> {
    let there: Vec<(i64, String)> = sqlx::query_as("SELECT number, sha256 FROM migrations ORDER BY number")
        .fetch_all(connection)
        .await?;
    let newest = known.len() as i64;
    for (number, sha256) in there {
        let Some(ours) = known.iter().find(|migration| migration.number == number) else {
            return Err(StoreError::Newer {
                found: number,
                known: newest,
            });
        };
        if Digest::of(ours.sql.as_bytes()).as_str() != sha256 {
            return Err(StoreError::Broken(format!(
                "step {number} of its layout is not the one that this program knows"
            )));
        }
    }
    Ok(())
}

/// Version of the database's layout.
pub(crate) async fn version(connection: &mut Connection) -> Result<i64, StoreError> {
    let newest = sqlx::query_scalar("SELECT max(number) FROM migrations");
    Ok(newest.fetch_one(connection).await?)
}

#[cfg(test)]
mod tests {
    use sqlx::Connection as _;

    use super::*;

    const ONE: Migration = Migration {
        number: 1,
        sql: "CREATE TABLE a (b TEXT); CREATE TABLE c (d TEXT);",
    };
    const TWO: Migration = Migration {
        number: 2,
        sql: "ALTER TABLE a ADD COLUMN e TEXT;",
    };

    async fn memory() -> Connection {
        Connection::connect("sqlite::memory:").await.unwrap()
    }

    #[tokio::test]
    async fn steps_are_applied_once_and_in_order() {
        let mut connection = memory().await;
        migrate(&mut connection, &[ONE]).await.unwrap();
        migrate(&mut connection, &[ONE]).await.unwrap();
        assert_eq!(version(&mut connection).await.unwrap(), 1);
        migrate(&mut connection, &[ONE, TWO]).await.unwrap();
        assert_eq!(version(&mut connection).await.unwrap(), 2);
        sqlx::query("SELECT b, e FROM a")
            .fetch_all(&mut connection)
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn what_a_newer_program_wrote_is_refused_with_a_sentence() {
        let mut connection = memory().await;
        migrate(&mut connection, &[ONE, TWO]).await.unwrap();
        let refused = migrate(&mut connection, &[ONE]).await.unwrap_err();
        assert!(refused.to_string().contains("version 2"), "{refused}");
        assert!(matches!(refused, StoreError::Newer { found: 2, known: 1 }));
    }

    #[tokio::test]
    async fn what_somebody_else_wrote_is_refused() {
        let mut connection = memory().await;
        sqlx::query("CREATE TABLE x (y TEXT)")
            .execute(&mut connection)
            .await
            .unwrap();
        let refused = migrate(&mut connection, &[ONE]).await.unwrap_err();
        assert!(refused.to_string().contains("another program"), "{refused}");

        let mut connection = memory().await;
        migrate(&mut connection, &[ONE]).await.unwrap();
        let changed = Migration {
            number: 1,
            sql: TWO.sql,
        };
        let refused = migrate(&mut connection, &[changed, TWO]).await.unwrap_err();
        assert!(refused.to_string().contains("step 1"), "{refused}");
        assert_eq!(version(&mut connection).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn a_step_that_fails_leaves_nothing_behind() {
        let mut connection = memory().await;
        let broken = Migration {
            number: 2,
            sql: "CREATE TABLE half (b TEXT); CREATE TABLE a (b TEXT);",
        };
        assert!(migrate(&mut connection, &[ONE, broken]).await.is_err());
        migrate(&mut connection, &[ONE, TWO]).await.unwrap();
        assert!(
            sqlx::query("SELECT * FROM half")
                .fetch_all(&mut connection)
                .await
                .is_err()
        );
    }
}
