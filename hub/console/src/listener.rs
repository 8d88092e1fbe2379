// SPDX-License-Identifier: EUPL-1.2
//! The HTTP listener: four documents, read only.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{RawQuery, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::heartbeat::Heartbeat;
use crate::metrics;
use crate::problem::problem;
use crate::status::{Health, Status};

/// How long open requests may take to end after the listener was told to stop.
const GRACE: Duration = Duration::from_secs(5);

/// Where the listener takes what it shows.
#[derive(Debug, Clone)]
pub struct Sources {
    /// The last status; the server puts a new one in every few seconds.
    pub status: watch::Receiver<Arc<Status>>,
    /// The sign of life of the server's loop.
    pub heartbeat: Heartbeat,
}

/// Answers requests until `stop`, then lets the open ones end. Nothing of a request is logged.
pub async fn serve(listener: TcpListener, sources: Sources, stop: CancellationToken) -> io::Result<()> {
    let told = stop.clone();
    let serving = axum::serve(listener, router(sources))
        .with_graceful_shutdown(async move { told.cancelled().await })
        .into_future();
    let too_long = async {
        stop.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        ended = serving => ended,
        () = too_long => {
            tracing::warn!("status listener: open connections were cut {} s after the stop", GRACE.as_secs());
            Ok(())
        }
    }
}

fn router(sources: Sources) -> Router {
    Router::new()
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
        .route("/status", get(status))
        .route("/metrics", get(metrics_text))
        .fallback(|| async { problem(StatusCode::NOT_FOUND, "There is nothing at this address.") })
        .layer(from_fn(guard))
        .with_state(sources)
}

/// What holds for every request: only reading, no body, and headers that keep browsers from doing anything with it.
async fn guard(request: Request, next: Next) -> Response {
    let mut response = if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut refused = problem(StatusCode::METHOD_NOT_ALLOWED, "This address can only be read.");
        let allow = HeaderValue::from_static("GET, HEAD");
        refused.headers_mut().insert(header::ALLOW, allow);
        refused
    } else if has_body(&request) {
        problem(StatusCode::PAYLOAD_TOO_LARGE, "This address takes no body.")
    } else {
        next.run(request).await
    };
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn has_body(request: &Request) -> bool {
    let headers = request.headers();
    let length = headers.get(header::CONTENT_LENGTH).map(HeaderValue::as_bytes);
    headers.contains_key(header::TRANSFER_ENCODING) || length.is_some_and(|length| length != b"0")
}

async fn livez(State(sources): State<Sources>) -> Response {
    let beating = sources.heartbeat.is_beating();
    let status = if beating { Health::Pass } else { Health::Fail };
    health(beating, &json!({ "status": status }))
}

async fn readyz(State(sources): State<Sources>, RawQuery(query): RawQuery) -> Response {
    let status = sources.status.borrow().clone();
    let ready = status.is_ready();
    let mut body = json!({ "status": if ready { Health::Pass } else { Health::Fail } });
    let verbose = query.is_some_and(|query| query.split('&').any(|part| part.split('=').next() == Some("verbose")));
    if let Some(object) = body.as_object_mut()
        && (verbose || !ready)
    {
        object.insert("checks".to_owned(), json!(status.checks()));
    }
    health(ready, &body)
}

async fn status(State(sources): State<Sources>) -> Response {
    let status = sources.status.borrow().clone();
    health(status.status != Health::Fail, &*status)
}

async fn metrics_text(State(sources): State<Sources>) -> Response {
    let status = sources.status.borrow().clone();
    let media_type = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, media_type)], metrics::text(&status)).into_response()
}

/// A health document; what fails is also told by the status code, for monitoring that looks at nothing else.
fn health<T: serde::Serialize>(ok: bool, body: &T) -> Response {
    let code = if ok {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let mut response = (code, Json(body)).into_response();
    let media_type = HeaderValue::from_static("application/health+json");
    response.headers_mut().insert(header::CONTENT_TYPE, media_type);
    response
}
