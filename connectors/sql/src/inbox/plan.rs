// SPDX-License-Identifier: EUPL-1.2
//! The settings of a table, held against the catalogue: what is selected, and where in a row it stands.

use crate::catalogue::{Column, Kind, Table, Unusable};
use crate::database::Database;
use crate::identifier::{Name, TableName};
use crate::settings::{After, IntakeSettings};

/// How a table is read.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub table: TableName,
    /// What is selected: first the order's columns, then what makes the message.
    pub selected: Vec<Column>,
    /// So many of the first make the order: the watermark, and the key.
    pub order: usize,
    /// Whether the first of them is the watermark.
    pub has_watermark: bool,
    /// Whether rows that are younger than this have to wait.
    pub settle_seconds: u32,
    /// Where the message's own columns begin and end.
    pub own: std::ops::Range<usize>,
    /// Where the record's name stands.
    pub name: Option<usize>,
    /// The column that marks.
    pub mark: Option<Column>,
}

impl Plan {
    /// Asks the catalogue.
    pub(super) async fn load(database: &Database, settings: &IntakeSettings) -> Result<Self, Unusable> {
        let table = Table::load(database, &settings.table).await?;
        let key: Vec<&Name> = settings.key().iter().collect();
        table.must_be_unique(&key)?;
        let names: Vec<Name> = settings.watermark.iter().chain(settings.key()).cloned().collect();
        let mut selected = table.chosen(&names)?;
        let order = selected.len();
        if settings.settle_seconds > 0 && selected.first().is_some_and(|first| first.kind != Kind::Instant) {
            return Err(finding(
                &table,
                &names,
                "braucht für settle_seconds einen Zeitpunkt mit Zone",
            ));
        }
        let own = match (&settings.payload, &settings.columns) {
            (Some(payload), _) => vec![table.column(payload)?.clone()],
            (None, Some(columns)) => table.chosen(columns)?,
            (None, None) => table.columns.clone(),
        };
        for column in own.iter().chain(&selected) {
            if column.kind == Kind::Unreadable {
                let names = [column.name.clone()];
                return Err(finding(
                    &table,
                    &names,
                    "hat einen Typ, der nicht gelesen wird; columns ohne sie angeben",
                ));
            }
        }
        let own_at = order..order + own.len();
        selected.extend(own);
        let name = match &settings.record_name {
            Some(name) => {
                selected.push(table.column(name)?.clone());
                Some(selected.len() - 1)
            }
            None => None,
        };
        let mark = match settings.after() {
            After::Mark(mark) => Some(table.column(&mark.column)?.clone()),
            After::Keep | After::Delete => None,
        };
        Ok(Self {
            table: settings.table.clone(),
            selected,
            order,
            has_watermark: settings.watermark.is_some(),
            settle_seconds: settings.settle_seconds,
            own: own_at,
            name,
            mark,
        })
    }

    /// The columns of the order.
    pub(super) fn ordered(&self) -> &[Column] {
        self.selected.get(..self.order).unwrap_or_default()
    }

    /// Names of the key's columns, for a report.
    pub(super) fn key_names(&self) -> String {
        let key = self
            .ordered()
            .get(usize::from(self.has_watermark)..)
            .unwrap_or_default();
        let names: Vec<&str> = key.iter().map(|column| column.name.as_str()).collect();
        names.join(", ")
    }
}

fn finding(table: &Table, names: &[Name], what: &str) -> Unusable {
    let name = names.first().map(Name::as_str).unwrap_or_default();
    Unusable::Finding(format!("Tabelle „{}“: die Spalte „{name}“ {what}.", table.name))
}
