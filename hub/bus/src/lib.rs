// SPDX-License-Identifier: EUPL-1.2
//! The only crate that speaks NATS: the embedded server and its accounts, streams and readers, group commit, and both
//! ends of the connector protocol.
//!
//! Invariant: nobody else names `async-nats`. Whoever begins to read a durable does UNPIN, RESET, pull, in this order;
//! whoever publishes more than one message that belong together does it in one atomic batch.

mod accounts;
mod ack;
mod answer;
mod bus;
pub mod connector;
mod damage;
mod embedded;
mod fault;
mod inbound;
mod keys;
mod link;
mod ownership;
mod publish;
mod reader;
mod server_facts;
mod services;
mod streams;
mod wire;

pub use accounts::{ConfigFacts, ServerTls, accounts_config, nats_config};
pub use ack::Ack;
pub use bus::{Bus, BusSettings};
pub use damage::Damage;
pub use embedded::{Embedded, EmbeddedFault, EmbeddedSettings, Restarter};
pub use fault::BusFault;
pub use inbound::{Broken, Inbound, InboundItem, ReceiptItem, Receipts, RecordItem, Records};
pub use keys::{KeyFault, Keys};
pub use link::ClientTls;
pub use ownership::{Over, Owned, Ownership, OwnershipTiming};
pub use publish::{Group, Publish};
pub use server_facts::{RecipientFacts, ServerFacts, ServerLoad, StreamFacts};
pub use services::{AskRequest, BeatRequest, BlobRequest, RegistrationRequest, Requests};
pub use streams::{StreamLimits, Topology};
