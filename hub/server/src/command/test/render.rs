// SPDX-License-Identifier: EUPL-1.2
//! Results of tests for people, for programs and for CI servers.

use std::fmt::Write;

use hub_mapping::provenance::{Coverage, RowUse};
use hub_mapping::testing::junit::{self, Suite};
use hub_mapping::testing::{Failure, TestOutcome};
use serde_json::{Value, json};

use super::Tested;
use crate::command::listing::{Listing, indented};

/// Characters of a value in a table of differences.
const VALUE_MAX: usize = 60;

/// The results as a table.
pub(super) fn table(tested: &[Tested], rows: bool) -> String {
    let width = tested.iter().map(|tested| tested.id.chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for tested in tested {
        let count = tested.outcomes.len();
        let (word, what) = match (&tested.coverage, count, tested.failed()) {
            (None, ..) => ("FAIL", "does not load".to_owned()),
            (_, 0, _) => ("-   ", "no tests".to_owned()),
            (Some(coverage), _, 0) => ("ok  ", format!("{count} tests, {}", touched(coverage))),
            (_, _, failed) => ("FAIL", format!("{failed} of {count} tests failed")),
        };
        let _ = writeln!(out, "{word}  {:width$}  {what}", tested.id);
        for (outcome, _) in tested.outcomes.iter().filter(|(outcome, _)| !outcome.passed()) {
            let text = shown(&tested.file, outcome);
            out.push_str(&indented(&text, 6));
        }
        if let Some(coverage) = tested.coverage.as_ref().filter(|_| rows) {
            out.push_str(&indented(&untouched(coverage), 6));
        }
    }
    out
}

/// How many rows were touched, in words.
fn touched(coverage: &Coverage) -> String {
    let (read, written) = (coverage.read(), coverage.written());
    match (read.all, written.all) {
        (_, 0) => format!("{} of {} rows read", read.used, read.all),
        (0, _) => format!("{} of {} rows written", written.used, written.all),
        _ => format!(
            "{} of {} rows read, {} of {} written",
            read.used, read.all, written.used, written.all
        ),
    }
}

/// What a row misses.
fn missing(row: &RowUse) -> Option<&'static str> {
    match (row.read, row.written) {
        (Some(0), Some(0)) => Some("neither"),
        (Some(0), None) => Some("not read"),
        (Some(0), Some(_)) => Some("only written"),
        (None, Some(0)) => Some("not written"),
        (Some(_), Some(0)) => Some("only read"),
        _ => None,
    }
}

fn untouched(coverage: &Coverage) -> String {
    let mut listing = Listing::new(&["untouched row", "", "field", "row"]);
    let rows = coverage.rows.iter().filter_map(|row| Some((row, missing(row)?)));
    let mut any = false;
    for (row, what) in rows {
        any = true;
        let place = format!("{}:{}", coverage.file, row.place);
        listing.row([place, what.to_owned(), row.field.clone(), row.text.clone()]);
    }
    if any { listing.render() } else { String::new() }
}

/// A failed test in words: each expectation that does not hold, expected and found side by side.
pub(super) fn shown(file: &str, outcome: &TestOutcome) -> String {
    let mut out = format!("{file}:{}: `{}`\n", outcome.place, outcome.name);
    for failure in &outcome.failures {
        let _ = writeln!(out, "  {file}:{}: {}", failure.place, failure.text);
        out.push_str(&indented(&differences(failure), 4));
    }
    out
}

fn differences(failure: &Failure) -> String {
    if failure.differences.is_empty() {
        return String::new();
    }
    let mut listing = Listing::new(&["place", "expected", "found"]);
    let value = |value: &Option<String>| match value {
        None => "(nothing)".to_owned(),
        Some(text) if text.is_empty() => "(empty)".to_owned(),
        Some(text) if text.chars().nth(VALUE_MAX).is_some() => text.chars().take(VALUE_MAX).chain(['…']).collect(),
        Some(text) => text.clone(),
    };
    for difference in &failure.differences {
        listing.row([
            difference.path.clone(),
            value(&difference.before),
            value(&difference.after),
        ]);
    }
    listing.render()
}

/// The results for programs.
pub(super) fn json(tested: &[Tested]) -> Value {
    let list = tested.iter().map(|tested| {
        let tests = tested.outcomes.iter().map(|(outcome, time)| {
            json!({
                "name": outcome.name,
                "line": outcome.place.line,
                "ok": outcome.passed(),
                "seconds": time.as_secs_f64(),
                "failures": outcome.failures.iter().map(|failure| json!({
                    "line": failure.place.line,
                    "column": failure.place.column,
                    "text": failure.text,
                    "differences": failure.differences.iter().map(|difference| json!({
                        "path": difference.path,
                        "expected": difference.before,
                        "found": difference.after,
                    })).collect::<Vec<_>>(),
                })).collect::<Vec<_>>(),
            })
        });
        json!({
            "mapping": tested.id,
            "file": tested.file,
            "tests": tests.collect::<Vec<_>>(),
            "coverage": tested.coverage.as_ref().map(coverage),
        })
    });
    list.collect()
}

fn coverage(coverage: &Coverage) -> Value {
    let untouched = coverage.rows.iter().filter(|row| missing(row).is_some()).map(|row| {
        json!({
            "line": row.place.line,
            "column": row.place.column,
            "field": row.field,
            "row": row.text,
            "read": row.read.map(|count| count > 0),
            "written": row.written.map(|count| count > 0),
        })
    });
    json!({
        "read": coverage.read(),
        "written": coverage.written(),
        "percent": coverage.both().percent(),
        "untouched": untouched.collect::<Vec<_>>(),
    })
}

/// The results for CI servers.
pub(super) fn junit(tested: &[Tested]) -> Vec<u8> {
    let suites: Vec<Suite<'_>> = tested
        .iter()
        .map(|tested| Suite {
            mapping: &tested.id,
            file: &tested.file,
            tests: tested.outcomes.iter().map(|(outcome, time)| (outcome, *time)).collect(),
            error: tested
                .coverage
                .is_none()
                .then(|| "the mapping does not load; `amtshub check` and `amtshub test` show why".to_owned()),
        })
        .collect();
    junit::report(&suites, &|suite, outcome| shown(suite.file, outcome))
}
