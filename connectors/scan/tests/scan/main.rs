// SPDX-License-Identifier: EUPL-1.2
//! The scan connector as a process, against the real tools, a real nats-server and the hub's end of the protocol. The paper
//! is made by the tests.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "all of this crate is a test: what is not as expected is to fail at once"
)]

mod bad_input;
mod codes;
mod files;
mod office;
mod paper;
mod recognition;
mod stacks;

use connector_testing::Kind;

/// What these tests are about.
pub(crate) const KIND: Kind = Kind {
    name: "scan",
    program: env!("CARGO_BIN_EXE_amtshub-connector-scan"),
};
