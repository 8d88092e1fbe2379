// SPDX-License-Identifier: EUPL-1.2
//! The bus against the real nats-server.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::wildcard_imports,
    clippy::disallowed_methods,
    reason = "tests may fail at any place, and say so"
)]

mod attacks;
mod connectors;
mod damage;
mod embedded;
mod order;
mod ownership;
mod streams;
mod tls;
mod town;
mod way;
