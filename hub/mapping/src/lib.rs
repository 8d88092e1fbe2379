// SPDX-License-Identifier: EUPL-1.2
//! The mapping language and the formats it reads and writes.
//!
//! Invariant: nothing here does input or output, reads a clock or knows a schema's file; whatever a mapping needs is
//! given to it as text when it is loaded. A loaded [`Mapping`] is immutable, and all that changes from document to
//! document stands in a [`Worker`].

pub mod encoding;
pub mod facts;
pub mod function;
#[cfg(test)]
mod heard;
pub mod json;
mod mapping;
pub mod report;
pub mod sink;
pub mod source;
pub mod testing;
mod worker;

pub use facts::Facts;
pub use mapping::{Header, Loaded, Mapping, header};
pub use worker::{Unmapped, Worker};
