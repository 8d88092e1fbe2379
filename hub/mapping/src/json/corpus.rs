// SPDX-License-Identifier: EUPL-1.2
//! A corpus of documents that must be read or refused, each with its code and place.

use hub_message::{Place, Rejection};
use proptest::prelude::*;

use super::{JsonSource, KEY_BYTES_MAX, NODES_MAX, NUMBER_MAX, TEXT_BYTES_MAX, parse};
use crate::heard::Heard;
use crate::source::Source;

/// Well-formed documents and what they are without white space.
const GOOD: &[(&str, &str)] = &[
    ("{}", "{}"),
    ("[]", "[]"),
    (" \t\r\n{ } \n", "{}"),
    ("\u{feff}{}", "{}"),
    ("null", "null"),
    ("true", "true"),
    ("false", "false"),
    ("\"\"", "\"\""),
    ("0", "0"),
    ("-0", "-0"),
    ("-0.0", "-0.0"),
    ("10.00", "10.00"),
    ("1e5", "1e5"),
    ("1E+5", "1E+5"),
    ("1.25e-17", "1.25e-17"),
    (
        "123456789012345678901234567890.123456789",
        "123456789012345678901234567890.123456789",
    ),
    ("1e999999", "1e999999"),
    ("[1,2,3]", "[1,2,3]"),
    ("[ 1 , [ ] , { } ]", "[1,[],{}]"),
    (r#"{"a":1,"b":2}"#, r#"{"a":1,"b":2}"#),
    (r#"{"a":{"a":{"a":1}}}"#, r#"{"a":{"a":{"a":1}}}"#),
    (r#"{"":1}"#, r#"{"":1}"#),
    (r#""\"\\\/\b\f\n\r\t""#, "\"\\\"\\\\/\\u0008\\u000c\\n\\r\\t\""),
    (r#""\u00e4\u00C4""#, "\"äÄ\""),
    (r#""\u0000""#, r#""\u0000""#),
    (r#""\ud83d\ude00""#, "\"😀\""),
    (r#""\uD834\uDD1E x""#, "\"𝄞 x\""),
    ("\"Bäckerei Müller ẞ 😀\"", "\"Bäckerei Müller ẞ 😀\""),
    ("\"\u{7f}\u{80}\u{2028}\u{fffe}\"", "\"\u{7f}\u{80}\u{2028}\u{fffe}\""),
    (r#"{"Ä":"ä"}"#, r#"{"Ä":"ä"}"#),
    (r#"{"a":1,"A":2,"a ":3}"#, r#"{"a":1,"A":2,"a ":3}"#),
    (r#"[{"a":1},{"a":2}]"#, r#"[{"a":1},{"a":2}]"#),
    (r#"{"a":[{"a":null}]}"#, r#"{"a":[{"a":null}]}"#),
    (r#"["a\u0020b"]"#, r#"["a b"]"#),
];

/// Documents that must be refused: code, line, column.
const BAD: &[(&str, &str, u32, u32)] = &[
    ("", "AH-J106", 1, 1),
    ("  \n ", "AH-J106", 2, 2),
    ("{", "AH-J106", 1, 2),
    ("[", "AH-J106", 1, 2),
    ("[1", "AH-J106", 1, 3),
    ("[1,", "AH-J106", 1, 4),
    (r#"{"a""#, "AH-J106", 1, 5),
    (r#"{"a":"#, "AH-J106", 1, 6),
    (r#"{"a":1"#, "AH-J106", 1, 7),
    (r#"{"a":1,"#, "AH-J106", 1, 8),
    (r#""abc"#, "AH-J106", 1, 5),
    (r#""abc\"#, "AH-J106", 1, 6),
    (r#""\u00"#, "AH-J106", 1, 6),
    ("tru", "AH-J106", 1, 1),
    ("[nul", "AH-J106", 1, 2),
    ("}", "AH-J100", 1, 1),
    ("]", "AH-J100", 1, 1),
    ("[1}", "AH-J100", 1, 3),
    (r#"{"a":1]"#, "AH-J100", 1, 7),
    ("{]", "AH-J100", 1, 2),
    ("[}", "AH-J100", 1, 2),
    ("[,1]", "AH-J100", 1, 2),
    ("[1,]", "AH-J100", 1, 4),
    ("[1,,2]", "AH-J100", 1, 4),
    ("[1 2]", "AH-J100", 1, 4),
    (r#"{"a":1,}"#, "AH-J100", 1, 8),
    (r#"{,"a":1}"#, "AH-J100", 1, 2),
    (r#"{"a" 1}"#, "AH-J100", 1, 6),
    (r#"{"a"::1}"#, "AH-J100", 1, 6),
    (r#"{"a":1 "b":2}"#, "AH-J100", 1, 8),
    (r#"{"a"}"#, "AH-J100", 1, 5),
    ("{a:1}", "AH-J100", 1, 2),
    ("{'a':1}", "AH-J100", 1, 2),
    ("{1:1}", "AH-J100", 1, 2),
    ("{null:1}", "AH-J100", 1, 2),
    ("'a'", "AH-J100", 1, 1),
    ("True", "AH-J100", 1, 1),
    ("NaN", "AH-J100", 1, 1),
    ("Infinity", "AH-J100", 1, 1),
    ("nil", "AH-J100", 1, 1),
    ("undefined", "AH-J100", 1, 1),
    ("+1", "AH-J100", 1, 1),
    (".5", "AH-J100", 1, 1),
    ("// x\n{}", "AH-J100", 1, 1),
    ("{/* x */}", "AH-J100", 1, 2),
    ("\u{a0}{}", "AH-J100", 1, 1),
    ("\u{b}{}", "AH-J100", 1, 1),
    ("<a/>", "AH-J100", 1, 1),
    ("\u{feff}\u{feff}{}", "AH-J100", 1, 1),
    ("01", "AH-J110", 1, 1),
    ("-", "AH-J110", 1, 1),
    ("-01", "AH-J110", 1, 1),
    ("1.", "AH-J110", 1, 1),
    ("[1.]", "AH-J110", 1, 2),
    ("-.5", "AH-J110", 1, 1),
    ("1e", "AH-J110", 1, 1),
    ("1e+", "AH-J110", 1, 1),
    ("1.2.3", "AH-J110", 1, 1),
    ("1-2", "AH-J110", 1, 1),
    ("--1", "AH-J110", 1, 1),
    ("-Infinity", "AH-J110", 1, 1),
    ("0x10", "AH-J105", 1, 2),
    ("1_000", "AH-J105", 1, 2),
    ("{} {}", "AH-J105", 1, 4),
    ("{}\n\n x", "AH-J105", 3, 2),
    ("{},", "AH-J105", 1, 3),
    ("[]]", "AH-J105", 1, 3),
    ("nulll", "AH-J105", 1, 5),
    ("{}\0", "AH-J105", 1, 3),
    (r#"{"a":1,"a":2}"#, "AH-J102", 1, 8),
    ("{\"ä\":1,\n \"b\":{\"c\":1,\"c\":1}}", "AH-J102", 2, 13),
    (r#"{"a":1,"\u0061":2}"#, "AH-J102", 1, 8),
    (r#"{"":1,"":2}"#, "AH-J102", 1, 7),
    ("\"a\nb\"", "AH-J107", 1, 3),
    ("\"a\tb\"", "AH-J107", 1, 3),
    ("\"\0\"", "AH-J107", 1, 2),
    ("{\"a\u{1f}\":1}", "AH-J107", 1, 4),
    (r#""\x41""#, "AH-J108", 1, 2),
    (r#""\'""#, "AH-J108", 1, 2),
    (r#""ab\u00g0""#, "AH-J108", 1, 4),
    (r#""\u+041""#, "AH-J108", 1, 2),
    (r#""\U0041""#, "AH-J108", 1, 2),
    (r#""\ud83d""#, "AH-J109", 1, 2),
    (r#""\ud83dx""#, "AH-J109", 1, 2),
    (r#""\ude00\ud83d""#, "AH-J109", 1, 2),
    (r#""\ud83d\ud83d""#, "AH-J109", 1, 2),
    (r#""\ud83d\n""#, "AH-J109", 1, 2),
    (r#"{"\udfff":1}"#, "AH-J109", 1, 3),
];

#[test]
fn good_documents_are_read() {
    for (input, expected) in GOOD {
        let tree = parse(input.as_bytes()).unwrap_or_else(|fault| panic!("{input}: {fault}"));
        assert_eq!(tree.to_json(), *expected, "{input}");
    }
}

#[track_caller]
fn refused(input: &[u8], code: &str, place: Place) {
    let fault = parse(input).expect_err(&String::from_utf8_lossy(input));
    let found = (fault.code.as_str(), fault.place);
    assert_eq!(found, (code, Some(place)), "{}", String::from_utf8_lossy(input));
    assert!(!fault.remedy.is_empty());
}

#[test]
fn bad_documents_are_refused_at_their_place() {
    for (input, code, line, column) in BAD {
        refused(
            input.as_bytes(),
            code,
            Place {
                line: *line,
                column: *column,
            },
        );
    }
    assert!(GOOD.len() + BAD.len() >= 80);
}

#[test]
fn bytes_must_be_utf_8() {
    let place = |line, column| Place { line, column };
    refused(b"\"M\xfcller\"", "AH-J101", place(1, 3));
    refused(b"{}\n\xff", "AH-J101", place(2, 1));
    refused(b"\"\xed\xa0\x80\"", "AH-J101", place(1, 2));
    refused(b"\"\xc0\xaf\"", "AH-J101", place(1, 2));
    refused(b"{\x00\"\x00a\x00", "AH-J100", place(1, 2));
}

#[test]
fn depth_and_number_of_values_are_capped() {
    let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    assert!(parse(nested(64).as_bytes()).is_ok());
    refused(nested(65).as_bytes(), "AH-J103", Place { line: 1, column: 65 });
    refused(
        "{\"a\":".repeat(100_000).as_bytes(),
        "AH-J103",
        Place { line: 1, column: 321 },
    );
    let many = |n: usize| format!("[{}0]", "0,".repeat(n - 2));
    assert!(parse(many(NODES_MAX).as_bytes()).is_ok());
    let fault = parse(many(NODES_MAX + 1).as_bytes()).unwrap_err();
    assert_eq!(fault.code.as_str(), "AH-J104");
    // A large document may have as many as it has room for.
    let large = format!("[{}0]", "123456.7,".repeat(NODES_MAX + 1));
    assert!(parse(large.as_bytes()).is_ok());
    let hostile = format!("[{}0]", "1,".repeat(NODES_MAX * 8));
    assert_eq!(parse(hostile.as_bytes()).unwrap_err().code.as_str(), "AH-J104");
}

#[test]
fn lengths_are_capped() {
    let place = |column| Place { line: 1, column };
    let number = |n: usize| format!("[{}]", "7".repeat(n));
    assert!(parse(number(NUMBER_MAX).as_bytes()).is_ok());
    refused(number(NUMBER_MAX + 1).as_bytes(), "AH-J112", place(2));
    let key = |n: usize| format!("{{\"{}\":1}}", "k".repeat(n));
    assert!(parse(key(KEY_BYTES_MAX).as_bytes()).is_ok());
    refused(key(KEY_BYTES_MAX + 1).as_bytes(), "AH-J114", place(2));
    let text = |n: usize| format!("\"{}\"", "x".repeat(n));
    assert!(parse(text(TEXT_BYTES_MAX).as_bytes()).is_ok());
    refused(text(TEXT_BYTES_MAX + 1).as_bytes(), "AH-J113", place(1));
}

#[test]
fn many_keys_are_compared_without_taking_long() {
    let keys: Vec<String> = (0..50_000).map(|n| format!("\"k{n}\":0")).collect();
    assert!(parse(format!("{{{}}}", keys.join(",")).as_bytes()).is_ok());
    let fault = parse(format!("{{{},\"k49\":0}}", keys.join(",")).as_bytes()).unwrap_err();
    assert_eq!(fault.code.as_str(), "AH-J102");
}

fn heard(text: &str) -> Result<String, Rejection> {
    Heard::of(&JsonSource, text)
}

#[track_caller]
fn told(text: &str, expected: &str) {
    assert_eq!(heard(text).as_deref(), Ok(expected));
}

#[test]
fn the_engine_is_told_places_and_texts() {
    told("{}", "<>");
    told(
        r#"{"a":1.50,"b":"x\ny","c":true,"d":""}"#,
        "<a(1.50)b(~x\ny)c(true)d()>",
    );
    told(r#"{"a":{"b":{"c":"x"}}}"#, "<a(b(c(x)))>");
    told(r#"{"a":[1,{"b":2},null,"x"],"n":null}"#, "<a(1)a(b(2))a(x)>");
    told(r#"{"a":[[1,2],[3]],"e":[]}"#, "<a(item(1)item(2))a(item(3))>");
    told(r#"{"skip":{"a":[1,{"b":2}]},"c":1}"#, "<skip(…)c(1)>");
    told(r#"{"skip":[[1],2,{"x":[]}],"c":1}"#, "<skip(…)skip(…)skip(…)c(1)>");
}

#[test]
fn what_is_skipped_must_be_well_formed_too() {
    let code = |text: &str| heard(text).map_err(|fault| fault.code.as_str().to_owned());
    assert_eq!(code(r#"{"skip":{"a":01}}"#), Err("AH-J110".to_owned()));
    assert_eq!(code(r#"{"skip":{"a":1,"a":1}}"#), Err("AH-J102".to_owned()));
    assert_eq!(code(r#"{"skip":{"a":1}} x"#), Err("AH-J105".to_owned()));
    assert_eq!(code("[{}]"), Err("AH-J111".to_owned()));
    assert_eq!(code("3"), Err("AH-J111".to_owned()));
}

#[test]
fn places_have_paths() {
    let text = r#"{"a":{"b":"x"},"c":[{"d":1},{"d":22}],"e":[[7,8]]}"#;
    let path = |what: &str| JsonSource.path_at(text, text.find(what).unwrap());
    assert_eq!(path("x"), "/a/b");
    assert_eq!(path("1}"), "/c[1]/d");
    assert_eq!(path("22"), "/c[2]/d");
    assert_eq!(path("8"), "/e[1]/item[2]");
    assert_eq!(path("{\"a"), "");
}

/// Any JSON value as serde_json makes it, with keys that do not repeat.
fn any_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<String>().prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn it_agrees_with_serde_json(value in any_value(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let tree = parse(text.as_bytes()).unwrap();
        let back: serde_json::Value = serde_json::from_str(&tree.to_json()).unwrap();
        prop_assert_eq!(back, value);
    }

    #[test]
    fn what_it_accepts_serde_json_accepts(text in "[\\[\\]{}:,\"\\\\ua0-9eE.+\\- tnl]{0,24}") {
        if parse(text.as_bytes()).is_ok() {
            prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{}", text);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>, text: String) {
        let _ = parse(&bytes);
        let _ = parse(text.as_bytes());
        let _ = heard(&text);
    }
}
