// SPDX-License-Identifier: EUPL-1.2
//! One request, from its head to its answer.

use std::fmt::Write;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use connector_sdk::{Content, SettingsFault, now};
use http_body_util::Full;
use hub_message::{Digest, MessageId, MessageType};
use hyper::body::Incoming;
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use serde_json::json;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::problem::Problem;
use super::rate::Rate;
use super::{Facts, asking, credential, request_body};
use crate::offer::{Offer, Verdict};
use crate::settings::{Credential, ListenSettings, LookupSettings, SourceSettings};

/// Time after which a sender may come again when too many wait.
const QUEUE: Duration = Duration::from_secs(5);
/// Longest media type that is taken.
const MEDIA_TYPE_BYTES: usize = 200;
/// Longest idempotency key.
const KEY_BYTES: usize = 255;

/// What requests are answered with.
#[derive(Debug)]
pub(crate) struct Answering {
    endpoints: Vec<Endpoint>,
    /// Where things are looked up.
    points: Vec<LookupSettings>,
    offers: mpsc::Sender<Offer>,
    /// How long a sender waits for the stream's acknowledgement.
    answer: Duration,
    /// How long a sender may take for its body.
    read: Duration,
    facts: Arc<Facts>,
    closed: CancellationToken,
}

#[derive(Debug)]
struct Endpoint {
    settings: SourceSettings,
    credential: Credential,
    rate: Option<Mutex<Rate>>,
}

/// What the head of a request says.
struct Head {
    media_type: String,
    identity: Vec<Vec<u8>>,
    reference: String,
}

impl Answering {
    pub(crate) fn new(
        settings: &ListenSettings,
        offers: mpsc::Sender<Offer>,
        facts: Arc<Facts>,
        closed: CancellationToken,
    ) -> Result<Self, SettingsFault> {
        let endpoint = |source: &SourceSettings| {
            Ok(Endpoint {
                credential: source.credential()?,
                rate: source
                    .per_minute
                    .map(|rate| Mutex::new(Rate::new(rate, Instant::now()))),
                settings: source.clone(),
            })
        };
        Ok(Self {
            endpoints: settings.sources.iter().map(endpoint).collect::<Result<_, _>>()?,
            points: settings.lookups.clone(),
            offers,
            answer: settings.answer(),
            read: settings.read(),
            facts,
            closed,
        })
    }

    /// Answers one request of whoever has shown a certificate with these names. When the sender goes away meanwhile,
    /// nothing that was not taken yet will be.
    pub(crate) async fn answer(&self, request: Request<Incoming>, peer: &[String]) -> Response<Full<Bytes>> {
        if let Some(point) = self.points.iter().find(|point| point.path == request.uri().path()) {
            return asking::answer(point, &self.facts, request, peer).await;
        }
        let answer = match self.receive(request, peer).await {
            Ok((kind, head, content)) => self.offer(kind, head, content).await,
            Err(problem) => {
                if problem.is_about_content() {
                    self.facts.refused.fetch_add(1, Ordering::Relaxed);
                }
                Err(problem)
            }
        };
        match answer {
            Ok((reference, id)) => accepted(&reference, id.as_ref()),
            Err(problem) => {
                tracing::info!(
                    code = problem.code,
                    status = problem.status.as_u16(),
                    "a request was not taken"
                );
                problem.into_response()
            }
        }
    }

    /// Reads a request as far as it may be taken.
    async fn receive(
        &self,
        request: Request<Incoming>,
        peer: &[String],
    ) -> Result<(MessageType, Head, Content), Problem> {
        let (parts, body) = request.into_parts();
        let endpoint = self
            .endpoints
            .iter()
            .find(|endpoint| endpoint.settings.path == parts.uri.path());
        let endpoint = endpoint.ok_or_else(Problem::no_such_path)?;
        if parts.method != Method::POST && parts.method != Method::PUT {
            return Err(Problem::wrong_method());
        }
        let signature = credential::check(&endpoint.credential, &parts.headers, peer)?;
        let head = endpoint.head(&parts.headers)?;
        // Whoever has not shown yet who it is must not use up the share of the one who may send.
        let is_known = signature.is_none();
        if is_known {
            endpoint.may_send()?;
        }
        if self.facts.held.load(Ordering::Relaxed) {
            return Err(Problem::not_now());
        }
        if self.offers.capacity() == 0 {
            return Err(Problem::too_many(QUEUE));
        }
        let body = tokio::select! {
            () = self.closed.cancelled() => return Err(Problem::not_now()),
            body = timeout(self.read, request_body::read(body, endpoint.settings.max_bytes, signature)) => body,
        };
        let content = body.map_err(|_| Problem::too_slow())??;
        if !is_known {
            endpoint.may_send()?;
        }
        Ok((endpoint.settings.kind.clone(), head, content))
    }

    /// The receipt number and the message id, once the stream has the record.
    async fn offer(
        &self,
        kind: MessageType,
        head: Head,
        content: Content,
    ) -> Result<(String, Option<MessageId>), Problem> {
        let (sender, verdict) = oneshot::channel();
        let offer = Offer {
            identity: head.identity,
            kind,
            media_type: head.media_type,
            time: Some(now()),
            name: Some(head.reference.clone()),
            content,
            verdict: sender,
        };
        self.offers.try_send(offer).map_err(|error| match error {
            TrySendError::Full(_) => Problem::too_many(QUEUE),
            TrySendError::Closed(_) => Problem::not_now(),
        })?;
        match timeout(self.answer, verdict).await {
            Ok(Ok(Verdict::Accepted(id))) => Ok((head.reference, id)),
            Ok(Ok(Verdict::Refused(refusal))) => Err(Problem::refused(refusal)),
            Ok(Err(_)) | Err(_) => Err(Problem::not_now()),
        }
    }
}

impl Endpoint {
    fn head(&self, headers: &HeaderMap) -> Result<Head, Problem> {
        let media_type = self.media_type(headers).ok_or_else(Problem::wrong_media_type)?;
        let (path, header) = (&self.settings.path, self.settings.idempotency_header.as_str());
        let mut keys = headers.get_all(header).iter();
        let (what, key) = match (keys.next(), keys.next()) {
            (None, _) => ("request", random()?),
            (Some(key), None) => ("key", usable_key(key).ok_or_else(Problem::wrong_key)?),
            (Some(_), Some(_)) => return Err(Problem::wrong_key()),
        };
        let identity = [what, path, &key].map(|part| part.as_bytes().to_vec());
        Ok(Head {
            media_type,
            reference: reference(&identity),
            identity: identity.into(),
        })
    }

    /// The media type with its parameters, if the source takes it.
    fn media_type(&self, headers: &HeaderMap) -> Option<String> {
        let coding = headers.get(CONTENT_ENCODING).map(HeaderValue::as_bytes);
        if coding.is_some_and(|coding| !coding.eq_ignore_ascii_case(b"identity")) {
            return None;
        }
        let shown = headers.get(CONTENT_TYPE)?.to_str().ok()?.trim();
        let bare = shown.split(';').next()?.trim();
        let taken = self
            .settings
            .accept
            .iter()
            .any(|accepted| accepted.eq_ignore_ascii_case(bare));
        (taken && shown.len() <= MEDIA_TYPE_BYTES).then(|| shown.to_owned())
    }

    fn may_send(&self) -> Result<(), Problem> {
        let Some(rate) = &self.rate else { return Ok(()) };
        let mut rate = rate.lock().unwrap_or_else(PoisonError::into_inner);
        rate.take(Instant::now()).map_err(Problem::too_many)
    }
}

fn usable_key(value: &HeaderValue) -> Option<String> {
    let key = value.to_str().ok()?;
    let usable = (1..=KEY_BYTES).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    usable.then(|| key.to_owned())
}

/// The receipt number: the same for the same key at the same path, another for every request without a key.
fn reference(identity: &[Vec<u8>]) -> String {
    let mut parts = Vec::new();
    for part in identity {
        parts.extend_from_slice(&(part.len() as u64).to_be_bytes());
        parts.extend_from_slice(part);
    }
    Digest::of(&parts).as_str().chars().take(32).collect()
}

fn random() -> Result<String, Problem> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| Problem::no_room())?;
    let mut text = String::with_capacity(32);
    for byte in bytes {
        // A string takes everything.
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}

fn accepted(reference: &str, id: Option<&MessageId>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(json!({"id": id, "reference": reference}).to_string()));
    *response.status_mut() = StatusCode::ACCEPTED;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

#[cfg(test)]
mod tests;
