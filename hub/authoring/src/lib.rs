// SPDX-License-Identifier: EUPL-1.2
//! What authors of mapping files work with: formatting, proposing, schemas of files, the language server.
//!
//! Invariant: nothing here changes what a file means. Formatting keeps every value, every comment and every order that
//! matters, and says so when it cannot.

pub mod format;
pub mod lsp;
pub mod proposal;
pub mod schemas;
mod syntax;
