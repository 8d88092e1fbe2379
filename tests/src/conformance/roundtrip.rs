// SPDX-License-Identifier: EUPL-1.2
//! An invoice that is written in the other syntax and read again is the same canonical invoice.

use std::io::Write;

use anyhow::Context;
use hub_message::Tree;
use serde_json::Value;

use super::Invoice;
use super::exceptions::Exceptions;
use super::library::Library;

/// UBL → canonical → CII → canonical, and CII → canonical → UBL → canonical, for every invoice.
pub(super) fn run(
    library: &Library,
    invoices: &[Invoice],
    exceptions: &mut Exceptions,
    out: &mut impl Write,
) -> anyhow::Result<bool> {
    let (mut equal, mut excused) = (0, 0);
    for invoice in invoices {
        let difference = match there_and_back(library, invoice) {
            Ok(None) => {
                equal += 1;
                continue;
            }
            Ok(Some(place)) => place,
            Err(fault) => format!("{fault:#}"),
        };
        match exceptions.reason(&invoice.name, "round-trip") {
            Some(reason) => {
                excused += 1;
                writeln!(out, "    exception {}: {difference} ({reason})", invoice.name)?;
            }
            None => writeln!(out, "    NOT EQUAL {}: {difference}", invoice.name)?,
        }
    }
    writeln!(
        out,
        "through the other syntax and back: {equal} of {} invoices equal, {excused} listed as exceptions",
        invoices.len()
    )?;
    Ok(equal + excused == invoices.len())
}

/// The first place that differs; `None` when there is none.
fn there_and_back(library: &Library, invoice: &Invoice) -> anyhow::Result<Option<String>> {
    let other = if invoice.mapping == "ubl-invoice" {
        "cii-invoice"
    } else {
        "ubl-invoice"
    };
    let first = library.read_one(invoice.mapping, &invoice.xml)?;
    let root = first.tree().root().context("an empty document")?;
    let written = library.write(other, root).context("writing")?;
    let second = library.read_one(other, &written).context("reading again")?;
    difference_of(first.tree(), second.tree())
}

/// The first place at which two documents differ.
pub(super) fn difference_of(one: &Tree, two: &Tree) -> anyhow::Result<Option<String>> {
    let value = |json: String| serde_json::from_str::<Value>(&json);
    Ok(difference("", &value(one.to_json())?, &value(two.to_json())?))
}

/// Numbers are compared digit by digit: nothing is computed on the way.
fn difference(path: &str, one: &Value, two: &Value) -> Option<String> {
    match (one, two) {
        (Value::Object(one), Value::Object(two)) => {
            let keys = one.keys().chain(two.keys().filter(|key| !one.contains_key(*key)));
            let null = Value::Null;
            keys.map(|key| (key, one.get(key).unwrap_or(&null), two.get(key).unwrap_or(&null)))
                .find_map(|(key, one, two)| difference(&format!("{path}.{key}"), one, two))
        }
        (Value::Array(one), Value::Array(two)) if one.len() == two.len() => {
            let pairs = one.iter().zip(two).enumerate();
            pairs
                .into_iter()
                .find_map(|(n, (one, two))| difference(&format!("{path}[{n}]"), one, two))
        }
        (one, two) if one == two => None,
        (one, two) => Some(format!("{path}: {} became {}", short(one), short(two))),
    }
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(one: &str, two: &str, expected: Option<&str>) {
        let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(difference("", &value(one), &value(two)).as_deref(), expected);
    }

    #[test]
    fn the_first_difference_is_named() {
        check(r#"{"a":1.0,"b":[{"c":"x"}]}"#, r#"{"b":[{"c":"x"}],"a":1.0}"#, None);
        check(r#"{"a":1.0}"#, r#"{"a":1.00}"#, Some(".a: 1.0 became 1.00"));
        check(
            r#"{"b":[{"c":"x"}]}"#,
            r#"{"b":[{"c":"x","d":1}]}"#,
            Some(".b[0].d: null became 1"),
        );
        assert_eq!(short(&json!("x")), "\"x\"");
    }
}
