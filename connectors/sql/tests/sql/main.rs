// SPDX-License-Identifier: EUPL-1.2
//! The SQL connector as a process, against real servers: PostgreSQL, MariaDB, SQLite, nats-server.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod exact;
mod hostile;
mod intake;
mod outage;
mod outlet;
mod place;
mod server;

use connector_testing::Kind;

/// The connector under test.
pub(crate) const KIND: Kind = Kind {
    name: "sql",
    program: env!("CARGO_BIN_EXE_amtshub-connector-sql"),
};
