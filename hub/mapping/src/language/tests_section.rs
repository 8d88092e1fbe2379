// SPDX-License-Identifier: EUPL-1.2
//! `[[test]]` blocks.

use std::ops::Range;

use super::scan::Text;
use super::value::{Table, Value};
use crate::keys;
use crate::report::Report;

/// A `[[test]]` block.
#[derive(Debug, Clone)]
pub(crate) struct TestBlock {
    pub(crate) name: String,
    pub(crate) span: Range<usize>,
    pub(crate) input: Input,
    /// Read with that mapping, write with this one.
    pub(crate) via: Option<String>,
    pub(crate) expectations: Vec<Expectation>,
}

/// What a test begins with.
#[derive(Debug, Clone)]
pub(crate) enum Input {
    /// A native document beside the mapping.
    Read(String),
    /// A native document in the file itself.
    ReadText(String),
    /// A canonical document beside the mapping, which is written.
    Write(String),
}

/// What must hold, with its place in the file.
#[derive(Debug, Clone)]
pub(crate) enum Expectation {
    /// The output is this file's contents.
    Equals(Text),
    /// The output is this text.
    EqualsText(Text),
    /// Leaves of the canonical document by dotted path.
    Expect(Vec<ExpectedLeaf>),
    /// The document is rejected.
    Error {
        code: Option<String>,
        field: Option<String>,
        source: Option<String>,
        span: Range<usize>,
    },
    /// None of these texts occurs anywhere in the output.
    Absent(Vec<Text>),
    /// None of these canonical paths is there.
    Never(Vec<Text>),
    /// The canonical document is valid.
    Valid(Range<usize>),
    /// Written and read again, the canonical document is the same.
    Roundtrip(Range<usize>),
}

/// A leaf that is expected.
#[derive(Debug, Clone)]
pub(crate) struct ExpectedLeaf {
    /// Dotted path.
    pub(crate) path: String,
    /// Its value as text.
    pub(crate) value: String,
    /// Where the value stands in the file.
    pub(crate) span: Range<usize>,
}

impl TestBlock {
    /// Checks a block.
    pub(crate) fn of(table: &Table, report: &mut Report) -> Option<Self> {
        table.only(&keys::TEST, report);
        let name = table.needed_text("name", report)?;
        let text = |key: &str, report: &mut Report| table.text(key, report).map(|t| t.value);
        let inputs = [
            text("read", report).map(Input::Read),
            text("read_text", report).map(Input::ReadText),
            text("write", report).map(Input::Write),
        ];
        let mut inputs = inputs.into_iter().flatten();
        let (Some(input), None) = (inputs.next(), inputs.next()) else {
            report.error(
                "AH-M126",
                name.span,
                "a test has one of `read`, `read_text` and `write`",
            );
            return None;
        };
        let via = text("via", report);
        let mut expectations = Vec::new();
        expectations.extend(table.text("equals", report).map(Expectation::Equals));
        expectations.extend(table.text("equals_text", report).map(Expectation::EqualsText));
        if let Some(expect) = table.table("expect", report) {
            let mut found = Vec::new();
            leaves(expect, "", report, &mut found);
            expectations.push(Expectation::Expect(found));
        }
        if let Some(error) = table.table("error", report) {
            error.only(&keys::TEST_ERROR, report);
            let part = |key: &str, report: &mut Report| error.text(key, report).map(|t| t.value);
            expectations.push(Expectation::Error {
                code: part("code", report),
                field: part("field", report),
                source: part("source", report),
                span: table.get("error").map_or(0..0, Value::span),
            });
        }
        if table.get("absent").is_some() {
            expectations.push(Expectation::Absent(table.texts("absent", report)));
        }
        if table.get("never").is_some() {
            expectations.push(Expectation::Never(table.texts("never", report)));
        }
        let place = |key: &str| table.get(key).map_or(0..0, Value::span);
        if table.flag("valid", report) {
            expectations.push(Expectation::Valid(place("valid")));
        }
        if table.flag("roundtrip", report) {
            expectations.push(Expectation::Roundtrip(place("roundtrip")));
        }
        if expectations.is_empty() {
            report.error(
                "AH-M126",
                name.span.clone(),
                "this test expects nothing, so it cannot fail",
            );
        }
        Some(Self {
            name: name.value,
            span: name.span,
            input,
            via,
            expectations,
        })
    }
}

/// Leaves by dotted path; keys may be quoted paths or nest.
fn leaves(table: &Table, above: &str, report: &mut Report, found: &mut Vec<ExpectedLeaf>) {
    for (key, value) in &table.entries {
        let path = if above.is_empty() {
            key.value.clone()
        } else {
            format!("{above}.{}", key.value)
        };
        let text = match value {
            Value::Text(text) => text.value.clone(),
            Value::Number(digits, _) => digits.clone(),
            Value::Bool(value, _) => value.to_string(),
            Value::Table(inner) => {
                leaves(inner, &path, report, found);
                continue;
            }
            other => {
                report.error("AH-M126", other.span(), "a leaf is a text, a number, true or false");
                continue;
            }
        };
        found.push(ExpectedLeaf {
            path,
            value: text,
            span: value.span(),
        });
    }
}
