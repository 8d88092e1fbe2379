// SPDX-License-Identifier: EUPL-1.2
//! Code tables: `[tables.NAME]` with `inline` or `file`, and `otherwise`.
//!
//! A file is CSV with a header line. The column `code` holds what stands in the document, the column `value` what the
//! canonical field holds; a file without a `value` column is a code list, which passes its codes and refuses others.

use std::collections::HashMap;

use super::scan::Text;
use super::value::{self, Value};
use crate::keys;
use crate::report::Report;

/// What a table does with what it does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Otherwise {
    Error,
    Keep,
    /// Reading gives this value.
    Value(String),
}

/// A code table.
#[derive(Debug)]
pub(crate) struct CodeTable {
    pub(crate) name: String,
    /// Code of the document → canonical value.
    to_value: HashMap<String, String>,
    /// Canonical value → the first code that means it.
    to_code: HashMap<String, String>,
    pub(crate) otherwise: Otherwise,
}

impl CodeTable {
    /// Checks a table. `beside` gives the text of a file.
    pub(crate) fn of(
        name: &Text,
        table: &value::Table,
        beside: &mut dyn FnMut(&str) -> Option<String>,
        report: &mut Report,
    ) -> Self {
        table.only(&keys::TABLE, report);
        let otherwise = match table.get("otherwise") {
            None => Otherwise::Error,
            Some(Value::Text(text)) if text.value == "error" => Otherwise::Error,
            Some(Value::Text(text)) if text.value == "keep" => Otherwise::Keep,
            Some(Value::Text(text)) => Otherwise::Value(text.value.clone()),
            Some(Value::Number(digits, _)) => Otherwise::Value(digits.clone()),
            Some(Value::Bool(value, _)) => Otherwise::Value(value.to_string()),
            Some(other) => {
                report.error("AH-M105", other.span(), "`otherwise` is \"error\", \"keep\" or a value");
                Otherwise::Error
            }
        };
        let mut made = Self {
            name: name.value.clone(),
            to_value: HashMap::new(),
            to_code: HashMap::new(),
            otherwise,
        };
        match (table.table("inline", report), table.text("file", report)) {
            (Some(inline), None) => made.fill_inline(inline, report),
            (None, Some(file)) => match beside(&file.value) {
                Some(text) => made.fill_file(&file, &text, table, report),
                None => report.error(
                    "AH-M113",
                    file.span.clone(),
                    format!("there is no file `{}` beside the mapping", file.value),
                ),
            },
            _ => report.error("AH-M113", name.span.clone(), "a table has either `inline` or `file`"),
        }
        made
    }

    fn insert(&mut self, code: &str, value: &str) {
        self.to_code.entry(value.to_owned()).or_insert_with(|| code.to_owned());
        self.to_value.insert(code.to_owned(), value.to_owned());
    }

    fn fill_inline(&mut self, inline: &value::Table, report: &mut Report) {
        for (code, value) in &inline.entries {
            match value {
                Value::Text(value) => self.insert(&code.value, &value.value),
                Value::Number(digits, _) => self.insert(&code.value, digits),
                Value::Bool(value, _) => self.insert(&code.value, &value.to_string()),
                other => report.error("AH-M105", other.span(), "the value of a code is a text"),
            }
        }
    }

    fn fill_file(&mut self, file: &Text, text: &str, table: &value::Table, report: &mut Report) {
        let mut lines = text.trim_start_matches('\u{feff}').lines();
        let header = split_line(lines.next().unwrap_or_default());
        let column = |key: &str, report: &mut Report| match table.text(key, report) {
            Some(name) => {
                let found = header.iter().position(|h| *h == name.value);
                if found.is_none() {
                    let text = format!("`{}` has no column `{}`", file.value, name.value);
                    report.unknown(
                        "AH-M113",
                        name.span.clone(),
                        text,
                        &name.value,
                        header.iter().map(String::as_str),
                    );
                }
                found
            }
            None => header.iter().position(|h| h == key),
        };
        let code = column("code", report);
        let value = column("value", report);
        let Some(code) = code else {
            report.error(
                "AH-M113",
                file.span.clone(),
                format!("`{}` has no column `code`", file.value),
            );
            return;
        };
        for line in lines.filter(|line| !line.trim().is_empty()) {
            let cells = split_line(line);
            if let Some(code) = cells.get(code) {
                let value = value.and_then(|column| cells.get(column)).unwrap_or(code);
                self.insert(code, value);
            }
        }
    }

    /// The canonical value of a code; `None`: the table refuses it.
    pub(crate) fn value<'a>(&'a self, code: &'a str) -> Option<&'a str> {
        match (self.to_value.get(code), &self.otherwise) {
            (Some(value), _) => Some(value),
            (None, Otherwise::Keep) => Some(code),
            (None, Otherwise::Value(value)) => Some(value),
            (None, Otherwise::Error) => None,
        }
    }

    /// Whether it lists a code of the document.
    pub(crate) fn holds_code(&self, code: &str) -> bool {
        self.to_value.contains_key(code)
    }

    /// Whether it lists a canonical value.
    pub(crate) fn holds_value(&self, value: &str) -> bool {
        self.to_code.contains_key(value)
    }

    /// The code of a canonical value; `None`: the table refuses it.
    pub(crate) fn code<'a>(&'a self, value: &'a str) -> Option<&'a str> {
        match (self.to_code.get(value), &self.otherwise) {
            (Some(code), _) => Some(code),
            (None, Otherwise::Keep) => Some(value),
            (None, _) => None,
        }
    }

    /// The codes that it holds.
    pub(crate) fn codes(&self) -> impl Iterator<Item = &str> {
        self.to_value.keys().map(String::as_str)
    }

    /// Canonical values that it makes and `allowed` does not hold, sorted.
    pub(crate) fn values_outside(&self, allowed: &[String]) -> Vec<&str> {
        let mut outside: Vec<&str> = self
            .to_code
            .keys()
            .map(String::as_str)
            .filter(|v| !allowed.iter().any(|a| a == v))
            .collect();
        outside.sort_unstable();
        outside
    }

    /// Allowed canonical values for which it has no code.
    pub(crate) fn without_code<'a>(&self, allowed: &'a [String]) -> Vec<&'a str> {
        allowed
            .iter()
            .map(String::as_str)
            .filter(|value| self.code(value).is_none())
            .collect()
    }
}

/// The cells of a line of comma-separated values (RFC 4180, without line breaks inside quotation marks).
pub(crate) fn split_line(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                if let Some(cell) = cells.last_mut() {
                    cell.push('"');
                }
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            _ => {
                if let Some(cell) = cells.last_mut() {
                    cell.push(c);
                }
            }
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str, file: &str) -> (CodeTable, Vec<hub_message::Finding>) {
        let mut report = Report::new("x");
        let parsed = value::parse(text, &mut report);
        let made = CodeTable::of(
            &Text::default(),
            &parsed,
            &mut |name| (name == "t.csv").then(|| file.to_owned()),
            &mut report,
        );
        (made, report.finish())
    }

    #[test]
    fn inline_tables_go_both_ways() {
        let (table, findings) = table("inline = { ANM = 'registration', 'AN' = 'registration' }", "");
        assert!(findings.is_empty());
        assert_eq!(table.value("ANM"), Some("registration"));
        assert_eq!(table.value("X"), None);
        assert_eq!(table.code("registration"), Some("ANM"));
        assert_eq!(table.values_outside(&["notice".into()]), ["registration"]);
        assert_eq!(table.without_code(&["notice".into()]), ["notice"]);
    }

    #[test]
    fn a_file_without_values_is_a_code_list() {
        let (codes, _) = table(
            "file = 't.csv'\notherwise = 'keep'",
            "code,name\n380,\"Rechnung, \"\"neu\"\"\"\n",
        );
        assert_eq!((codes.value("380"), codes.value("999")), (Some("380"), Some("999")));
        let (named, _) = table(
            "file = 't.csv'\nvalue = 'name'\notherwise = 'other'",
            "code,name\n380,\"Rechnung, \"\"neu\"\"\"\n",
        );
        assert_eq!(
            (named.value("380"), named.value("1")),
            (Some("Rechnung, \"neu\""), Some("other"))
        );
        assert_eq!(named.code("other"), None);
    }

    #[test]
    fn faults() {
        let (_, findings) = table("file = 'u.csv'", "");
        assert_eq!(findings[0].code.as_str(), "AH-M113");
        let (_, findings) = table("file = 't.csv'\nvalue = 'nane'", "code,name\n");
        assert_eq!(findings[0].help.as_deref(), Some("did you mean `name`?"));
    }
}
