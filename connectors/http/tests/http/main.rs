// SPDX-License-Identifier: EUPL-1.2
//! The HTTP connector as a process, against a real nats-server and the hub's end of the protocol.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "all of this crate is a test: what is not as expected is to fail at once"
)]

mod blobs;
mod certificates;
mod hub;
mod listener;
mod listener_faults;
mod listener_tls;
mod polling;
mod process;
mod sending;
mod sending_access;
mod sending_faults;
mod session;
mod target;
