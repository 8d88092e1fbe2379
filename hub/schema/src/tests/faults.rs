// SPDX-License-Identifier: EUPL-1.2
//! Files that are no schema, and schemas that make no sense.

use serde_json::json;

use super::{check_finding, file, findings, leaf, schema};

#[test]
fn a_file_that_is_no_schema_does_not_load() {
    let one = |text: &str| findings(vec![file("x/1", text)]);
    let pairs = |found: &[(&str, &str)]| -> Vec<(String, String)> {
        found
            .iter()
            .map(|(code, at)| ((*code).to_owned(), (*at).to_owned()))
            .collect()
    };
    assert_eq!(one("{\"type\": }"), pairs(&[("AH-S001", "")]));
    let twice = schema(&json!({}), &[]).replacen("\"type\":", "\"type\":\"array\",\"type\":", 1);
    assert_eq!(one(&twice), pairs(&[("AH-S002", "\"type\"")]));
    let older = schema(&json!({}), &[]).replace("2020-12", "2019-09");
    assert_eq!(one(&older).first().map(|(code, _)| code.as_str()), Some("AH-S004"));
    let files = vec![
        file("x/1", &schema(&json!({}), &[])),
        file("x/1", &schema(&json!({}), &[])),
    ];
    assert_eq!(findings(files), pairs(&[("AH-S003", "")]));
}

#[test]
fn what_is_required_or_allowed_must_make_sense() {
    let text = schema(&json!({"number": leaf(&json!({"type": "string"}), "open")}), &["numbr"]);
    assert_eq!(
        findings(vec![file("x/1", &text)]),
        [("AH-S023".to_owned(), "\"required\"".to_owned())]
    );
    check_finding(
        json!({"a": leaf(&json!({"type": "string", "enum": "A"}), "open")}),
        "AH-S029",
        "\"a\"",
    );
}
