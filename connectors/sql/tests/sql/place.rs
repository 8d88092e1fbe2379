// SPDX-License-Identifier: EUPL-1.2
//! A database of one test, and what the tests do in it.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};
use sqlx::mysql::MySqlConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, MySqlPool, PgPool, Row, SqlitePool};

use crate::server::{Engine, Server, shared};

/// The user under whom connectors work.
const PASSWORD: &str = "geheim'\"§";

/// A database.
pub(crate) struct Place {
    pub(crate) url: String,
    pub(crate) pool: Pool,
    _folder: Option<tempfile::TempDir>,
}

pub(crate) enum Pool {
    Postgres(PgPool),
    MariaDb(MySqlPool),
    Sqlite(SqlitePool),
}

static NUMBER: AtomicU32 = AtomicU32::new(0);

impl Place {
    /// One of each engine.
    pub(crate) async fn all() -> Vec<Self> {
        vec![Self::postgres(), Self::mariadb(), Self::sqlite().await]
    }

    pub(crate) fn postgres() -> Self {
        Self::on(shared(Engine::Postgres))
    }

    pub(crate) fn mariadb() -> Self {
        Self::on(shared(Engine::MariaDb))
    }

    /// A database of its own on a server.
    pub(crate) fn on(server: &Server) -> Self {
        let name = format!("t{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let port = server.port;
        match server.engine {
            Engine::Postgres => {
                let quoted = PASSWORD.replace('\'', "''");
                server.administer(&format!(
                    "do $$ begin create role amtshub login superuser password '{quoted}'; exception when others then null; end $$"
                ));
                server.administer(&format!("create database {name} owner amtshub"));
            }
            Engine::MariaDb => {
                let quoted = PASSWORD.replace('\'', "''");
                server.administer(&format!(
                    "create user if not exists amtshub@'%' identified by '{quoted}'; grant all on *.* to amtshub@'%'; create database {name}"
                ));
            }
        }
        let pool = match server.engine {
            Engine::Postgres => Pool::Postgres(PgPool::connect_lazy_with(
                PgConnectOptions::new_without_pgpass()
                    .host("127.0.0.1")
                    .port(port)
                    .username("amtshub")
                    .password(PASSWORD)
                    .database(&name)
                    .ssl_mode(PgSslMode::Disable),
            )),
            Engine::MariaDb => Pool::MariaDb(MySqlPool::connect_lazy_with(
                MySqlConnectOptions::new()
                    .host("127.0.0.1")
                    .port(port)
                    .username("amtshub")
                    .password(PASSWORD)
                    .database(&name),
            )),
        };
        let scheme = if server.engine == Engine::Postgres {
            "postgres"
        } else {
            "mariadb"
        };
        Self {
            url: format!("{scheme}://amtshub@127.0.0.1:{port}/{name}"),
            pool,
            _folder: None,
        }
    }

    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("office.db");
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(true)
            .busy_timeout(std::time::Duration::from_secs(60))
            .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal);
        Self {
            url: format!("sqlite:{}", file.display()),
            pool: Pool::Sqlite(SqlitePool::connect_with(options).await.unwrap()),
            _folder: Some(folder),
        }
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        matches!(self.pool, Pool::Sqlite(_))
    }

    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.pool, Pool::Postgres(_))
    }

    /// What of three texts is for this engine.
    pub(crate) fn of<T>(&self, postgres: T, mariadb: T, sqlite: T) -> T {
        match self.pool {
            Pool::Postgres(_) => postgres,
            Pool::MariaDb(_) => mariadb,
            Pool::Sqlite(_) => sqlite,
        }
    }

    /// Runs statements.
    pub(crate) async fn run(&self, sql: impl Into<String>) {
        let sql = AssertSqlSafe(sql.into());
        match &self.pool {
            Pool::Postgres(pool) => drop(sqlx::raw_sql(sql).execute(pool).await.unwrap()),
            Pool::MariaDb(pool) => drop(sqlx::raw_sql(sql).execute(pool).await.unwrap()),
            Pool::Sqlite(pool) => drop(sqlx::raw_sql(sql).execute(pool).await.unwrap()),
        }
    }

    /// The first column of what is asked, as text; NULL as `∅`.
    pub(crate) async fn texts(&self, sql: impl Into<String>) -> Vec<String> {
        let sql = AssertSqlSafe(sql.into());
        macro_rules! texts {
            ($pool:expr) => {{
                let rows = sqlx::query(sql).fetch_all($pool).await.unwrap();
                let text = |bytes: Option<Vec<u8>>| bytes.map(|bytes| String::from_utf8(bytes).unwrap());
                rows.iter()
                    .map(|row| text(row.get_unchecked(0)).unwrap_or_else(|| "∅".to_owned()))
                    .collect()
            }};
        }
        match &self.pool {
            Pool::Postgres(pool) => texts!(pool),
            Pool::MariaDb(pool) => texts!(pool),
            Pool::Sqlite(pool) => texts!(pool),
        }
    }

    /// How many rows a table has.
    pub(crate) async fn count(&self, table: &str) -> usize {
        let cast = self.of("text", "char", "text");
        self.texts(format!("select cast(count(*) as {cast}) from {table}"))
            .await[0]
            .parse()
            .unwrap()
    }

    /// Settings for this database with more.
    pub(crate) fn settings(&self, more: Value) -> Value {
        let mut settings = json!({"url": self.url, "cursor_folder": "cursors"});
        if !self.is_sqlite() {
            settings["password"] = json!(PASSWORD);
        }
        settings
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        settings
    }

    /// Settings that read one table.
    pub(crate) fn reading(&self, more: Value) -> Value {
        let mut intake =
            json!({"name": "outbox", "table": "outbox", "type": "row.db.1", "key": "id", "every_seconds": 1});
        intake
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        self.settings(json!({"in": [intake]}))
    }

    /// Settings that write into one table.
    pub(crate) fn writing(&self, more: Value) -> Value {
        let mut out = json!({"table": "staging"});
        out.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.settings(json!({"out": out}))
    }
}
