// SPDX-License-Identifier: EUPL-1.2
//! Looking something up: a question as a JSON object comes in, what the hub's route releases of the answer goes out.

use std::collections::BTreeMap;

use bytes::Bytes;
use connector_sdk::{Content, Found, LookupFault};
use http_body_util::Full;
use hub_message::{Ask, Sensitive};
use hyper::body::Incoming;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::{HeaderMap, Method, Request, Response};

use super::problem::Problem;
use super::{Facts, credential, request_body};
use crate::settings::LookupSettings;

/// The largest question, in bytes.
const QUESTION_BYTES: u64 = 16 * 1024;
/// The longest name of who asks.
const ACTOR_BYTES: usize = 200;

/// Answers one request.
pub(crate) async fn answer(
    point: &LookupSettings,
    facts: &Facts,
    request: Request<Incoming>,
    peer: &[String],
) -> Response<Full<Bytes>> {
    match look_up(point, facts, request, peer).await {
        Ok(found) => response(found),
        Err(problem) => {
            tracing::info!(
                code = problem.code,
                status = problem.status.as_u16(),
                "a look-up was not answered"
            );
            problem.into_response()
        }
    }
}

async fn look_up(
    point: &LookupSettings,
    facts: &Facts,
    request: Request<Incoming>,
    peer: &[String],
) -> Result<Found, Problem> {
    let (parts, body) = request.into_parts();
    if parts.method != Method::POST {
        return Err(Problem::wrong_method());
    }
    let signature = credential::check(&point.credential(), &parts.headers, peer)?;
    let actor = actor(&parts.headers, &point.actor_header).ok_or_else(Problem::no_actor)?;
    let content = request_body::read(body, QUESTION_BYTES, signature).await?;
    let question = question(&content).ok_or_else(Problem::no_question)?;
    let lookups = facts.lookups.get().ok_or_else(Problem::nobody_answers)?;
    let ask = Ask {
        purpose: point.purpose.clone(),
        file_number: None,
        actor: Sensitive::new(actor),
        question: Sensitive::new(question),
    };
    match lookups.ask(&point.lookup, &ask).await {
        Ok(Some(found)) => Ok(found),
        Ok(None) => Err(Problem::nothing_found()),
        Err(LookupFault::Refused { code, .. }) => {
            tracing::warn!(code, lookup = point.lookup, "the hub refuses a look-up");
            Err(Problem::not_allowed())
        }
        Err(LookupFault::Unavailable) => Err(Problem::nobody_answers()),
    }
}

fn actor(headers: &HeaderMap, name: &str) -> Option<String> {
    let actor = headers.get(name)?.to_str().ok()?.trim();
    ((1..=ACTOR_BYTES).contains(&actor.len())).then(|| actor.to_owned())
}

/// An object of texts.
fn question(content: &Content) -> Option<BTreeMap<String, String>> {
    match content {
        Content::Inline(bytes) => serde_json::from_slice(bytes.disclose()).ok(),
        Content::File { .. } => None,
    }
}

fn response(found: Found) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(found.native.into_disclosed()));
    let headers = response.headers_mut();
    let octets = HeaderValue::from_static("application/octet-stream");
    headers.insert(CONTENT_TYPE, HeaderValue::try_from(found.media_type).unwrap_or(octets));
    // What was true when it was asked is not kept on the way.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_an_object_of_texts() {
        let read = |text: &'static str| question(&Content::inline(text));
        assert_eq!(
            read(r#"{"nummer":"1"}"#),
            Some(BTreeMap::from([("nummer".to_owned(), "1".to_owned())]))
        );
        for wrong in ["[]", "{\"nummer\":1}", "", "{\"a\":{}}"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
