// SPDX-License-Identifier: EUPL-1.2
//! What every connector shares: [`Source`], [`Sink`] and [`Responder`], the loops around them, the ledger, the talk with the hub.
//!
//! Invariants: a source lets go of a record only after the stream has acknowledged it; a target is touched only after
//! the ledger has been asked; a delivery is acknowledged only after its receipt is in the stream.

mod arguments;
mod attempt;
mod backoff;
mod claim;
mod common_settings;
mod delivery;
mod dispatch;
pub mod failpoint;
mod fault;
mod gate;
mod greeting;
mod health;
mod intake;
mod ledger;
mod lookups;
mod parent;
mod reading;
mod responder;
mod run;
mod session;
mod sink;
pub mod source;
mod spool;
mod state;
mod work;

pub use delivery::{Delivery, Reader};
pub use fault::{SettingsFault, SinkFault, Unavailable};
pub use health::now;
pub use ledger::{Entry, Ledger, LedgerFault, Progress};
pub use lookups::{Found, LookupFault, Lookups};
pub use responder::{Answer, NoResponder, Responder, ResponderFault};
pub use run::{Endpoints, run, run_from, wrong_usage};
pub use sink::{Done, NoSink, Sink, Steps};
pub use source::{Content, NoSource, Refusal, Source};
pub use spool::Spool;
