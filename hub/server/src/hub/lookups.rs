// SPDX-License-Identifier: EUPL-1.2
//! Look-ups: a connector asks, a route of the kind `lookup` decides, another connector answers, and what the route
//! releases of the answer comes back. Nothing of it is stored; the log says that it was, never what.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hub_bus::{AskRequest, Bus, BusFault, Requests};
use hub_mapping::Worker;
use hub_message::{
    AnswerHead, Ask, Body, Code, ConnectorName, Head, Headers, Message, MessageId, Rejection, Sensitive,
};
use hub_pipeline::LookupAnswer;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::clock;
use crate::config::Configuration;

/// Look-ups at once; more wait.
const AT_ONCE: usize = 32;

/// How long a responder may take. A connector's account lets it answer for 30 s.
const PATIENCE: Duration = Duration::from_secs(20);

const PROTOCOL: Code = Code::new("AH-B305");
const REFUSED: Code = Code::new("AH-R136");
const NO_TYPE: Code = Code::new("AH-R137");

/// Answers look-ups.
#[derive(Debug, Clone)]
pub(crate) struct LookupService {
    pub(crate) bus: Bus,
    pub(crate) configuration: watch::Receiver<Arc<Configuration>>,
}

/// Why a look-up is not answered.
enum Fault {
    /// Asking again is of no use.
    Refused(Rejection),
    /// The responder is away or slow.
    Unavailable,
}

impl From<Rejection> for Fault {
    fn from(rejection: Rejection) -> Self {
        Self::Refused(rejection)
    }
}

impl LookupService {
    /// Answers until `stop`.
    pub(crate) async fn run(self, mut requests: Requests<AskRequest>, stop: CancellationToken) -> anyhow::Result<()> {
        let mut working = JoinSet::new();
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                Some(done) = working.join_next() => done?,
                request = requests.next(), if working.len() < AT_ONCE => {
                    let Some(request) = request else {
                        anyhow::bail!("the connection to NATS has ended")
                    };
                    working.spawn(self.clone().serve(request));
                }
            }
        }
    }

    async fn serve(self, request: AskRequest) {
        let begun = Instant::now();
        let (asker, name) = (request.connector.clone(), request.name.clone());
        let answered = match &request.ask {
            Ok(ask) => self.look_up(&asker, &name, ask).await,
            Err(fault) => Err(Fault::Refused(Rejection::new(
                PROTOCOL,
                fault.clone(),
                "let the connector send purpose, actor and question as the protocol says",
            ))),
        };
        let outcome = match &answered {
            Ok(Some(_)) => "answered",
            Ok(None) => "nothing found",
            Err(Fault::Refused(fault)) => fault.code.as_str(),
            Err(Fault::Unavailable) => "responder away",
        };
        let millis = begun.elapsed().as_millis() as u64;
        tracing::info!(target: "lookup", connector = %asker, lookup = name, outcome, millis, "looked up");
        match answered {
            Ok(Some(found)) => {
                let head = AnswerHead {
                    found: true,
                    kind: Some(found.kind),
                    media_type: Some(found.media_type),
                };
                request.answer(&head, found.native.disclose()).await;
            }
            Ok(None) => request.answer(&AnswerHead::default(), &[]).await,
            Err(Fault::Refused(fault)) => request.refuse(fault.code.as_str(), &fault.text).await,
            Err(Fault::Unavailable) => {
                request
                    .unavailable("the connector that answers does not answer now")
                    .await;
            }
        }
    }

    async fn look_up(&self, asker: &ConnectorName, name: &str, ask: &Ask) -> Result<Option<LookupAnswer>, Fault> {
        let rules = Arc::clone(&self.configuration.borrow().rules);
        let (lookup, passed) = hub_pipeline::ask(&rules, asker, name, ask)?;
        let lookup = lookup.clone();
        let answer = self.bus.look_up(lookup.responder(), name, &passed, PATIENCE).await;
        let (head, native) = answer.map_err(|fault| {
            tracing::warn!(target: "lookup", responder = %lookup.responder(), lookup = name, "no answer");
            unanswered(lookup.responder(), &fault)
        })?;
        if !head.found {
            return Ok(None);
        }
        let message = as_message(lookup.responder(), head, &native)?;
        let found = tokio::task::spawn_blocking(move || {
            hub_pipeline::answer(&rules, &lookup, &message, &native, &mut Worker::default())
        });
        // A panic has ended the process before; what arrives is the end of the runtime.
        let found = found.await.map_err(|_| Fault::Unavailable)?;
        Ok(Some(found?))
    }
}

/// What it means that the responder gives no answer. Its words may say something about whoever is asked for: they stay here.
fn unanswered(responder: &ConnectorName, fault: &BusFault) -> Fault {
    match fault {
        BusFault::Unavailable(_) => Fault::Unavailable,
        BusFault::Refused { .. } => Fault::Refused(Rejection::new(
            REFUSED,
            format!("`{responder}` refuses to answer this question"),
            "look at the question, and at the log of the connector that answers",
        )),
    }
}

/// The answer as if the responder had sent it as a message, so that it is read by the same rules.
fn as_message(responder: &ConnectorName, head: AnswerHead, native: &Bytes) -> Result<Message, Rejection> {
    let kind = head.kind.ok_or_else(|| {
        Rejection::new(
            NO_TYPE,
            format!("`{responder}` answers without a message type"),
            "let the connector state `type` in the head of its answer",
        )
    })?;
    Ok(Message {
        source: responder.clone(),
        kind,
        id: MessageId::keyed(b"look-up", &[native]),
        sequence: 0,
        received: clock::now(),
        headers: Headers::default(),
        body: Body {
            head: Head::default(),
            native: Sensitive::new(native.clone()),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_responder_says_stays_in_the_hub() {
        let responder: ConnectorName = "register".parse().unwrap();
        let refused = BusFault::Refused {
            code: "E1".to_owned(),
            text: "Erika Beispiel ist gesperrt".to_owned(),
        };
        let Fault::Refused(told) = unanswered(&responder, &refused) else {
            panic!("it is refused")
        };
        assert_eq!(told.code.as_str(), "AH-R136");
        assert!(!told.text.contains("Erika"), "{}", told.text);
        let away = BusFault::Unavailable("no responders".to_owned());
        assert!(matches!(unanswered(&responder, &away), Fault::Unavailable));
    }

    #[test]
    fn an_answer_without_a_type_cannot_be_read() {
        let responder: ConnectorName = "register".parse().unwrap();
        let head = AnswerHead {
            found: true,
            ..AnswerHead::default()
        };
        let fault = as_message(&responder, head, &Bytes::new()).expect_err("no type");
        assert_eq!(fault.code.as_str(), "AH-R137");
    }
}
