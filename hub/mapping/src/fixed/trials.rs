// SPDX-License-Identifier: EUPL-1.2
//! Files that are read, refused and written.

use hub_message::{Place, Rejection};
use proptest::prelude::*;

use super::{FixedFormat, FixedSink};
use crate::heard::Heard;
use crate::language::value::parse;
use crate::report::Report;
use crate::sink::{Sink, ValueKind};
use crate::source::{Names, Source};

const CASES: &str = "encoding = 'windows-1252'\nrecords = { by = '1-2' }\n\
    [record.01]\nstarts = true\ncolumns = { number = '3-8', subject = '9-18', open = '19' }\n\
    [record.02]\ncolumns = { title = '3-12', amount = { at = '13-20', align = 'right', fill = '0' } }";

fn format(settings: &str) -> FixedFormat {
    let mut report = Report::new("x");
    let format = FixedFormat::of(&parse(settings, &mut report), true, &mut report);
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
fn columns_are_bytes_of_the_original() {
    told(
        CASES,
        b"01GEW-17B\xe4ckerei  J\r\n02Stra\xdfe    00002600\r\n02        x 00000001\r\n01GEW-18M\xfcller    N\r\n\x1a",
        "<01(number(GEW-17)subject(Bäckerei)open(J))02(title(Straße)amount(00002600))02(title(        x)amount(00000001))>\
         <01(number(GEW-18)subject(Müller)open(N))>",
    );
    let plain = "columns = { a = '1-3', b = '4-6' }";
    told(plain, "äx123\n".as_bytes(), "<row(a(äx)b(123))>");
    refused(plain, "12ä456\n".as_bytes(), "AH-C123", 1, 1);
    // The mark of the letter would stand in the next column.
    refused(plain, "12J\u{30c}456\n".as_bytes(), "AH-C123", 1, 4);
}

#[test]
fn blanks_at_the_end_may_be_missing_and_nothing_else() {
    told(CASES, b"01GEW-17Amt\n", "<01(number(GEW-17)subject(Amt))>");
    told(CASES, b"01GEW-17\n02Amt\n", "<01(number(GEW-17))02(title(Amt))>");
    refused(CASES, b"01GEW-17Amt\n02Straat    000026\n", "AH-C120", 2, 13);
    told("columns = { a = '1-3', n = '4-9' }", b"abcx1\n", "<row(a(abc)n(x1))>");
    refused("columns = { a = '1-3', n = '4-9' }", b"abc12\n", "AH-C120", 1, 4);
    refused("columns = { a = '1-3' }\nshort = 'reject'", b"ab\n", "AH-C122", 1, 1);
    refused("columns = { a = '1-3' }\nlength = 4", b"abc x\n", "AH-C121", 1, 5);
    told("columns = { a = '1-3' }\nlength = 4", b"abc   \n", "<row(a(abc))>");
    told("columns = { a = '1-3' }", b"abcdefg\n", "<row(a(abc))>");
}

#[test]
fn records_are_known_and_in_order() {
    refused(CASES, b"", "AH-C100", 1, 1);
    refused(CASES, b"\r\n   \r\n", "AH-C100", 1, 1);
    refused(CASES, b"02Amt\n", "AH-C103", 1, 1);
    refused(CASES, b"01GEW-17\n03x\n", "AH-C104", 2, 1);
    refused(CASES, b"01GEW-17\n0\n", "AH-C104", 2, 1);
    refused(CASES, b"01GEW\r17\n", "AH-C117", 1, 6);
    refused(CASES, b"01GEW\x0017\n", "AH-C102", 1, 6);
    refused(CASES, b"01GEW\x8117\n", "AH-C101", 1, 6);
    told(
        "columns = { skip = '1', b = '2' }\nstarts = true",
        b"12\n34",
        "<row(skip(…)b(2))><row(skip(…)b(4))>",
    );
    told(
        "columns = { n = { at = '1-4', align = 'right' } }",
        b"  12",
        "<row(n(12))>",
    );
}

#[test]
fn places_have_paths() {
    let format = format(CASES);
    let text = "01GEW-17Bäckerei  J\n02one       00000001\n02two       00000002\n";
    let path = |what: &str| format.path_at(text, text.find(what).unwrap());
    assert_eq!(path("J"), "/01[1]/open");
    assert_eq!(path("00000002"), "/02[2]/amount");
}

/// Writes records of `(record, [(column, value)])`.
fn written(settings: &str, kind: ValueKind, records: &[(&str, &[(&str, &str)])]) -> Result<Vec<u8>, Rejection> {
    let format = format(settings);
    let mut names = Names::default();
    for (record, columns) in records {
        names.intern("", None, record);
        for (column, _) in *columns {
            names.intern("", None, column);
        }
    }
    let mut out = Vec::new();
    let mut sink = FixedSink::new(&format, &names, &mut out);
    sink.begin()?;
    for (record, columns) in records {
        sink.enter(names.find(record))?;
        for (column, value) in *columns {
            sink.enter(names.find(column))?;
            sink.value(value, kind)?;
            sink.leave(names.find(column))?;
        }
        sink.leave(names.find(record))?;
    }
    sink.end()?;
    Ok(out)
}

#[test]
fn lines_are_filled_up() {
    let records: &[(&str, &[(&str, &str)])] = &[
        ("01", &[("subject", "Bäckerei"), ("number", "GEW-17")]),
        ("02", &[("amount", "-2600"), ("title", "Straße")]),
    ];
    let expected: &[u8] = b"01GEW-17B\xe4ckerei   \r\n02Stra\xdfe    -0002600\r\n";
    assert_eq!(written(CASES, ValueKind::Text, records).as_deref(), Ok(expected));
}

#[track_caller]
fn line(settings: &str, kind: ValueKind, value: &str, expected: Result<&str, &str>) {
    let out = written(settings, kind, &[("row", &[("a", value)])]);
    let out = out.as_deref().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    assert_eq!(out.as_deref().map_err(|fault| fault.code.as_str()), expected);
}

#[test]
fn values_are_aligned_and_never_cut() {
    let plain = "columns = { a = '2-5' }\nlength = 6\nline_end = 'lf'";
    line(plain, ValueKind::Text, "ab", Ok(" ab   \n"));
    line(plain, ValueKind::Number, "12", Ok("   12 \n"));
    line(plain, ValueKind::Text, "abcde", Err("AH-C131"));
    line(plain, ValueKind::Text, "äöü", Err("AH-C131"));
    line(plain, ValueKind::Text, "a\nb", Err("AH-C132"));
    line(plain, ValueKind::Text, "", Ok("      \n"));
    let left = "columns = { a = { at = '1-4', align = 'left', fill = '.' } }\nencoding = 'CP850'\nline_end = 'lf'";
    line(left, ValueKind::Number, "12", Ok("12..\n"));
    line(left, ValueKind::Text, "Ł", Err("AH-C130"));
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(number in "[A-Z]{1,6}", subject in "[a-zäöß]{1,10}", amount in "[1-9][0-9]{0,7}") {
        let head: &[(&str, &str)] = &[("number", &number), ("subject", &subject)];
        let file = written(CASES, ValueKind::Text, &[("01", head), ("02", &[("amount", &amount)])]).unwrap();
        let told = heard(CASES, &file).unwrap();
        prop_assert_eq!(told, format!("<01(number({number})subject({subject}))02(amount({amount:0>8}))>"));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>, text in "[012 äa\r\n]{0,60}") {
        for settings in [CASES, "columns = { a = '1-3', b = { at = '4-6', align = 'right' } }\nlength = 8"] {
            let _ = heard(settings, &bytes);
            let _ = heard(settings, text.as_bytes());
            let _ = format(settings).path_at(&text, 9);
        }
    }
}
