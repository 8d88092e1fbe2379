// SPDX-License-Identifier: EUPL-1.2
//! The mapping language: from TOML with spans to checked rows.

pub(crate) mod calls;
pub(crate) mod check;
pub mod condition;
pub(crate) mod expand;
pub(crate) mod file;
pub(crate) mod place;
pub(crate) mod resolve;
pub(crate) mod row;
pub(crate) mod scan;
mod sides;
pub(crate) mod table;
pub(crate) mod template;
pub(crate) mod tests_section;
pub(crate) mod value;
