// SPDX-License-Identifier: EUPL-1.2
//! `[[settings.in]]`: a table or view that is asked again and again for rows.

use std::time::Duration;

use connector_sdk::SettingsFault;
use hub_message::MessageType;
use serde::Deserialize;

use super::fault;
use crate::identifier::{Name, TableName};

/// `[[settings.in]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IntakeSettings {
    /// What the status page and the cursor's file call it.
    pub name: String,
    pub table: TableName,
    #[serde(rename = "type")]
    pub kind: MessageType,
    key: Names,
    /// Grows with each change of a row.
    pub watermark: Option<Name>,
    /// Rows whose watermark is younger wait: transactions that began before may still be open.
    #[serde(default)]
    pub settle_seconds: u32,
    /// The columns that are read; all by default.
    pub columns: Option<Vec<Name>>,
    /// The column whose content is the message; without it the row is, as JSON.
    pub payload: Option<Name>,
    /// The column with the record's name.
    pub record_name: Option<Name>,
    pub media_type: Option<String>,
    mark: Option<MarkSettings>,
    #[serde(default)]
    delete: bool,
    #[serde(default = "ten_seconds")]
    every_seconds: u64,
    #[serde(default = "five_hundred")]
    batch: u32,
}

/// How a row is marked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MarkSettings {
    pub column: Name,
    /// What stands there before; NULL by default.
    pub open: Option<String>,
    /// What is written when the hub has the row; the present time by default.
    pub done: Option<String>,
    /// What is written when the row will never be taken.
    pub refused: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Names {
    One(Name),
    Many(Vec<Name>),
}

/// What becomes of a row that is in custody.
#[derive(Debug, Clone, Copy)]
pub(crate) enum After<'a> {
    /// It stays as it is; how far was read is kept in a file.
    Keep,
    /// It is deleted.
    Delete,
    /// It is marked.
    Mark(&'a MarkSettings),
}

pub(super) fn ten_seconds() -> u64 {
    10
}

pub(super) fn five_hundred() -> u32 {
    500
}

impl IntakeSettings {
    /// The columns that make a row the same one.
    pub(crate) fn key(&self) -> &[Name] {
        match &self.key {
            Names::One(name) => std::slice::from_ref(name),
            Names::Many(names) => names,
        }
    }

    pub(crate) fn after(&self) -> After<'_> {
        match &self.mark {
            Some(mark) => After::Mark(mark),
            None if self.delete => After::Delete,
            None => After::Keep,
        }
    }

    pub(crate) fn every(&self) -> Duration {
        Duration::from_secs(self.every_seconds.clamp(1, 86_400))
    }

    pub(crate) fn batch(&self) -> usize {
        self.batch.clamp(1, 1000) as usize
    }

    pub(super) fn check(&self) -> Result<(), SettingsFault> {
        let refused = |what: &str| Err(fault(&format!("settings.in, {}: {what}.", self.name)));
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.name.is_empty() || self.name.len() > 60 || !self.name.chars().all(is_name) {
            return Err(fault(
                "settings.in: name besteht aus höchstens 60 kleinen Buchstaben, Ziffern und -.",
            ));
        }
        if self.key().is_empty() || self.key().len() > 8 {
            return refused("key nennt eine bis acht Spalten");
        }
        if self.delete && self.mark.is_some() {
            return refused("höchstens eines von mark und delete angeben");
        }
        if self.settle_seconds > 0 && self.watermark.is_none() {
            return refused("settle_seconds braucht watermark");
        }
        if self.payload.is_some() && self.columns.is_some() {
            return refused("höchstens eines von payload und columns angeben");
        }
        if self.payload.is_some() && self.media_type.is_none() {
            return refused("payload braucht media_type");
        }
        Ok(())
    }
}
