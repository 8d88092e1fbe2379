// SPDX-License-Identifier: EUPL-1.2
//! The settings of the target table, held against the catalogue.

use crate::catalogue::{Column, Table, Unusable};
use crate::database::Database;
use crate::identifier::{Name, TableName};
use crate::settings::OutletSettings;

/// The columns that the settings name.
#[derive(Debug)]
pub(crate) struct Plan {
    pub table: Table,
    pub delivery: Option<Column>,
    pub row: Option<Column>,
    pub payload: Option<Column>,
    /// The ledger, and its column for the delivery.
    pub ledger: Option<(TableName, Column)>,
}

impl Plan {
    /// Asks the catalogue.
    pub(super) async fn load(database: &Database, settings: &OutletSettings) -> Result<Self, Unusable> {
        let table = Table::load(database, &settings.table).await?;
        let one = |name: &Option<Name>| name.as_ref().map(|name| table.column(name).cloned()).transpose();
        let (delivery, row, payload) = (one(&settings.delivery)?, one(&settings.row)?, one(&settings.payload)?);
        if let Some(delivery) = &settings.delivery {
            let names: Vec<&Name> = std::iter::once(delivery).chain(&settings.row).collect();
            table.must_be_unique(&names)?;
        }
        if !settings.key.is_empty() {
            table.chosen(&settings.key)?;
            table.must_be_unique(&settings.key.iter().collect::<Vec<_>>())?;
        }
        let ledger = match &settings.ledger {
            None => None,
            Some(name) => {
                let ledger = Table::load(database, name).await?;
                let column: Name = "delivery".to_owned().try_into().map_err(|_| unnamed())?;
                ledger.must_be_unique(&[&column])?;
                Some((name.clone(), ledger.column(&column)?.clone()))
            }
        };
        Ok(Self {
            table,
            delivery,
            row,
            payload,
            ledger,
        })
    }
}

fn unnamed() -> Unusable {
    Unusable::Finding("Das Zustellverzeichnis hat keine Spalte „delivery“.".to_owned())
}
