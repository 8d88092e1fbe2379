// SPDX-License-Identifier: EUPL-1.2
//! SQLite: a file on this machine.

use connector_sdk::SettingsFault;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqlitePoolOptions, SqliteRow};
use sqlx::{ConnectOptions, Row as _, Sqlite, SqlitePool, TypeInfo, ValueRef};

use super::Cell;
use crate::settings::DatabaseSettings;
use crate::statement::{Parameter, Statement};

/// The connections; made when they are needed. The file must be there: an empty one would look like a system without work.
pub(super) fn pool(settings: &DatabaseSettings) -> Result<SqlitePool, SettingsFault> {
    let options = SqliteConnectOptions::new()
        .filename(settings.file())
        .create_if_missing(false)
        .busy_timeout(settings.statement())
        .disable_statement_logging();
    Ok(SqlitePoolOptions::new()
        .max_connections(settings.connections())
        .acquire_timeout(settings.connect())
        .connect_lazy_with(options))
}

pub(super) fn query(statement: Statement) -> Query<'static, Sqlite, SqliteArguments> {
    let (text, parameters) = statement.finish();
    parameters
        .into_iter()
        .fold(sqlx::query(text), |query, parameter| match parameter {
            Parameter::Null => query.bind(None::<String>),
            Parameter::Text(text) => query.bind(text),
            Parameter::Integer(number) => query.bind(number),
            Parameter::Real(number) => query.bind(number),
            Parameter::Bytes(bytes) => query.bind(bytes),
        })
}

/// Each value by the class in which it is stored, whatever its column was declared as.
pub(super) fn cells(row: &SqliteRow) -> Vec<Cell> {
    let cell = |index| {
        let class = match row.try_get_raw(index) {
            Ok(value) if !value.is_null() => value.type_info().name().to_owned(),
            _ => return Cell::Null,
        };
        let bytes = || row.try_get_unchecked::<Vec<u8>, _>(index).unwrap_or_default();
        match class.as_str() {
            "INTEGER" => row.try_get_unchecked(index).map_or(Cell::Null, Cell::Integer),
            "REAL" => row.try_get_unchecked(index).map_or(Cell::Null, Cell::Real),
            "BLOB" => Cell::Blob(bytes()),
            _ => Cell::Text(bytes()),
        }
    };
    (0..row.len()).map(cell).collect()
}
