// SPDX-License-Identifier: EUPL-1.2
//! Look-ups from a connector's side: asking (`ask.<c>.<name>`) and answering (`rpc.<c>.<name>`).

use std::time::Duration;

use async_nats::{Client, Request, Subject, Subscriber};
use bytes::Bytes;
use futures_util::StreamExt;
use hub_message::body::frame;
use hub_message::{AnswerHead, Ask};
use serde_json::json;

use super::{BusFault, ConnectorBus};
use crate::answer::{looked_up, to_json};

/// How long an answer may take: the hub waits for the responder a little less.
const ANSWER: Duration = Duration::from_secs(25);

impl ConnectorBus {
    /// Looks something up; the hub decides whether this connector may.
    pub async fn look_up(&self, name: &str, ask: &Ask) -> Result<(AnswerHead, Bytes), BusFault> {
        let request = Request::new().payload(to_json(ask)).timeout(Some(ANSWER));
        let answer = self
            .link
            .request("the hub does not answer", format!("ask.{}.{name}", self.name), request)
            .await?;
        looked_up(&answer.payload)
    }

    /// Look-ups that this connector has to answer.
    pub async fn questions(&self) -> Result<Questions, BusFault> {
        let subscriber = self
            .link
            .client
            .subscribe(format!("rpc.{}.*", self.name))
            .await
            .map_err(|error| BusFault::unavailable("questions cannot be taken", error))?;
        Ok(Questions {
            client: self.link.client.clone(),
            subscriber,
        })
    }
}

/// Questions of the hub, in the order of their arrival.
#[derive(Debug)]
pub struct Questions {
    client: Client,
    subscriber: Subscriber,
}

impl Questions {
    /// The next question; `None` when the connection has ended for good. Safe to drop while waiting.
    pub async fn next(&mut self) -> Option<Question> {
        let message = self.subscriber.next().await?;
        let name = message.subject.rsplit('.').next().unwrap_or_default().to_owned();
        let ask = serde_json::from_slice(&message.payload).map_err(|error| {
            format!(
                "the question is not valid: line {}, column {}",
                error.line(),
                error.column()
            )
        });
        Some(Question {
            name,
            ask,
            client: self.client.clone(),
            to: message.reply,
        })
    }
}

/// A question.
#[derive(Debug)]
pub struct Question {
    /// The look-up's name.
    pub name: String,
    /// What is asked, or why that cannot be read.
    pub ask: Result<Ask, String>,
    client: Client,
    to: Option<Subject>,
}

impl Question {
    /// Answers.
    pub async fn answer(self, head: &AnswerHead, native: &[u8]) {
        self.send(frame(&json!({"ok": head}), native)).await;
    }

    /// Answers that this can never be answered.
    pub async fn refuse(self, code: &str, text: &str) {
        self.send(to_json(&json!({"error": {"code": code, "text": text}})))
            .await;
    }

    /// Answers that it cannot be answered now.
    pub async fn unavailable(self, text: &str) {
        self.send(to_json(&json!({"unavailable": text}))).await;
    }

    async fn send(self, payload: Bytes) {
        if let Some(to) = self.to
            && let Err(error) = self.client.publish(to, payload).await
        {
            tracing::debug!(%error, "an answer was not sent");
        }
    }
}
