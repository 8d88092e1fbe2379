// SPDX-License-Identifier: EUPL-1.2
//! Tests of look-ups: who may ask what, and what comes back.

use std::collections::BTreeMap;

use hub_mapping::Worker;
use hub_message::{Ask, Head, Sensitive};

use super::{LookupAnswer, answer, ask};
use crate::fixture::{BILL, mapping, message, rules, source, texts, with, written};
use crate::route::RouteSource;
use crate::rules::{Checked, Rules, TypeSource};

/// `archive` may ask `inbox` for a bill by its number.
fn lookup(change: impl FnOnce(&mut RouteSource)) -> RouteSource {
    with("bill-by-number", |route| {
        route.mode = Some(written("lookup"));
        route.from = Some(texts(&["archive"]));
        route.to = Some(written("inbox"));
        route.question = Some((written("[...]"), texts(&["number"])));
        change(route);
    })
}

fn asked(purpose: &str, question: &[(&str, &str)]) -> Ask {
    let question: BTreeMap<String, String> = question
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Ask {
        purpose: purpose.to_owned(),
        file_number: None,
        actor: Sensitive::new("sb-4711".to_owned()),
        question: Sensitive::new(question),
    }
}

#[track_caller]
fn refused(asker: &str, name: &str, asked: &Ask, code: &str) {
    let rules = rules(vec![lookup(|_| {})]);
    let fault = ask(&rules, &asker.parse().unwrap(), name, asked).expect_err("it is refused");
    assert_eq!(fault.code.as_str(), code);
    assert!(
        !fault.text.contains("R-1") && !fault.text.contains("secret"),
        "{}",
        fault.text
    );
}

#[test]
fn only_what_the_route_lets_through_reaches_the_responder() {
    let rules = rules(vec![lookup(|_| {})]);
    let full = asked("booking", &[("number", "R-1"), ("why", "secret")]);
    let (lookup, passed) = ask(&rules, &"archive".parse().unwrap(), "bill-by-number", &full).unwrap();
    assert_eq!(lookup.responder().as_str(), "inbox");
    assert_eq!(
        passed.question.disclose(),
        &BTreeMap::from([("number".to_owned(), "R-1".to_owned())])
    );
    assert_eq!(passed.actor, full.actor);
}

#[test]
fn whoever_may_not_ask_is_refused() {
    let good = asked("booking", &[("number", "R-1")]);
    refused("finance", "bill-by-number", &good, "AH-R130");
    refused("archive", "bill-by-name", &good, "AH-R130");
    refused(
        "archive",
        "bill-by-number",
        &asked("curiosity", &[("number", "R-1")]),
        "AH-R131",
    );
    refused(
        "archive",
        "bill-by-number",
        &asked("booking", &[("why", "secret")]),
        "AH-R133",
    );
    refused(
        "archive",
        "bill-by-number",
        &asked("booking", &[("number", " ")]),
        "AH-R133",
    );
    let nobody = Ask {
        actor: Sensitive::new(" ".to_owned()),
        ..good
    };
    refused("archive", "bill-by-number", &nobody, "AH-R132");
}

fn answered(change: impl FnOnce(&mut RouteSource), native: &str) -> Result<LookupAnswer, hub_message::Rejection> {
    let rules = rules(vec![lookup(change)]);
    let question = asked("booking", &[("number", "R-1")]);
    let (lookup, _) = ask(&rules, &"archive".parse().unwrap(), "bill-by-number", &question).unwrap();
    let message = message(Head::default(), native);
    answer(&rules, lookup, &message, native.as_bytes(), &mut Worker::default())
}

#[test]
fn the_answer_holds_the_released_fields_and_nothing_else() {
    let found = answered(|_| {}, BILL).unwrap();
    let text = String::from_utf8(found.native.into_disclosed()).unwrap();
    assert_eq!(text, r#"{"number":"R-1","totals":{"payable":119.00}}"#);
    assert_eq!(
        (found.kind.as_str(), found.media_type.as_str()),
        ("posting.json.1", "application/json")
    );
}

#[test]
fn a_mapping_writes_the_answer() {
    let by_mapping = |route: &mut RouteSource| {
        route.mapping = Some(written("posting-json"));
        route.fields = Some((written("[...]"), texts(&["number", "totals.payable", "seller.name"])));
    };
    let found = answered(by_mapping, BILL).unwrap();
    let text = String::from_utf8(found.native.into_disclosed()).unwrap();
    assert!(
        text.contains("belegnummer") && text.contains("Beispiel GmbH") && !text.contains("DE1"),
        "{text}"
    );
}

#[test]
fn an_answer_that_cannot_be_read_is_refused_without_its_values() {
    let long = format!(r#"{{"nr":"R-1","from":{{"name":"{}"}}}}"#, "Erika Geheim ".repeat(9));
    let fault = answered(|_| {}, &long).expect_err("the name is too long");
    assert!(!format!("{fault:?}").contains("Geheim"), "{}", fault.text);
}

#[track_caller]
fn check(change: impl FnOnce(&mut RouteSource), code: &str, says: &str) {
    let checked: Checked = Rules::build(source(vec![lookup(change)]));
    let found: Vec<String> = checked
        .findings
        .iter()
        .map(|f| {
            format!(
                "{} {} {}",
                f.code.as_str(),
                f.text,
                f.help.as_deref().unwrap_or_default()
            )
        })
        .collect();
    assert!(
        found.iter().any(|line| line.starts_with(code) && line.contains(says)),
        "{found:#?}"
    );
}

#[test]
fn a_look_up_that_is_not_right_does_not_load() {
    check(|r| r.from = None, "AH-R008", "nobody may ask");
    check(|r| r.question = None, "AH-R008", "nothing could be asked");
    check(|r| r.when = Some(written("number = 'R-1'")), "AH-R042", "`when`");
    check(|r| r.documents = Some(written("all")), "AH-R042", "`documents`");
    check(|r| r.to = Some(written("finance")), "AH-R043", "could not answer");
    check(|r| r.purpose = None, "AH-R008", "no `purpose`");
    check(|r| r.mode = None, "AH-R008", "`question` belongs to");
    check(
        |r| r.mode = Some(written("lookups")),
        "AH-R013",
        "no routes of the kind",
    );
}

#[test]
fn what_only_answers_is_not_said_to_lead_nowhere() {
    let checked = Rules::build(source(vec![lookup(|_| {})]));
    assert!(checked.findings.is_empty(), "{:#?}", checked.findings);
    let rules = checked.rules.unwrap();
    assert_eq!(rules.lookups().count(), 1);
    assert!(rules.routes().is_empty());
}

#[test]
fn an_answer_of_another_kind_is_refused() {
    let rules = rules(vec![lookup(|_| {})]);
    let question = asked("booking", &[("number", "R-1")]);
    let (lookup, _) = ask(&rules, &"archive".parse().unwrap(), "bill-by-number", &question).unwrap();
    let other = super::Lookup {
        schema: "other/1".parse().unwrap(),
        ..lookup.clone()
    };
    let message = message(Head::default(), BILL);
    let fault = answer(&rules, &other, &message, BILL.as_bytes(), &mut Worker::default()).expect_err("another schema");
    assert_eq!(fault.code.as_str(), "AH-R135");
}

const LINES: &str = r#"
mapping    = 1
id         = "bill-csv"
title      = "Bills as lines"
canonical  = "bill/1"
directions = ["read"]
[format]
kind      = "csv"
delimiter = ";"
records   = { by = 1 }
[format.record.B]
starts  = true
columns = ["art", "nr"]
[fields]
number = "B/nr"
"#;

#[test]
fn an_answer_of_several_documents_is_refused() {
    let mut town = source(vec![lookup(|_| {})]);
    town.mappings.insert("bill-csv".to_owned(), Some(mapping(LINES)));
    town.connectors[0].types.push(TypeSource {
        kind: written("bill.csv.1"),
        mapping: Some(written("bill-csv")),
    });
    let rules = Rules::build(town).rules.unwrap();
    let question = asked("booking", &[("number", "R-1")]);
    let (lookup, _) = ask(&rules, &"archive".parse().unwrap(), "bill-by-number", &question).unwrap();
    let native = "B;R-1\nB;R-2\n";
    let mut message = message(Head::default(), native);
    message.kind = "bill.csv.1".parse().unwrap();
    let fault = answer(&rules, lookup, &message, native.as_bytes(), &mut Worker::default()).expect_err("two bills");
    assert_eq!(fault.code.as_str(), "AH-R134");
}
