// SPDX-License-Identifier: EUPL-1.2
//! Tests of what is found when rules are checked.

use super::*;
use crate::fixture::{route, source, texts, written};
use crate::route::RouteSource;

/// Checks a route that was changed; expects one finding.
#[track_caller]
fn check(change: impl FnOnce(&mut RouteSource), code: &str, says: &str) {
    let mut changed = route("to-finance");
    change(&mut changed);
    expect(Rules::build(source(vec![changed])), code, says);
}

#[track_caller]
fn expect(checked: Checked, code: &str, says: &str) {
    let [finding] = checked.findings.as_slice() else {
        panic!("{:#?}", checked.findings)
    };
    let text = format!("{} {}", finding.text, finding.help.as_deref().unwrap_or_default());
    assert_eq!(finding.code.as_str(), code, "{text}");
    assert!(text.contains(says), "{text}");
    assert_eq!(checked.rules.is_none(), finding.severity == Severity::Error);
}

#[test]
fn names_that_nobody_bears_are_found() {
    check(
        |r| r.to = Some(written("finanze")),
        "AH-R005",
        "did you mean `finance`?",
    );
    check(|r| r.from = Some(texts(&["inbax"])), "AH-R005", "did you mean `inbox`?");
    check(
        |r| r.schema = Some(written("bil/1")),
        "AH-R006",
        "did you mean `bill/1`?",
    );
    check(
        |r| r.mapping = Some(written("posting-jsn")),
        "AH-R003",
        "did you mean `posting-json`?",
    );
    check(|r| r.kind = Some(written("posting")), "AH-R001", "`posting.csv.1`");
    check(|r| r.name = Some(written("An Finanzen")), "AH-R010", "small letters");
    check(|r| r.to = Some(written("cases")), "AH-R005", "`cases`");
}

#[test]
fn what_is_missing_is_found() {
    check(|r| r.to = None, "AH-R008", "no `to`");
    check(|r| r.schema = None, "AH-R008", "no `schema`");
    check(|r| r.name = None, "AH-R008", "no `name`");
    check(|r| r.kind = None, "AH-R008", "no `type`");
    check(|r| r.purpose = None, "AH-R008", "no `purpose`");
    check(
        |r| r.legal_basis = Some(written(" ")),
        "AH-R008",
        "`legal_basis` is empty",
    );
    check(|r| r.fields = None, "AH-R008", "releases no field");
    check(
        |r| r.fields = Some((written("[]"), Vec::new())),
        "AH-R008",
        "releases no field",
    );
    check(
        |r| (r.drop, r.reason) = (Some(written("true")), Some(written("x"))),
        "AH-R009",
        "goes nowhere",
    );
}

#[test]
fn words_and_periods_are_checked() {
    check(|r| r.documents = Some(written("some")), "AH-R013", "`none` or `all`");
    check(
        |r| r.protected_person = Some(written("maybe")),
        "AH-R013",
        "`block` or `allow`",
    );
    check(|r| r.retention = Some(written("10 years")), "AH-R014", "`P10Y`");
}

#[test]
fn conditions_and_fields_are_checked_by_the_schema() {
    check(
        |r| r.when = Some(written("totals.payble > 1")),
        "AH-R031",
        "`totals.payable`",
    );
    check(
        |r| r.fields = Some((written("[]"), texts(&["nummer"]))),
        "AH-R020",
        "did you mean `number`?",
    );
}

#[test]
fn two_routes_of_one_name_are_found() {
    expect(
        Rules::build(source(vec![route("a"), route("a")])),
        "AH-R007",
        "the name `a`",
    );
}

#[test]
fn types_must_be_read_by_a_mapping_that_reads() {
    let sent = |kind: &str, mapping: Option<&str>| TypeSource {
        kind: written(kind),
        mapping: mapping.map(written),
    };
    let check = |types: TypeSource, code: &str, says: &str| {
        let mut town = source(vec![route("a")]);
        town.connectors[1].types = vec![types];
        expect(Rules::build(town), code, says);
    };
    check(sent("bill", Some("bill-json")), "AH-R001", "`invoice.ubl.1`");
    check(sent("bill.json.1", None), "AH-R002", "no mapping reads `bill.json.1`");
    check(
        sent("bill.json.1", Some("bill-jsn")),
        "AH-R003",
        "did you mean `bill-json`?",
    );
    check(sent("bill.json.1", Some("posting-json")), "AH-R004", "does not read");
}

#[test]
fn what_leads_nowhere_is_a_warning() {
    let mut elsewhere = route("elsewhere");
    elsewhere.from = Some(texts(&["archive"]));
    expect(
        Rules::build(source(vec![route("a"), elsewhere])),
        "AH-R040",
        "never takes anything",
    );
    let mut town = source(vec![route("a")]);
    town.routes[0].from = Some(texts(&["finance"]));
    town.connectors[1].types = town.connectors[0].types.clone();
    expect(Rules::build(town), "AH-R041", "no route takes `bill/1` from `inbox`");
}

#[test]
fn a_mapping_that_did_not_load_is_not_called_unknown() {
    let mut town = source(vec![route("a")]);
    town.routes[0].mapping = Some(written("posting-json"));
    town.mappings.insert("posting-json".into(), None);
    let checked = Rules::build(town);
    assert!(checked.rules.is_none() && checked.findings.is_empty(), "{checked:?}");
}

#[test]
fn all_findings_come_at_once() {
    let mut broken = route("A B");
    broken.to = Some(written("x"));
    broken.purpose = None;
    broken.when = Some(written("a = "));
    broken.fields = Some((written("[]"), texts(&["x", "y"])));
    assert_eq!(Rules::build(source(vec![broken])).findings.len(), 6);
}

#[test]
fn rules_know_who_gets_what() {
    let rules = crate::fixture::rules(vec![route("a")]);
    let inbox = "inbox".parse().unwrap();
    let recipients: Vec<_> = rules.recipients_of(&inbox).map(Recipient::as_str).collect();
    assert_eq!(recipients, ["cases", "finance"]);
    assert!(rules.accepts(&inbox, &"bill.json.1".parse().unwrap()));
    assert!(!rules.accepts(&inbox, &"bill.xml.1".parse().unwrap()));
    assert!(!rules.asks_case(&inbox, &"bill.json.1".parse().unwrap()));
    assert_eq!(rules.types_of(&inbox).count(), 1);
    assert_eq!(rules.connectors().count(), 3);
}

/// A route that writes with `posting-json` and releases these fields.
fn writes(fields: &[&str]) -> Checked {
    let mut route = route("to-finance");
    route.mapping = Some(written("posting-json"));
    route.fields = Some((written("[...]"), texts(fields)));
    Rules::build(source(vec![route]))
}

#[test]
fn a_mapping_reads_what_its_route_releases() {
    let read = ["number", "totals.payable", "seller.name"];
    assert_eq!(writes(&read).findings, []);
    expect(
        writes(&["number", "totals.*"]),
        "AH-R024",
        "does not release: `seller.name`",
    );
    let more = [read.as_slice(), &["seller.vatId"]].concat();
    expect(writes(&more), "AH-R025", "`seller.vatId` is released, but");
}

#[test]
fn a_mapping_that_writes_must_fit_the_route() {
    check(|r| r.mapping = Some(written("bill-json")), "AH-R012", "does not write");
}
