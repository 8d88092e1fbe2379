// SPDX-License-Identifier: EUPL-1.2
//! The file system as the kernel mounts it: with plain calls, with the databases that the hub and its connectors use, and
//! with the real nats-server. Takes root and `/dev/fuse`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "tests may fail at any place, and say so"
)]

mod databases;
mod files;
mod jetstream;
mod names;
mod power;
mod scratch;
