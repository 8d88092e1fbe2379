// SPDX-License-Identifier: EUPL-1.2
//! Files that are read, refused and written.

use hub_message::{Place, Rejection};
use proptest::prelude::*;

use super::{COLUMNS_MAX, CsvFormat, CsvSink};
use crate::flat::LINES_MAX;
use crate::heard::Heard;
use crate::language::calls::Ways;
use crate::language::value::parse;
use crate::report::Report;
use crate::sink::{Sink, ValueKind};
use crate::source::{Names, Source};

const FINANCE: &str = "encoding = 'windows-1252'\ndelimiter = ';'\nrecords = { by = 1 }\n\
    [record.K]\nstarts = true\ncolumns = ['art', 'number', 'name']\n[record.P]\ncolumns = ['art', 'text', '-', 'amount']";

fn format(settings: &str) -> CsvFormat {
    let mut report = Report::new("x");
    let format = CsvFormat::of(
        &parse(settings, &mut report),
        Ways {
            read: true,
            write: true,
        },
        &mut report,
    );
    assert!(!report.failed(), "{:?}", report.finish());
    format.unwrap()
}

fn heard(settings: &str, file: &[u8]) -> Result<String, Rejection> {
    let format = format(settings);
    let text = format.decode(file)?;
    Heard::of(&format, &text)
}

#[track_caller]
fn told(settings: &str, file: &[u8], expected: &str) {
    assert_eq!(heard(settings, file).as_deref(), Ok(expected));
}

#[track_caller]
fn refused(settings: &str, file: &[u8], code: &str, line: u32, column: u32) {
    let fault = heard(settings, file).unwrap_err();
    assert_eq!((fault.code.as_str(), fault.place), (code, Some(Place { line, column })));
}

#[test]
fn lines_and_columns() {
    let two = "columns = ['a', 'b']";
    told(two, b"1,2\r\n3,4\r\n", "<row(a(1)b(2))row(a(3)b(4))>");
    told(two, b"1,2\n\n\r\n3,4", "<row(a(1)b(2))row(a(3)b(4))>");
    told(two, b"1,\n,\"\"\n", "<row(a(1))row(b())>");
    told(
        two,
        b"\"1,\r\n2\",\"say \"\"hi\"\"\"\n",
        "<row(a(1,\r\n2)b(~say \"hi\"))>",
    );
    told(two, b"\"\"\"\",x\n\x1a", "<row(a(~\")b(x))>");
    told(two, b"\xef\xbb\xbf\xc3\xa4, x \n", "<row(a(ä)b( x ))>");
    told(
        "columns = ['a', 'b']\ndelimiter = \"\\t\"\nquote = ''",
        b"5\" pipe\t\"x\n",
        "<row(a(5\" pipe)b(\"x))>",
    );
    told(
        "columns = ['a', 'b']\nquote = \"'\"\nstarts = true",
        b"'it''s',2\n3,4",
        "<row(a(~it's)b(2))><row(a(3)b(4))>",
    );
    told("columns = ['-', 'skip', '', 'b']", b"1,2,3,4\n", "<row(skip(…)b(4))>");
}

#[test]
fn the_first_line_can_name_the_columns() {
    let named = "header = true\ncolumns = ['b', 'a']";
    told(named, b"a, b ,c\n1,2,3\n", "<row(a(1)b(2)c(3))>");
    told(named, b"\"a\",\"b\"\n1,2\n", "<row(a(1)b(2))>");
    refused(named, b"a,c\n1,2\n", "AH-C116", 1, 1);
    refused(named, b"a,b,a\n1,2,3\n", "AH-C115", 1, 5);
    refused(named, b"a,b\n", "AH-C100", 1, 1);
}

#[test]
fn header_and_line_records_make_documents() {
    told(
        FINANCE,
        b"K;R-1;M\xfcller\nP;x;;1,00\nP;y;;2,00\nK;R-2;\n",
        "<K(art(K)number(R-1)name(Müller))P(art(P)text(x)amount(1,00))P(art(P)text(y)amount(2,00))>\
         <K(art(K)number(R-2))>",
    );
    refused(FINANCE, b"P;x;;1,00\n", "AH-C103", 1, 1);
    refused(FINANCE, b"K;R-1;x\nQ;x\n", "AH-C104", 2, 1);
    refused(FINANCE, b"K;R-1\n", "AH-C113", 1, 1);
    refused(FINANCE, b"K;R-1;x;y\n", "AH-C113", 1, 1);
    refused(FINANCE, b"K;R-1;M\x81ller\n", "AH-C101", 1, 8);
}

#[test]
fn broken_files_are_refused_at_their_place() {
    let two = "columns = ['a', 'b']";
    refused(two, b"", "AH-C100", 1, 1);
    refused(two, b"\r\n \r\n", "AH-C113", 2, 1);
    refused(two, b"1,2\n3\n", "AH-C113", 2, 1);
    refused(two, b"1,2\n3,4,\n", "AH-C113", 2, 1);
    refused(two, b"1,2\n3,\"4\n5,6\n", "AH-C112", 2, 3);
    refused(two, b"1,2\n3,4\"\n", "AH-C110", 2, 4);
    refused(two, b"1, \"2\"\n", "AH-C110", 1, 4);
    refused(two, b"1,\"2\" \n", "AH-C111", 1, 6);
    refused(two, b"1,\"2\"3\n", "AH-C111", 1, 6);
    refused(two, b"1,2\r3,4\n", "AH-C117", 1, 4);
    refused(two, b"1,\x002\n", "AH-C102", 1, 3);
    refused(two, b"1,\xff\n", "AH-C101", 1, 3);
    refused(two, ",".repeat(COLUMNS_MAX).as_bytes(), "AH-C114", 1, 1001);
    refused(
        two,
        "1,2\n".repeat(LINES_MAX + 1).as_bytes(),
        "AH-C105",
        LINES_MAX as u32 + 1,
        1,
    );
}

#[test]
fn places_have_paths() {
    let format = format(FINANCE);
    let text = "K;R-1;x\nP;one;;1\nP;two;;2\n";
    let path = |what: &str| format.path_at(text, text.find(what).unwrap());
    assert_eq!(path("R-1"), "/K[1]/number");
    assert_eq!(path("two"), "/P[2]/text");
    assert_eq!(path("\nP;one"), "/K[1]/name");
}

/// Writes records of `(record, [(column, value)])`.
fn written(settings: &str, records: &[(&str, &[(&str, &str)])]) -> Result<Vec<u8>, Rejection> {
    let format = format(settings);
    let mut names = Names::default();
    for (record, columns) in records {
        names.intern("", None, record);
        for (column, _) in *columns {
            names.intern("", None, column);
        }
    }
    let mut out = Vec::new();
    let mut sink = CsvSink::new(&format, &names, &mut out);
    sink.begin()?;
    for (record, columns) in records {
        sink.enter(names.find(record))?;
        for (column, value) in *columns {
            sink.enter(names.find(column))?;
            sink.value(value, ValueKind::Text)?;
            sink.leave(names.find(column))?;
        }
        sink.leave(names.find(record))?;
    }
    sink.end()?;
    Ok(out)
}

#[test]
fn records_are_written_in_the_order_of_the_columns() {
    let records: &[(&str, &[(&str, &str)])] = &[
        ("K", &[("name", "Müller; Söhne"), ("number", "R-1")]),
        ("P", &[("amount", "-12,50"), ("text", "5\" Rohr")]),
    ];
    let expected: &[u8] = b"K;R-1;\"M\xfcller; S\xf6hne\"\r\nP;\"5\"\" Rohr\";;-12,50\r\n";
    assert_eq!(written(FINANCE, records).as_deref(), Ok(expected));
}

#[track_caller]
fn line(settings: &str, value: &str, expected: Result<&str, &str>) {
    let settings = format!("columns = ['a', 'b']\n{settings}");
    let out = written(&settings, &[("row", &[("b", value)])]);
    let out = out.as_deref().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    assert_eq!(out.as_deref().map_err(|fault| fault.code.as_str()), expected);
}

#[test]
fn values_are_quoted_and_guarded() {
    line("", "x", Ok(",x\r\n"));
    line("", "", Ok(",\"\"\r\n"));
    line("", " x", Ok(",\" x\"\r\n"));
    line("", "a\nb", Ok(",\"a\nb\"\r\n"));
    line("quoting = 'always'\nline_end = 'lf'", "x", Ok(",\"x\"\n"));
    line("header = true", "x", Ok("a,b\r\n,x\r\n"));
    line("", "=1+1", Ok(",'=1+1\r\n"));
    line("", "@SUM(A1)", Ok(",'@SUM(A1)\r\n"));
    line("", "-1+2", Ok(",'-1+2\r\n"));
    line("", "\tx", Ok(",'\tx\r\n"));
    line("", "-5,00", Ok(",\"-5,00\"\r\n"));
    line("", "+49", Ok(",+49\r\n"));
    line("formulas = 'keep'", "=1+1", Ok(",=1+1\r\n"));
    line("quote = ''", "a\"b", Ok(",a\"b\r\n"));
    line("quote = ''", "a,b", Err("AH-C132"));
    line("encoding = 'windows-1252'", "Łuczak", Err("AH-C130"));
    line(
        "encoding = 'windows-1252'\nlossy = 'transliterate'",
        "Łuczak",
        Ok(",Luczak\r\n"),
    );
    line("encoding = 'UTF-8-BOM'", "x", Ok("\u{feff},x\r\n"));
}

#[test]
fn a_fault_never_shows_the_value() {
    let fault = written("columns = ['a']\nencoding = 'CP850'", &[("row", &[("a", "geheim Ł")])]).unwrap_err();
    assert!(
        !fault.to_string().contains("geheim") && !fault.to_string().contains('Ł'),
        "{fault}"
    );
    assert!(fault.text.contains("character 8"), "{fault}");
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(values in prop::collection::vec("[ a-zäŁ;\"'\r\n=+@-]{0,8}", 2), always: bool) {
        let quoting = if always { "always" } else { "needed" };
        let settings = format!("columns = ['a', 'b']\ndelimiter = ';'\nformulas = 'keep'\nquoting = '{quoting}'");
        let columns: Vec<(&str, &str)> = ["a", "b"].into_iter().zip(values.iter().map(String::as_str)).collect();
        let file = written(&settings, &[("row", &columns)]).unwrap();
        let told = heard(&settings, &file).unwrap().replace('~', "");
        prop_assert_eq!(told, format!("<row(a({})b({}))>", values[0], values[1]));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>, text in "[KP;\"\r\na,]{0,40}") {
        let _ = heard(FINANCE, &bytes);
        let _ = heard(FINANCE, text.as_bytes());
        let format = format(FINANCE);
        let _ = format.path_at(&text, 7);
    }

    #[test]
    fn no_record_is_lost_or_merged(rows in prop::collection::vec("[ab\"\n]{0,6}", 1..20)) {
        let quoted: Vec<String> = rows.iter().map(|row| format!("\"{}\"\n", row.replace('"', "\"\""))).collect();
        let quoted = quoted.concat();
        let told = heard("columns = ['a']", quoted.as_bytes()).unwrap();
        prop_assert_eq!(told.matches("row(").count(), rows.len());
    }
}
