// SPDX-License-Identifier: EUPL-1.2
//! Findings about mapping files. What is said about each mistake, and where, stands in `tests/fixtures/load`.

use crate::sample::{XML_HEAD, shape};
use crate::{Beside, Mapping};

const SHAPE: &str = "number!, issueDate:date, n:integer, net:number, paid:bool, kind='a'|'b', seller{ name!, vatId }, notes[ subject, text ], \
                     tags[], lines[ id, net:number, parts[ id ] ]";

/// The findings as `code characters: sentence (help)`.
fn findings(text: &str) -> Vec<String> {
    let beside = |name: &str| (name == "t.csv").then(|| "code,name\na,A\n".to_owned());
    let beside = Beside {
        file: &beside,
        ..Beside::NOTHING
    };
    let loaded = Mapping::load("x.map.toml", text, &shape(SHAPE), beside);
    assert_eq!(
        loaded.mapping.is_none(),
        loaded
            .findings
            .iter()
            .any(|f| f.severity == hub_message::Severity::Error)
    );
    let shown = loaded.findings.iter().map(|finding| {
        let at = text.get(finding.span.clone()).unwrap();
        let help = finding.help.as_ref().map_or(String::new(), |help| format!(" ({help})"));
        format!(
            "{} {at}: {}{help}",
            finding.code.as_str().trim_start_matches("AH-"),
            finding.text
        )
    });
    shown.collect()
}

/// Findings about rows, apart from the one about `number`.
#[track_caller]
fn check(rows: &str, expected: &[&str]) {
    let rows = if rows.contains("[fields]") {
        rows.replace("[fields]", "[fields]\nnumber = 'nr'")
    } else {
        format!("[fields]\nnumber = 'nr'\n{rows}")
    };
    assert_eq!(findings(&format!("{XML_HEAD}{rows}")), expected);
}

#[test]
fn what_loads_without_a_word() {
    check("seller.name.read = 'a | hash'", &[]);
    check("net = 'a | integer'\npaid = 'b'\nissueDate = 'c'\nn = 'd'", &[]);
    check("kind.read = 'a | table(t)'\n[tables.t]\nfile = 't.csv'", &[]);
    check("n.write = { path = 'b', when = 'net is absent' }\nnet = 'b'", &[]);
    check("net = 'b'\nn = 'b/@n'\n'b/@m' = { write = '^number' }", &[]);
    check(
        "seller.name = 'a/b'\nseller.vatId = 'a/c'\n[lists.lines]\neach = 'a/l'\n[lists.lines.fields]\nid = '.'",
        &[],
    );
    check(
        "n.write = { path = 'b', when = \"net > 10 and paid = true and issueDate >= '2026-01-01'\" }",
        &[],
    );
}

#[test]
fn everything_is_found_at_once() {
    let all = findings(&format!(
        "{XML_HEAD}[fields]\nissuDate = 'a'\nnet = 'a | dcimal'\nn = 'q:a'\nx = 'a'\n[lists.lnes]\neach = 'b'\n"
    ));
    let codes: Vec<&str> = all.iter().map(|f| f.split(' ').next().unwrap()).collect();
    assert_eq!(codes, ["M119", "M102", "M111", "M110", "M102", "M102"]);
}

#[test]
fn an_empty_file_is_no_mapping() {
    let found = findings("");
    let codes: Vec<&str> = found.iter().filter_map(|f| f.get(..4)).collect();
    assert_eq!(codes, ["M101", "M105", "M105"]);
}

#[test]
fn the_field_of_a_case_key_is_pointed_at_exactly() {
    check(
        "[case]\nkeys = [{ field = 'num§ber', system = 'x', kind = 'invoice' }]",
        &["M106 §: `§` does not belong here"],
    );
}

#[test]
fn of_a_dotted_field_the_unknown_word_is_shown() {
    check(
        "seler.vatId = 'a'",
        &["M102 seler: the schema x/1 has no field `seler` (did you mean `seller`?)"],
    );
    check("copy.there = { from = 'number', path = 'a/b' }", &[]);
}
