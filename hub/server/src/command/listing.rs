// SPDX-License-Identifier: EUPL-1.2
//! Listings: tables for people, columns as wide as their widest cell; JSON for programs.

use hub_message::Timestamp;
use serde::Serialize;

use super::place::Failure;
use crate::exit::Exit;

/// A table.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    rows: Vec<Vec<String>>,
    columns: usize,
}

impl Listing {
    /// A table with these column heads.
    pub(crate) fn new(heads: &[&str]) -> Self {
        Self {
            rows: vec![heads.iter().map(ToString::to_string).collect()],
            columns: heads.len(),
        }
    }

    /// Adds a row.
    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        // Control characters in a cell could rewrite the terminal.
        let clean = |cell: String| cell.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        self.rows.push(cells.into_iter().map(clean).collect());
    }

    /// Whether it has no rows but its heads.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.len() < 2
    }

    /// The table as text, each line ended.
    pub(crate) fn render(&self) -> String {
        let widths: Vec<usize> = (0..self.columns).map(|column| self.width(column)).collect();
        let mut text = String::new();
        for row in &self.rows {
            let padded: Vec<String> = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            text.push_str(padded.join("  ").trim_end());
            text.push('\n');
        }
        text
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    }
}

/// A text with every line set in by so many spaces.
pub(crate) fn indented(text: &str, by: usize) -> String {
    let mut out = String::with_capacity(text.len() + by * 8);
    for line in text.lines() {
        out.push_str(&" ".repeat(by));
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// A value as JSON text, its line ended.
pub(crate) fn json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(value)
        .map(|text| text + "\n")
        .map_err(|fault| Failure::new(Exit::Unreachable, fault.to_string()))
}

/// A point in time for people, in UTC, to the second.
pub(crate) fn moment(at: Timestamp) -> String {
    let text = at.to_string();
    let seconds = text.get(..19).unwrap_or(&text);
    format!("{}Z", seconds.replace('T', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_cut_to_the_second() {
        assert_eq!(
            moment(Timestamp::from_millis(1_790_000_000_123)),
            "2026-09-21 14:13:20Z"
        );
    }

    #[test]
    fn columns_line_up_by_characters() {
        let mut listing = Listing::new(&["Vorgang", "Betreff"]);
        listing.row(["V-1".into(), "Rechnung für\nMüll".into()]);
        listing.row(["V-2026-000001".into(), "x".into()]);
        assert_eq!(
            listing.render(),
            "Vorgang        Betreff\nV-1            Rechnung für Müll\nV-2026-000001  x\n"
        );
    }
}
