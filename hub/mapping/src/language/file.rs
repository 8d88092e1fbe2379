// SPDX-License-Identifier: EUPL-1.2
//! A mapping file by its sections, before anything in the rows is looked at.

mod lists;

use std::ops::Range;

use hub_message::SchemaId;

use super::scan::Text;
use super::tests_section::TestBlock;
use super::value::{Table, Value};
use crate::keys;
use crate::mapping::Header;
use crate::report::Report;
pub(crate) use lists::ListBlock;

/// What stands where only a person can go on: `amtshub new mapping` leaves it.
pub(crate) const TODO: &str = "TODO";

/// Says that something waits for a person.
pub(crate) fn unfinished(span: std::ops::Range<usize>, report: &mut Report) {
    let text = "this is not finished: a proposal left it to you";
    report.warning_once("AH-M170", span, text);
}

/// The version of the language that this program reads.
const VERSION: &str = "1";

/// A mapping file by its sections.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) header: Header,
    /// Where it names its canonical schema.
    pub(crate) canonical: Range<usize>,
    pub(crate) title: String,
    pub(crate) reads: bool,
    pub(crate) writes: bool,
    pub(crate) format: Table,
    pub(crate) at: Vec<(Text, Text)>,
    pub(crate) root: Block,
    pub(crate) fragments: Vec<(Text, Block)>,
    pub(crate) tables: Vec<(Text, Table)>,
    pub(crate) case: Vec<Table>,
    pub(crate) coverage: Coverage,
    pub(crate) tests: Vec<TestBlock>,
}

/// Rows of one scope: the document, a list's item, a fragment.
#[derive(Debug, Default)]
pub(crate) struct Block {
    pub(crate) fields: Vec<(Text, Value)>,
    pub(crate) lists: Vec<ListBlock>,
    pub(crate) always: Vec<(Text, Text)>,
}

/// What happens to places that no row names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Policy {
    /// They are counted.
    #[default]
    Report,
    /// They reject the document.
    Error,
    /// They are of no interest.
    Ignore,
}

/// `[coverage]`
#[derive(Debug, Default)]
pub(crate) struct Coverage {
    pub(crate) unmapped: Policy,
    /// Places that are left out on purpose, with the reason.
    pub(crate) known: Vec<(Text, String)>,
    pub(crate) must_not_map: Vec<Text>,
}

/// Reads only what the file begins with. `None`: the rest of the file cannot be looked at. An id with wrong characters is
/// told and does not hide what else is wrong.
pub(crate) fn header(table: &Table, report: &mut Report) -> Option<Header> {
    let is_known = is_known_version(table, report);
    let id = table.needed_text("id", report);
    let canonical = table.needed_text("canonical", report);
    if let Some(id) = &id {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
        if id.value.is_empty() || !id.value.bytes().all(fits) {
            report.error(
                "AH-M105",
                id.span.clone(),
                "an id has letters, digits, `-` and `.` only",
            );
        }
    }
    let canonical = canonical.and_then(|text| match text.value.parse::<SchemaId>() {
        Ok(id) => Some(id),
        Err(fault) => {
            report.error("AH-M105", text.span, fault.to_string());
            None
        }
    });
    let header = Header {
        id: id?.value,
        canonical: canonical?,
    };
    is_known.then_some(header)
}

fn is_known_version(table: &Table, report: &mut Report) -> bool {
    match table.get("mapping") {
        Some(Value::Number(version, _)) if version == VERSION => return true,
        Some(other) => report.error_help(
            "AH-M101",
            other.span(),
            "this program reads version 1 of the mapping language",
            "write `mapping = 1`",
        ),
        None => report.error_help(
            "AH-M101",
            table.span.clone(),
            "this is no mapping file: `mapping` is missing",
            "write `mapping = 1` first",
        ),
    }
    false
}

impl File {
    /// Sorts the sections of a file; `None` when it has no usable header.
    pub(crate) fn of(table: &Table, report: &mut Report) -> Option<Self> {
        table.only(&keys::MAPPING, report);
        let header = header(table, report)?;
        let title = table.needed_text("title", report).map_or_else(String::new, |t| t.value);
        // For people only, and yet it must be a text.
        let _ = table.text("description", report);
        let (reads, writes) = directions(table, report);
        let format = table.table("format", report).cloned();
        if format.is_none() {
            let help = "add `[format]` with `kind = \"xml\"` and so on";
            report.error_help("AH-M105", table.span.clone(), "`[format]` is missing", help);
        }
        let canonical = match table.get("canonical") {
            Some(Value::Text(text)) => text.inside(),
            _ => table.span.clone(),
        };
        let found = Self {
            header,
            canonical,
            title,
            reads,
            writes,
            format: format.clone().unwrap_or_default(),
            at: pairs(table.table("at", report), report),
            root: Block::of(table, report),
            fragments: fragments(table, report),
            tables: tables(table, report),
            case: case_keys(table, report),
            coverage: Coverage::of(table.table("coverage", report), report),
            tests: tests(table, report),
        };
        // Without a format there is nothing to hold the rows against.
        format.map(|_| found)
    }
}

fn directions(table: &Table, report: &mut Report) -> (bool, bool) {
    let (mut reads, mut writes) = (false, false);
    for direction in table.texts("directions", report) {
        match direction.value.as_str() {
            "read" => reads = true,
            "write" => writes = true,
            other => report.unknown(
                "AH-M105",
                direction.span.clone(),
                format!("`{other}` is no direction"),
                other,
                keys::DIRECTIONS,
            ),
        }
    }
    if !reads && !writes {
        report.error_help(
            "AH-M105",
            table.span.clone(),
            "`directions` is missing",
            "write `directions = [\"read\", \"write\"]`",
        );
    }
    (reads, writes)
}

/// The text entries of a table.
pub(crate) fn pairs(table: Option<&Table>, report: &mut Report) -> Vec<(Text, Text)> {
    let mut found = Vec::new();
    for (key, value) in table.map(|t| t.entries.as_slice()).unwrap_or_default() {
        match value {
            Value::Text(text) => found.push((key.clone(), text.clone())),
            other => report.error("AH-M105", other.span(), format!("`{}` must be a text", key.value)),
        }
    }
    found
}

impl Block {
    /// The rows of the document or of a list's item: `fields`, `lists`, `always` of the table.
    fn of(table: &Table, report: &mut Report) -> Self {
        Self {
            fields: table
                .table("fields", report)
                .map(|t| t.entries.clone())
                .unwrap_or_default(),
            lists: lists::of(table.table("lists", report), report),
            always: pairs(table.table("always", report), report),
        }
    }

    /// The rows of a fragment: they stand directly in its table, `lists` and `always` beside them.
    fn of_fragment(table: &Table, report: &mut Report) -> Self {
        let is_section = |key: &str| key == "lists" || key == "always";
        Self {
            fields: table
                .entries
                .iter()
                .filter(|(key, _)| !is_section(&key.value))
                .cloned()
                .collect(),
            lists: lists::of(table.table("lists", report), report),
            always: pairs(table.table("always", report), report),
        }
    }
}

fn named_tables<'t>(table: &'t Table, key: &str, report: &mut Report) -> Vec<(Text, &'t Table)> {
    let mut found = Vec::new();
    for (name, value) in table
        .table(key, report)
        .map(|t| t.entries.as_slice())
        .unwrap_or_default()
    {
        match value {
            Value::Table(table) => found.push((name.clone(), table)),
            other => report.error("AH-M105", other.span(), format!("`{}` must be a table", name.value)),
        }
    }
    found
}

fn fragments(table: &Table, report: &mut Report) -> Vec<(Text, Block)> {
    let found = named_tables(table, "fragments", report);
    found
        .into_iter()
        .map(|(name, table)| (name, Block::of_fragment(table, report)))
        .collect()
}

fn tables(table: &Table, report: &mut Report) -> Vec<(Text, Table)> {
    let found = named_tables(table, "tables", report);
    found.into_iter().map(|(name, table)| (name, table.clone())).collect()
}

fn case_keys(table: &Table, report: &mut Report) -> Vec<Table> {
    let Some(case) = table.table("case", report) else {
        return Vec::new();
    };
    case.only(&keys::CASE, report);
    let mut found = Vec::new();
    match case.get("keys") {
        None => {}
        Some(Value::List(items, _)) => {
            for item in items {
                match item {
                    Value::Table(table) => found.push(table.clone()),
                    other => report.error("AH-M105", other.span(), "a case key is a table"),
                }
            }
        }
        Some(other) => report.error("AH-M105", other.span(), "`keys` must be a list of tables"),
    }
    found
}

impl Coverage {
    fn of(table: Option<&Table>, report: &mut Report) -> Self {
        let Some(table) = table else {
            return Self::default();
        };
        table.only(&keys::COVERAGE, report);
        let unmapped = match table.text("unmapped", report) {
            None => Policy::Report,
            Some(text) => match text.value.as_str() {
                "report" => Policy::Report,
                "error" => Policy::Error,
                "ignore" => Policy::Ignore,
                other => {
                    let text_ = format!("`{other}` is no way to treat unmapped places");
                    report.unknown("AH-M105", text.span.clone(), text_, other, keys::UNMAPPED);
                    Policy::Report
                }
            },
        };
        let mut known = Vec::new();
        match table.get("known") {
            None => {}
            Some(Value::List(items, _)) => known.extend(items.iter().filter_map(|item| match item {
                Value::List(pair, _) => match pair.as_slice() {
                    [Value::Text(place), Value::Text(reason)] => {
                        if reason.value.starts_with(TODO) {
                            unfinished(reason.span.clone(), report);
                        }
                        Some((place.clone(), reason.value.clone()))
                    }
                    _ => None,
                },
                _ => None,
            })),
            Some(other) => report.error("AH-M105", other.span(), "`known` is a list of [place, reason]"),
        }
        if let Some(Value::List(items, span)) = table.get("known")
            && items.len() != known.len()
        {
            report.error("AH-M105", span.clone(), "every entry of `known` is [place, reason]");
        }
        Self {
            unmapped,
            known,
            must_not_map: table.texts("must_not_map", report),
        }
    }
}

fn tests(table: &Table, report: &mut Report) -> Vec<TestBlock> {
    match table.get("test") {
        None => Vec::new(),
        Some(Value::List(items, _)) => items
            .iter()
            .filter_map(|item| match item {
                Value::Table(table) => TestBlock::of(table, report),
                _ => None,
            })
            .collect(),
        Some(other) => {
            report.error_help("AH-M105", other.span(), "tests are written as [[test]]", "two brackets");
            Vec::new()
        }
    }
}
