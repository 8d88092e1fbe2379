// SPDX-License-Identifier: EUPL-1.2
//! Reads `[format]` of a mapping with `kind = "csv"`.

use super::{COLUMNS_MAX, CsvFormat, Record};
use crate::flat::{ROW, TextFile, count_of, is_unnamed};
use crate::keys;
use crate::language::calls::Ways;
use crate::language::scan::Text;
use crate::language::value::{Table, Value};
use crate::report::Report;

impl CsvFormat {
    /// Checks `[format]` for what the mapping does with it; all that is wrong is reported.
    pub(crate) fn of(table: &Table, ways: Ways, report: &mut Report) -> Option<Self> {
        table.only(&keys::CSV, report);
        let file = TextFile::of(table, report);
        let delimiter = sign(table, "delimiter", b',', report);
        let quote = sign(table, "quote", b'"', report);
        if delimiter.is_none() {
            report.error("AH-M131", table.span.clone(), "`delimiter` must not be empty");
        } else if delimiter == quote {
            report.error(
                "AH-M131",
                table.span.clone(),
                "delimiter and quote are the same character",
            );
        }
        let always_quoted = choice(table, "quoting", ["needed", "always"], report);
        let guarded = !choice(table, "formulas", ["guard", "keep"], report);
        let header = table.flag("header", report);
        let by = by(table, report);
        let several = by.is_some() || table.get("record").is_some();
        let records = if several {
            records(table, report)
        } else {
            vec![single(table, header, ways.write, report)]
        };
        if several {
            check_records(table, &records, by, header, report);
        }
        if several && ways.read && table.get("records").is_none() {
            let text = "reading several kinds of records needs `records = { by = … }`: the column with the record type";
            report.error("AH-M134", table.span.clone(), text);
        }
        Some(Self {
            file,
            delimiter: delimiter?,
            quote,
            always_quoted,
            guarded,
            header,
            by,
            records,
        })
    }
}

/// A setting that is one ASCII character; the empty text is `None`.
fn sign(table: &Table, key: &str, otherwise: u8, report: &mut Report) -> Option<u8> {
    let Some(text) = table.text(key, report) else {
        return Some(otherwise);
    };
    match text.value.as_bytes() {
        [] => None,
        [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !matches!(byte, b'\n' | b'\r' | 0) => Some(*byte),
        _ => {
            let what = format!("`{key}` must be one ASCII character that is no letter, digit or line end");
            report.error("AH-M131", text.span, what);
            Some(otherwise)
        }
    }
}

/// Whether the second of two words is given; the first holds when nothing is said.
fn choice(table: &Table, key: &str, words: [&str; 2], report: &mut Report) -> bool {
    let Some(text) = table.text(key, report) else {
        return false;
    };
    let [first, second] = words;
    if text.value != first && text.value != second {
        report.error("AH-M131", text.span, format!("`{key}` is `{first}` or `{second}`"));
    }
    text.value == second
}

/// `records = { by = 1 }`, as an index.
fn by(table: &Table, report: &mut Report) -> Option<usize> {
    let records = table.table("records", report)?;
    records.only(&keys::RECORDS_BY, report);
    let Some(by) = records.get("by") else {
        report.error(
            "AH-M105",
            records.span.clone(),
            "`by` is missing: the number of the column with the record type",
        );
        return None;
    };
    count_of(by, "by", report).map(|number| number - 1)
}

fn single(table: &Table, header: bool, writes: bool, report: &mut Report) -> Record {
    let columns = columns(table, report);
    if columns.is_empty() && (!header || writes) {
        let text = "`columns` is missing: without a header, and for writing, the columns must be listed";
        report.error("AH-M135", table.span.clone(), text);
    }
    Record {
        name: ROW.to_owned(),
        starts: table.flag("starts", report),
        columns,
    }
}

fn records(table: &Table, report: &mut Report) -> Vec<Record> {
    let Some(types) = table.table("record", report) else {
        let text = "no record is described: `[format.record.…]` with `columns` for each record type";
        report.error("AH-M134", table.span.clone(), text);
        return Vec::new();
    };
    let mut records = Vec::new();
    for (name, value) in &types.entries {
        let Value::Table(record) = value else {
            report.error("AH-M105", value.span(), format!("`{}` must be a table", name.value));
            continue;
        };
        record.only(&keys::CSV_RECORD, report);
        records.push(Record {
            name: name.value.clone(),
            starts: record.flag("starts", report),
            columns: columns(record, report),
        });
    }
    records
}

fn check_records(table: &Table, records: &[Record], by: Option<usize>, header: bool, report: &mut Report) {
    for key in ["columns", "starts", "header"] {
        if let Some(value) = table.get(key)
            && (key != "header" || header)
        {
            let text = format!("`{key}` stands at each record when there are several: [format.record.…]");
            report.error("AH-M134", value.span(), text);
        }
    }
    for record in records.iter().filter(|record| record.columns.is_empty()) {
        report.error(
            "AH-M135",
            table.span.clone(),
            format!("record `{}` has no `columns`", record.name),
        );
    }
    let Some(by) = by else {
        return;
    };
    for record in records.iter().filter(|record| (1..=by).contains(&record.columns.len())) {
        let text = format!(
            "record `{}` has no column {}, where `records` says that the record type stands",
            record.name,
            by + 1
        );
        report.error("AH-M134", table.span.clone(), text);
    }
}

/// `columns`, with every name once.
fn columns(table: &Table, report: &mut Report) -> Vec<String> {
    let texts: Vec<Text> = table.texts("columns", report);
    if let Some(beyond) = texts.get(COLUMNS_MAX) {
        let text = format!("there are more than {COLUMNS_MAX} columns");
        report.error("AH-M132", beyond.span.clone(), text);
    }
    for (n, column) in texts.iter().enumerate() {
        let before = texts.get(..n).unwrap_or_default();
        if !is_unnamed(&column.value) && before.iter().any(|other| other.value == column.value) {
            report.error(
                "AH-M132",
                column.span.clone(),
                format!("column `{}` comes twice", column.value),
            );
        }
    }
    texts.into_iter().map(|text| text.value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::value::parse;

    const BOTH: Ways = Ways {
        read: true,
        write: true,
    };

    #[test]
    fn writing_alone_needs_no_column_with_the_record_type() {
        let mut report = Report::new("x");
        let table = parse(
            "[record.K]\ncolumns = ['a']\n[record.P]\ncolumns = ['b', 'c']",
            &mut report,
        );
        CsvFormat::of(&table, Ways { read: false, ..BOTH }, &mut report);
        assert_eq!(report.finish(), []);
    }

    #[track_caller]
    fn check(format: &str, expected: &[&str]) {
        let mut report = Report::new("x");
        let table = parse(format, &mut report);
        CsvFormat::of(&table, BOTH, &mut report);
        let codes: Vec<String> = report.finish().iter().map(|f| f.code.as_str().to_owned()).collect();
        assert_eq!(codes, expected);
    }

    #[test]
    fn settings_are_checked() {
        check("kind = 'csv'\ncolumns = ['a', '-', '-', 'b']", &[]);
        check("header = true", &["AH-M135"]);
        check("columns = ['a', 'b', 'a']", &["AH-M132"]);
        check("columns = ['a']\ndelimiter = 'ab'", &["AH-M131"]);
        check("columns = ['a']\ndelimiter = ''", &["AH-M131"]);
        check("columns = ['a']\nquote = ','", &["AH-M131"]);
        check("columns = ['a']\nquoting = 'never'", &["AH-M131"]);
        check("columns = ['a']\nencoding = 'windows-1251'", &["AH-M130"]);
        check(
            "columns = ['a']\nlossy = 'yes'\nline_end = 'cr'",
            &["AH-M130", "AH-M130"],
        );
        check("columns = ['a']\ndelimeter = ';'", &["AH-M104"]);
        check("[record.K]\ncolumns = ['a']", &["AH-M134"]);
        check("records = { by = 1 }\n[record.K]\nstarts = true", &["AH-M135"]);
        check("records = { by = 1 }", &["AH-M134"]);
        check("records = { by = 0 }\n[record.K]\ncolumns = ['a']", &["AH-M105"]);
        check("records = { by = 2 }\n[record.K]\ncolumns = ['a']", &["AH-M134"]);
        check(
            "records = { by = 1 }\nheader = true\n[record.K]\ncolumns = ['a']",
            &["AH-M134"],
        );
        check(
            "records = { by = 1 }\n[record.K]\ncolumns = ['a']\nstart = true",
            &["AH-M104"],
        );
    }
}
