// SPDX-License-Identifier: EUPL-1.2
//! The table that a list becomes.

use std::collections::HashMap;

use hub_message::{Code, Finding};

use super::CodeList;

/// A table in the form that `[tables.…] file` reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedTable {
    /// Names of the columns; the first is `code`.
    pub columns: Vec<String>,
    /// A cell for each column.
    pub rows: Vec<Vec<String>>,
}

/// Makes the table of a list; every row has a key, and no two the same.
pub(super) fn make(list: &CodeList, key: usize, value: Option<usize>) -> Result<ImportedTable, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut seen: HashMap<&str, &super::Row> = HashMap::new();
    let mut rows = Vec::new();
    let others: Vec<usize> = (0..list.columns.len())
        .filter(|column| *column != key && Some(*column) != value)
        .collect();
    let key_name = list.columns.get(key).map_or("", |column| column.name.as_str());
    for row in &list.rows {
        let cell = |column: usize| row.values.get(column).and_then(Option::as_deref).unwrap_or_default();
        let code = cell(key);
        let error = |code, text: String| Finding::error(Code::new(code), &list.file, row.at.clone(), text);
        if code.is_empty() {
            findings.push(error("AH-M156", format!("this row has no `{key_name}`")));
            continue;
        }
        if seen.insert(code, row).is_some() {
            let finding = error("AH-M157", format!("`{code}` stands twice in the column `{key_name}`"));
            findings.push(finding.help("choose another column: --key"));
            continue;
        }
        let mut cells = vec![code.to_owned()];
        cells.extend(value.map(|column| cell(column).to_owned()));
        cells.extend(others.iter().map(|column| cell(*column).to_owned()));
        rows.push(cells);
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let mut columns = vec!["code".to_owned()];
    columns.extend(value.map(|_| "value".to_owned()));
    for column in others {
        let name = list.columns.get(column).map_or("", |column| column.name.as_str());
        columns.push(free(name, &columns));
    }
    Ok(ImportedTable { columns, rows })
}

/// A name that no column has yet. `code` and `value` are what mappings look for, so no other column is called so.
fn free(name: &str, taken: &[String]) -> String {
    let mut name = name.to_owned();
    if matches!(name.as_str(), "code" | "value") {
        name = format!("list_{name}");
    }
    while taken.contains(&name) {
        name.push('_');
    }
    name
}

impl ImportedTable {
    /// The table as comma-separated values (RFC 4180).
    pub fn to_csv(&self) -> String {
        let line = |cells: &[String]| {
            let quoted: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
            format!("{}\n", quoted.join(","))
        };
        let rows = self.rows.iter().map(|row| line(row));
        std::iter::once(line(&self.columns)).chain(rows).collect()
    }

    /// Reads a table that was written before, by hand or by an import.
    pub fn of_csv(text: &str) -> Self {
        let mut lines = text.trim_start_matches('\u{feff}').lines();
        let split = crate::language::table::split_line;
        Self {
            columns: split(lines.next().unwrap_or_default()),
            rows: lines.filter(|line| !line.trim().is_empty()).map(split).collect(),
        }
    }

    /// Where a column stands.
    pub(super) fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|name| name == column)
    }

    /// Takes the canonical values over that a table before had for the same codes. The codes that are new get none of
    /// their own: they stand for themselves, and are given back.
    pub fn keep_values(&mut self, before: &Self) -> Vec<String> {
        let (Some(code), Some(value)) = (before.position("code"), before.position("value")) else {
            return Vec::new();
        };
        if self.position("value").is_some() {
            return Vec::new();
        }
        let known: HashMap<&str, &str> = before
            .rows
            .iter()
            .filter_map(|row| Some((row.get(code)?.as_str(), row.get(value)?.as_str())))
            .collect();
        let mut without = Vec::new();
        self.columns.insert(1, "value".to_owned());
        for row in &mut self.rows {
            let code = row.first().cloned().unwrap_or_default();
            let value = known.get(code.as_str()).map_or_else(
                || {
                    without.push(code.clone());
                    code.clone()
                },
                |value| (*value).to_owned(),
            );
            row.insert(1, value);
        }
        without
    }
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"']) || cell.starts_with(' ') || cell.ends_with(' ') {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}
