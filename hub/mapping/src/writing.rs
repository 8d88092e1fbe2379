// SPDX-License-Identifier: EUPL-1.2
//! Writing: a canonical document becomes a target document.

pub(crate) mod compile;

/// A compiled mapping, as far as it writes.
#[derive(Debug)]
pub(crate) struct WriteProgram {}
