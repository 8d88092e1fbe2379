// SPDX-License-Identifier: EUPL-1.2
//! The folder connector as a process, against a real nats-server and the hub's end of the protocol.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "all of this crate is a test: what is not as expected is to fail at once"
)]

mod batches;
mod claims;
mod intake;
mod intake_faults;
mod outlet;
mod outlet_faults;
mod records;
mod session;

use connector_testing::Kind;

/// What these tests are about.
pub(crate) const KIND: Kind = Kind {
    name: "folder",
    program: env!("CARGO_BIN_EXE_amtshub-connector-folder"),
};
