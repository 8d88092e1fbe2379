// SPDX-License-Identifier: EUPL-1.2
//! Whole mappings over JSON, CSV and fixed width.

use crate::sample::{load, shape};
use crate::{Beside, Mapping, Worker};

const HEAD: &str = "mapping = 1\nid = 'x'\ntitle = 'x'\ncanonical = 'x/1'\ndirections = ['read']\n[format]\n";

#[track_caller]
fn check(shape: &str, rest: &str, document: &[u8], expected: &str) {
    let mapping = load(shape, &format!("{HEAD}{rest}"));
    let shown = match mapping.read(document, &mut Worker::default()) {
        Ok(trees) => trees
            .iter()
            .map(hub_message::Tree::to_json)
            .collect::<Vec<_>>()
            .join("\n"),
        Err(fault) => {
            let place = fault.place.map(|place| place.to_string()).unwrap_or_default();
            format!("{} {} {place}", fault.code, fault.path.unwrap_or_default())
        }
    };
    assert_eq!(shown, expected);
}

const TRADE_SHAPE: &str = "case{ number, id, opened:date, subject, confidential:bool }, documents[ number:integer, kind, \
    date:date, file, fee:number ]";
const TRADE: &str = "kind = 'fixed'\nencoding = 'windows-1252'\nrecords = { by = '1-2' }\n\
    [format.record.01]\nstarts = true\ncolumns = { no = '3-8', opened = '9-16', subject = '17-26', secret = '27' }\n\
    [format.record.02]\ncolumns = { no = '3-8', kind = '9-11', date = '12-19', file = '20-24', amount = '25-30' }\n\
    [fields]\ncase.number = '01/no | trim'\ncase.id = \"01/no | trim | uuid5('urn:hub:trade')\"\n\
    case.opened = \"01/opened | date('yyyyMMdd')\"\ncase.subject = '01/subject | trim | squeeze'\n\
    case.confidential = \"01/secret | bool('J','N')\"\n\
    [lists.documents]\neach = '02'\n[lists.documents.fields]\nnumber = 'no | trim | integer'\n\
    kind = 'kind | trim | table(kinds)'\ndate = \"date | date('yyyyMMdd')\"\n\
    file = { path = 'file | trim', when = \"file != ''\" }\nfee = { path = 'amount | trim | cents', when = \"amount != ''\" }\n\
    [tables.kinds]\ninline = { ANM = 'registration', BES = 'notice' }\notherwise = 'error'\n";

#[test]
fn a_night_export_becomes_cases() {
    let file =
        b"01GEW-1720261103B\xe4ckerei  N\r\n02000001ANM20261103a.pdf      \r\n02000002BES20261105     002600\r\n\
        01GEW-18        M\xfcller  X J\r\n";
    check(
        TRADE_SHAPE,
        TRADE,
        file,
        "{\"case\":{\"number\":\"GEW-17\",\"id\":\"f126a4e9-83e4-5f33-8c4f-2cac441c2abf\",\"opened\":\"2026-11-03\",\
         \"subject\":\"Bäckerei\",\"confidential\":false},\"documents\":[{\"number\":1,\"kind\":\"registration\",\
         \"date\":\"2026-11-03\",\"file\":\"a.pdf\"},{\"number\":2,\"kind\":\"notice\",\"date\":\"2026-11-05\",\"fee\":26.00}]}\n\
         {\"case\":{\"number\":\"GEW-18\",\"id\":\"3fda7098-1d5f-5393-b026-ef1db2a4d29b\",\"subject\":\"Müller X\",\
         \"confidential\":true}}",
    );
}

#[test]
fn faults_have_line_column_and_path() {
    let file = b"01GEW-1720261103B\xe4ckerei  N\r\n02000001ANM20261131\r\n";
    check(TRADE_SHAPE, TRADE, file, "AH-M210 /02[1]/date 2:12");
    check(
        TRADE_SHAPE,
        TRADE,
        b"01GEW-1720261103\xfc\r\n02000001XXX\r\n",
        "AH-M212 /02[1]/kind 2:9",
    );
    check(TRADE_SHAPE, TRADE, b"01GEW-17\r\n03\r\n", "AH-C104  2:1");
    let json = "kind = 'json'\n[lists.l]\neach = 'a/b'\n[lists.l.fields]\nn = 'c | decimal'\n";
    check(
        "l[ n:number ]",
        json,
        br#"{"a":{"b":[{"c":1.50},{"c":"x"}]}}"#,
        "AH-M210 /a/b[2]/c 1:29",
    );
    check("l[ n:number ]", json, br#"{"a":1,"a":2}"#, "AH-J102  1:8");
}

#[test]
fn csv_with_a_header_becomes_one_document_a_line() {
    let mapping = "kind = 'csv'\nheader = true\nstarts = true\ndelimiter = ';'\nencoding = 'ISO-8859-15'\n\
        [fields]\nname = 'row/Name | trim'\namount = \"row/Betrag | decimal(',', '.')\"\n";
    check(
        "name, amount:number",
        mapping,
        b"Betrag;Name;Rest\n1.234,50; M\xfcller \xa4;x\n;\"\";\n",
        "{\"name\":\"Müller €\",\"amount\":1234.50}\n{\"name\":\"\"}",
    );
}

#[test]
fn json_keeps_digits_and_nulls_are_absent() {
    check(
        "id, total:number, ok:bool, lines[ n:integer ]",
        "kind = 'json'\n[fields]\nid = 'head/id'\ntotal = 'total'\nok = 'ok'\n[lists.lines]\neach = 'lines'\n\
         [lists.lines.fields]\nn = 'n'\n",
        br#"{"total":10.10,"lines":[{"n":1},null,{"n":2}],"head":{"id":"\u00fc"},"ok":false,"x":null}"#,
        r#"{"id":"ü","total":10.10,"ok":false,"lines":[{"n":1},{"n":2}]}"#,
    );
}

#[test]
fn places_that_the_format_does_not_have_are_found_at_once() {
    let rows = "kind = 'csv'\nrecords = { by = 1 }\n[format.record.K]\ncolumns = ['art', 'number']\n[format.record.P]\ncolumns = ['art', 'net']\n\
        [fields]\na = 'K/numbr'\nb = 'number'\nc = 'K/art/x'\n[lists.l]\neach = 'Q'\n[lists.l.fields]\nn = 'net'\n\
        [lists.m]\neach = 'P'\n[lists.m.fields]\nn = { path = 'net', when = \"nett != ''\" }\n";
    let text = format!("{HEAD}{rows}");
    let loaded = Mapping::load("x.map.toml", &text, &shape("a, b, c, l[ n ], m[ n ]"), Beside::NOTHING);
    let found: Vec<String> = loaded
        .findings
        .iter()
        .map(|f| format!("{} {} ({})", f.code, f.text, f.help.as_deref().unwrap_or("")))
        .collect();
    let expected = [
        "AH-M103 there is no column `numbr` in this record (did you mean `number`?)",
        "AH-M103 there is no record `number` in `[format]` ()",
        "AH-M103 nothing stands below a column ()",
        "AH-M103 there is no record `Q` in `[format]` (did you mean `K`?)",
        "AH-M103 there is no column `nett` in this record (did you mean `net`?)",
    ];
    assert_eq!(found, expected);
}
