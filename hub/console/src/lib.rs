// SPDX-License-Identifier: EUPL-1.2
//! The status listener: whether the hub lives, whether it is ready, how it is, in numbers for people and for monitoring.
//!
//! Invariant: nothing that is served here says anything about a person. The listener holds no connection to anything:
//! it shows the last [`Status`] that the server gave it.

mod heartbeat;
mod listener;
mod metrics;
mod problem;
pub mod status;

pub use heartbeat::Heartbeat;
pub use listener::{Sources, serve};
pub use status::{Connector, ConnectorState, Counts, Disk, Health, Nats, Outgoing, Rules, Status, Store, Stream, Work};
