// SPDX-License-Identifier: EUPL-1.2
//! Whether a value of JSON goes into a column unchanged. What an engine would round, cut or read as something else is refused.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::catalogue::{Affinity, Column, Kind};
use crate::database::Engine;
use crate::statement::Parameter;

/// Why it does not; a German end of a sentence that names no value.
pub(crate) type Unfit = &'static str;

const NO_NUMBER: Unfit = "nimmt nur Zahlen auf";

/// The value as what is bound.
pub(crate) fn fit(engine: Engine, column: &Column, value: &Value) -> Result<Parameter, Unfit> {
    match (column.kind, value) {
        (_, Value::Null) => Ok(Parameter::Null),
        (Kind::Json, value) => text(engine, value.to_string()),
        (_, Value::Array(_) | Value::Object(_)) => Err("nimmt keine geschachtelten Werte auf"),
        (Kind::Bool, Value::Bool(yes)) => Ok(Parameter::Text(yes.to_string())),
        (Kind::Integer | Kind::Bits | Kind::Loose(_), Value::Bool(yes)) => {
            Ok(Parameter::Integer(i64::from(*yes))).map(|number| spelled(column, number))
        }
        (Kind::Text(_) | Kind::Other, Value::Bool(yes)) => Ok(Parameter::Text(yes.to_string())),
        (_, Value::Bool(_)) => Err("nimmt keine Wahrheitswerte auf"),
        (Kind::Bytes, Value::String(encoded)) => STANDARD
            .decode(encoded)
            .map(Parameter::Bytes)
            .map_err(|_| "erwartet Bytes in Base64"),
        (Kind::Bytes, Value::Number(_)) => Err("erwartet Bytes in Base64"),
        (_, Value::Number(number)) => spelled_number(engine, column, &number.to_string()),
        (Kind::Integer | Kind::Decimal(_) | Kind::Float | Kind::Bits, Value::String(digits)) => {
            match serde_json::from_str::<Value>(digits) {
                Ok(Value::Number(number)) if number.to_string() == *digits => spelled_number(engine, column, digits),
                _ => Err(NO_NUMBER),
            }
        }
        (Kind::Text(Some(most)), Value::String(string)) if string.chars().count() as u64 > most => {
            Err("ist kürzer als der Text")
        }
        (Kind::Unreadable, _) => Err("hat einen Typ, der nicht geschrieben wird"),
        (_, Value::String(string)) => text(engine, string.clone()),
    }
}

/// PostgreSQL knows no NUL in a text.
fn text(engine: Engine, text: String) -> Result<Parameter, Unfit> {
    if engine == Engine::Postgres && text.contains('\0') {
        return Err("kann in PostgreSQL kein Zeichen NUL enthalten");
    }
    Ok(Parameter::Text(text))
}

/// For PostgreSQL, which makes every value of a text.
fn spelled(column: &Column, parameter: Parameter) -> Parameter {
    match parameter {
        Parameter::Integer(number) if column.cast.is_some() => Parameter::Text(number.to_string()),
        other => other,
    }
}

fn spelled_number(engine: Engine, column: &Column, digits: &str) -> Result<Parameter, Unfit> {
    let behind = places(digits).ok_or(NO_NUMBER)?;
    match column.kind {
        Kind::Integer | Kind::Bits if behind > 0 => Err("nimmt nur ganze Zahlen auf"),
        Kind::Decimal(Some(scale)) if behind > scale => Err("hat weniger Stellen hinter dem Komma als die Zahl"),
        Kind::Date | Kind::Time | Kind::Timestamp | Kind::Instant | Kind::Bool => Err("nimmt keine Zahlen auf"),
        Kind::Text(Some(most)) if digits.len() as u64 > most => Err("ist kürzer als der Text"),
        Kind::Loose(Affinity::Numeric | Affinity::None | Affinity::Moment) => stored_by_sqlite(digits),
        Kind::Bits => digits.parse().map(Parameter::Integer).map_err(|_| NO_NUMBER),
        _ => text(engine, digits.to_owned()),
    }
}

/// SQLite keeps whole numbers of 64 bits and floating point numbers, and nothing else: a number that would come back as another
/// one is refused. Columns that are declared TEXT keep every digit.
fn stored_by_sqlite(digits: &str) -> Result<Parameter, Unfit> {
    if let Ok(number) = digits.parse() {
        return Ok(Parameter::Integer(number));
    }
    let number: f64 = digits.parse().map_err(|_| NO_NUMBER)?;
    if number.is_finite() && same(&number.to_string(), digits) {
        return Ok(Parameter::Real(number));
    }
    Err("kann die Zahl in SQLite nicht genau speichern (die Spalte als TEXT anlegen)")
}

/// Digits behind the point that count, of a number as JSON writes it.
fn places(digits: &str) -> Option<u32> {
    let (_, exponent) = significant(digits)?;
    Some(u32::try_from(-exponent).unwrap_or(0))
}

/// Whether two spellings are the same number.
fn same(one: &str, other: &str) -> bool {
    one.starts_with('-') == other.starts_with('-')
        && significant(one).is_some_and(|one| significant(other) == Some(one))
}

/// The digits that count, without zeros at either end, and the power of ten of the last one.
fn significant(digits: &str) -> Option<(String, i64)> {
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let exponent: i64 = exponent.parse().ok()?;
    let (whole, fraction) = mantissa
        .trim_start_matches(['-', '+'])
        .split_once('.')
        .unwrap_or((mantissa.trim_start_matches(['-', '+']), ""));
    let all = [whole, fraction].concat();
    let all = all.trim_start_matches('0');
    let counted = all.trim_end_matches('0');
    if counted.is_empty() {
        return Some((String::new(), 0));
    }
    let dropped = (all.len() - counted.len()) as i64;
    Some((counted.to_owned(), exponent - fraction.len() as i64 + dropped))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn column(kind: Kind) -> Column {
        Column {
            name: "a".to_owned().try_into().unwrap(),
            kind,
            cast: None,
        }
    }

    #[track_caller]
    fn check(engine: Engine, kind: Kind, value: Value, expected: Result<Parameter, ()>) {
        let fitted = fit(engine, &column(kind), &value);
        assert!(
            fitted.clone().map_err(|_| ()) == expected,
            "{value} in {kind:?}: {:?}",
            fitted.err()
        );
    }

    fn text(text: &str) -> Result<Parameter, ()> {
        Ok(Parameter::Text(text.to_owned()))
    }

    #[test]
    fn numbers_keep_every_digit_or_are_refused() {
        let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let (pg, maria, lite) = (Engine::Postgres, Engine::MariaDb, Engine::Sqlite);
        let long = "123456789012345678901234567890.12345678901234567890";
        check(pg, Kind::Decimal(None), parse(long), text(long));
        check(maria, Kind::Decimal(Some(2)), parse("1.10"), text("1.10"));
        check(maria, Kind::Decimal(Some(2)), parse("1.100"), text("1.100"));
        check(maria, Kind::Decimal(Some(2)), parse("1.005"), Err(()));
        check(maria, Kind::Decimal(Some(2)), json!("12.34"), text("12.34"));
        check(maria, Kind::Decimal(Some(2)), json!("12,34"), Err(()));
        check(pg, Kind::Integer, parse("1.0"), text("1.0"));
        check(pg, Kind::Integer, parse("1.5"), Err(()));
        check(pg, Kind::Integer, parse("5e-1"), Err(()));
        check(
            lite,
            Kind::Loose(Affinity::Numeric),
            parse("12.34"),
            Ok(Parameter::Real(12.34)),
        );
        check(
            lite,
            Kind::Loose(Affinity::Numeric),
            parse("9007199254740993"),
            Ok(Parameter::Integer(9_007_199_254_740_993)),
        );
        check(
            lite,
            Kind::Loose(Affinity::Numeric),
            parse("0.12345678901234567890123"),
            Err(()),
        );
        check(lite, Kind::Loose(Affinity::Text), parse("1.10"), text("1.10"));
    }

    #[test]
    fn values_of_another_kind_are_refused() {
        let pg = Engine::Postgres;
        check(pg, Kind::Text(Some(3)), json!("Öl!"), text("Öl!"));
        check(pg, Kind::Text(Some(3)), json!("Öl! "), Err(()));
        check(pg, Kind::Text(None), json!("a\0b"), Err(()));
        check(Engine::MariaDb, Kind::Text(None), json!("a\0b"), text("a\0b"));
        check(pg, Kind::Bytes, json!("AAE="), Ok(Parameter::Bytes(vec![0, 1])));
        check(pg, Kind::Bytes, json!("%"), Err(()));
        check(pg, Kind::Text(None), json!({"a": 1}), Err(()));
        check(pg, Kind::Json, json!({"a": 1}), text("{\"a\":1}"));
        check(pg, Kind::Bool, json!(true), text("true"));
        check(pg, Kind::Date, json!(1), Err(()));
        check(pg, Kind::Integer, json!(null), Ok(Parameter::Null));
    }
}
