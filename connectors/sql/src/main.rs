// SPDX-License-Identifier: EUPL-1.2
//! The connector of the kind `sql`: reads rows of tables and views, and writes deliveries into staging tables, in PostgreSQL,
//! MariaDB and SQLite.
//!
//! Invariant: a row is marked or deleted only after the stream has acknowledged it, a delivery that is repeated has one effect,
//! and no value of a message ever stands in the text of a statement.

mod catalogue;
mod cursor;
mod database;
mod fault;
mod identifier;
mod inbox;
mod outbox;
mod settings;
mod statement;
mod value;

use std::process::ExitCode;
use std::sync::Arc;

use connector_sdk::{Endpoints, SettingsFault};
use hub_message::{Manifest, TargetClass};
use serde_json::Value;

use database::Database;
use inbox::Inbox;
use outbox::Outbox;
use settings::Settings;

/// Deliveries worked on at once; each waits for one of the few connections.
const IN_FLIGHT: u32 = 4;

fn manifest() -> Manifest {
    Manifest {
        name: "sql".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        protocol: 1,
        vendor: "Amtshub".to_owned(),
        target_class: Some(TargetClass::Idempotent),
        emits: Vec::new(),
        accepts: Vec::new(),
        answers: Vec::new(),
        config_schema: settings::schema(),
        max_in_flight: IN_FLIGHT,
    }
}

fn open(settings: &Value) -> Result<Endpoints<Inbox, Outbox>, SettingsFault> {
    let settings = Settings::read(settings)?;
    let database = Arc::new(Database::open(&settings.database())?);
    let sink = settings.out.clone().map(|out| Outbox::new(Arc::clone(&database), out));
    // Also without anything to read: it is what looks after the database and its tables.
    let source = Some(Inbox::open(database, &settings, sink.clone())?);
    Ok(Endpoints {
        source,
        sink,
        responder: None,
    })
}

fn main() -> ExitCode {
    connector_sdk::run(manifest(), open)
}
