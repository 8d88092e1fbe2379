// SPDX-License-Identifier: EUPL-1.2
//! Reads typed values out of rows.

use hub_message::Timestamp;
use sqlx::{ColumnIndex, Decode, Row, Type};

use super::{Db, DbRow};
use crate::error::StoreError;

fn unreadable(column: &str) -> StoreError {
    StoreError::Broken(format!("column {column} holds something that the program never wrote"))
}

/// A column as the database has it.
pub(crate) fn get<'r, T>(row: &'r DbRow, column: &'static str) -> Result<T, StoreError>
where
    T: Decode<'r, Db> + Type<Db>,
    &'static str: ColumnIndex<DbRow>,
{
    Ok(row.try_get(column)?)
}

/// A text column as a checked type.
pub(crate) fn parsed<T: TryFrom<String>>(row: &DbRow, column: &'static str) -> Result<T, StoreError> {
    T::try_from(get(row, column)?).map_err(|_| unreadable(column))
}

/// A text column that may be NULL, as a checked type.
pub(crate) fn maybe_parsed<T: TryFrom<String>>(row: &DbRow, column: &'static str) -> Result<Option<T>, StoreError> {
    let text: Option<String> = get(row, column)?;
    text.map(|text| T::try_from(text).map_err(|_| unreadable(column)))
        .transpose()
}

/// A column of milliseconds.
pub(crate) fn time(row: &DbRow, column: &'static str) -> Result<Timestamp, StoreError> {
    Ok(Timestamp::from_millis(get(row, column)?))
}

/// A count or another number that is never negative.
pub(crate) fn number<T: TryFrom<i64>>(row: &DbRow, column: &'static str) -> Result<T, StoreError> {
    T::try_from(get(row, column)?).map_err(|_| unreadable(column))
}

/// A column that stands for one of several things.
pub(crate) fn one_of<'r, S, T>(
    row: &'r DbRow,
    column: &'static str,
    meaning: impl FnOnce(S) -> Option<T>,
) -> Result<T, StoreError>
where
    S: Decode<'r, Db> + Type<Db>,
{
    meaning(get(row, column)?).ok_or_else(|| unreadable(column))
}

/// A text column of JSON.
pub(crate) fn json<T: serde::de::DeserializeOwned>(row: &DbRow, column: &'static str) -> Result<T, StoreError> {
    let text: &str = get(row, column)?;
    serde_json::from_str(text).map_err(|_| unreadable(column))
}
