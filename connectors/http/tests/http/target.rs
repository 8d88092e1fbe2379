// SPDX-License-Identifier: EUPL-1.2
//! A target: a real HTTP server that notes everything it is sent and answers as a test says.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, Request, Response};
use hyper_util::rt::TokioIo;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) at: Instant,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// How a request is answered.
pub(crate) enum Reply {
    Answer(u16, Vec<(&'static str, String)>, String),
    /// The connection is closed instead.
    Cut,
    /// No answer ever comes.
    Silence,
}

/// An answer without anything but its status.
pub(crate) fn status(status: u16) -> Reply {
    Reply::Answer(status, Vec::new(), String::new())
}

type Answering = Box<dyn Fn(&Seen, usize) -> Reply + Send + Sync>;

/// A running target.
pub(crate) struct Target {
    pub(crate) port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
    _tasks: JoinSet<()>,
}

impl Target {
    /// Starts it; `answer` is told the request and how many came before.
    pub(crate) async fn start(answer: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_on(0, None, answer).await
    }

    /// Starts it with TLS.
    pub(crate) async fn secured(
        tls: ServerConfig,
        answer: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::start_on(0, Some(TlsAcceptor::from(Arc::new(tls))), answer).await
    }

    /// Starts it on this port.
    pub(crate) async fn start_on(
        port: u16,
        tls: Option<TlsAcceptor>,
        answer: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (noted, answer): (_, Arc<Answering>) = (Arc::clone(&seen), Arc::new(Box::new(answer)));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (noted, answer, tls) = (Arc::clone(&noted), Arc::clone(&answer), tls.clone());
                connections.spawn(async move {
                    match tls {
                        None => serve(stream, noted, answer).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, noted, answer).await;
                            }
                        }
                    }
                });
            }
        });
        Self {
            port,
            seen,
            _tasks: tasks,
        }
    }

    /// What came so far, at these paths.
    pub(crate) fn seen(&self, path: &str) -> Vec<Seen> {
        let seen = self.seen.lock().unwrap();
        seen.iter()
            .filter(|seen| seen.path.starts_with(path))
            .cloned()
            .collect()
    }
}

async fn serve<S>(stream: S, noted: Arc<Mutex<Vec<Seen>>>, answer: Arc<Answering>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| {
        let (noted, answer) = (Arc::clone(&noted), Arc::clone(&answer));
        async move { take(request, &noted, &answer).await }
    });
    // A connection that is cut is what some tests want.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn take(
    request: Request<Incoming>,
    noted: &Mutex<Vec<Seen>>,
    answer: &Answering,
) -> Result<Response<Full<Bytes>>, std::io::Error> {
    let (parts, body) = request.into_parts();
    let seen = Seen {
        at: Instant::now(),
        method: parts.method,
        path: parts.uri.path_and_query().unwrap().to_string(),
        headers: parts.headers,
        body: body.collect().await.map_err(std::io::Error::other)?.to_bytes(),
    };
    let before = {
        let mut noted = noted.lock().unwrap();
        noted.push(seen.clone());
        noted.iter().filter(|other| other.path == seen.path).count() - 1
    };
    match answer(&seen, before) {
        Reply::Answer(status, headers, body) => {
            let mut response = Response::builder().status(status);
            for (name, value) in headers {
                response = response.header(name, value);
            }
            Ok(response.body(Full::from(body)).unwrap())
        }
        Reply::Cut => Err(std::io::Error::other("cut")),
        Reply::Silence => std::future::pending().await,
    }
}
