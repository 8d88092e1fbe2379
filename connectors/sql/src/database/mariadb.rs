// SPDX-License-Identifier: EUPL-1.2
//! MariaDB, and MySQL as far as it is the same.

use connector_sdk::SettingsFault;
use sqlx::mysql::{MySqlArguments, MySqlConnectOptions, MySqlPoolOptions, MySqlRow, MySqlSslMode};
use sqlx::query::Query;
use sqlx::{ConnectOptions, Executor, MySql, MySqlPool, Row as _, ValueRef};

use super::Cell;
use crate::settings::{DatabaseSettings, fault};
use crate::statement::{Parameter, Statement};

/// The connections; made when they are needed.
pub(super) fn pool(settings: &DatabaseSettings) -> Result<MySqlPool, SettingsFault> {
    let mut options: MySqlConnectOptions = settings
        .url
        .parse()
        .map_err(|_| fault("settings.url: das ist keine Adresse."))?;
    options = options
        .ssl_mode(if settings.wants_tls()? {
            MySqlSslMode::VerifyIdentity
        } else {
            MySqlSslMode::Disabled
        })
        .disable_statement_logging();
    if let Some(password) = &settings.password {
        options = options.password(password.disclose());
    }
    if let Some(ca) = &settings.ca {
        options = options.ssl_ca(ca);
    }
    let seconds = settings.statement().as_secs();
    Ok(MySqlPoolOptions::new()
        .max_connections(settings.connections())
        .acquire_timeout(settings.connect())
        .after_connect(move |connection, _| {
            Box::pin(async move {
                // Strict: what does not fit is an error, and never cut off.
                connection
                    .execute("set session sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO'")
                    .await?;
                let limits = "set session max_statement_time = ?, innodb_lock_wait_timeout = ?";
                sqlx::query(limits).bind(seconds).bind(seconds).execute(connection).await?;
                Ok(())
            })
        })
        .connect_lazy_with(options))
}

pub(super) fn query(statement: Statement) -> Query<'static, MySql, MySqlArguments> {
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

/// Everything is selected as text or bytes, whose binary form is the bytes themselves.
pub(super) fn cells(row: &MySqlRow) -> Vec<Cell> {
    let cell = |index| match row.try_get_raw(index) {
        Ok(value) if !value.is_null() => match row.try_get_unchecked::<Vec<u8>, _>(index) {
            Ok(bytes) => Cell::Text(bytes),
            Err(_) => Cell::Null,
        },
        _ => Cell::Null,
    };
    (0..row.len()).map(cell).collect()
}
