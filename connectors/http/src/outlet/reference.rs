// SPDX-License-Identifier: EUPL-1.2
//! The id that a delivery got at the target: where the settings say, else the end of the `Location`.

use reqwest::Response;
use reqwest::header::LOCATION;
use serde_json::Value;

use crate::caller::answer_bytes;

/// Larger answers are not looked into.
const ANSWER_BYTES: usize = 256 * 1024;
/// Longest reference, in characters.
const LONGEST: usize = 200;

/// The reference in an answer, if there is one. The delivery is at the target in any case.
pub(crate) async fn of(response: Response, pointer: Option<&str>) -> Option<String> {
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let at_location = location.and_then(last_segment);
    let Some(pointer) = pointer else {
        return at_location;
    };
    let bytes = answer_bytes(response, ANSWER_BYTES).await;
    let json: Option<Value> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    json.and_then(|json| at(&json, pointer)).or(at_location)
}

fn at(json: &Value, pointer: &str) -> Option<String> {
    match json.pointer(pointer)? {
        Value::String(text) => harmless(text),
        Value::Number(number) => harmless(&number.to_string()),
        _ => None,
    }
}

fn last_segment(location: &str) -> Option<String> {
    let path = location.split(['?', '#']).next()?;
    let segment = path.trim_end_matches('/').rsplit('/').next()?;
    harmless(segment)
}

fn harmless(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_are_short_and_harmless() {
        let check = |json, expected: Option<&str>| assert_eq!(at(&json, "/id").as_deref(), expected);
        check(json!({"id": "A-1"}), Some("A-1"));
        check(json!({"id": 17}), Some("17"));
        check(json!({"id": "a\r\nb\u{0}"}), Some("ab"));
        check(json!({"id": ""}), None);
        check(json!({"id": {"x": 1}}), None);
        check(json!([]), None);
        assert_eq!(at(&json!({"id": "ä".repeat(300)}), "/id").unwrap().chars().count(), 200);
    }

    #[test]
    fn the_end_of_a_location_is_a_reference() {
        let check = |location, expected: Option<&str>| assert_eq!(last_segment(location).as_deref(), expected);
        check("/cases/17", Some("17"));
        check("https://host/cases/17/?x=1#y", Some("17"));
        check("", None);
        check("/", None);
    }
}
