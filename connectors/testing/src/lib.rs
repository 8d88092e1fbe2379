// SPDX-License-Identifier: EUPL-1.2
//! What the tests of connector kinds share: the hub's end of the protocol on a real nats-server and the real document
//! store, and the connector as a child process that can be killed at any step.
//!
//! A test says which connector it is about with a [`Kind`]; [`Hub::start`] then plays the hub for it, and
//! [`Connector::start`] runs it. For tests only: everything panics at the first surprise.

mod blobs;
mod hub;
mod kind;
mod process;
mod settings;

pub use hub::{Hub, eventually, names};
pub use kind::Kind;
pub use process::Connector;
pub use settings::assert_settings;
