// SPDX-License-Identifier: EUPL-1.2
//! PostgreSQL.

use connector_sdk::SettingsFault;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPoolOptions, PgRow, PgSslMode};
use sqlx::query::Query;
use sqlx::{ConnectOptions, PgPool, Postgres, Row as _, ValueRef};

use super::Cell;
use crate::settings::{DatabaseSettings, fault};
use crate::statement::{Parameter, Statement};

/// The connections; made when they are needed.
pub(super) fn pool(settings: &DatabaseSettings) -> Result<PgPool, SettingsFault> {
    let mut options: PgConnectOptions = settings
        .url
        .parse()
        .map_err(|_| fault("settings.url: das ist keine Adresse."))?;
    let limit = settings.statement().as_millis().to_string();
    options = options
        .application_name("amtshub")
        .ssl_mode(if settings.wants_tls()? {
            PgSslMode::VerifyFull
        } else {
            PgSslMode::Disable
        })
        // Notices of triggers may hold values.
        .options([
            ("statement_timeout", limit.as_str()),
            ("idle_in_transaction_session_timeout", "60000"),
            ("client_min_messages", "error"),
            ("standard_conforming_strings", "on"),
        ])
        .disable_statement_logging();
    if let Some(password) = &settings.password {
        options = options.password(password.disclose());
    }
    if let Some(ca) = &settings.ca {
        options = options.ssl_root_cert(ca);
    }
    Ok(PgPoolOptions::new()
        .max_connections(settings.connections())
        .acquire_timeout(settings.connect())
        .connect_lazy_with(options))
}

pub(super) fn query(statement: Statement) -> Query<'static, Postgres, PgArguments> {
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
pub(super) fn cells(row: &PgRow) -> Vec<Cell> {
    let cell = |index| match row.try_get_raw(index) {
        Ok(value) if !value.is_null() => match row.try_get_unchecked::<Vec<u8>, _>(index) {
            Ok(bytes) => Cell::Text(bytes),
            Err(_) => Cell::Null,
        },
        _ => Cell::Null,
    };
    (0..row.len()).map(cell).collect()
}
