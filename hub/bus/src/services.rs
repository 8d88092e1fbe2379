// SPDX-License-Identifier: EUPL-1.2
//! What connectors ask the hub (`reg.<c>`, `beat.<c>`, `blob.<c>.…`, `ask.<c>.<name>`), as streams of requests. Who asks is the account's
//! subject token, never a header or the payload.

use async_nats::{Client, Subject, Subscriber};
use bytes::Bytes;
use futures_util::StreamExt;
use hub_message::{AnswerHead, Ask, Beat, ConnectorName, Hello};
use serde_json::json;

use crate::fault::BusFault;
use crate::link::Link;

/// Requests of one kind, in the order of their arrival.
#[derive(Debug)]
pub struct Requests<T> {
    client: Client,
    subscriber: Subscriber,
    open: fn(Incoming) -> Option<T>,
}

#[derive(Debug)]
pub(crate) struct Incoming {
    connector: ConnectorName,
    rest: String,
    payload: Bytes,
    answer: Answer,
}

impl<T> Requests<T> {
    pub(crate) async fn on(link: &Link, subject: &str, open: fn(Incoming) -> Option<T>) -> Result<Self, BusFault> {
        let subscriber = link
            .client
            .subscribe(subject.to_owned())
            .await
            .map_err(|error| BusFault::unavailable("requests cannot be taken", error))?;
        // Whoever asks after this returns is heard.
        link.settle().await?;
        Ok(Self {
            client: link.client.clone(),
            subscriber,
            open,
        })
    }

    /// The next request; `None` when the connection has ended for good. Safe to drop while waiting.
    pub async fn next(&mut self) -> Option<T> {
        loop {
            let message = self.subscriber.next().await?;
            let mut tokens = message.subject.splitn(3, '.');
            let connector = tokens.nth(1).and_then(|name| name.parse().ok());
            let rest = tokens.next().unwrap_or_default().to_owned();
            let answer = Answer {
                client: self.client.clone(),
                to: message.reply,
            };
            let incoming = connector.map(|connector| Incoming {
                connector,
                rest,
                payload: message.payload,
                answer,
            });
            if let Some(request) = incoming.and_then(self.open) {
                return Some(request);
            }
        }
    }
}

#[derive(Debug)]
struct Answer {
    client: Client,
    to: Option<Subject>,
}

impl Answer {
    async fn send(self, payload: Bytes) {
        if let Some(to) = self.to
            && let Err(error) = self.client.publish(to, payload).await
        {
            tracing::debug!(%error, "an answer was not sent");
        }
    }

    async fn refuse(self, code: &str, text: &str) {
        self.send(Bytes::from(json!({"error": {"code": code, "text": text}}).to_string()))
            .await;
    }
}

/// A connector's hello.
#[derive(Debug)]
pub struct RegistrationRequest {
    /// Who.
    pub connector: ConnectorName,
    /// What it says, or why that cannot be read.
    pub hello: Result<Hello, String>,
    answer: Answer,
}

impl RegistrationRequest {
    pub(crate) fn open(incoming: Incoming) -> Option<Self> {
        let hello = serde_json::from_slice(&incoming.payload).map_err(|error| error.to_string());
        Some(Self {
            connector: incoming.connector,
            hello,
            answer: incoming.answer,
        })
    }

    /// Answers with a welcome.
    pub async fn welcome(self, welcome: &hub_message::Welcome) {
        let payload = json!({"ok": welcome}).to_string();
        self.answer.send(Bytes::from(payload)).await;
    }

    /// Answers with a refusal.
    pub async fn refuse(self, code: &str, text: &str) {
        self.answer.refuse(code, text).await;
    }
}

/// A connector's heartbeat.
#[derive(Debug)]
pub struct BeatRequest {
    /// Who.
    pub connector: ConnectorName,
    /// What it says.
    pub beat: Beat,
}

impl BeatRequest {
    pub(crate) fn open(incoming: Incoming) -> Option<Self> {
        let beat = serde_json::from_slice(&incoming.payload).ok()?;
        Some(Self {
            connector: incoming.connector,
            beat,
        })
    }
}

/// A request to the document store.
#[derive(Debug)]
pub struct BlobRequest {
    /// Who.
    pub connector: ConnectorName,
    /// `begin`, `chunk`, `commit` or `read`.
    pub operation: String,
    /// The upload, behind `chunk` and `commit`.
    pub upload: Option<String>,
    /// A frame (`hub_message::body::frame`).
    pub payload: Bytes,
    answer: Answer,
}

impl BlobRequest {
    pub(crate) fn open(incoming: Incoming) -> Option<Self> {
        let (operation, upload) = match incoming.rest.split_once('.') {
            Some((operation, upload)) => (operation.to_owned(), Some(upload.to_owned())),
            None => (incoming.rest, None),
        };
        Some(Self {
            connector: incoming.connector,
            operation,
            upload,
            payload: incoming.payload,
            answer: incoming.answer,
        })
    }

    /// Answers with a JSON result.
    pub async fn reply(self, result: &serde_json::Value) {
        self.answer.send(Bytes::from(json!({"ok": result}).to_string())).await;
    }

    /// Answers a `read` with bytes: `{"ok":{"size":…}}` as the head of a frame, then the bytes.
    pub async fn reply_bytes(self, size: u64, bytes: &[u8]) {
        self.answer
            .send(hub_message::body::frame(&json!({"ok": {"size": size}}), bytes))
            .await;
    }

    /// Answers with a refusal; trying again is of no use.
    pub async fn refuse(self, code: &str, text: &str) {
        self.answer.refuse(code, text).await;
    }

    /// Answers that it cannot be done now.
    pub async fn unavailable(self, text: &str) {
        self.answer
            .send(Bytes::from(json!({"unavailable": text}).to_string()))
            .await;
    }
}

/// A look-up that a connector asks for.
#[derive(Debug)]
pub struct AskRequest {
    /// Who.
    pub connector: ConnectorName,
    /// The look-up's name.
    pub name: String,
    /// What it asks, or why that cannot be read.
    pub ask: Result<Ask, String>,
    answer: Answer,
}

impl AskRequest {
    pub(crate) fn open(incoming: Incoming) -> Option<Self> {
        // Of a fault only the place is told: the words of the parser may repeat what was asked.
        let ask = serde_json::from_slice(&incoming.payload).map_err(|error| {
            format!(
                "the question is not valid: line {}, column {}",
                error.line(),
                error.column()
            )
        });
        Some(Self {
            connector: incoming.connector,
            name: incoming.rest,
            ask,
            answer: incoming.answer,
        })
    }

    /// Answers.
    pub async fn answer(self, head: &AnswerHead, native: &[u8]) {
        self.answer
            .send(hub_message::body::frame(&json!({"ok": head}), native))
            .await;
    }

    /// Answers with a refusal; asking the same again is of no use.
    pub async fn refuse(self, code: &str, text: &str) {
        self.answer.refuse(code, text).await;
    }

    /// Answers that it cannot be looked up now.
    pub async fn unavailable(self, text: &str) {
        self.answer
            .send(Bytes::from(json!({"unavailable": text}).to_string()))
            .await;
    }
}
