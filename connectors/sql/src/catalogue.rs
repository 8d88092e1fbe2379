// SPDX-License-Identifier: EUPL-1.2
//! What the database itself says of a table: its columns, their types, its unique keys. The settings are held against it before
//! anything is read or written.

mod queries;
mod types;

use crate::database::Database;
use crate::fault::Fault;
use crate::identifier::{Name, TableName};

/// What a column holds, as far as reading and writing differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Integer,
    /// With its digits behind the point, where they are bounded.
    Decimal(Option<u32>),
    Float,
    Bool,
    Bits,
    Date,
    Time,
    /// A date and a time without a zone.
    Timestamp,
    /// A moment.
    Instant,
    /// With its longest length in letters.
    Text(Option<u64>),
    Bytes,
    Json,
    /// SQLite: what it was declared as says little about what is in it.
    Loose(Affinity),
    /// Read and written in the text form of the engine.
    Other,
    /// Not read.
    Unreadable,
}

/// What SQLite makes of a value that is stored in a column (section 3 of its "Datatypes").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Affinity {
    Text,
    /// Numbers, as INTEGER or REAL.
    Numeric,
    /// A column declared as a date or time; its affinity is NUMERIC.
    Moment,
    None,
}

/// A column.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub name: Name,
    pub kind: Kind,
    /// PostgreSQL: the type that a text has to be made into.
    pub cast: Option<TableName>,
}

/// A table or view.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub name: TableName,
    pub columns: Vec<Column>,
    /// The columns of each unique key.
    unique: Vec<Vec<String>>,
    is_view: bool,
}

/// Why a table cannot be used as the settings want it.
#[derive(Debug)]
pub(crate) enum Unusable {
    /// The database could not be asked.
    Fault(Fault),
    /// A German finding that names table and column.
    Finding(String),
}

impl From<Fault> for Unusable {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl Table {
    /// Asks the catalogue.
    pub(crate) async fn load(database: &Database, name: &TableName) -> Result<Self, Unusable> {
        let described = queries::describe(database, name).await?;
        if described.columns.is_empty() {
            return Err(Unusable::Finding(format!(
                "Die Tabelle „{name}“ gibt es in der Datenbank nicht, oder der Benutzer darf sie nicht sehen."
            )));
        }
        Ok(Self {
            name: name.clone(),
            columns: described.columns,
            unique: described.unique,
            is_view: described.is_view,
        })
    }

    /// The column of this name.
    pub(crate) fn column(&self, name: &Name) -> Result<&Column, Unusable> {
        let found = self.columns.iter().find(|column| column.name == *name);
        found.ok_or_else(|| {
            let like = self
                .columns
                .iter()
                .find(|column| column.name.as_str().eq_ignore_ascii_case(name.as_str()));
            let hint = like.map_or_else(String::new, |like| {
                format!(" Gemeint ist wohl „{}“: die Schreibweise zählt.", like.name.as_str())
            });
            Unusable::Finding(format!(
                "Die Tabelle „{}“ hat keine Spalte „{}“.{hint}",
                self.name,
                name.as_str()
            ))
        })
    }

    /// The columns of these names.
    pub(crate) fn chosen(&self, names: &[Name]) -> Result<Vec<Column>, Unusable> {
        names.iter().map(|name| self.column(name).cloned()).collect()
    }

    /// Holds that these columns together are known to be unique; of a view nobody can know.
    pub(crate) fn must_be_unique(&self, names: &[&Name]) -> Result<(), Unusable> {
        let is_unique = |key: &Vec<String>| {
            !key.is_empty()
                && key
                    .iter()
                    .all(|column| names.iter().any(|name| name.as_str() == column))
        };
        if self.is_view || self.unique.iter().any(is_unique) {
            return Ok(());
        }
        let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
        Err(Unusable::Finding(format!(
            "Die Tabelle „{}“ hat keinen eindeutigen Schlüssel über „{}“; ohne ihn ließe sich eine Zeile nicht sicher wiederfinden.",
            self.name,
            names.join(", ")
        )))
    }
}
