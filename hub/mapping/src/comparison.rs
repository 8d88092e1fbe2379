// SPDX-License-Identifier: EUPL-1.2
//! What differs between two documents, place by place and not line by line; and what that comes to over many documents.

mod align;
mod effect;
mod native;
mod structure;
#[cfg(test)]
mod tests;

use serde::Serialize;

pub(crate) use align::align as side_by_side;
pub use effect::{Effect, Example, FieldEffect, Outcome, Refused, Showing, UnmappedChange};
pub(crate) use native::Shaping;
pub use structure::Structure;

/// A place whose value differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The place with its indices: `lines[0].net` of a canonical document, `/ubl:Invoice/cbc:ID` of another one.
    pub path: String,
    /// The place without indices: `lines[].net`.
    pub field: String,
    /// The value before, or the expected one; `None`: nothing stood there.
    pub before: Option<String>,
    /// The value after, or the one found; `None`: nothing stands there.
    pub after: Option<String>,
}

/// What counts as the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sameness {
    /// Digit by digit.
    Exact,
    /// As a test expects it: numbers by value, and the text `*` stands for anything.
    Expected,
}
