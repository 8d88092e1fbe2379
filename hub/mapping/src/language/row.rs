// SPDX-License-Identifier: EUPL-1.2
//! The string of a row: a place and what converts it, `cbc:IssueDate | date('yyyyMMdd')`.
//!
//! ```text
//! string    = source { "|" fn }
//! source    = place | "^" field | "$" fact | "'" text "'"     ; the last three only where a value is written
//! fn        = name [ "(" [ arg { "," arg } ] ")" ]
//! arg       = "'" text "'" | number | name | "^" field
//! ```

use std::ops::Range;

use super::place::Place;
use super::scan::{Fault, Scan};
use crate::function::Argument;

/// A call of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) arguments: Vec<Argument>,
    /// Byte range in the string.
    pub(crate) range: Range<usize>,
    /// Byte range of the name.
    pub(crate) name_range: Range<usize>,
    /// Byte range of each argument.
    pub(crate) argument_ranges: Vec<Range<usize>>,
}

impl Call {
    /// Byte range of its only argument, else of all of it.
    pub(crate) fn argument_range(&self) -> Range<usize> {
        match self.argument_ranges.as_slice() {
            [only] => only.clone(),
            _ => self.range.clone(),
        }
    }

    /// Byte range of what stands between its brackets, else of its name.
    pub(crate) fn arguments_range(&self) -> Range<usize> {
        match (self.argument_ranges.first(), self.argument_ranges.last()) {
            (Some(first), Some(last)) => first.start..last.end,
            _ => self.name_range.clone(),
        }
    }
}

/// A place with its functions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlaceRow {
    pub(crate) place: Place,
    /// Byte range of the place in the string.
    pub(crate) range: Range<usize>,
    pub(crate) calls: Vec<Call>,
}

/// What is written where no canonical field gives the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Given {
    /// `^currency`: a canonical field, from the root of the document.
    Field(String),
    /// `$message.id`.
    Fact(String),
    /// `'text'`.
    Text(String),
}

/// A given value with its functions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GivenRow {
    pub(crate) given: Given,
    /// Byte range of the value in the string.
    pub(crate) range: Range<usize>,
    pub(crate) calls: Vec<Call>,
}

/// Parses `place | fn | fn`.
pub(crate) fn place_row(text: &str) -> Result<PlaceRow, Fault> {
    let mut scan = Scan::new(text, "AH-M106");
    scan.space();
    let start = scan.at();
    let place = Place::scan(&mut scan)?;
    let range = start..scan.at();
    let calls = calls(&mut scan)?;
    Ok(PlaceRow { place, range, calls })
}

/// Parses `^field | fn`, `$fact | fn` or `'text' | fn`.
pub(crate) fn given_row(text: &str) -> Result<GivenRow, Fault> {
    let mut scan = Scan::new(text, "AH-M106");
    scan.space();
    let start = scan.at();
    let given = if scan.eat("^") {
        Given::Field(dotted(&mut scan)?)
    } else if scan.eat("$") {
        Given::Fact(dotted(&mut scan)?)
    } else {
        Given::Text(scan.literal()?)
    };
    let range = start..scan.at();
    let calls = calls(&mut scan)?;
    Ok(GivenRow { given, range, calls })
}

/// Parses `field | fn`: a canonical field where nothing else can stand.
pub(crate) fn field_row(text: &str) -> Result<GivenRow, Fault> {
    let mut scan = Scan::new(text, "AH-M106");
    scan.space();
    let start = scan.at();
    let given = Given::Field(dotted(&mut scan)?);
    let range = start..scan.at();
    let calls = calls(&mut scan)?;
    Ok(GivenRow { given, range, calls })
}

/// Parses the value of an `[always]` row: a fact, a field, or else a constant that needs no quotation marks.
pub(crate) fn always_row(text: &str) -> Result<GivenRow, Fault> {
    if text.starts_with(['^', '$']) {
        return given_row(text);
    }
    Ok(GivenRow {
        given: Given::Text(text.to_owned()),
        range: 0..text.len(),
        calls: Vec::new(),
    })
}

/// Parses a dotted name: `seller.vatId`.
pub(crate) fn dotted(scan: &mut Scan<'_>) -> Result<String, Fault> {
    let name = scan.take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if name.is_empty() || name.starts_with('.') || name.ends_with('.') {
        return Err(scan.fault("the name of a field expected"));
    }
    Ok(name.to_owned())
}

fn calls(scan: &mut Scan<'_>) -> Result<Vec<Call>, Fault> {
    let mut calls = Vec::new();
    loop {
        scan.space();
        if !scan.eat("|") {
            scan.end()?;
            return Ok(calls);
        }
        scan.space();
        calls.push(call(scan)?);
    }
}

fn call(scan: &mut Scan<'_>) -> Result<Call, Fault> {
    let start = scan.at();
    let name = scan.take_while(|c| c.is_ascii_alphanumeric() || c == '_').to_owned();
    if name.is_empty() {
        return Err(scan.fault("the name of a function expected"));
    }
    let name_range = start..scan.at();
    let (mut arguments, mut argument_ranges) = (Vec::new(), Vec::new());
    if scan.eat("(") {
        scan.space();
        while !scan.eat(")") {
            if !arguments.is_empty() {
                scan.expect(",")?;
                scan.space();
            }
            let at = scan.at();
            arguments.push(argument(scan)?);
            argument_ranges.push(at..scan.at());
            scan.space();
        }
    }
    Ok(Call {
        name,
        arguments,
        range: start..scan.at(),
        name_range,
        argument_ranges,
    })
}

fn argument(scan: &mut Scan<'_>) -> Result<Argument, Fault> {
    match scan.peek() {
        Some('\'') => scan.literal().map(Argument::Text),
        Some('^') => {
            scan.next();
            dotted(scan).map(Argument::Field)
        }
        Some(c) if c.is_ascii_digit() || c == '-' => {
            let start = scan.at();
            scan.next();
            scan.take_while(|c| c.is_ascii_digit() || c == '.');
            Ok(Argument::Number(scan.since(start).to_owned()))
        }
        Some(c) if c.is_alphabetic() => {
            let name = scan.take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
            Ok(Argument::Name(name.to_owned()))
        }
        _ => Err(scan.fault("an argument expected: 'text', a number, a name or ^field")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_row_is_a_place_and_calls() {
        let row = place_row("docNo | trim | uuid5('urn:x', ^case.number) | left(3)|table(doc-kind)").unwrap();
        assert_eq!(row.place.to_string(), "docNo");
        let shown: Vec<_> = row
            .calls
            .iter()
            .map(|c| (c.name.as_str(), c.arguments.clone()))
            .collect();
        assert_eq!(
            shown,
            [
                ("trim", vec![]),
                (
                    "uuid5",
                    vec![Argument::Text("urn:x".into()), Argument::Field("case.number".into())]
                ),
                ("left", vec![Argument::Number("3".into())]),
                ("table", vec![Argument::Name("doc-kind".into())]),
            ]
        );
        assert_eq!(row.calls[0].range, 8..12);
    }

    #[test]
    fn given_values() {
        assert_eq!(given_row("^currency").unwrap().given, Given::Field("currency".into()));
        assert_eq!(given_row("'VAT' | lower").unwrap().calls.len(), 1);
        assert_eq!(
            always_row("$message.id").unwrap().given,
            Given::Fact("message.id".into())
        );
        assert_eq!(always_row("0605 | x").unwrap().given, Given::Text("0605 | x".into()));
    }

    #[test]
    fn faults() {
        assert_eq!(place_row("a | ").unwrap_err().text, "the name of a function expected");
        assert_eq!(place_row("a | f(").unwrap_err().range, 6..6);
        assert_eq!(place_row("a | f('x' 'y')").unwrap_err().text, "`,` expected, not `'`");
        assert_eq!(given_row("^.a").unwrap_err().text, "the name of a field expected");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}") {
            let _ = (place_row(&text), given_row(&text), always_row(&text));
        }
    }
}
