// SPDX-License-Identifier: EUPL-1.2
//! The mapping language and the formats it reads and writes.
//!
//! Invariant: nothing here does input or output, reads a clock or knows a schema's file; whatever a mapping needs is
//! given to it as text when it is loaded. A loaded [`Mapping`] is immutable, and all that changes from document to
//! document stands in a [`Worker`].

mod beside;
pub mod comparison;
mod contents;
mod convert;
mod csv;
pub mod encoding;
pub mod facts;
mod fixed;
mod flat;
mod form;
pub mod function;
#[cfg(test)]
mod fuzz;
pub mod genericode;
#[cfg(test)]
mod heard;
pub mod json;
pub mod keys;
pub mod language;
mod letters;
mod mail;
mod mapping;
mod mime;
mod multipart;
mod places;
pub mod provenance;
mod reading;
pub mod report;
#[cfg(test)]
mod roundtrips;
mod rows;
#[cfg(test)]
mod sample;
pub mod sink;
pub mod source;
pub mod strict;
pub mod testing;
mod tree;
mod worker;
mod writing;
mod xml;
mod xsd;

pub use beside::{Beside, Wanted, XsdFile, XsdLookup, XsdMissing};
pub use contents::{Content, ReadOutput};
pub use facts::Facts;
pub use language::condition;
pub use mapping::{Header, Loaded, Mapping, header};
pub use worker::{Secrets, Unmapped, Worker};
pub use xsd::{PlaceDoc, SchemaPlaces};
