// SPDX-License-Identifier: EUPL-1.2
//! Content models, held against regular expressions.

use std::fmt::Write;

use proptest::prelude::*;
use regex::Regex;

use super::{faults, small};
use crate::xsd::{Type, Xsd};

/// A model in short: `(a,b?)`, `(a|b){2,3}`, `(a&b?)`; letters are elements.
fn schema(model: &str) -> Xsd {
    let (group, _) = group(model, 0);
    small(&format!(
        "<xs:element name='r'><xs:complexType>{group}</xs:complexType></xs:element>"
    ))
}

fn group(model: &str, mut at: usize) -> (String, usize) {
    let letter = |at: usize| model.as_bytes().get(at).copied().map(char::from);
    at += 1;
    let (mut parts, mut kind) = (String::new(), "sequence");
    loop {
        match letter(at) {
            Some('(') => {
                let (inner, next) = group(model, at);
                parts.push_str(&inner);
                at = next;
            }
            Some(',') => at += 1,
            Some('|') => (kind, at) = ("choice", at + 1),
            Some('&') => (kind, at) = ("all", at + 1),
            Some(')') => {
                at += 1;
                break;
            }
            Some(name) => {
                let (occurs, next) = occurs(model, at + 1);
                let _ = write!(parts, "<xs:element name='{name}' {occurs}/>");
                at = next;
            }
            None => break,
        }
    }
    let (occurs, next) = occurs(model, at);
    (format!("<xs:{kind} {occurs}>{parts}</xs:{kind}>"), next)
}

fn occurs(model: &str, at: usize) -> (String, usize) {
    let of = |min: &str, max: &str| format!("minOccurs='{min}' maxOccurs='{max}'");
    match model.as_bytes().get(at) {
        Some(b'?') => (of("0", "1"), at + 1),
        Some(b'*') => (of("0", "unbounded"), at + 1),
        Some(b'+') => (of("1", "unbounded"), at + 1),
        Some(b'{') => {
            let end = at + model.get(at..).unwrap().find('}').unwrap();
            let (min, max) = model.get(at + 1..end).unwrap().split_once(',').unwrap();
            (of(min, if max.is_empty() { "unbounded" } else { max }), end + 1)
        }
        _ => (String::new(), at),
    }
}

fn accepts(xsd: &Xsd, children: &str) -> bool {
    let content: Vec<String> = children.chars().map(|name| format!("<{name}/>")).collect();
    faults(xsd, &format!("<r>{}</r>", content.concat())).is_empty()
}

#[track_caller]
fn check(model: &str, fits: &[&str], others: &[&str]) {
    let xsd = schema(model);
    for children in fits {
        assert!(accepts(&xsd, children), "{model} {children}");
    }
    for children in others {
        assert!(!accepts(&xsd, children), "{model} {children}");
    }
}

#[test]
fn models() {
    check(
        "(a,b?,c*)",
        &["a", "ab", "acc", "abccc"],
        &["", "b", "aab", "aba", "ca"],
    );
    check("(a|b)", &["a", "b"], &["", "ab", "c"]);
    check("(a{2,3})", &["aa", "aaa"], &["a", "aaaa"]);
    check(
        "(a{500,501})",
        &[&"a".repeat(500), &"a".repeat(501)],
        &[&"a".repeat(499), &"a".repeat(502)],
    );
    check(
        "((a,b?){2,3},c)",
        &["aac", "abac", "aababc"],
        &["ac", "abc", "aaaac", "ababab"],
    );
    check("((a|b){2,},c)", &["abc", "bbbac"], &["ac", "c", "ab"]);
    check("((a?,b?){2,2})", &["", "a", "ab", "aab", "abab"], &["abaa", "bbb"]);
    check("(a&b?&c)", &["ac", "ca", "bca", "acb"], &["a", "c", "acc", "ab"]);
    check("((a,b)*,c?)", &["", "ab", "ababc", "c"], &["a", "aba", "ac"]);
    check("(a{2,3},a)", &["aaa", "aaaa"], &["aa", "aaaaa"]);
}

#[test]
fn children_with_their_numbers() {
    let shown = |model: &str| {
        let xsd = schema(model);
        let root = xsd.global("", "r").unwrap();
        let kind: Type = xsd.element(root).unwrap().kind;
        let children = xsd.children(kind);
        let each = children.iter().map(|child| {
            let max = if child.max == u32::MAX {
                "*".to_owned()
            } else {
                child.max.to_string()
            };
            format!("{}{}-{max}", xsd.label(child.element), child.min)
        });
        each.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(shown("(a,b?,c*)"), "a1-1 b0-1 c0-*");
    assert_eq!(shown("(a|(b,c{2,5}))"), "a0-1 b0-1 c0-5");
    assert_eq!(shown("((a,b)|(a,c))"), "a1-1 b0-1 c0-1");
    assert_eq!(shown("((a,b?){2,3},a)"), "a3-4 b0-3");
    assert_eq!(shown("(b,a|c)"), "b0-1 a0-1 c0-1");
}

fn model() -> impl Strategy<Value = String> {
    let occurs = prop_oneof![Just(""), Just("?"), Just("*"), Just("+"), Just("{2,3}"), Just("{0,2}")];
    let leaf = ("[abc]", occurs.clone()).prop_map(|(name, occurs)| format!("{name}{occurs}"));
    let tree = leaf.prop_recursive(3, 8, 3, move |inner| {
        let occurs = occurs.clone();
        (
            prop::collection::vec(inner, 1..4),
            prop_oneof![Just(","), Just("|")],
            occurs,
        )
            .prop_map(|(parts, between, occurs)| format!("({}){occurs}", parts.join(between)))
    });
    tree.prop_map(|tree| format!("({tree})"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    /// Also models that the standard forbids because they are ambiguous are followed to the end.
    #[test]
    fn a_model_accepts_what_the_same_regular_expression_accepts(model in model(), children in "[abc]{0,7}") {
        let regex = Regex::new(&format!("^{}$", model.replace(',', "").replace("{23}", "{2,3}").replace("{02}", "{0,2}"))).unwrap();
        prop_assert_eq!(accepts(&schema(&model), &children), regex.is_match(&children), "{}", model);
    }
}

/// A schema may leave so much open that following all of it would take for ever; a document is not given that time.
#[test]
fn a_document_gets_only_so_much_time() {
    let many = vec!["a?"; 60].join(",");
    let xsd = schema(&format!("(({many})*)"));
    let found = faults(&xsd, &format!("<r>{}</r>", "<a/>".repeat(10_000)));
    assert_eq!(found.len(), 1);
    assert!(found.concat().contains("X132"), "{found:?}");
    assert!(accepts(&xsd, &"a".repeat(100)));
}
