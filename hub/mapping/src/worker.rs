// SPDX-License-Identifier: EUPL-1.2
//! The buffers that are used again from document to document.

/// What a thread keeps between documents: buffers and counters, nothing of a document's contents that is looked at again.
#[derive(Debug, Default)]
pub struct Worker {}

/// A place that documents had and the mapping does not name, counted without values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unmapped {
    /// Its path, in the mapping's spelling as far as the mapping knows it.
    pub path: String,
    /// How often it was met since the worker was made or its counts were taken.
    pub count: u64,
}

impl Worker {
    /// The places met so far that no row names, by path; the counters start again at nothing.
    pub fn take_unmapped(&mut self) -> Vec<Unmapped> {
        Vec::new()
    }
}
