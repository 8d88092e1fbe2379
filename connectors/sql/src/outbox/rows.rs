// SPDX-License-Identifier: EUPL-1.2
//! From the bytes of a delivery to the values of its rows.

use connector_sdk::SinkFault;
use hub_message::RefusalClass;
use serde_json::Value;

use super::plan::Plan;
use super::rejected;
use crate::catalogue::{Affinity, Column, Kind};
use crate::database::Engine;
use crate::settings::OutletSettings;
use crate::statement::Parameter;
use crate::value;

/// The values of a row, each with its column.
pub(super) type Values = Vec<(Column, Parameter)>;

/// The rows of a delivery: one object, or a list of objects.
pub(super) fn of(
    engine: Engine,
    plan: &Plan,
    settings: &OutletSettings,
    content: Vec<u8>,
) -> Result<Vec<Values>, SinkFault> {
    if let Some(column) = &plan.payload {
        return Ok(vec![vec![(column.clone(), whole(engine, plan, column, content)?)]]);
    }
    let unreadable = |what: &str| {
        rejected(
            RefusalClass::Format,
            "AH-P401",
            format!("Tabelle „{}“: {what}", plan.table.name),
        )
    };
    let objects = match serde_json::from_slice(&content) {
        Ok(Value::Array(rows)) => rows,
        Ok(row @ Value::Object(_)) => vec![row],
        _ => {
            return Err(unreadable(
                "Die Zustellung ist weder ein JSON-Objekt noch eine Liste davon.",
            ));
        }
    };
    if objects.len() > 1 && plan.row.is_none() && plan.delivery.is_some() {
        return Err(unreadable(
            "Die Zustellung hat mehrere Zeilen; dafür nennt settings.out die Spalte row.",
        ));
    }
    let mut rows = Vec::with_capacity(objects.len());
    for object in &objects {
        let Value::Object(members) = object else {
            return Err(unreadable("Eine Zeile der Zustellung ist kein JSON-Objekt."));
        };
        rows.push(row(engine, plan, settings, members)?);
    }
    Ok(rows)
}

fn row(
    engine: Engine,
    plan: &Plan,
    settings: &OutletSettings,
    members: &serde_json::Map<String, Value>,
) -> Result<Values, SinkFault> {
    let table = &plan.table.name;
    let mut values: Values = Vec::with_capacity(members.len());
    for (number, (member, value)) in members.iter().enumerate() {
        let found = plan.table.columns.iter().find(|column| column.name.as_str() == member);
        let is_ours = |column: &&Column| {
            let ours = [&plan.delivery, &plan.row];
            !ours.into_iter().flatten().any(|own| own.name == column.name)
        };
        let Some(column) = found.filter(is_ours) else {
            let text = format!(
                "Tabelle „{table}“: zum {}. Feld der Zeile gibt es keine Spalte.",
                number + 1
            );
            return Err(rejected(RefusalClass::Format, "AH-P402", text));
        };
        let fitted = value::fit(engine, column, value).map_err(|unfit| {
            let text = format!("Tabelle „{table}“: die Spalte „{}“ {unfit}.", column.name.as_str());
            rejected(RefusalClass::Format, "AH-P403", text)
        })?;
        values.push((column.clone(), fitted));
    }
    for name in &settings.key {
        let is_there = |(column, value): &(Column, Parameter)| column.name == *name && *value != Parameter::Null;
        if !values.iter().any(is_there) {
            let text = format!(
                "Tabelle „{table}“: der Zeile fehlt die Schlüsselspalte „{}“.",
                name.as_str()
            );
            return Err(rejected(RefusalClass::Format, "AH-P402", text));
        }
    }
    Ok(values)
}

/// The bytes as they are, for a column of bytes or of text.
fn whole(engine: Engine, plan: &Plan, column: &Column, content: Vec<u8>) -> Result<Parameter, SinkFault> {
    if matches!(column.kind, Kind::Bytes | Kind::Loose(Affinity::None)) {
        return Ok(Parameter::Bytes(content));
    }
    let fitted = match String::from_utf8(content) {
        Ok(text) if matches!(column.kind, Kind::Json) => Ok(Parameter::Text(text)),
        Ok(text) => value::fit(engine, column, &Value::String(text)),
        Err(_) => Err("nimmt nur Text in UTF-8 auf"),
    };
    fitted.map_err(|unfit| {
        let text = format!(
            "Tabelle „{}“: die Spalte „{}“ {unfit}.",
            plan.table.name,
            column.name.as_str()
        );
        rejected(RefusalClass::Format, "AH-P403", text)
    })
}
