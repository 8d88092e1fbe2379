// SPDX-License-Identifier: EUPL-1.2
//! The canonical model: load JSON Schemas, check documents against them, know the protection class of every field.
//!
//! Invariant: a [`Valid`] was checked against the schema that it names, and nothing else makes one. Every leaf of a
//! loaded schema has a German title, an English description and a protection class; a schema where one is missing does
//! not load. No file is read here: callers hand in texts.

mod case_view;
mod expand;
mod instance;
mod keywords;
mod outline;
mod report;
mod schemas;
mod settings;
mod source;
mod template;
#[cfg(test)]
mod tests;

pub use case_view::{CaseView, EntryView, ParticipantView};
pub use schemas::{Schema, SchemaFile, Schemas, Valid};
pub use settings::{SettingsFault, check_settings};
pub use template::Template;
