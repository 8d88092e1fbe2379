// SPDX-License-Identifier: EUPL-1.2
//! Claim check: documents and everything else that is too large to travel in a message, addressed by their SHA-256.
//!
//! Invariant: a content that can be read was received whole, has the digest that it is addressed by, and was written
//! through to the disk together with its name before anybody was told that it is there. What a connector has not sent
//! itself is never said to be there.

mod address;
mod documents;
mod fault;
#[cfg(test)]
mod power;
mod sweep;
mod upload;
mod writing;

pub use documents::{Documents, Limits};
pub use fault::DocumentsFault;
pub use upload::Begun;
