// SPDX-License-Identifier: EUPL-1.2
//! The tools of authors on the files that are shipped.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod formatting;
mod schemas;
