// SPDX-License-Identifier: EUPL-1.2
//! One answer, taken apart: its records with their text as it stands there, and what it says about where to go on. Pure.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::settings::PollSettings;

/// What stands in an answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    pub records: Vec<Element>,
    /// Records that lack what makes them the same ones when they come again.
    pub nameless: u64,
    /// The cursor behind this page.
    pub cursor: Option<String>,
    /// The next page, if it is named in the answer itself.
    pub next: Option<String>,
}

/// One record.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Element {
    /// Its JSON text.
    pub text: String,
    /// Its id, if the settings say where it stands.
    pub id: Vec<String>,
}

/// Takes an answer apart; `None` when it is not the JSON that the settings speak of.
pub(crate) fn read(bytes: &[u8], settings: &PollSettings) -> Option<Page> {
    let whole: &RawValue = serde_json::from_slice(bytes).ok()?;
    let list: Vec<&RawValue> = serde_json::from_str(at(whole, settings.records.as_ref()?)?.get()).ok()?;
    let mut page = Page {
        next: settings.next.as_ref().and_then(|pointer| word(whole, pointer)),
        cursor: settings.cursor.as_ref().and_then(|cursor| {
            let last = || word(list.last()?, cursor.from_last.as_ref()?);
            cursor
                .from
                .as_ref()
                .and_then(|pointer| word(whole, pointer))
                .or_else(last)
        }),
        ..Page::default()
    };
    for record in list {
        let id: Option<Vec<String>> = settings.id().iter().map(|pointer| word(record, pointer)).collect();
        match id {
            Some(id) => page.records.push(Element {
                text: record.get().to_owned(),
                id,
            }),
            None => page.nameless += 1,
        }
    }
    Some(page)
}

/// The text or number at a place; nothing when it is empty.
fn word(raw: &RawValue, pointer: &str) -> Option<String> {
    match serde_json::from_str(at(raw, pointer)?.get()).ok()? {
        Value::String(text) => Some(text).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The value at a JSON pointer (RFC 6901).
fn at<'a>(raw: &'a RawValue, pointer: &str) -> Option<&'a RawValue> {
    if pointer.is_empty() {
        return Some(raw);
    }
    let steps = pointer.strip_prefix('/')?.split('/');
    steps
        .map(|step| step.replace("~1", "/").replace("~0", "~"))
        .try_fold(raw, |raw, step| {
            if raw.get().starts_with('[') {
                let list: Vec<&RawValue> = serde_json::from_str(raw.get()).ok()?;
                return list.get(step.parse::<usize>().ok()?).copied();
            }
            let members: HashMap<Cow<'_, str>, &RawValue> = serde_json::from_str(raw.get()).ok()?;
            members.get(step.as_str()).copied()
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn settings(more: &Value) -> PollSettings {
        let mut settings = json!({"name": "a", "url": "https://a.example", "type": "x.1", "records": "/data/items"});
        for (key, value) in more.as_object().unwrap() {
            settings[key] = value.clone();
        }
        serde_json::from_value(settings).unwrap()
    }

    #[test]
    fn records_keep_their_text() {
        let answer =
            br#"{"data": {"items": [ {"id": 1,  "b": 1.0e2}, {"id":"x"} ], "last": 17}, "links": {"next": "/p2"}}"#;
        let more = json!({"id": "/id", "next": "/links/next", "cursor": {"parameter": "s", "from": "/data/last"}});
        let page = read(answer, &settings(&more)).unwrap();
        let element = |text: &str, id: &str| Element {
            text: text.to_owned(),
            id: vec![id.to_owned()],
        };
        assert_eq!(
            page.records,
            [element(r#"{"id": 1,  "b": 1.0e2}"#, "1"), element(r#"{"id":"x"}"#, "x")]
        );
        assert_eq!(
            (page.cursor.as_deref(), page.next.as_deref()),
            (Some("17"), Some("/p2"))
        );
    }

    #[test]
    fn the_cursor_may_stand_in_the_last_record() {
        let more = json!({"records": "", "cursor": {"parameter": "s", "from_last": "/v~1n"}});
        let page = read(br#"[{"v/n": "a"}, {"v/n": "b"}]"#, &settings(&more)).unwrap();
        assert_eq!((page.records.len(), page.cursor.as_deref()), (2, Some("b")));
        let empty = read(b"[]", &settings(&more)).unwrap();
        assert_eq!(empty, Page::default());
    }

    #[test]
    fn records_without_their_id_are_counted() {
        let more = json!({"records": "", "id": ["/id", "/v"]});
        let page = read(
            br#"[{"id": 1, "v": 2}, {"id": 1}, {"id": null, "v": 1}, 5]"#,
            &settings(&more),
        )
        .unwrap();
        assert_eq!((page.records.len(), page.nameless), (1, 3));
        assert_eq!(page.records[0].id, ["1", "2"]);
    }

    #[test]
    fn what_is_no_list_is_no_page() {
        for answer in [
            "",
            "{}",
            "[]",
            r#"{"data": {"items": {}}}"#,
            r#"{"data": {"items": [}}"#,
            "<html>",
        ] {
            assert_eq!(read(answer.as_bytes(), &settings(&json!({}))), None, "{answer}");
        }
    }
}
