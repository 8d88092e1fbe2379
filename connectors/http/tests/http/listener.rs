// SPDX-License-Identifier: EUPL-1.2
//! Requests in: what is taken and as what, what is refused and how it is said.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use connector_testing::{Connector, Hub, eventually};
use hub_message::Header;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::KIND;
use crate::certificates::client;

/// A port that nobody uses.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Settings of a listener with one source for JSON, forms and multipart.
pub(crate) fn settings(port: u16) -> Value {
    json!({"listen": {
        "address": format!("127.0.0.1:{port}"),
        "sources": [{
            "path": "/antraege", "type": "application.form.1", "token": "geheim", "max_bytes": 5_000_000,
            "accept": ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"],
        }],
    }})
}

/// A connector that listens, and whoever sends to it.
pub(crate) struct Listening {
    pub(crate) hub: Hub,
    pub(crate) port: u16,
    pub(crate) client: Client,
    pub(crate) connector: Connector,
}

impl Listening {
    /// Starts it with one source, and what these settings have more.
    pub(crate) async fn start(more: &[(&str, Value)]) -> Self {
        let port = free_port();
        let mut all = settings(port);
        for (pointer, value) in more {
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            all.pointer_mut(parent).unwrap()[key] = value.clone();
        }
        Self::start_with(port, all).await
    }

    /// Starts it with these settings.
    pub(crate) async fn start_with(port: u16, settings: Value) -> Self {
        let hub = Hub::start(KIND, settings).await;
        let connector = Connector::start(&hub);
        let listening = Self {
            hub,
            port,
            client: client(None, None),
            connector,
        };
        listening.is_open().await;
        listening
    }

    /// Waits until the port is open.
    pub(crate) async fn is_open(&self) {
        eventually("it listens", || {
            std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok()
        })
        .await;
    }

    /// A request that would be taken.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("http://127.0.0.1:{}{path}", self.port);
        let request = self.client.request(method, url).timeout(Duration::from_secs(60));
        request.bearer_auth("geheim").header("content-type", "application/json")
    }

    /// Posts JSON with an idempotency key.
    pub(crate) async fn post(&self, key: &str, body: &'static str) -> Response {
        let request = self.request(Method::POST, "/antraege").header("idempotency-key", key);
        request.body(body).send().await.unwrap()
    }
}

/// The receipt number of a request that was taken.
#[track_caller]
pub(crate) fn reference(json: &Value) -> String {
    json["reference"].as_str().unwrap().to_owned()
}

/// An answer is this problem.
pub(crate) async fn check_problem(response: Response, status: u16, code: &str) {
    assert_eq!(response.status(), status, "{code}");
    assert_eq!(response.headers()["content-type"], "application/problem+json", "{code}");
    let text = response.text().await.unwrap();
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["type"], format!("urn:amtshub:code:{code}"));
    assert_eq!(json["status"], status, "{code}");
    assert!(json["title"].is_string() && json["detail"].is_string(), "{text}");
    assert!(!text.contains("Erika") && !text.contains("geheim"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_become_messages_in_order() {
    let mut listening = Listening::start(&[]).await;
    let mut references = Vec::new();
    let kinds = [
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=\"a b\"",
    ];
    for (n, kind) in kinds.iter().enumerate() {
        let method = if n == 1 { Method::PUT } else { Method::POST };
        let request = listening.request(method, "/antraege?x=1").body(format!("body {n}"));
        let mut request = request.build().unwrap();
        request.headers_mut().insert("content-type", kind.parse().unwrap());
        let response = listening.client.execute(request).await.unwrap();
        assert_eq!(response.status(), 202);
        references.push(reference(&response.json().await.unwrap()));
    }
    let messages = listening.hub.messages(3).await;
    for (n, message) in messages.iter().enumerate() {
        assert_eq!(message.source, KIND.connector());
        assert_eq!(message.kind.as_str(), "application.form.1");
        assert_eq!(message.body.native.disclose(), format!("body {n}").as_bytes());
        assert_eq!(message.body.head.name.as_ref().unwrap().disclose(), &references[n]);
        assert_eq!(message.headers.get(Header::ContentType), Some(kinds[n]));
        assert!(message.headers.get(Header::EventTime).is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_body_goes_through_the_store() {
    let mut listening = Listening::start(&[]).await;
    let body: Vec<u8> = (0..4_000_000_u32).map(|n| (n % 251) as u8).collect();
    let request = listening.request(Method::POST, "/antraege").body(body.clone());
    assert_eq!(request.send().await.unwrap().status(), 202);
    let message = listening.hub.messages(1).await.remove(0);
    let claim = message.body.head.claim.as_ref().unwrap();
    assert_eq!((claim.size, claim.media_type.as_str()), (4_000_000, "application/json"));
    assert!(listening.hub.documents.get(&claim.sha256, 1 << 30).await.unwrap() == body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_taken_is_said_with_its_code() {
    let mut listening = Listening::start(&[]).await;
    let body = "{\"name\": \"Erika\"}";
    let post = |path| listening.request(Method::POST, path);
    let sent = async |request: RequestBuilder| request.send().await.unwrap();
    check_problem(sent(post("/nichts").body(body)).await, 404, "AH-F204").await;
    check_problem(sent(post("/antraege/").body(body)).await, 404, "AH-F204").await;
    for method in [Method::GET, Method::DELETE, Method::PATCH] {
        let response = sent(listening.request(method, "/antraege")).await;
        assert_eq!(response.headers()["allow"], "POST, PUT");
        check_problem(response, 405, "AH-F205").await;
    }
    check_problem(sent(post("/antraege")).await, 400, "AH-F201").await;
    let mut request = post("/antraege").body(body).build().unwrap();
    request
        .headers_mut()
        .insert("authorization", "Bearer Erika".parse().unwrap());
    let response = listening.client.execute(request).await.unwrap();
    assert_eq!(response.headers()["www-authenticate"], "Bearer");
    check_problem(response, 401, "AH-F202").await;
    let mut request = post("/antraege").body(body).build().unwrap();
    request
        .headers_mut()
        .insert("content-type", "text/xml".parse().unwrap());
    check_problem(listening.client.execute(request).await.unwrap(), 415, "AH-F208").await;
    check_problem(
        sent(post("/antraege").body(body).header("content-encoding", "gzip")).await,
        415,
        "AH-F208",
    )
    .await;
    check_problem(
        sent(post("/antraege").body(body).header("idempotency-key", "Erika B.")).await,
        400,
        "AH-F211",
    )
    .await;
    let beats = listening.hub.beats.clone();
    listening.hub.control("check").await;
    eventually("what was refused for its content is counted", || {
        beats.lock().unwrap().last().is_some_and(|beat| beat.refused == 4)
    })
    .await;
    listening.hub.messages(0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_much_is_refused_before_it_is_read() {
    let mut listening = Listening::start(&[("/listen/sources/0/max_bytes", json!(1000))]).await;
    let declared = listening.request(Method::POST, "/antraege").body(vec![b'x'; 1001]);
    check_problem(declared.send().await.unwrap(), 413, "AH-F207").await;
    let pieces = futures_util::stream::iter((0..11).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 100])));
    let chunked = listening
        .request(Method::POST, "/antraege")
        .body(reqwest::Body::wrap_stream(pieces));
    check_problem(chunked.send().await.unwrap(), 413, "AH-F207").await;
    let fits = listening.request(Method::POST, "/antraege").body(vec![b'x'; 1000]);
    assert_eq!(fits.send().await.unwrap().status(), 202);
    listening.hub.messages(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_the_rate_is_put_off() {
    let mut listening = Listening::start(&[("/listen/sources/0/per_minute", json!(2))]).await;
    for key in ["a", "b"] {
        assert_eq!(listening.post(key, "{}").await.status(), 202);
    }
    let response = listening.post("c", "{}").await;
    let after: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=30).contains(&after), "{after}");
    check_problem(response, 429, "AH-F209").await;
    listening.hub.messages(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signature_must_be_right() {
    let mut listening = Listening::start(&[
        ("/listen/sources/0/token", Value::Null),
        ("/listen/sources/0/hmac", json!({"secret": "geheim"})),
    ])
    .await;
    let signed = |signature: &str| {
        let request = listening
            .request(Method::POST, "/antraege")
            .header("x-hub-signature-256", signature);
        request.body("{}").send()
    };
    assert_eq!(signed(&signature(b"{}")).await.unwrap().status(), 202);
    check_problem(signed(&signature(b"{ }")).await.unwrap(), 401, "AH-F202").await;
    check_problem(signed("sha256=").await.unwrap(), 401, "AH-F202").await;
    check_problem(listening.post("a", "{}").await, 401, "AH-F202").await;
    listening.hub.messages(1).await;
}

fn signature(body: &[u8]) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"geheim").unwrap();
    mac.update(body);
    let digits: Vec<String> = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("sha256={}", digits.concat())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_key_is_the_same_message() {
    let mut listening = Listening::start(&[]).await;
    let mut references = Vec::new();
    for key in ["a", "a", "b", "a"] {
        let response = listening.post(key, "{}").await;
        assert_eq!(response.status(), 202);
        references.push(reference(&response.json().await.unwrap()));
    }
    assert_eq!(references[0], references[1]);
    assert_ne!(references[0], references[2]);
    assert_eq!(references[0], references[3]);
    listening.hub.messages(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_senders_are_answered_quickly() {
    let mut listening = Listening::start(&[("/listen/waiting_max", json!(256))]).await;
    let begun = Instant::now();
    let posts = (0..100).map(|_| listening.request(Method::POST, "/antraege").body("{}").send());
    for response in futures_util::future::join_all(posts).await {
        assert_eq!(response.unwrap().status(), 202);
    }
    let seconds = begun.elapsed().as_secs_f64();
    assert!(seconds < 20.0, "{seconds} s");
    listening.hub.messages(100).await;
}
