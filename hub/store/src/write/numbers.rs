// SPDX-License-Identifier: EUPL-1.2
//! Numbers that are given out once: row ids, and the readable ids of cases and dead letters.

use std::collections::BTreeMap;

use hub_message::Timestamp;
use sqlx::Row;

use crate::database::{Connection, bulk};
use crate::error::StoreError;

/// The last number given out of each kind, as of this transaction.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    last: BTreeMap<String, i64>,
    changed: bool,
}

impl Numbers {
    pub(crate) async fn load(connection: &mut Connection) -> Result<Self, StoreError> {
        let rows = sqlx::query("SELECT name, value FROM counters")
            .fetch_all(connection)
            .await?;
        let last = rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
        Ok(Self {
            last: last.collect::<Result<_, sqlx::Error>>()?,
            changed: false,
        })
    }

    /// The next number of `kind`, from 1.
    pub(crate) fn next(&mut self, kind: &str) -> i64 {
        self.changed = true;
        if let Some(last) = self.last.get_mut(kind) {
            *last += 1;
            return *last;
        }
        self.last.insert(kind.to_owned(), 1);
        1
    }

    /// The next readable id: `V-2026-000001` for prefix `V` and a time in 2026.
    pub(crate) fn next_name(&mut self, prefix: &str, at: Timestamp) -> String {
        let day = at.day();
        let year = day.split('-').next().unwrap_or_default();
        let number = self.next(&format!("{prefix}-{year}"));
        format!("{prefix}-{year}-{number:06}")
    }

    pub(crate) async fn save(&self, connection: &mut Connection) -> Result<(), StoreError> {
        if !self.changed {
            return Ok(());
        }
        let rows: Vec<_> = self.last.iter().collect();
        let sql = (
            "INSERT INTO counters (name, value) ",
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        );
        bulk::insert(connection, sql, 2, &rows, |values, (name, value)| {
            values.push_bind(name.as_str()).push_bind(**value);
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readable_ids_begin_anew_each_year() {
        let mut numbers = Numbers::default();
        let (then, later) = (
            Timestamp::from_millis(1_790_000_000_000),
            Timestamp::from_millis(1_800_000_000_000),
        );
        let names = [then, then, later].map(|at| numbers.next_name("V", at));
        assert_eq!(names, ["V-2026-000001", "V-2026-000002", "V-2027-000001"]);
    }
}
