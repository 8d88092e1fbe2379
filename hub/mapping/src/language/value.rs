// SPDX-License-Identifier: EUPL-1.2
//! A mapping file as a tree of TOML values, each with its place, entries in the order of the file.

use std::ops::Range;

use hub_message::keys::Keys;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::scan::Text;
use crate::report::Report;

/// A value of the file.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Text(Text),
    /// A number as it is spelled.
    Number(String, Range<usize>),
    Bool(bool, Range<usize>),
    List(Vec<Value>, Range<usize>),
    Table(Table),
    /// A date or time, which no key takes.
    Other(Range<usize>),
}

/// A table of the file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    pub(crate) entries: Vec<(Text, Value)>,
    pub(crate) span: Range<usize>,
}

impl Value {
    /// Where it stands.
    pub(crate) fn span(&self) -> Range<usize> {
        match self {
            Self::Text(text) => text.span.clone(),
            Self::Number(_, span) | Self::Bool(_, span) | Self::List(_, span) | Self::Other(span) => span.clone(),
            Self::Table(table) => table.span.clone(),
        }
    }

    fn of(source: &str, value: &Spanned<DeValue<'_>>) -> Self {
        let span = value.span();
        match value.get_ref() {
            DeValue::String(text) => Self::Text(Text::new(source, text, span)),
            DeValue::Integer(_) | DeValue::Float(_) => {
                Self::Number(source.get(span.clone()).unwrap_or_default().replace('_', ""), span)
            }
            DeValue::Boolean(value) => Self::Bool(*value, span),
            DeValue::Datetime(_) => Self::Other(span),
            DeValue::Array(items) => Self::List(items.iter().map(|item| Self::of(source, item)).collect(), span),
            DeValue::Table(table) => Self::Table(Table::of(source, table, span)),
        }
    }
}

impl Table {
    /// The table with its entries in the order of the file: dotted keys of one group may stand apart.
    pub(crate) fn of(source: &str, table: &DeTable<'_>, span: Range<usize>) -> Self {
        let entry = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
            let (key, mut value) = (Text::of_key(source, key), Value::of(source, value));
            if let Value::Table(table) = &mut value
                && !source.get(table.span.clone()).is_some_and(|raw| raw.starts_with('{'))
            {
                // What lacks in a section is said at its name.
                table.span = key.span.clone();
            }
            (key, value)
        };
        let mut entries: Vec<_> = table.iter().map(entry).collect();
        entries.sort_by_key(|(key, _)| key.span.start);
        Self { entries, span }
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.entries
            .iter()
            .find(|(k, _)| k.value == key)
            .map(|(_, value)| value)
    }

    /// The text under a key; another type is a finding.
    pub(crate) fn text(&self, key: &str, report: &mut Report) -> Option<Text> {
        match self.get(key)? {
            Value::Text(text) => Some(text.clone()),
            other => {
                report.error("AH-M105", other.span(), format!("`{key}` must be a text"));
                None
            }
        }
    }

    /// The text under a key that must be there.
    pub(crate) fn needed_text(&self, key: &str, report: &mut Report) -> Option<Text> {
        if self.get(key).is_none() {
            report.error("AH-M105", self.span.clone(), format!("`{key}` is missing"));
        }
        self.text(key, report)
    }

    /// `true` or `false` under a key; absent is `false`.
    pub(crate) fn flag(&self, key: &str, report: &mut Report) -> bool {
        match self.get(key) {
            None => false,
            Some(Value::Bool(value, _)) => *value,
            Some(other) => {
                report.error("AH-M105", other.span(), format!("`{key}` must be true or false"));
                false
            }
        }
    }

    /// The table under a key.
    pub(crate) fn table(&self, key: &str, report: &mut Report) -> Option<&Table> {
        match self.get(key)? {
            Value::Table(table) => Some(table),
            other => {
                report.error("AH-M105", other.span(), format!("`{key}` must be a table"));
                None
            }
        }
    }

    /// The texts of the list under a key.
    pub(crate) fn texts(&self, key: &str, report: &mut Report) -> Vec<Text> {
        match self.get(key) {
            None => Vec::new(),
            Some(Value::Text(text)) => vec![text.clone()],
            Some(Value::List(items, _)) => items
                .iter()
                .filter_map(|item| match item {
                    Value::Text(text) => Some(text.clone()),
                    other => {
                        report.error("AH-M105", other.span(), format!("`{key}` holds texts only"));
                        None
                    }
                })
                .collect(),
            Some(other) => {
                report.error("AH-M105", other.span(), format!("`{key}` must be a list of texts"));
                Vec::new()
            }
        }
    }

    /// Reports every key that is not described.
    pub(crate) fn only(&self, described: &Keys, report: &mut Report) {
        for (key, _) in &self.entries {
            let name = key.value.as_str();
            if described.get(name).is_some() {
                continue;
            }
            if ROUTE_MATTERS.contains(&name) {
                let text =
                    format!("`{name}` is the route's business: a mapping says how a format reads, not who may have it");
                report.error_help("AH-M120", key.span.clone(), text, "move it to routes/*.toml");
                continue;
            }
            let text = format!("there is no key `{name}` here");
            report.unknown("AH-M104", key.span.clone(), text, name, described.names());
        }
    }
}

/// What stands in routes only (DESIGN.md, section 6).
const ROUTE_MATTERS: [&str; 6] = [
    "purpose",
    "legal_basis",
    "legal-basis",
    "retention",
    "recipient",
    "protected_person",
];

/// Parses TOML; every syntax error is a finding.
pub(crate) fn parse(text: &str, report: &mut Report) -> Table {
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let message = error.message().lines().next().unwrap_or_default().to_owned();
        report.error("AH-M100", error.span().unwrap_or(0..0), message);
    }
    let mut table = Table::of(text, table.get_ref(), 0..0);
    // What lacks in the file is said at its first key.
    table.span = table.entries.first().map_or(0..0, |(key, _)| key.span.clone());
    table
}

#[cfg(test)]
mod tests {
    use hub_message::keys::{Says, Takes, key};

    use super::*;

    static TITLE: Keys = Keys::of(&[key("title", Takes::Text(Says::Words), "", "")]);

    #[test]
    fn entries_keep_the_order_of_the_file() {
        let mut report = Report::new("x");
        let table = parse("b.x = 1\na = 'q'\nb.y = 2\n", &mut report);
        assert_eq!(
            table.entries.iter().map(|(k, _)| k.value.as_str()).collect::<Vec<_>>(),
            ["b", "a"]
        );
        assert_eq!(table.text("a", &mut report).unwrap().place(&(0..1)), 13..14);
    }

    #[test]
    fn faults_are_findings_with_places() {
        let mut report = Report::new("x");
        let table = parse("purpose = 'x'\ntitel = 1\ntitle = 2\ntitle = 3", &mut report);
        table.only(&TITLE, &mut report);
        table.text("title", &mut report);
        let shown: Vec<_> = report
            .finish()
            .into_iter()
            .map(|f| (f.code.as_str().to_owned(), f.span))
            .collect();
        assert_eq!(
            shown.iter().map(|(c, s)| (c.as_str(), s.clone())).collect::<Vec<_>>(),
            [
                ("AH-M120", 0..7),
                ("AH-M104", 14..19),
                ("AH-M105", 32..33),
                ("AH-M100", 34..39)
            ]
        );
    }
}
