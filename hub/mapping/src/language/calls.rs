// SPDX-License-Identifier: EUPL-1.2
//! Calls become functions with their arguments taken in.

use std::collections::HashMap;
use std::sync::Arc;

use hub_message::LeafKind;
use hub_message::shape::Leaf;

use super::place::Place;
use super::row::{Call, dotted};
use super::scan::{Fault, Scan, Text};
use super::table::{CodeTable, Otherwise};
use super::template::Template;
use crate::convert::Stage;
use crate::function::{self, Argument, Law, Prepared};
use crate::report::Report;
use crate::rows::Gather;

/// What the calls of a row come to.
#[derive(Debug)]
pub(crate) struct Chain {
    pub(crate) stages: Vec<Stage>,
    pub(crate) gather: Gather,
    /// `template('…')`, and the text of its argument.
    pub(crate) template: Option<(Template, Text)>,
    /// What reading makes; `None`: the text as it stands.
    pub(crate) makes: Option<LeafKind>,
    /// The first function that cannot be undone, and its range in the string.
    pub(crate) one_way: Option<(String, std::ops::Range<usize>)>,
}

/// Which way a row is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ways {
    pub(crate) read: bool,
    pub(crate) write: bool,
}

/// Takes the calls of a row in. `structure` calls (`use`) were taken away before.
pub(crate) fn chain(
    calls: &[Call],
    text: &Text,
    tables: &HashMap<String, Arc<CodeTable>>,
    leaf: Option<&Leaf>,
    ways: Ways,
    report: &mut Report,
) -> Chain {
    let mut chain = Chain {
        stages: Vec::new(),
        gather: Gather::First,
        template: None,
        makes: None,
        one_way: None,
    };
    for (index, call) in calls.iter().enumerate() {
        match call.name.as_str() {
            "table" => {
                let last = index + 1 == calls.len();
                table(call, text, tables, leaf.filter(|_| last), ways, &mut chain, report);
            }
            "template" => template(call, index, text, &mut chain, report),
            _ => library(call, text, &mut chain, report),
        }
    }
    if ways.write
        && let Some((name, range)) = &chain.one_way
    {
        report.error_help(
            "AH-M117",
            text.place(range),
            format!("`{name}` cannot be undone, and this row is written"),
            "split the row into `.read` and `.write`, or leave \"write\" out of `directions`",
        );
    }
    chain
}

fn library(call: &Call, text: &Text, chain: &mut Chain, report: &mut Report) {
    let Some(found) = function::find(&call.name) else {
        let sentence = format!("there is no function `{}`", call.name);
        let known = function::FUNCTIONS
            .iter()
            .map(|f| f.name)
            .chain(["table", "template", "use"]);
        report.unknown("AH-M111", text.place(&call.name_range), sentence, &call.name, known);
        return;
    };
    match (found.prepare)(&call.arguments) {
        Err(sentence) => report.error_help(
            "AH-M112",
            text.place(&call.arguments_range()),
            format!("`{}` does not work with these arguments: {sentence}", call.name),
            format!("{}({})", found.name, found.arguments),
        ),
        Ok(Prepared::Each(conversion)) => {
            if conversion.law == Law::OneWay || conversion.write.is_none() {
                chain
                    .one_way
                    .get_or_insert((call.name.clone(), call.name_range.clone()));
            }
            chain.makes = conversion.makes.or(chain.makes);
            chain.stages.push(Stage::Call {
                name: found.name,
                conversion,
            });
        }
        Ok(Prepared::Pick(pick)) => gather(Gather::Pick(pick), call, text, chain, report),
        Ok(Prepared::Fold(fold)) => {
            chain.makes = Some(fold.makes());
            chain
                .one_way
                .get_or_insert((call.name.clone(), call.name_range.clone()));
            gather(Gather::Fold(fold), call, text, chain, report);
        }
    }
}

fn gather(gather: Gather, call: &Call, text: &Text, chain: &mut Chain, report: &mut Report) {
    if chain.gather != Gather::First || !chain.stages.is_empty() || chain.template.is_some() {
        report.error_help(
            "AH-M112",
            text.place(&call.name_range),
            format!(
                "`{}` chooses among the matches of the place, so it comes first",
                call.name
            ),
            "put it directly behind the place",
        );
        return;
    }
    chain.gather = gather;
}

fn template(call: &Call, index: usize, text: &Text, chain: &mut Chain, report: &mut Report) {
    let [Argument::Text(pattern)] = call.arguments.as_slice() else {
        report.error(
            "AH-M112",
            text.place(&call.arguments_range()),
            "`template` takes one argument, a template in quotation marks",
        );
        return;
    };
    if index > 0 {
        report.error(
            "AH-M112",
            text.place(&call.name_range),
            "`template` puts places together, so it comes first",
        );
        return;
    }
    let of = text.literal(&call.argument_range());
    match Template::parse(pattern, scan_place) {
        Ok(made) => {
            chain.template = Some((made, of));
            chain.makes = Some(LeafKind::Text);
        }
        Err(fault) => of.report(fault, report),
    }
}

fn scan_place(scan: &mut Scan<'_>) -> Result<String, Fault> {
    Place::scan(scan).map(|place| place.to_string())
}

/// The name of a part of a list's template: a canonical field.
pub(crate) fn scan_field(scan: &mut Scan<'_>) -> Result<String, Fault> {
    dotted(scan)
}

fn table(
    call: &Call,
    text: &Text,
    tables: &HashMap<String, Arc<CodeTable>>,
    leaf: Option<&Leaf>,
    ways: Ways,
    chain: &mut Chain,
    report: &mut Report,
) {
    let [Argument::Name(name) | Argument::Text(name)] = call.arguments.as_slice() else {
        report.error(
            "AH-M112",
            text.place(&call.arguments_range()),
            "`table` takes one argument, the name of a table",
        );
        return;
    };
    let Some(found) = tables.get(name) else {
        let sentence = format!("there is no table `{name}` in `[tables]`");
        report.unknown(
            "AH-M113",
            text.place(&call.argument_range()),
            sentence,
            name,
            tables.keys().map(String::as_str),
        );
        return;
    };
    if let Some(allowed) = leaf.and_then(|leaf| leaf.allowed.as_ref()) {
        let outside = found.values_outside(allowed);
        if ways.read && !outside.is_empty() {
            let sentence = format!(
                "the table `{name}` makes values that the schema does not allow: {}",
                shown(&outside)
            );
            report.error("AH-M118", text.place(&call.argument_range()), sentence);
        }
        let without = found.without_code(allowed);
        if ways.write && !without.is_empty() && found.otherwise == Otherwise::Error {
            let sentence = format!(
                "the table `{name}` has no code for values that the schema allows: {}",
                shown(&without)
            );
            report.error("AH-M118", text.place(&call.argument_range()), sentence);
        }
    }
    chain.makes = Some(LeafKind::Text);
    chain.stages.push(Stage::Table(Arc::clone(found)));
}

fn shown(values: &[&str]) -> String {
    let mut out: Vec<String> = values.iter().take(5).map(|value| format!("`{value}`")).collect();
    if values.len() > out.len() {
        out.push("…".to_owned());
    }
    out.join(", ")
}

/// What must be added so that the row makes what the leaf holds; `Err`: it cannot.
pub(crate) fn implied(makes: Option<LeafKind>, leaf: LeafKind) -> Result<Option<Stage>, LeafKind> {
    let made = makes.unwrap_or(LeafKind::Text);
    let name = match (made, leaf) {
        (_, LeafKind::Text) => return Ok(None),
        (made, leaf) if made == leaf => return Ok(None),
        (LeafKind::Integer, LeafKind::Number) => return Ok(None),
        (LeafKind::Text, LeafKind::Number) => "decimal",
        (LeafKind::Text, LeafKind::Integer) => "integer",
        (LeafKind::Text, LeafKind::Bool) => "bool",
        (LeafKind::Text, LeafKind::Date) => "date",
        (LeafKind::Text, LeafKind::DateTime) => "datetime",
        (made, _) => return Err(made),
    };
    let prepared = function::find(name).map(|found| (found.prepare)(&[]));
    match prepared {
        Some(Ok(Prepared::Each(conversion))) => Ok(Some(Stage::Call { name, conversion })),
        _ => Ok(None),
    }
}

/// A type in words.
pub(crate) fn kind_in_words(kind: LeafKind) -> &'static str {
    match kind {
        LeafKind::Text => "a text",
        LeafKind::Date => "a date",
        LeafKind::DateTime => "a date with time",
        LeafKind::Number => "a number",
        LeafKind::Integer => "a whole number",
        LeafKind::Bool => "true or false",
    }
}
