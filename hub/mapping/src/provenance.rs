// SPDX-License-Identifier: EUPL-1.2
//! What a mapping does: for each field the row, the place in the document and the functions; for each row whether it
//! gave anything; what was met that no row names, and which codes stand in no table.
//!
//! Nothing of this is worked out unless somebody asks: [`Mapping::explain`] and [`Mapping::explain_writing`] for one
//! document, [`Worker::watch`] and [`Worker::take_coverage`] for many.

mod blame;
mod corpus;
mod coverage;
mod explain;
mod locate;
mod recorder;
mod rows;
mod target;
#[cfg(test)]
mod tests;

use hub_message::{Place, Tree};
use serde::Serialize;

#[cfg(doc)]
use crate::{Mapping, Worker};

pub use corpus::{Corpus, Counting, FoundCode, UnmappedIn};
pub use coverage::{Coverage, LeftOut, OutsideCode, RowUse, Tally};
pub(crate) use explain::{reading, writing};
pub(crate) use locate::Located;
pub(crate) use recorder::{From, Leaf, Recorder};
pub(crate) use rows::{FileRows, Used};
pub(crate) use target::Traced;

/// A file that was read, with the origin of all that was made.
#[derive(Debug, Clone, Serialize)]
pub struct Explained {
    /// Id of the mapping.
    pub mapping: String,
    /// Its file.
    pub file: String,
    /// The canonical documents in the order of the file.
    pub documents: Vec<ExplainedDocument>,
}

/// A canonical document with the origin of each of its leaves.
#[derive(Debug, Clone, Serialize)]
pub struct ExplainedDocument {
    /// The document itself.
    #[serde(skip)]
    pub document: Tree,
    /// Its leaves in document order.
    pub fields: Vec<ExplainedField>,
}

/// Where a canonical leaf comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedField {
    /// Canonical path with the indices of lists, `lines[0].net`.
    pub field: String,
    /// Its value.
    pub value: String,
    /// Whether the schema says that the value may be shown.
    pub open: bool,
    /// Where its text stands in the document: several places for what was put together, none for a default.
    pub sources: Vec<SourcePlace>,
    /// The row that made it.
    pub row: RowPlace,
}

/// A text in the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourcePlace {
    /// Path with indices.
    pub path: String,
    /// Line and column.
    pub place: Place,
    /// First byte in the decoded document.
    pub start: usize,
    /// The byte behind it; equal to `start` where the text was put together from pieces (an escape, a CDATA section).
    pub end: usize,
}

/// A row of a mapping file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowPlace {
    /// The mapping file.
    pub file: String,
    /// Line and column in it.
    pub place: Place,
    /// The row as it is written there, without its canonical field.
    pub text: String,
    /// Where the fragments are used in which the row stands, from the outside in.
    pub used_at: Vec<Place>,
    /// The functions that were applied, as they are written; those that the type of the field implies come last, or
    /// first when writing.
    pub functions: Vec<String>,
}

/// A document that was written, with the origin of everything in it.
#[derive(Debug, Clone, Serialize)]
pub struct ExplainedWriting {
    /// Id of the mapping.
    pub mapping: String,
    /// Its file.
    pub file: String,
    /// What was written.
    #[serde(skip)]
    pub written: Vec<u8>,
    /// The places in it, in its order.
    pub places: Vec<ExplainedPlace>,
}

/// Where the value of a written place comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedPlace {
    /// Path with indices.
    pub path: String,
    /// What is written there.
    pub value: String,
    /// Whether the schema says that the value may be shown.
    pub open: bool,
    /// What it is made from.
    pub origin: Origin,
    /// The row that writes it.
    pub row: RowPlace,
}

/// What a written value is made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// Canonical fields; several where a template puts them together.
    Fields(Vec<String>),
    /// The default of the row.
    Default,
    /// A text that stands in the mapping.
    Constant,
    /// What the hub knows beside the document: `$message.id`.
    Fact(String),
}
