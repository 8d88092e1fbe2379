// SPDX-License-Identifier: EUPL-1.2
//! What a newer version of a list changes.

use std::collections::HashMap;
use std::fmt;

use super::ImportedTable;

/// The difference between two tables, by code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Codes that are new, with the rest of their row.
    pub added: Vec<(String, String)>,
    /// Codes that are gone.
    pub removed: Vec<(String, String)>,
    /// Codes whose row says something else: before and now.
    pub changed: Vec<(String, String, String)>,
}

impl Difference {
    /// What `now` changes in `before`. Columns are compared by name.
    pub fn between(before: &ImportedTable, now: &ImportedTable) -> Self {
        let (old, new) = (rows(before, now), rows(now, before));
        let by_code: HashMap<&str, &str> = old.iter().map(|(code, rest)| (code.as_str(), rest.as_str())).collect();
        let mut difference = Self::default();
        for (code, rest) in &new {
            match by_code.get(code.as_str()) {
                None => difference.added.push((code.clone(), rest.clone())),
                Some(known) if known != rest => {
                    difference
                        .changed
                        .push((code.clone(), (*known).to_owned(), rest.clone()));
                }
                Some(_) => {}
            }
        }
        for (code, rest) in old {
            if !new.iter().any(|(known, _)| *known == code) {
                difference.removed.push((code, rest));
            }
        }
        difference
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

/// Code and the rest of each row, without the columns that the other table does not have.
fn rows(table: &ImportedTable, other: &ImportedTable) -> Vec<(String, String)> {
    let code = table.position("code").unwrap_or(0);
    let shared: Vec<usize> = other
        .columns
        .iter()
        .filter(|name| *name != "code")
        .filter_map(|name| table.position(name))
        .collect();
    let of = |row: &Vec<String>| {
        let rest: Vec<&str> = shared
            .iter()
            .filter_map(|column| row.get(*column).map(String::as_str))
            .collect();
        Some((row.get(code)?.clone(), rest.join(", ")))
    };
    table.rows.iter().filter_map(of).collect()
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (code, rest) in &self.removed {
            writeln!(f, "- {code}  {rest}")?;
        }
        for (code, rest) in &self.added {
            writeln!(f, "+ {code}  {rest}")?;
        }
        for (code, before, now) in &self.changed {
            writeln!(
                f,
                "~ {code}  {before}\n  {:width$}  {now}",
                "",
                width = code.chars().count()
            )?;
        }
        Ok(())
    }
}
