// SPDX-License-Identifier: EUPL-1.2
//! Holds what is described and what is read together: a date, which no key takes, must be refused under every key.

use hub_message::Finding;
use hub_message::keys::Keys;

use super::*;
use crate::sample::shape;
use crate::{Beside, Mapping};

const SHAPE: &str = "number, seller{ name }, notes[ subject, text ], tags[], lines[ id, net:number ]";

/// Nothing takes it.
const DATE: &str = "1979-05-27";

const HEAD: &str = "mapping = 1\nid = 'x'\ntitle = 'X'\ncanonical = 'sample/1'\ndirections = ['read', 'write']\n";
const JSON_HEAD: &str = "mapping = 1\nid = 'x'\ntitle = 'X'\ncanonical = 'sample/1'\ndirections = ['read', 'write']\n\
                         format.kind = 'json'\n";

fn findings(text: &str) -> Vec<Finding> {
    let beside = |name: &str| (name == "t.csv").then(|| "code,value\na,A\n".to_owned());
    let beside = Beside {
        file: &beside,
        ..Beside::NOTHING
    };
    Mapping::load("x.map.toml", text, &shape(SHAPE), beside).findings
}

/// Puts every key of a table into a file with the date as its value. `before` ends with the head of the table, `lines`
/// are what else stands in it.
#[track_caller]
fn check(keys: &Keys, before: &str, lines: &str) {
    for key in keys.all() {
        let own = |line: &&str| line.split([' ', '.']).next() == Some(key.name);
        let others: String = lines.split_inclusive('\n').filter(|line| !own(line)).collect();
        let text = format!("{before}{} = {DATE}\n{others}", key.name);
        let start = text.find(DATE).unwrap();
        let found = findings(&text);
        assert!(
            found.iter().any(|finding| finding.span == (start..start + DATE.len())),
            "nobody reads `{}`:\n{text}\n{found:#?}",
            key.name
        );
    }
    let text = format!("{before}such-a-key = 1\n{lines}");
    assert_eq!(
        findings(&text)
            .iter()
            .filter(|finding| finding.code.as_str() == "AH-M104")
            .count(),
        1,
        "{text}"
    );
}

#[test]
fn the_file_and_its_sections() {
    check(
        &MAPPING,
        "",
        "mapping = 1\nid = 'x'\ntitle = 'X'\ncanonical = 'sample/1'\ndirections = ['read']\nformat = { kind = 'json' }\n",
    );
    let json = |table: &str| format!("{JSON_HEAD}{table}\n");
    check(&TABLE, &json("[tables.t]"), "file = 't.csv'\n");
    check(&CASE, &json("[case]"), "");
    check(
        &CASE_KEY,
        &json("[[case.keys]]"),
        "field = 'number'\nsystem = 's'\nkind = 'k'\n",
    );
    check(&COVERAGE, &json("[coverage]"), "");
    check(&TEST, &json("[[test]]"), "name = 'n'\nread_text = '{}'\nvalid = true\n");
    check(
        &TEST_ERROR,
        &json("[[test]]\nname = 'n'\nread_text = '{}'\n[test.error]"),
        "",
    );
}

#[test]
fn formats() {
    let format = |lines: &str| format!("{HEAD}[format]\n{lines}");
    check(&XML, &format(""), "kind = 'xml'\nroot = 'a'\n");
    check(&JSON, &format(""), "kind = 'json'\n");
    check(&CSV, &format(""), "kind = 'csv'\ncolumns = ['a']\n");
    let csv = "kind = 'csv'\nrecords = { by = 1 }\n[format.record.K]\n";
    check(&CSV_RECORD, &format(csv), "columns = ['a']\n");
    let by = "kind = 'csv'\n[format.record.K]\ncolumns = ['a']\n[format.records]\n";
    check(&RECORDS_BY, &format(by), "by = 1\n");
    check(&FORM, &format(""), "kind = 'form'\n");
    check(&MULTIPART, &format(""), "kind = 'multipart'\n");
    check(&MAIL, &format(""), "kind = 'mail'\n");
    check(&FIXED, &format(""), "kind = 'fixed'\ncolumns = { a = '1-2' }\n");
    let fixed = "kind = 'fixed'\nrecords = { by = '1' }\n[format.record.K]\n";
    check(&FIXED_RECORD, &format(fixed), "columns = { a = '1-2' }\n");
    check(
        &FIXED_COLUMN,
        &format("kind = 'fixed'\n[format.columns.a]\n"),
        "at = '1-2'\n",
    );
}

#[test]
fn rows_and_lists() {
    let json = |table: &str| format!("{JSON_HEAD}{table}\n");
    check(&ROW, &json("[fields.number]"), "path = 'a'\n");
    check(&ROW_SPLIT, &json("[fields.number]"), "read = 'a'\n");
    check(&ROW_SIDE, &json("[fields.number.read]"), "path = 'a'\n");
    check(&PLACE_ALONE, &json("[[fields.number.read]]"), "path = 'a'\n");
    check(&PLACE_OF_SEVERAL, &json("[[fields.number]]"), "path = 'a'\n");
    check(&ACCOMPANYING, &json("[fields.'@a']"), "write = '^number'\n");
    check(&LIST, &json("[lists.lines]"), "each = 'a'\n");
    check(&EACH_BOTH, &json("[lists.lines.each]"), "read = 'a'\nwrite = 'a'\n");
    check(&EACH_PLACE, &json("[[lists.lines.each]]"), "path = 'a'\n");
}
