// SPDX-License-Identifier: EUPL-1.2
//! Reads `[format]` of a mapping with `kind = "fixed"`.

use super::{Column, FixedFormat, LINE_MAX, Range, Record};
use crate::encoding::Encoding;
use crate::flat::{ROW, TextFile, count_of};
use crate::keys;
use crate::language::scan::Text;
use crate::language::value::{Table, Value};
use crate::report::Report;

impl FixedFormat {
    /// Checks `[format]`; all that is wrong is reported. `writes` says whether the mapping writes.
    pub(crate) fn of(table: &Table, writes: bool, report: &mut Report) -> Option<Self> {
        table.only(&keys::FIXED, report);
        let file = TextFile::of(table, report);
        if matches!(file.encoding, Encoding::Utf16 | Encoding::Utf16Le | Encoding::Utf16Be) {
            report.error(
                "AH-M130",
                table.span.clone(),
                "fixed width counts bytes: UTF-16 does not fit",
            );
        }
        let full_lines = match table.text("short", report) {
            None => false,
            Some(short) => {
                if !matches!(short.value.as_str(), "blank" | "reject") {
                    report.error("AH-M131", short.span, "`short` is `blank` or `reject`");
                }
                short.value == "reject"
            }
        };
        let (by, records) = if table.get("records").is_some() {
            let by = by(table, report);
            (by, records(table, by, writes, report))
        } else {
            if let Some(record) = table.get("record") {
                let text = "records need `records = { by = \"1-2\" }`: where the record type stands";
                report.error("AH-M134", record.span(), text);
                return None;
            }
            (None, vec![record(ROW, table, None, writes, report)])
        };
        Some(Self {
            file,
            full_lines,
            by,
            records,
        })
    }
}

/// `records = { by = "1-2" }`
fn by(table: &Table, report: &mut Report) -> Option<Range> {
    let records = table.table("records", report)?;
    records.only(&keys::RECORDS_BY, report);
    let by = records.needed_text("by", report)?;
    range(&by, report)
}

fn records(table: &Table, by: Option<Range>, writes: bool, report: &mut Report) -> Vec<Record> {
    let Some(types) = table.table("record", report) else {
        let text = "no record is described: `[format.record.…]` with `columns` for each record type";
        report.error("AH-M134", table.span.clone(), text);
        return Vec::new();
    };
    for key in ["columns", "starts", "length"] {
        if let Some(value) = table.get(key) {
            let text = format!("`{key}` stands at each record when there are several: [format.record.…]");
            report.error("AH-M134", value.span(), text);
        }
    }
    let mut records = Vec::new();
    for (name, value) in &types.entries {
        let Value::Table(described) = value else {
            report.error("AH-M105", value.span(), format!("`{}` must be a table", name.value));
            continue;
        };
        described.only(&keys::FIXED_RECORD, report);
        if by.is_some_and(|by| by.width() != name.value.len()) {
            let text = "the record type is not as long as the place where it stands";
            report.error("AH-M134", name.span.clone(), text);
        }
        records.push(record(&name.value, described, by, writes, report));
    }
    records
}

fn record(name: &str, table: &Table, by: Option<Range>, writes: bool, report: &mut Report) -> Record {
    let columns = columns(table, report);
    if writes {
        check_overlaps(table, by, &columns, report);
    }
    let needed = columns
        .iter()
        .map(|column| column.at)
        .chain(by)
        .map(|at| at.end)
        .max()
        .unwrap_or(0);
    let length = table.get("length").and_then(|value| {
        let length = count_of(value, "length", report)?;
        if length < needed || length > LINE_MAX {
            report.error(
                "AH-M132",
                value.span(),
                format!("the length must be from {needed} to {LINE_MAX}"),
            );
        }
        Some(length)
    });
    Record {
        name: name.to_owned(),
        starts: table.flag("starts", report),
        length: length.unwrap_or(needed).clamp(needed, LINE_MAX.max(needed)),
        closed: length.is_some(),
        columns,
    }
}

fn columns(table: &Table, report: &mut Report) -> Vec<Column> {
    let Some(described) = table.table("columns", report) else {
        report.error(
            "AH-M135",
            table.span.clone(),
            "`columns` is missing: `columns = { name = \"1-10\" }`",
        );
        return Vec::new();
    };
    described
        .entries
        .iter()
        .filter_map(|(name, value)| match value {
            Value::Text(at) => Some(Column {
                name: name.value.clone(),
                at: range(at, report)?,
                right: None,
                fill: b' ',
            }),
            Value::Table(column) => aligned(name, column, report),
            other => {
                let text = format!("column `{}` must be a range like \"3-14\"", name.value);
                report.error("AH-M105", other.span(), text);
                None
            }
        })
        .collect()
}

/// `{ at = "23-32", align = "right", fill = "0" }`
fn aligned(name: &Text, column: &Table, report: &mut Report) -> Option<Column> {
    column.only(&keys::FIXED_COLUMN, report);
    let at = column.needed_text("at", report)?;
    let right = column
        .text("align", report)
        .and_then(|align| match align.value.as_str() {
            "right" => Some(true),
            "left" => Some(false),
            _ => {
                report.error("AH-M131", align.span, "`align` is `left` or `right`");
                None
            }
        });
    let fill = column
        .text("fill", report)
        .map_or(b' ', |fill| match fill.value.as_bytes() {
            [byte] if byte.is_ascii_graphic() || *byte == b' ' => *byte,
            _ => {
                report.error("AH-M131", fill.span, "`fill` is one visible ASCII character or a space");
                b' '
            }
        });
    Some(Column {
        name: name.value.clone(),
        at: range(&at, report)?,
        right,
        fill,
    })
}

/// `3-14` or `93`, counted from 1.
fn range(text: &Text, report: &mut Report) -> Option<Range> {
    let (first, last) = text.value.split_once('-').unwrap_or((&text.value, &text.value));
    let number = |part: &str| part.trim().parse::<usize>().ok();
    if let (Some(first), Some(last)) = (number(first), number(last))
        && 1 <= first
        && first <= last
        && last <= LINE_MAX
    {
        return Some(Range {
            start: first - 1,
            end: last,
        });
    }
    let what = format!(
        "`{}` is no range of byte positions: `3-14` or `93`, counted from 1",
        text.value
    );
    report.error("AH-M132", text.span.clone(), what);
    None
}

fn check_overlaps(table: &Table, by: Option<Range>, columns: &[Column], report: &mut Report) {
    let mut taken: Vec<(Range, &str)> = columns.iter().map(|column| (column.at, column.name.as_str())).collect();
    taken.extend(by.map(|at| (at, "record type")));
    taken.sort_unstable();
    for pair in taken.windows(2) {
        if let [(one, name), (other, next)] = pair
            && other.start < one.end
        {
            let text = format!("`{name}` and `{next}` overlap: one would write over the other");
            report.error("AH-M133", table.span.clone(), text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::value::parse;

    #[track_caller]
    fn check(format: &str, expected: &[&str]) {
        let mut report = Report::new("x");
        let table = parse(format, &mut report);
        FixedFormat::of(&table, true, &mut report);
        let codes: Vec<String> = report.finish().iter().map(|f| f.code.as_str().to_owned()).collect();
        assert_eq!(codes, expected);
    }

    #[test]
    fn settings_are_checked() {
        check(
            "kind = 'fixed'\ncolumns = { a = '1-2', b = '3' }\nlength = 10\nstarts = true",
            &[],
        );
        check("columns = { a = { at = '1-2', align = 'right', fill = '0' } }", &[]);
        check("columns = { a = '1-2', b = '2-3' }", &["AH-M133"]);
        for range in ["0-3", "4-3", "a-b", "1-", "1-100001", "-1"] {
            check(&format!("columns = {{ a = '{range}' }}"), &["AH-M132"]);
        }
        check("columns = { a = 3 }", &["AH-M105"]);
        check(
            "columns = { a = { at = '1', align = 'middle', fill = 'ab', pad = 1 } }",
            &["AH-M131", "AH-M131", "AH-M104"],
        );
        check("columns = { a = '1-5' }\nlength = 4", &["AH-M132"]);
        check("columns = { a = '1-5' }\nencoding = 'UTF-16'", &["AH-M130"]);
        check("columns = { a = '1-5' }\nshort = 'x'", &["AH-M131"]);
        check("", &["AH-M135"]);
        check(
            "records = { by = '1-2' }\n[record.01]\nstarts = true\ncolumns = { a = '3-4' }",
            &[],
        );
        check(
            "records = { by = '1-2' }\n[record.01]\ncolumns = { a = '2-4' }",
            &["AH-M133"],
        );
        check(
            "records = { by = '1-2' }\n[record.1]\ncolumns = { a = '3-4' }",
            &["AH-M134"],
        );
        check("records = { by = '1-2' }", &["AH-M134"]);
        check("[record.01]\ncolumns = { a = '3-4' }", &["AH-M134"]);
    }
}
