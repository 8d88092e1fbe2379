// SPDX-License-Identifier: EUPL-1.2
//! What differs between documents, and what that comes to.

use hub_message::{Code, Place, Rejection};

use super::{Difference, Effect, Outcome, Sameness, Showing, Structure};
use crate::provenance::{ExplainedPlace, Origin, RowPlace};
use crate::sample::{XML_HEAD, load, load_xml};
use crate::{Unmapped, json};

fn listed(differences: &[Difference]) -> Vec<String> {
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    differences
        .iter()
        .map(|d| format!("{} {} > {}", d.path, value(&d.before), value(&d.after)))
        .collect()
}

fn canonical(before: &str, after: &str, sameness: Sameness) -> Vec<Difference> {
    let (before, after) = (
        json::parse(before.as_bytes()).unwrap(),
        json::parse(after.as_bytes()).unwrap(),
    );
    Structure::of(&before).differences(&Structure::of(&after), sameness)
}

#[track_caller]
fn check(before: &str, after: &str, expected: &[&str]) {
    assert_eq!(listed(&canonical(before, after, Sameness::Exact)), expected);
    assert_eq!(canonical(before, before, Sameness::Exact), []);
}

#[test]
fn every_place_that_differs_is_named() {
    check(
        r#"{"a":"1","b":{"c":2.50,"d":true},"l":[{"n":1},{"n":2}],"gone":{"x":"y","z":["p"]},"e":{}}"#,
        r#"{"b":{"c":2.5,"d":false},"a":1,"l":[{"n":1},{"n":3},{"n":4}],"new":[{"k":"v"}],"f":[]}"#,
        &[
            "a \"1\" > 1",
            "b.c 2.50 > 2.5",
            "b.d true > false",
            "l[1].n 2 > 3",
            "l[2].n - > 4",
            "gone.x y > -",
            "gone.z[0] p > -",
            "e {} > -",
            "new[0].k - > v",
            "f - > []",
        ],
    );
}

#[test]
fn an_item_that_was_put_in_does_not_make_the_others_differ() {
    check(
        r#"{"l":[{"n":1},{"n":2},{"n":3}]}"#,
        r#"{"l":[{"n":0},{"n":1},{"n":2},{"n":3,"m":1}]}"#,
        &["l[0].n - > 0", "l[2].m - > 1"],
    );
    let one = canonical(r#"{"l":[{"n":[1]}]}"#, r#"{"l":[{"n":[2]}]}"#, Sameness::Exact);
    assert_eq!(one[0].field, "l[].n[]");
}

#[test]
fn a_test_expects_numbers_by_value_and_anything_where_a_star_stands() {
    let found = canonical(
        r#"{"a":1.50,"b":"*","c":"1","l":["*","x"]}"#,
        r#"{"a":1.5,"b":{"x":1},"c":"2","l":["q","y"]}"#,
        Sameness::Expected,
    );
    assert_eq!(listed(&found), ["c 1 > 2", "l[1] x > y"]);
}

#[test]
fn documents_of_other_formats_are_compared_by_their_places() {
    let old = load_xml("a", "[fields]\na = 'p:a'");
    let new = load(
        "a",
        &format!("{XML_HEAD}[fields]\na = 'q:a'").replace("p = 'urn:p'", "q = 'urn:p'"),
    );
    let before = "<r x='1' xmlns:p='urn:p'><p:a>1</p:a>\n <b>1</b><b>2 &amp; 3</b><c/></r>";
    let after =
        "<r x='2' xmlns:q='urn:p'><q:a>1</q:a><b>1</b><b>2 &amp; <![CDATA[4]]></b><b>5</b><c>6</c><d e='7'/></r>";
    let before = old.structure(before.as_bytes(), &old).unwrap();
    let after = new.structure(after.as_bytes(), &old).unwrap();
    assert_eq!(
        listed(&before.differences(&after, Sameness::Exact)),
        [
            "/r/@x 1 > 2",
            "/r/b[2] 2 & 3 > 2 & 4",
            "/r/b[3] - > 5",
            "/r/c  > 6",
            "/r/d/@e - > 7",
        ]
    );
}

fn rejection(code: &'static str) -> Box<Rejection> {
    Box::new(Rejection::new(Code::new(code), "no", "do"))
}

#[test]
fn an_effect_is_counted_by_field_and_shows_open_values_only() {
    let made = |before: &str, after: &str| Outcome::Made {
        differences: canonical(before, after, Sameness::Exact),
        same_bytes: before == after,
    };
    let mut effect = Effect::default();
    let open = |field: &str| field == "l[].n";
    let showing = Showing::Open(&open);
    for name in ["1", "2", "3", "4"] {
        let before = r#"{"l":[{"n":1},{"n":2}],"who":"Erika Ö. 1"}"#;
        effect.add(
            name,
            made(before, r#"{"l":[{"n":3},{"n":4}],"who":"Erika Ö. 2"}"#),
            &showing,
        );
    }
    effect.add("5", made(r#"{"who":"A"}"#, "{}"), &showing);
    effect.add("6", made(r#"{"n":1}"#, r#"{ "n":1 }"#), &showing);
    effect.add("7", made("{}", "{}"), &showing);
    effect.add("8", Outcome::NowRejected(rejection("AH-M210")), &showing);
    effect.add("9", Outcome::NowAccepted(rejection("AH-M210")), &showing);
    let both = |after| Outcome::Rejected {
        before: rejection("AH-M210"),
        after: rejection(after),
    };
    effect.add("10", both("AH-M210"), &showing);
    effect.add("11", both("AH-M212"), &showing);
    let unmapped = |path: &str, count| Unmapped {
        mapping: "x".to_owned(),
        path: path.to_owned(),
        count,
    };
    effect.add_unmapped(
        &[unmapped("a", 1), unmapped("b", 2)],
        &[unmapped("b", 2), unmapped("c", 3)],
    );
    assert!(!effect.is_nothing() && Effect::default().is_nothing());
    let effect = effect.finish();
    assert_eq!(
        (effect.documents, effect.changed, effect.form_only, effect.rejected),
        (11, 5, 1, 2)
    );
    let fields: Vec<String> = effect
        .fields
        .iter()
        .map(|f| {
            format!(
                "{} {} {} {} {} {}",
                f.field, f.documents, f.changed, f.added, f.gone, f.masked
            )
        })
        .collect();
    assert_eq!(fields, ["who 5 4 0 1 true", "l[].n 4 8 0 0 false"]);
    let shown = |field: usize, example: usize| {
        let example = &effect.fields[field].examples[example];
        (
            example.document.as_str(),
            example.path.as_str(),
            example.before.as_deref(),
            example.after.as_deref(),
        )
    };
    assert_eq!(shown(0, 0), ("1", "who", Some("Xxxxx X. 9"), Some("Xxxxx X. 9")));
    assert_eq!(shown(1, 2), ("2", "l[0].n", Some("1"), Some("3")));
    let refused: Vec<&str> = effect.now_rejected.iter().map(|r| r.document.as_str()).collect();
    assert_eq!((refused, effect.now_accepted.len()), (vec!["8", "11"], 1));
    let unmapped: Vec<_> = effect
        .unmapped
        .iter()
        .map(|u| (u.path.as_str(), u.before, u.after))
        .collect();
    assert_eq!(unmapped, [("a", 1, 0), ("c", 0, 3)]);
}

#[test]
fn a_document_that_cannot_be_read_back_is_compared_by_what_was_told() {
    let place = |path: &str, value: &str| ExplainedPlace {
        path: path.to_owned(),
        value: value.to_owned(),
        open: true,
        origin: Origin::Constant,
        row: RowPlace {
            file: String::new(),
            place: Place { line: 1, column: 1 },
            text: String::new(),
            used_at: Vec::new(),
            functions: Vec::new(),
        },
    };
    let before = Structure::of_places(&[place("/K/a", "1"), place("/P[1]/b", "2"), place("/P[2]/b", "3")]);
    let after = Structure::of_places(&[place("/K/a", "1"), place("/K/@c", "x"), place("/P[1]/b", "3")]);
    let found = before.differences(&after, Sameness::Exact);
    assert_eq!(listed(&found), ["/K/@c - > x", "/P[1]/b 2 > -"]);
    assert_eq!(found[1].field, "/P/b");
}
