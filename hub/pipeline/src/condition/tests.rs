// SPDX-License-Identifier: EUPL-1.2
//! Tests of conditions: what holds, and what is found.

use hub_message::shape::{Leaf, Member};
use hub_message::{LeafKind, Protection, Shape, Tree, TreeBuilder};
use proptest::prelude::*;

use super::*;

fn leaf(name: &str, kind: LeafKind, allowed: Option<&[&str]>) -> Member {
    Member {
        name: name.into(),
        required: false,
        shape: Shape::Leaf(Leaf {
            kind,
            protection: Protection::Open,
            allowed: allowed.map(|values| values.iter().map(ToString::to_string).collect()),
            title: String::new(),
            description: String::new(),
        }),
    }
}

fn group(name: &str, shape: Shape) -> Member {
    Member {
        name: name.into(),
        required: false,
        shape,
    }
}

fn shape() -> Shape {
    let line = Shape::Map(vec![
        leaf("net", LeafKind::Number, None),
        leaf("unit", LeafKind::Text, None),
    ]);
    Shape::Map(vec![
        leaf("number", LeafKind::Text, None),
        leaf("issueDate", LeafKind::Date, None),
        leaf("currency", LeafKind::Text, Some(&["EUR", "CHF"])),
        leaf("copy", LeafKind::Bool, None),
        group("totals", Shape::Map(vec![leaf("payable", LeafKind::Number, None)])),
        group("lines", Shape::List(Box::new(line))),
    ])
}

fn document() -> Tree {
    let mut b = TreeBuilder::default();
    b.open_map(None);
    b.text(Some("number"), "R-1 'a'");
    b.text(Some("issueDate"), "2026-03-01");
    b.text(Some("currency"), "EUR");
    b.bool(Some("copy"), false);
    b.open_map(Some("totals"));
    b.number(Some("payable"), "119.00");
    b.close();
    b.open_list(Some("lines"));
    for net in ["10.5", "89.50"] {
        b.open_map(None);
        b.number(Some("net"), net);
        b.close();
    }
    b.close();
    b.finish()
}

fn written(text: &str) -> Written {
    Written::new("r.toml".into(), text, 0..text.len(), text)
}

#[track_caller]
fn check(condition: &str, expected: bool) {
    let condition = Condition::load(&written(condition), &shape()).unwrap();
    assert_eq!(condition.holds(document().root().unwrap()), expected);
}

#[test]
fn comparisons_are_exact_and_look_through_lists() {
    check("totals.payable = 119", true);
    check("totals.payable = 1190e-1", true);
    check("totals.payable > 118.99999999999999999999", true);
    check("totals.payable >= 119 and totals.payable <= 119.0", true);
    check("totals.payable < 119", false);
    check("number = 'R-1 ''a'''", true);
    check("issueDate >= '2026-01-01' and issueDate < '2027-01-01'", true);
    check("currency in ('CHF', 'EUR')", true);
    check("not currency in ('CHF')", true);
    check("copy = false", true);
    check("lines.net > 50", true);
    check("lines.net > 100", false);
    check("lines.net != 10.50", false);
    check("lines.net in (1, 89.5)", true);
}

#[test]
fn what_is_absent_equals_nothing() {
    check("lines.unit = 'EA'", false);
    check("lines.unit != 'EA'", true);
    check("lines.unit is absent and lines is present", true);
    check("not lines.unit is present", true);
    check("totals is absent", false);
}

#[test]
fn and_binds_closer_than_or_and_not_closest() {
    check("copy = true and number = 'x' or currency = 'EUR'", true);
    check("copy = true and (number = 'x' or currency = 'EUR')", false);
    check("not copy = true and currency = 'EUR'", true);
    check("not (copy = false or currency = 'EUR')", false);
}

/// The finding's code, the characters that it points at, and its sentence with its help.
#[track_caller]
fn check_finding(condition: &str, code: &str, pointed: &str, says: &str) {
    let findings = Condition::load(&written(condition), &shape()).unwrap_err();
    let [finding] = findings.as_slice() else {
        panic!("{findings:?}")
    };
    let text = format!("{} {}", finding.text, finding.help.as_deref().unwrap_or_default());
    assert_eq!(
        (finding.code.as_str(), condition.get(finding.span.clone()).unwrap()),
        (code, pointed)
    );
    assert!(text.contains(says), "{text}");
}

#[test]
fn faults_of_the_grammar_are_pointed_at() {
    check_finding("totals.payable > ", "AH-R030", "", "expected a value");
    check_finding("number == 'x'", "AH-R030", "=", "expected a value");
    check_finding("number = x", "AH-R030", "x", "written 'x'");
    check_finding("number = \"x\"", "AH-R030", "\"", "single quotation marks");
    check_finding("number = 'x", "AH-R030", "'x", "closing quotation mark");
    check_finding("(copy = true", "AH-R030", "", "expected `)`");
    check_finding("copy = true currency = 'EUR'", "AH-R030", "currency", "`and`, `or`");
    check_finding("copy is here", "AH-R030", "here", "`present` or `absent`");
    check_finding("totals.payable > 1.2.3", "AH-R030", "1.2.3", "no number");
    check_finding("copy & true", "AH-R030", "&", "no meaning");
    check_finding("in ('a')", "AH-R030", "in", "expected a field");
    check_finding(
        &format!("{}copy = true{}", "(".repeat(40), ")".repeat(40)),
        "AH-R030",
        "(",
        "nested",
    );
}

#[test]
fn fields_and_types_are_checked_by_the_schema() {
    check_finding(
        "totals.payble > 0",
        "AH-R031",
        "totals.payble",
        "did you mean `totals.payable`",
    );
    check_finding("totals.payable > '0'", "AH-R032", "'0'", "a number");
    check_finding("number > 'a'", "AH-R032", "'a'", "no order");
    check_finding("number = 1", "AH-R032", "1", "a text");
    check_finding("copy > true", "AH-R032", "true", "true or false");
    check_finding("issueDate > '1.3.2026'", "AH-R032", "'1.3.2026'", "a date");
    check_finding("totals = 1", "AH-R032", "totals", "group of fields");
    check_finding("currency = 'EURO'", "AH-R033", "'EURO'", "EUR, CHF");
    check_finding("currency in ('EUR', 'USD')", "AH-R033", "'USD'", "never has");
}

#[test]
fn all_findings_come_at_once() {
    let found = Condition::load(&written("a = 1 and b = 2 or not currency = 'x'"), &shape()).unwrap_err();
    assert_eq!(found.len(), 3);
}

proptest! {
    #[test]
    fn any_text_is_taken_without_panic(text in ".{0,80}") {
        let _ = Condition::load(&written(&text), &shape());
    }

    #[test]
    fn any_words_are_taken_without_panic(words in prop::collection::vec(
        prop::sample::select(vec!["and", "or", "not", "in", "is", "present", "(", ")", ",", "=", "<", "'a'", "1", "lines.net"]), 0..20)) {
        let _ = Condition::load(&written(&words.join(" ")), &shape());
    }
}
