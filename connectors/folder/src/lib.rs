// SPDX-License-Identifier: EUPL-1.2
//! The hot folder, in and out, for the connector of the kind `folder` and for kinds that take files from one as well.
//!
//! Invariant: a file leaves the hot folder only after the hub has custody, and a delivery appears in the target folder
//! whole and once.

mod directory;
mod inbox;
mod outbox;
mod pattern;
mod settings;

pub use inbox::{Inbox, Ticket};
pub use outbox::Outbox;
pub use pattern::Pattern;
pub use settings::{hot_folder, open, schema};
