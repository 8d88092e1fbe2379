// SPDX-License-Identifier: EUPL-1.2
//! Addresses that are asked: pages, the cursor over a restart, marks, and what goes wrong there.

use std::time::Duration;

use connector_testing::{Connector, Hub, eventually};
use hub_message::{Header, Message};
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::KIND;
use crate::sending_faults::says;
use crate::target::{Reply, Seen, Target, status};

/// Settings that ask for the records behind the last one, page after page.
fn settings(target: &Target) -> Value {
    json!({
        "poll": [{
            "name": "faelle", "url": format!("http://127.0.0.1:{}/cases?page_size=2", target.port),
            "type": "case.json.1", "every_seconds": 1, "token": "geheim",
            "records": "/items", "id": "/id", "next": "/next",
            "cursor": {"parameter": "since", "from_last": "/id"},
        }],
        "cursor_folder": "cursors",
    })
}

fn parameter(seen: &Seen, name: &str) -> Option<String> {
    let query = seen.path.split_once('?')?.1;
    let value = |pair: &str| Some(pair.split_once('=')?.1.to_owned());
    query
        .split('&')
        .find(|pair| pair.starts_with(&format!("{name}=")))
        .and_then(value)
}

/// A page of two of the records 1 to `count`, as JSON with a space that must stay.
fn page(seen: &Seen, count: usize) -> Reply {
    let number = |name| parameter(seen, name).and_then(|value| value.parse::<usize>().ok());
    let since = number("since").unwrap_or_default();
    let from = number("from").unwrap_or(since + 1);
    let items: Vec<String> = (from..=count).take(2).map(|id| format!("{{\"id\":  {id}}}")).collect();
    let next = (from + 2 <= count).then(|| format!("/cases?since={since}&from={}", from + 2));
    let next = serde_json::to_string(&next).unwrap();
    Reply::Answer(
        200,
        Vec::new(),
        format!("{{\"items\": [{}], \"next\": {next}}}", items.join(", ")),
    )
}

fn bodies(messages: &[Message]) -> Vec<String> {
    let text = |message: &Message| String::from_utf8(message.body.native.disclose().to_vec()).unwrap();
    messages.iter().map(text).collect()
}

async fn asked(target: &Target, times: usize) {
    eventually("it asks", || target.seen("/cases").len() >= times).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_are_read_and_the_cursor_outlives_the_process() {
    let target = Target::start(|seen, _| page(seen, 5)).await;
    let mut hub = Hub::start(KIND, settings(&target)).await;
    let mut connector = Connector::start(&hub);
    let messages = hub.messages(5).await;
    let expected: Vec<String> = (1..=5).map(|id| format!("{{\"id\":  {id}}}")).collect();
    assert_eq!(bodies(&messages), expected);
    assert_eq!(messages[0].kind.as_str(), "case.json.1");
    assert_eq!(messages[0].headers.get(Header::ContentType), Some("application/json"));
    assert_eq!(messages[0].body.head.name.as_ref().unwrap().disclose(), "1");
    asked(&target, 5).await;
    connector.signal(Signal::KILL);
    let before = target.seen("/cases");
    assert!(
        before
            .iter()
            .all(|seen| seen.headers["authorization"] == "Bearer geheim")
    );
    assert_eq!(parameter(&before[0], "since"), None);
    assert_eq!(parameter(&before[0], "page_size").as_deref(), Some("2"));
    assert_eq!(parameter(&before[3], "since").as_deref(), Some("5"));
    connector.ended().await;
    let _second = Connector::start(&hub);
    asked(&target, before.len() + 2).await;
    let after = target.seen("/cases").split_off(before.len());
    assert!(
        after
            .iter()
            .all(|seen| parameter(seen, "since").as_deref() == Some("5")),
        "{after:?}"
    );
    hub.messages(0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cursor_moves_only_when_the_stream_has_everything() {
    for step in ["taken", "emitted", "poll-taken"] {
        let target = Target::start(|seen, _| page(seen, 3)).await;
        let mut hub = Hub::start(KIND, settings(&target)).await;
        Connector::start_failing(&hub, step).died().await;
        let before = target.seen("/cases").len();
        assert!(
            target
                .seen("/cases")
                .iter()
                .all(|seen| parameter(seen, "since").is_none_or(|since| since == "0"))
        );
        let _second = Connector::start(&hub);
        // The same records have the same ids: nothing is doubled.
        assert_eq!(bodies(&hub.messages(3).await).len(), 3, "after {step}");
        asked(&target, before + 3).await;
        let again = &target.seen("/cases")[before];
        assert_eq!(parameter(again, "since"), None, "after {step}");
        hub.messages(0).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_did_not_change_is_not_taken_again() {
    let target = Target::start(|seen, _| match seen.headers.get("if-none-match") {
        Some(mark) if mark == "\"1\"" => status(304),
        _ => Reply::Answer(200, vec![("etag", "\"1\"".to_owned())], "<a/>".to_owned()),
    })
    .await;
    let mut hub = Hub::start(
        KIND,
        json!({"poll": [{
            "name": "ganz", "url": format!("http://127.0.0.1:{}/cases", target.port), "type": "case.xml.1",
            "every_seconds": 1, "media_type": "application/xml",
        }]}),
    )
    .await;
    let _connector = Connector::start(&hub);
    let messages = hub.messages(1).await;
    assert_eq!(bodies(&messages), ["<a/>"]);
    assert_eq!(messages[0].headers.get(Header::ContentType), Some("application/xml"));
    asked(&target, 3).await;
    assert!(
        target.seen("/cases")[1..]
            .iter()
            .all(|seen| seen.headers["if-none-match"] == "\"1\"")
    );
    hub.messages(0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_without_a_cursor_brings_only_what_is_new() {
    let target = Target::start(|_, before| {
        let items: Vec<String> = (0..=before.min(2)).map(|id| format!("{{\"v\":{id}}}")).collect();
        Reply::Answer(
            200,
            vec![("link", "</cases?page=2>; rel=prev".to_owned())],
            format!("[{}]", items.join(",")),
        )
    })
    .await;
    let mut hub = Hub::start(
        KIND,
        json!({"poll": [{
            "name": "liste", "url": format!("http://127.0.0.1:{}/cases", target.port), "type": "case.json.1",
            "every_seconds": 1, "records": "", "next": "Link",
        }]}),
    )
    .await;
    let _connector = Connector::start(&hub);
    assert_eq!(bodies(&hub.messages(3).await), ["{\"v\":0}", "{\"v\":1}", "{\"v\":2}"]);
    asked(&target, 5).await;
    hub.messages(0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_is_fetched_from_another_host() {
    let elsewhere = Target::start(|_, _| status(200)).await;
    let url = format!("http://127.0.0.1:{}/", elsewhere.port);
    let target = Target::start(move |_, _| {
        let answer = json!({"items": [{"id": 1}], "next": url});
        Reply::Answer(200, Vec::new(), answer.to_string())
    })
    .await;
    let mut hub = Hub::start(KIND, settings(&target)).await;
    let _connector = Connector::start(&hub);
    hub.messages(1).await;
    says(&hub, "Abruf faelle: Die nächste Seite läge auf einem anderen Rechner").await;
    assert!(elsewhere.seen("/").is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_source_is_left_alone_for_as_long_as_it_asks() {
    let target = Target::start(|seen, before| match before {
        0 => Reply::Answer(503, vec![("retry-after", "3".to_owned())], String::new()),
        _ => page(seen, 1),
    })
    .await;
    let mut hub = Hub::start(KIND, settings(&target)).await;
    let _connector = Connector::start(&hub);
    says(
        &hub,
        "Abruf faelle: Es kommt gerade keine Auskunft; es wird weiter versucht (HTTP 503).",
    )
    .await;
    hub.messages(1).await;
    let seen = target.seen("/cases");
    assert!(seen[1].at - seen[0].at >= Duration::from_secs(3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_no_list_is_said_and_a_record_without_id_is_left_out() {
    let target = Target::start(|_, before| match before {
        0 => Reply::Answer(200, Vec::new(), "<html>Wartung</html>".to_owned()),
        _ => Reply::Answer(
            200,
            Vec::new(),
            json!({"items": [{"name": "Erika"}, {"id": 7}]}).to_string(),
        ),
    })
    .await;
    let mut hub = Hub::start(KIND, settings(&target)).await;
    let _connector = Connector::start(&hub);
    assert_eq!(bodies(&hub.messages(1).await), ["{\"id\":7}"]);
    let log = std::fs::read_to_string(hub.path("connector.log")).unwrap();
    assert!(log.contains("Die Antwort ist kein JSON mit einer Liste"));
    assert!(log.contains("AH-F221") && !log.contains("Erika"));
}
