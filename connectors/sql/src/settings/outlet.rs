// SPDX-License-Identifier: EUPL-1.2
//! `[settings.out]`: the table that deliveries are written into.

use connector_sdk::SettingsFault;
use serde::Deserialize;

use super::fault;
use crate::identifier::{Name, TableName};

/// `[settings.out]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OutletSettings {
    pub table: TableName,
    /// The column that gets the delivery's id.
    pub delivery: Option<Name>,
    /// The column that gets the row's number within its delivery, from 1.
    pub row: Option<Name>,
    /// The columns of the business key.
    #[serde(default)]
    pub key: Vec<Name>,
    /// What becomes of a row whose business key is there already.
    #[serde(default)]
    pub existing: Existing,
    /// The table in which each delivery is noted, in the same transaction; it has a unique column `delivery`.
    pub ledger: Option<TableName>,
    /// The column that gets the delivery's bytes; without it the delivery is JSON, one member for each column.
    pub payload: Option<Name>,
    #[serde(default = "sixteen_mebibytes")]
    pub max_bytes: u64,
}

/// What becomes of a row whose business key is there already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Existing {
    /// It gets the delivery's values.
    #[default]
    Update,
    /// It stays as it is.
    Keep,
}

pub(super) fn sixteen_mebibytes() -> u64 {
    16 << 20
}

impl OutletSettings {
    pub(super) fn check(&self) -> Result<(), SettingsFault> {
        let refused = |what: &str| Err(fault(&format!("settings.out: {what}.")));
        if self.delivery.is_none() && self.ledger.is_none() && self.key.is_empty() {
            return refused(
                "eines von delivery, key und ledger angeben, sonst wäre eine Wiederholung eine zweite Zeile",
            );
        }
        if self.row.is_some() && self.delivery.is_none() {
            return refused("row braucht delivery");
        }
        if self.payload.is_some() && !self.key.is_empty() {
            return refused("payload und key gehen nicht zusammen");
        }
        Ok(())
    }
}
