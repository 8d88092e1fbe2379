// SPDX-License-Identifier: EUPL-1.2
//! A database of any of the three engines: connections that are few, statements with time limits, rows as exact texts.

mod mariadb;
mod postgres;
mod sqlite;

use std::time::Duration;

use connector_sdk::SettingsFault;
use sqlx::pool::PoolConnection;
use sqlx::{MySql, MySqlPool, PgPool, Postgres, Sqlite, SqlitePool};
use tokio::time::timeout;

use crate::fault::Fault;
use crate::settings::DatabaseSettings;
use crate::statement::Statement;

/// The engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Postgres,
    MariaDb,
    Sqlite,
}

/// One value of a row, as the engine gave it.
#[derive(Clone, PartialEq)]
pub(crate) enum Cell {
    Null,
    /// SQLite's storage class INTEGER.
    Integer(i64),
    /// SQLite's storage class REAL.
    Real(f64),
    /// Text; whether it is UTF-8 is for the reader to see.
    Text(Vec<u8>),
    /// SQLite's storage class BLOB.
    Blob(Vec<u8>),
}

impl Cell {
    /// As text; NULL and what is no UTF-8 is nothing.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(bytes) | Self::Blob(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }
}

impl std::fmt::Debug for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cell")
    }
}

/// A row.
pub(crate) type Row = Vec<Cell>;

#[derive(Debug)]
enum Pool {
    Postgres(PgPool),
    MariaDb(MySqlPool),
    Sqlite(SqlitePool),
}

/// The database.
#[derive(Debug)]
pub(crate) struct Database {
    pool: Pool,
    /// For one statement, with a little more than the server itself allows.
    patience: Duration,
}

/// One connection, borrowed. Dropped without [`Session::release`] it is closed, for nobody knows its state.
#[derive(Debug)]
pub(crate) struct Session {
    link: Option<Link>,
    patience: Duration,
}

#[derive(Debug)]
enum Link {
    Postgres(PoolConnection<Postgres>),
    MariaDb(PoolConnection<MySql>),
    Sqlite(PoolConnection<Sqlite>),
}

impl Database {
    /// A database that is connected to when it is needed.
    pub(crate) fn open(settings: &DatabaseSettings) -> Result<Self, SettingsFault> {
        let pool = match settings.engine()? {
            Engine::Postgres => Pool::Postgres(postgres::pool(settings)?),
            Engine::MariaDb => Pool::MariaDb(mariadb::pool(settings)?),
            Engine::Sqlite => Pool::Sqlite(sqlite::pool(settings)?),
        };
        Ok(Self {
            pool,
            patience: settings.statement() + Duration::from_secs(5),
        })
    }

    /// Which engine it is.
    pub(crate) fn engine(&self) -> Engine {
        match self.pool {
            Pool::Postgres(_) => Engine::Postgres,
            Pool::MariaDb(_) => Engine::MariaDb,
            Pool::Sqlite(_) => Engine::Sqlite,
        }
    }

    /// Borrows a connection.
    pub(crate) async fn session(&self) -> Result<Session, Fault> {
        let link = match &self.pool {
            Pool::Postgres(pool) => Link::Postgres(pool.acquire().await?),
            Pool::MariaDb(pool) => Link::MariaDb(pool.acquire().await?),
            Pool::Sqlite(pool) => Link::Sqlite(pool.acquire().await?),
        };
        Ok(Session {
            link: Some(link),
            patience: self.patience,
        })
    }

    /// The rows of one statement, on a connection of its own.
    pub(crate) async fn fetch(&self, statement: Statement) -> Result<Vec<Row>, Fault> {
        let mut session = self.session().await?;
        let fetched = session.fetch(statement).await;
        session.settle(fetched).await
    }

    /// Carries out statements in one transaction: all or none.
    pub(crate) async fn apply(&self, statements: Vec<Statement>) -> Result<(), Fault> {
        let mut session = self.session().await?;
        session.begin().await?;
        for statement in statements {
            if let Err(fault) = session.execute(statement).await {
                return session.roll_back(fault).await;
            }
        }
        session.commit().await
    }
}

macro_rules! each_engine {
    ($session:expr, $connection:ident, $engine:ident => $body:expr) => {{
        let patience = $session.patience;
        let work = async {
            match &mut $session.link {
                Some(Link::Postgres($connection)) => {
                    #[allow(unused_imports, reason = "not every use asks the engine for more")]
                    use postgres as $engine;
                    $body
                }
                Some(Link::MariaDb($connection)) => {
                    #[allow(unused_imports, reason = "not every use asks the engine for more")]
                    use mariadb as $engine;
                    $body
                }
                Some(Link::Sqlite($connection)) => {
                    #[allow(unused_imports, reason = "not every use asks the engine for more")]
                    use sqlite as $engine;
                    $body
                }
                None => Err(Fault::away("Die Verbindung zur Datenbank ist schon geschlossen.")),
            }
        };
        match timeout(patience, work).await {
            Ok(done) => done,
            Err(_) => Err(Fault::away("Die Datenbank antwortet nicht in der erlaubten Zeit.")),
        }
    }};
}

impl Session {
    /// The rows of a statement.
    pub(crate) async fn fetch(&mut self, statement: Statement) -> Result<Vec<Row>, Fault> {
        each_engine!(self, connection, engine => {
            let rows = engine::query(statement).fetch_all(&mut **connection).await?;
            Ok(rows.iter().map(engine::cells).collect())
        })
    }

    /// Carries out a statement.
    pub(crate) async fn execute(&mut self, statement: Statement) -> Result<(), Fault> {
        each_engine!(self, connection, engine => {
            engine::query(statement).execute(&mut **connection).await?;
            Ok(())
        })
    }

    async fn say(&mut self, text: &'static str) -> Result<(), Fault> {
        each_engine!(self, connection, _engine => {
            sqlx::raw_sql(text).execute(&mut **connection).await?;
            Ok(())
        })
    }

    /// Begins a transaction.
    pub(crate) async fn begin(&mut self) -> Result<(), Fault> {
        // SQLite: the right to write is taken at the beginning, or two that read first could never both go on.
        let text = match &self.link {
            Some(Link::Sqlite(_)) => "begin immediate",
            _ => "begin",
        };
        self.say(text).await
    }

    /// Ends the transaction with effect, and gives the connection back.
    pub(crate) async fn commit(mut self) -> Result<(), Fault> {
        self.say("commit").await?;
        self.release();
        Ok(())
    }

    /// Ends the transaction without effect, because of this fault.
    pub(crate) async fn roll_back<T>(mut self, fault: Fault) -> Result<T, Fault> {
        if !fault.breaks_connection() && self.say("rollback").await.is_ok() {
            self.release();
        }
        Err(fault)
    }

    /// Gives the connection back unless this came to a fault that leaves it in doubt.
    async fn settle<T>(self, done: Result<T, Fault>) -> Result<T, Fault> {
        match done {
            Err(fault) if fault.breaks_connection() => Err(fault),
            done => {
                self.release();
                done
            }
        }
    }

    /// Gives the connection back: it has no open transaction.
    pub(crate) fn release(mut self) {
        // The pool takes it back when it is dropped.
        drop(self.link.take());
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        match self.link.take() {
            Some(Link::Postgres(connection)) => drop(connection.detach()),
            Some(Link::MariaDb(connection)) => drop(connection.detach()),
            Some(Link::Sqlite(connection)) => drop(connection.detach()),
            None => {}
        }
    }
}
