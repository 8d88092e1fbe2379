// SPDX-License-Identifier: EUPL-1.2
//! The listener over a real socket.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hub_console::{
    Connector, ConnectorState, Counts, Disk, Health, Heartbeat, Nats, Outgoing, Rules, Sources, Status, Store, Stream,
    Work, serve,
};
use hub_message::{Digest, Timestamp};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

fn connector(name: &str, state: ConnectorState) -> Connector {
    Connector {
        name: name.parse().unwrap(),
        title: "Rechnungs\"eingang\"".to_owned(),
        kind: "folder".to_owned(),
        status: Health::Warn,
        state,
        sentence: "Ordner nicht erreichbar; wird wiederholt.".to_owned(),
        today: Counts {
            received: 9,
            delivered: 4,
            filtered: 1,
            waiting: 2,
            dead_letter: 2,
            ..Counts::default()
        },
        outgoing: Outgoing {
            delivered: 3,
            waiting: 1,
            ..Outgoing::default()
        },
        waiting: 1,
        oldest_seconds: Some(42),
        dead_letters: 2,
        dead_letter_oldest_seconds: None,
        last_success: Some(Timestamp::from_millis(1_790_000_000_123)),
        work: Work {
            emitted: 7,
            ..Work::default()
        },
        balance_difference: 0,
    }
}

fn sample() -> Status {
    Status {
        status: Health::Warn,
        sentence: "Ein Anschluss antwortet nicht.".to_owned(),
        version: "0.1.0".to_owned(),
        since: Timestamp::from_millis(1_790_000_000_000),
        at: Timestamp::from_millis(1_790_000_005_000),
        rules: Some(Rules {
            digest: Digest::of(b"rules"),
            since: Timestamp::from_millis(1_790_000_001_000),
        }),
        connectors: vec![
            connector("finance", ConnectorState::Down),
            connector("scan", ConnectorState::Running),
        ],
        nats: Nats {
            status: Health::Pass,
            sentence: "Verbunden.".to_owned(),
            connected: true,
            embedded: true,
            version: Some("2.15.1".to_owned()),
            sync_always: true,
            prepared: true,
            streams: vec![Stream {
                name: "OUT".to_owned(),
                messages: 1,
                bytes: 1500,
                bytes_max: 1 << 31,
                unreadable: Vec::new(),
                cut_bytes: 0,
            }],
        },
        store: Store {
            status: Health::Pass,
            sentence: "Beschreibbar.".to_owned(),
            writable: true,
            version: 1,
            cases: 3,
            bytes: 4096,
            waiting: 0,
        },
        disk: Disk {
            status: Health::Pass,
            sentence: "1 GiB sind frei.".to_owned(),
            free_bytes: Some(1 << 30),
            reserve_bytes: 1 << 29,
        },
    }
}

/// A listener that runs, and the ends that move it.
struct Running {
    address: SocketAddr,
    status: watch::Sender<Arc<Status>>,
    heartbeat: Heartbeat,
    stop: CancellationToken,
    tasks: JoinSet<std::io::Result<()>>,
}

async fn start(status: Status, limit: Duration) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, receiver) = watch::channel(Arc::new(status));
    let (heartbeat, stop) = (Heartbeat::new(limit), CancellationToken::new());
    let sources = Sources {
        status: receiver,
        heartbeat: heartbeat.clone(),
    };
    let mut tasks = JoinSet::new();
    tasks.spawn(serve(listener, sources, stop.clone()));
    Running {
        address,
        status: sender,
        heartbeat,
        stop,
        tasks,
    }
}

struct Answer {
    code: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }
}

/// Sends `request` as it stands and reads the answer to its end.
async fn raw(address: SocketAddr, request: &str) -> Answer {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    let reading = stream.read_to_end(&mut bytes);
    tokio::time::timeout(Duration::from_secs(20), reading)
        .await
        .expect("an answer in time")
        .unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let code = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers = lines.filter_map(|line| line.split_once(": "));
    Answer {
        code,
        headers: headers
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect(),
        body: body.to_owned(),
    }
}

async fn ask(running: &Running, method: &str, path: &str) -> Answer {
    let request = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    raw(running.address, &request).await
}

#[tokio::test]
async fn status_is_what_its_schema_says() {
    let schema = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/status.schema.json"));
    let schema: Value = serde_json::from_str(&schema.unwrap()).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let running = start(sample(), Duration::from_secs(60)).await;

    let answer = ask(&running, "GET", "/status").await;
    assert_eq!(
        (answer.code, answer.headers["content-type"].as_str()),
        (200, "application/health+json")
    );
    let errors: Vec<String> = validator
        .iter_errors(&answer.json())
        .map(|e| format!("{e} at {}", e.instance_path()))
        .collect();
    assert_eq!(errors, Vec::<String>::new());
    assert_eq!(serde_json::from_str::<Status>(&answer.body).unwrap(), sample());

    // The same with everything absent that can be, and failing: the code says so too.
    let mut bare = sample();
    (bare.status, bare.rules, bare.nats.version) = (Health::Fail, None, None);
    (bare.connectors[0].oldest_seconds, bare.connectors[0].last_success) = (None, None);
    running.status.send(Arc::new(bare)).unwrap();
    let answer = ask(&running, "GET", "/status").await;
    assert_eq!((answer.code, validator.is_valid(&answer.json())), (503, true));

    // The schema does refuse something.
    let mut foreign = answer.json();
    foreign["connectors"][0]["host"] = "server1".into();
    assert!(!validator.is_valid(&foreign));
}

#[tokio::test]
async fn readiness_does_not_depend_on_a_specialist_system() {
    let running = start(sample(), Duration::from_secs(60)).await;
    let ready = ask(&running, "GET", "/readyz").await;
    assert_eq!((ready.code, ready.body.as_str()), (200, r#"{"status":"pass"}"#));

    for (name, break_it) in [
        (
            "nats-connected",
            (|s: &mut Status| s.nats.connected = false) as fn(&mut Status),
        ),
        ("streams-exist", |s| s.nats.prepared = false),
        ("store-writable", |s| s.store.writable = false),
        ("configuration-loaded", |s| s.rules = None),
    ] {
        let mut broken = sample();
        break_it(&mut broken);
        running.status.send(Arc::new(broken)).unwrap();
        let answer = ask(&running, "GET", "/readyz?verbose").await;
        let checks = answer.json()["checks"].as_array().unwrap().clone();
        let failing: Vec<&str> = checks
            .iter()
            .filter(|c| c["ok"] == false)
            .filter_map(|c| c["name"].as_str())
            .collect();
        assert_eq!((answer.code, checks.len(), failing), (503, 4, vec![name]));
    }
}

#[tokio::test]
async fn life_is_a_loop_that_turns() {
    let running = start(sample(), Duration::from_millis(300)).await;
    running.heartbeat.beat();
    assert_eq!(ask(&running, "GET", "/livez").await.code, 200);
    let dead = async {
        while ask(&running, "GET", "/livez").await.code != 503 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), dead)
        .await
        .expect("a heart that stops is seen");
    running.heartbeat.beat();
    assert_eq!(ask(&running, "GET", "/livez").await.code, 200);
}

/// A line of the text format, taken apart: name, labels as text, value.
fn sample_line(line: &str) -> (String, String, i64) {
    let (series, value) = line.rsplit_once(' ').unwrap();
    let (name, labels) = series
        .split_once('{')
        .map_or((series, ""), |(n, l)| (n, l.strip_suffix('}').unwrap()));
    assert!(
        name.starts_with("amtshub_") && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
        "{line}"
    );
    for label in labels.split(',').filter(|l| !l.is_empty()) {
        let (key, text) = label.split_once('=').unwrap();
        assert!(
            [
                "version",
                "status",
                "connector",
                "direction",
                "outcome",
                "state",
                "stream"
            ]
            .contains(&key),
            "{line}"
        );
        assert!(text.len() > 2 && text.starts_with('"') && text.ends_with('"'), "{line}");
    }
    (name.to_owned(), labels.to_owned(), value.parse().unwrap())
}

#[tokio::test]
async fn metrics_are_prometheus_text() {
    let running = start(sample(), Duration::from_secs(60)).await;
    let answer = ask(&running, "GET", "/metrics").await;
    assert_eq!(
        (answer.code, answer.headers["content-type"].as_str()),
        (200, "text/plain; version=0.0.4; charset=utf-8")
    );
    let (mut family, mut series) = (String::new(), BTreeMap::new());
    for line in answer.body.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            let words: Vec<&str> = comment.splitn(3, ' ').collect();
            assert!(
                words[0] == "HELP" || (words[1] == family && ["gauge", "counter"].contains(&words[2])),
                "{line}"
            );
            family = words[1].to_owned();
            continue;
        }
        let (name, labels, value) = sample_line(line);
        assert_eq!(name, family, "a sample stands under its family");
        let counts = ["amtshub_messages_total", "amtshub_connector_work_total"].contains(&name.as_str());
        assert_eq!(name.ends_with("_total"), counts);
        assert!(
            series.insert(format!("{name}{{{labels}}}"), value).is_none(),
            "twice: {line}"
        );
    }
    for (key, value) in [
        (
            r#"amtshub_messages_total{connector="scan",direction="in",outcome="received"}"#,
            9,
        ),
        (
            r#"amtshub_messages_total{connector="scan",direction="out",outcome="delivered"}"#,
            3,
        ),
        (r#"amtshub_queue_oldest_age_seconds{connector="finance"}"#, 42),
        (r#"amtshub_connector_state{connector="finance",state="down"}"#, 1),
        (r#"amtshub_connector_state{connector="finance",state="running"}"#, 0),
        (
            r#"amtshub_last_success_timestamp_seconds{connector="scan"}"#,
            1_790_000_000,
        ),
        (r#"amtshub_stream_bytes{stream="OUT"}"#, 1500),
        (r#"amtshub_connector_work_total{connector="scan",outcome="emitted"}"#, 7),
        (r#"amtshub_health{status="warn"}"#, 1),
        ("amtshub_store_writable{}", 1),
        (r#"amtshub_balance_difference{connector="scan"}"#, 0),
    ] {
        assert_eq!(series.get(key), Some(&value), "{key}");
    }
    assert!(!series.contains_key(r#"amtshub_deadletter_oldest_age_seconds{connector="scan"}"#));
}

#[tokio::test]
async fn what_is_not_offered_is_a_problem() {
    let running = start(sample(), Duration::from_secs(60)).await;
    for (method, path, code) in [
        ("GET", "/", 404),
        ("GET", "/status/../x", 404),
        ("POST", "/status", 405),
        ("DELETE", "/nowhere", 405),
        ("OPTIONS", "/metrics", 405),
    ] {
        let answer = ask(&running, method, path).await;
        assert_eq!(
            (answer.code, answer.headers["content-type"].as_str()),
            (code, "application/problem+json"),
            "{method} {path}"
        );
        assert_eq!(answer.json()["status"], code);
        assert!(
            !answer.body.contains(path) || path == "/",
            "what was asked is not repeated"
        );
    }
    let body = "GET /status HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 5\r\n\r\nhello";
    assert_eq!(raw(running.address, body).await.code, 413);
    for path in ["/status", "/nowhere", "/metrics"] {
        let answer = ask(&running, "GET", path).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ] {
            assert_eq!(answer.headers.get(name).map(String::as_str), Some(value), "{path}");
        }
    }
    let head = ask(&running, "HEAD", "/status").await;
    assert_eq!((head.code, head.body.as_str()), (200, ""));
}

#[tokio::test]
async fn it_ends_when_told_even_with_an_idle_connection_open() {
    let mut running = start(sample(), Duration::from_secs(60)).await;
    let _idle = TcpStream::connect(running.address).await.unwrap();
    running.stop.cancel();
    let ended = tokio::time::timeout(Duration::from_secs(20), running.tasks.join_next()).await;
    ended.expect("an end in time").expect("a task").unwrap().unwrap();
    assert!(
        TcpStream::connect(running.address).await.is_err(),
        "nobody listens any more"
    );
}
