// SPDX-License-Identifier: EUPL-1.2
//! The HTTP connector as a process, against a real nats-server and the hub's end of the protocol.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "all of this crate is a test: what is not as expected is to fail at once"
)]

mod certificates;
mod listener;
mod listener_faults;
mod listener_tls;
mod polling;
mod sending;
mod sending_access;
mod sending_faults;
mod session;
mod target;

use connector_testing::Kind;

/// What these tests are about.
pub(crate) const KIND: Kind = Kind {
    name: "http",
    program: env!("CARGO_BIN_EXE_amtshub-connector-http"),
};
