// SPDX-License-Identifier: EUPL-1.2
//! A sample of lines: CSV, or columns of fixed width.

use std::collections::BTreeMap;
use std::fmt::Write;

use hub_mapping::encoding::Encoding;

use super::sample::{Place, Sample, quoted};
use super::values;

/// How many kinds of records a file may have before its first column counts as a value.
const KINDS_MAX: usize = 8;

/// Reads a sample.
pub(super) fn read(bytes: &[u8]) -> Result<Sample, String> {
    let (encoding, text) = decode(bytes)?;
    let lines: Vec<&str> = text
        .trim_start_matches('\u{feff}')
        .lines()
        .map(|line| line.trim_end_matches('\u{1a}'))
        .filter(|line| !line.trim().is_empty())
        .collect();
    if lines.is_empty() {
        return Err("the sample holds no line".to_owned());
    }
    match delimiter(&lines) {
        Some(delimiter) => Ok(csv(&lines, delimiter, encoding)),
        None => fixed(&lines, encoding),
    }
}

fn decode(bytes: &[u8]) -> Result<(&'static str, String), String> {
    for (name, encoding) in [("UTF-8", Encoding::Utf8), ("windows-1252", Encoding::Windows1252)] {
        if let Ok(text) = encoding.decode(bytes) {
            return Ok((name, text.into_owned()));
        }
    }
    Err("the sample is neither UTF-8 nor windows-1252".to_owned())
}

/// The sign that divides every line into cells.
fn delimiter(lines: &[&str]) -> Option<char> {
    let candidates = [';', '\t', '|', ','].into_iter().map(|sign| {
        let counts: Vec<usize> = lines.iter().map(|line| cells(line, sign).len()).collect();
        (
            counts.iter().filter(|count| **count > 1).count(),
            counts.iter().sum::<usize>(),
            sign,
        )
    });
    let all = candidates.filter(|(divided, _, _)| *divided == lines.len());
    all.max_by_key(|(_, cells, sign)| (*cells, *sign == ';'))
        .map(|(_, _, sign)| sign)
}

/// The cells of a line (RFC 4180, without line ends inside quotation marks).
fn cells(line: &str, delimiter: char) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut is_quoted = false;
    for c in line.chars() {
        match (c, found.last_mut()) {
            ('"', _) => is_quoted = !is_quoted,
            (c, _) if c == delimiter && !is_quoted => found.push(String::new()),
            (c, Some(cell)) => cell.push(c),
            (_, None) => {}
        }
    }
    found
}

fn csv(lines: &[&str], delimiter: char, encoding: &str) -> Sample {
    let rows: Vec<Vec<String>> = lines.iter().map(|line| cells(line, delimiter)).collect();
    let mut format = format!(
        "[format]\nkind = \"csv\"\nencoding = \"{encoding}\"\ndelimiter = {}\n",
        tab(delimiter)
    );
    if let Some(kinds) = kinds(&rows) {
        format.push_str("records = { by = 1 }\n");
        let mut root = Place::default();
        for (index, (kind, width)) in kinds.iter().enumerate() {
            let columns: Vec<String> = (1..=*width).map(|n| format!("column{n}")).collect();
            let _ = writeln!(format, "[format.record.{kind}]");
            if index == 0 {
                format.push_str("starts = true\n");
            }
            let _ = writeln!(format, "columns = [{}]", list(&columns));
            let record = root.enter(kind);
            record.repeated = index > 0;
            for row in rows.iter().filter(|row| row.first() == Some(kind)) {
                for (column, cell) in columns.iter().zip(row).skip(1) {
                    record.enter(column).value(cell);
                }
            }
        }
        return Sample {
            format,
            root,
            note: Some("The sample does not name its columns: rename `column2` and so on.".to_owned()),
        };
    }
    let header = rows.first().filter(|first| rows.len() > 1 && is_header(first));
    let columns: Vec<String> = match header {
        Some(first) => first.iter().map(|name| name.trim().to_owned()).collect(),
        None => (1..=rows.iter().map(Vec::len).max().unwrap_or(0))
            .map(|n| format!("column{n}"))
            .collect(),
    };
    if header.is_some() {
        format.push_str("header = true\n");
    }
    let _ = writeln!(format, "starts = true\ncolumns = [{}]", list(&columns));
    let mut root = Place::default();
    for row in rows.iter().skip(usize::from(header.is_some())) {
        let record = root.enter("row");
        for (column, cell) in columns.iter().zip(row) {
            record.enter(column).value(cell);
        }
    }
    let unnamed = header
        .is_none()
        .then(|| "The sample does not name its columns: rename `column1` and so on.".to_owned());
    Sample {
        format,
        root,
        note: unnamed,
    }
}

fn tab(sign: char) -> String {
    if sign == '\t' {
        "\"\\t\"".to_owned()
    } else {
        quoted(&sign.to_string())
    }
}

fn list(names: &[String]) -> String {
    names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ")
}

/// The kinds of records and their widths, where the first cell tells them: few short words, each with lines of one
/// width, and not all of the same.
fn kinds(rows: &[Vec<String>]) -> Option<Vec<(String, usize)>> {
    let mut found: Vec<(String, usize)> = Vec::new();
    for row in rows {
        let kind = row.first()?;
        let is_word = (1..=3).contains(&kind.len()) && kind.bytes().all(|b| b.is_ascii_alphanumeric());
        if !is_word {
            return None;
        }
        match found.iter().find(|(known, _)| known == kind) {
            Some((_, width)) if *width != row.len() => return None,
            Some(_) => {}
            None => found.push((kind.clone(), row.len())),
        }
    }
    let first = found.first().map(|(_, width)| *width);
    let differ = found.iter().any(|(_, width)| Some(*width) != first);
    ((2..=KINDS_MAX).contains(&found.len()) && differ).then_some(found)
}

fn is_header(row: &[String]) -> bool {
    let mut seen = Vec::new();
    row.iter().all(|cell| {
        let cell = cell.trim();
        let is_name =
            cell.chars().next().is_some_and(char::is_alphabetic) && !values::Form::of(&[cell.to_owned()]).is_special();
        let is_new = !seen.contains(&cell);
        seen.push(cell);
        is_name && is_new
    })
}

/// Columns of fixed width: a column begins where in all lines something stands after a blank.
fn fixed(lines: &[&str], encoding: &str) -> Result<Sample, String> {
    let mut kinds: BTreeMap<String, Vec<Vec<char>>> = BTreeMap::new();
    let types: Vec<String> = lines.iter().map(|line| line.chars().take(2).collect()).collect();
    let distinct: std::collections::BTreeSet<&String> = types.iter().collect();
    let by_type = distinct.len() <= KINDS_MAX
        && distinct.len() < lines.len()
        && types
            .iter()
            .all(|t| t.len() == 2 && t.bytes().all(|b| b.is_ascii_alphanumeric()));
    for (line, kind) in lines.iter().zip(&types) {
        let kind = if by_type { kind.clone() } else { "row".to_owned() };
        kinds.entry(kind).or_default().push(line.chars().collect());
    }
    if encoding == "UTF-8" && lines.iter().any(|line| !line.is_ascii()) {
        return Err("this looks like columns of fixed width, but columns are counted in bytes, and the sample is UTF-8 with letters of several bytes".to_owned());
    }
    let mut format = format!("[format]\nkind = \"fixed\"\nencoding = \"{encoding}\"\n");
    if by_type {
        format.push_str("records = { by = \"1-2\" }\n");
    }
    let mut root = Place::default();
    for (index, (kind, lines)) in kinds.iter().enumerate() {
        if by_type {
            let _ = writeln!(format, "[format.record.{kind}]");
        }
        if index == 0 {
            format.push_str("starts = true\n");
        }
        let record = root.enter(kind);
        record.repeated = by_type && index > 0;
        let columns = columns(lines, if by_type { 2 } else { 0 });
        let mut spelled = Vec::new();
        for (number, (start, end)) in columns.iter().enumerate() {
            let name = format!("column{}", number + 1);
            spelled.push(format!("{name} = \"{}-{end}\"", start + 1));
            let column = record.enter(&name);
            for line in lines {
                let cell: String = line.iter().skip(*start).take(end - start).collect();
                column.value(&cell);
            }
        }
        let _ = writeln!(format, "columns = {{ {} }}", spelled.join(", "));
    }
    Ok(Sample {
        format,
        root,
        note: Some("Where columns begin and end is a guess by the blanks of the sample: compare it with the description of the format.".to_owned()),
    })
}

fn columns(lines: &[Vec<char>], from: usize) -> Vec<(usize, usize)> {
    let width = lines.iter().map(Vec::len).max().unwrap_or(0);
    let blank = |at: usize| lines.iter().all(|line| line.get(at).is_none_or(|c| *c == ' '));
    let mut starts = vec![from];
    starts.extend((from + 1..width).filter(|at| blank(at - 1) && !blank(*at)));
    let ends = starts.iter().skip(1).copied().chain([width]);
    starts
        .iter()
        .copied()
        .zip(ends)
        .filter(|(start, end)| start < end)
        .collect()
}
