// SPDX-License-Identifier: EUPL-1.2
//! The side of a connector that answers look-ups, and the loop around it.

use std::sync::Arc;

use bytes::Bytes;
use hub_bus::connector::{ConnectorBus, Question};
use hub_message::body::INLINE_BYTES_MAX;
use hub_message::{AnswerHead, Ask, MessageType, Sensitive};
use thiserror::Error;
use tokio::task::JoinSet;

use crate::backoff::Backoff;
use crate::fault::Unavailable;
use crate::gate::Gate;
use crate::health::{Health, Part};

/// A system that can be asked.
///
/// It answers in its native format with a message type that the hub knows from this connector; the hub reads the answer
/// by the mapping of that type and passes on what the route releases. Answers change nothing at the system.
pub trait Responder: Send + Sync + 'static {
    /// Answers a question; `None` when the system has nothing of the kind. Called for several questions at once.
    fn answer(&self, name: &str, question: &Ask)
    -> impl Future<Output = Result<Option<Answer>, ResponderFault>> + Send;
}

/// An answer, in the system's native format; at most 256 KiB.
#[derive(Debug)]
pub struct Answer {
    /// Its type.
    pub kind: MessageType,
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    pub native: Sensitive<Bytes>,
}

/// Why a question is not answered.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ResponderFault {
    /// The system does not answer now.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The system will never answer this question. The words stay in the hub.
    #[error("{code}: {text}")]
    Refused {
        /// Stable code.
        code: String,
        /// A sentence without personal data.
        text: String,
    },
}

/// For a connector that answers nothing.
#[derive(Debug)]
pub enum NoResponder {}

impl Responder for NoResponder {
    async fn answer(&self, _: &str, _: &Ask) -> Result<Option<Answer>, ResponderFault> {
        match *self {}
    }
}

/// The loop: questions come, answers go; a paused connector says that it is away.
#[derive(Debug)]
pub(crate) struct Answering<R> {
    pub responder: Arc<R>,
    pub bus: ConnectorBus,
    pub health: Health,
    pub gate: Gate,
    /// Questions answered at once.
    pub at_once: usize,
}

impl<R: Responder> Answering<R> {
    /// Works until the gate closes, then finishes what is begun.
    pub(crate) async fn run(self) {
        let mut backoff = Backoff::default();
        let mut working = JoinSet::new();
        while self.gate.pass().await {
            let mut questions = match self.bus.questions().await {
                Ok(questions) => questions,
                Err(fault) => {
                    tracing::debug!(%fault, "no questions");
                    self.gate.rest(backoff.next()).await;
                    continue;
                }
            };
            backoff.reset();
            loop {
                tokio::select! {
                    biased;
                    () = self.gate.held() => break,
                    Some(done) = working.join_next() => own(done),
                    question = questions.next(), if working.len() < self.at_once => {
                        let Some(question) = question else { break };
                        let (responder, health) = (Arc::clone(&self.responder), self.health.clone());
                        working.spawn(async move { answer(&*responder, &health, question).await });
                    }
                }
            }
        }
        while let Some(done) = working.join_next().await {
            own(done);
        }
    }
}

/// Nobody aborts these tasks, so a missing result is a panic, and that ends the process.
fn own(done: Result<(), tokio::task::JoinError>) {
    if let Err(error) = done {
        std::panic::resume_unwind(error.into_panic());
    }
}

async fn answer<R: Responder>(responder: &R, health: &Health, question: Question) {
    let ask = match &question.ask {
        Ok(ask) => ask.clone(),
        Err(fault) => {
            let fault = fault.clone();
            return question.refuse("AH-B305", &fault).await;
        }
    };
    match responder.answer(&question.name, &ask).await {
        Ok(None) => {
            health.well(Part::Target);
            health.answered();
            question.answer(&AnswerHead::default(), &[]).await;
        }
        Ok(Some(answer)) if answer.native.disclose().len() > INLINE_BYTES_MAX => {
            health.well(Part::Target);
            question
                .refuse("AH-B307", "the answer is larger than a look-up may be")
                .await;
        }
        Ok(Some(answer)) => {
            health.well(Part::Target);
            health.answered();
            let head = AnswerHead {
                found: true,
                kind: Some(answer.kind),
                media_type: Some(answer.media_type),
            };
            question.answer(&head, answer.native.disclose()).await;
        }
        Err(ResponderFault::Unavailable(trouble)) => {
            health.trouble(Part::Target, trouble.0);
            question.unavailable("the system does not answer").await;
        }
        Err(ResponderFault::Refused { code, text }) => question.refuse(&code, &text).await,
    }
}
