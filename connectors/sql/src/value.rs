// SPDX-License-Identifier: EUPL-1.2
//! Values of rows as JSON, and values of JSON as what is bound: exact in both directions, or not at all.

mod fitting;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Number, Value};

use crate::catalogue::{Affinity, Column, Kind};
use crate::database::Cell;
use crate::statement::Parameter;

pub(crate) use fitting::fit;

/// The value as JSON; nothing when JSON has no exact form of it.
pub(crate) fn json(column: &Column, cell: &Cell) -> Option<Value> {
    match (cell, column.kind) {
        (_, Kind::Unreadable) => None,
        (Cell::Null, _) => Some(Value::Null),
        (Cell::Integer(number), _) => Some(Value::from(*number)),
        (Cell::Real(number), _) => Number::from_f64(*number).map(Value::Number),
        (Cell::Blob(bytes), _) | (Cell::Text(bytes), Kind::Bytes) => Some(Value::String(STANDARD.encode(bytes))),
        (Cell::Text(bytes), kind) => of_text(kind, std::str::from_utf8(bytes).ok()?),
    }
}

fn of_text(kind: Kind, text: &str) -> Option<Value> {
    match kind {
        Kind::Integer | Kind::Decimal(_) | Kind::Float | Kind::Bits => number(text).map(Value::Number),
        Kind::Bool => Some(Value::Bool(text == "true")),
        Kind::Date | Kind::Time | Kind::Timestamp | Kind::Instant | Kind::Loose(Affinity::Moment) => {
            moment(kind, text).map(Value::String)
        }
        Kind::Json => serde_json::from_str(text).ok(),
        Kind::Text(_) | Kind::Other | Kind::Loose(_) | Kind::Bytes | Kind::Unreadable => {
            Some(Value::String(text.to_owned()))
        }
    }
}

/// A number, digit by digit. `NaN` and `Infinity` are none in JSON (RFC 8259, section 6).
fn number(text: &str) -> Option<Number> {
    let number: Number = serde_json::from_str(text).ok()?;
    Some(number)
}

/// A date or time as ISO 8601 writes it; infinite ones, years before Christ and after 9999 and days that are none are nothing.
fn moment(kind: Kind, text: &str) -> Option<String> {
    let (date, time) = match kind {
        Kind::Date => (Some(text), None),
        Kind::Time => (None, Some(text)),
        _ => match text.split_once([' ', 'T']) {
            Some((date, time)) => (Some(date), Some(time)),
            None if kind == Kind::Loose(Affinity::Moment) => (Some(text), None),
            None => return None,
        },
    };
    if !date.is_none_or(is_date) {
        return None;
    }
    // SQLite's own texts may say their zone; those of the servers never do.
    let (clock, zone) = match time {
        Some(time) if matches!(kind, Kind::Loose(_)) => {
            let end = time.find(['Z', '+', '-']).unwrap_or(time.len());
            time.split_at_checked(end)?
        }
        time => (time.unwrap_or("00:00"), ""),
    };
    if !is_clock(clock) || !is_zone(zone) {
        return None;
    }
    let mut whole = date.unwrap_or_default().to_owned();
    if let Some(time) = time {
        if date.is_some() {
            whole.push('T');
        }
        whole.push_str(time);
    }
    if kind == Kind::Instant {
        whole.push('Z');
    }
    Some(whole)
}

fn digits(text: &str, count: usize) -> Option<u32> {
    (text.len() == count && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else {
        return false;
    };
    let (Some(year), Some(month), Some(day)) = (digits(year, 4), digits(month, 2), digits(day, 2)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    year > 0 && (1..=12).contains(&month) && (1..=last).contains(&day)
}

fn is_clock(text: &str) -> bool {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let mut parts = clock.split(':');
    let mut next = |most| {
        parts
            .next()
            .map(|part| digits(part, 2).is_some_and(|number| number <= most))
    };
    let good = next(24) == Some(true) && next(59) == Some(true) && next(60).unwrap_or(true) && next(0).is_none();
    good && !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit())
}

fn is_zone(text: &str) -> bool {
    let offset = text
        .strip_prefix(['+', '-'])
        .map(|offset| is_clock(offset) && offset.len() == 5);
    matches!(text, "" | "Z") || offset == Some(true)
}

/// A value that was read, as what is bound to find it again; nothing when it cannot stand in a key.
pub(crate) fn parameter(column: &Column, cell: &Cell) -> Option<Parameter> {
    match cell {
        Cell::Null => None,
        Cell::Integer(number) => Some(Parameter::Integer(*number)),
        Cell::Real(number) => Some(Parameter::Real(*number)),
        Cell::Blob(bytes) => Some(Parameter::Bytes(bytes.clone())),
        Cell::Text(bytes) if column.kind == Kind::Bytes => Some(Parameter::Bytes(bytes.clone())),
        Cell::Text(bytes) => {
            let text = String::from_utf8(bytes.clone()).ok()?;
            let is_whole = column.kind == Kind::Integer && column.cast.is_none();
            match text.parse() {
                Ok(number) if is_whole => Some(Parameter::Integer(number)),
                // A moment was read in UTC without saying so.
                _ if column.kind == Kind::Instant && column.cast.is_some() => Some(Parameter::Text(text + "+00")),
                _ => Some(Parameter::Text(text)),
            }
        }
    }
}

#[cfg(test)]
mod tests;
