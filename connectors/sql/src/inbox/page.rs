// SPDX-License-Identifier: EUPL-1.2
//! From a row to a record.

use connector_sdk::now;
use connector_sdk::source::{Content, Record};
use hub_message::{Digest, Sensitive};
use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization;

use super::plan::Plan;
use super::reading::Ticket;
use crate::database::{Cell, Row};
use crate::settings::IntakeSettings;
use crate::statement::Parameter;
use crate::value;

/// A page, as far as records can be made of it.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub records: Vec<Record<Ticket>>,
    /// Rows that were found for the first time to have no exact form.
    pub refused: u64,
}

/// What tells where a row stands: watermark and key. Nothing when one of them is NULL or no text.
pub(super) fn place(plan: &Plan, row: &Row) -> Option<Vec<Parameter>> {
    plan.ordered()
        .iter()
        .zip(row)
        .map(|(column, cell)| value::parameter(column, cell))
        .collect()
}

/// A parameter as bytes, for digests and cursors.
pub(super) fn spelled(parameter: &Parameter) -> String {
    match parameter {
        Parameter::Null => "n".to_owned(),
        Parameter::Text(text) => format!("t{text}"),
        Parameter::Integer(number) => format!("i{number}"),
        Parameter::Real(number) => format!("r{number:e}"),
        Parameter::Bytes(bytes) => bytes.iter().fold("b".to_owned(), |mut hex, byte| {
            for half in [byte >> 4, byte & 15] {
                hex.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
            }
            hex
        }),
    }
}

/// The parameter of such bytes.
pub(super) fn unspelled(text: &str) -> Option<Parameter> {
    let rest = text.get(1..)?;
    match text.chars().next()? {
        't' => Some(Parameter::Text(rest.to_owned())),
        'i' => rest.parse().ok().map(Parameter::Integer),
        'r' => rest.parse().ok().map(Parameter::Real),
        'b' => {
            let pairs = rest.as_bytes().chunks(2);
            let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
            pairs.map(byte).collect::<Option<Vec<u8>>>().map(Parameter::Bytes)
        }
        _ => None,
    }
}

/// The row's message; nothing when it has no exact form.
fn native(plan: &Plan, settings: &IntakeSettings, row: &Row) -> Option<Vec<u8>> {
    let cells = row.get(plan.own.clone())?;
    let columns = plan.selected.get(plan.own.clone())?;
    if settings.payload.is_some() {
        return match cells.first()? {
            Cell::Text(bytes) | Cell::Blob(bytes) => Some(bytes.clone()),
            Cell::Null | Cell::Integer(_) | Cell::Real(_) => None,
        };
    }
    let mut object = Map::with_capacity(columns.len());
    for (column, cell) in columns.iter().zip(cells) {
        object.insert(column.name.as_str().to_owned(), value::json(column, cell)?);
    }
    serde_json::to_vec(&Value::Object(object)).ok()
}

/// The record of a row, or nothing when it has no exact form.
pub(super) fn record(
    plan: &Plan,
    settings: &IntakeSettings,
    reading: usize,
    place: Vec<Parameter>,
    row: &Row,
) -> Option<Record<Ticket>> {
    let native = native(plan, settings, row)?;
    let name = plan.name.and_then(|at| row.get(at)).and_then(Cell::text);
    let mut identity = vec!["sql".to_owned(), settings.name.clone(), Digest::of(&native).to_string()];
    identity.extend(place.iter().map(spelled));
    // With their lengths, so that parts do not run together where they are joined.
    let part = |part: String| [part.len().to_string().as_bytes(), b" ", part.as_bytes()].concat();
    Some(Record {
        identity: identity.into_iter().map(part).collect(),
        kind: settings.kind.clone(),
        media_type: settings
            .media_type
            .clone()
            .unwrap_or_else(|| "application/json".to_owned()),
        time: Some(now()),
        name: name.map(|name| Sensitive::new(name.nfc().collect::<String>())),
        hints: Vec::new(),
        native: Content::inline(native),
        documents: Vec::new(),
        ticket: Ticket { reading, place },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_outlive_being_written_down() {
        for parameter in [
            Parameter::Text("ä'b".to_owned()),
            Parameter::Integer(-7),
            Parameter::Real(0.1),
            Parameter::Bytes(vec![0, 255]),
        ] {
            assert!(unspelled(&spelled(&parameter)) == Some(parameter));
        }
        assert!(unspelled("").is_none() && unspelled("x1").is_none() && unspelled("bzz").is_none());
    }
}
