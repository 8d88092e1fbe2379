// SPDX-License-Identifier: EUPL-1.2
//! Connections: the port, TLS, how many at once and how long they may take.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::answering::Answering;
use super::{CLOSING, Facts};
use crate::tls::peer;

/// Time for a TLS handshake, and for the head of a request.
const HEAD: Duration = Duration::from_secs(10);
/// The largest head of a request, in bytes.
const HEAD_BYTES: usize = 32 * 1024;
/// Pause before the port is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// Accepts connections.
#[derive(Debug)]
pub(crate) struct Accepting {
    pub address: SocketAddr,
    pub tls: Option<Arc<ServerConfig>>,
    pub connections_max: usize,
    pub answering: Arc<Answering>,
    pub facts: Arc<Facts>,
    pub closed: CancellationToken,
}

impl Accepting {
    /// Works until the listener is closed and what was under way has its answer.
    pub(crate) async fn run(self) {
        let closed = self.closed.clone();
        let mut connections = JoinSet::new();
        tokio::select! {
            () = closed.cancelled() => {}
            () = self.accept(&mut connections) => {}
        }
        let all = async { while connections.join_next().await.is_some() {} };
        if timeout(CLOSING, all).await.is_err() {
            tracing::warn!("not every connection came to its end in time");
        }
    }

    async fn accept(&self, connections: &mut JoinSet<()>) {
        let listener = self.listen().await;
        let places = Arc::new(Semaphore::new(self.connections_max));
        // The semaphore is never closed: the loop ends when it is dropped.
        while let Ok(place) = Arc::clone(&places).acquire_owned().await {
            let Some(stream) = accepted(&listener).await else {
                continue;
            };
            while connections.try_join_next().is_some() {}
            let (tls, answering, closed) = (self.tls.clone(), Arc::clone(&self.answering), self.closed.clone());
            connections.spawn(async move {
                secure(stream, tls, answering, &closed).await;
                drop(place);
            });
        }
    }

    /// The port may still be held by somebody else: it is tried until it is free.
    async fn listen(&self) -> TcpListener {
        loop {
            match TcpListener::bind(self.address).await {
                Ok(listener) => {
                    self.facts.set_trouble(None);
                    tracing::info!(address = %self.address, "listening");
                    return listener;
                }
                Err(error) => self.facts.set_trouble(Some(port_trouble(self.address, &error))),
            }
            sleep(AGAIN).await;
        }
    }
}

fn port_trouble(address: SocketAddr, error: &io::Error) -> String {
    let why = match error.kind() {
        io::ErrorKind::AddrInUse => "ist schon von einem anderen Programm belegt",
        io::ErrorKind::AddrNotAvailable => "gibt es auf diesem Rechner nicht",
        io::ErrorKind::PermissionDenied => "darf der Konnektor nicht öffnen",
        _ => "lässt sich nicht öffnen",
    };
    format!("Empfang: Die Adresse {address} {why}; es wird nichts angenommen.")
}

/// The next connection; `None` when there was none after all.
async fn accepted(listener: &TcpListener) -> Option<TcpStream> {
    match listener.accept().await {
        Ok((stream, _)) => Some(stream),
        Err(error) => {
            // Mostly too many open files: it gets better when others are closed.
            tracing::warn!(kind = %error.kind(), "a connection was not accepted");
            sleep(Duration::from_millis(100)).await;
            None
        }
    }
}

async fn secure(
    stream: TcpStream,
    tls: Option<Arc<ServerConfig>>,
    answering: Arc<Answering>,
    closed: &CancellationToken,
) {
    let Some(tls) = tls else {
        return serve(stream, Vec::new(), answering, closed).await;
    };
    let shaken = tokio::select! {
        () = closed.cancelled() => return,
        shaken = timeout(HEAD, TlsAcceptor::from(tls).accept(stream)) => shaken,
    };
    let Ok(Ok(stream)) = shaken else {
        tracing::debug!("no TLS with whoever connected");
        return;
    };
    let certificate = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
    let names = certificate.map(peer::names).unwrap_or_default();
    serve(stream, names, answering, closed).await;
}

async fn serve<S>(stream: S, peer: Vec<String>, answering: Arc<Answering>, closed: &CancellationToken)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let peer = Arc::new(peer);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let (answering, peer) = (Arc::clone(&answering), Arc::clone(&peer));
        async move { Ok::<_, Infallible>(answering.answer(request, &peer).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_header_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let served = tokio::select! {
        served = connection.as_mut() => served,
        () = closed.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if served.is_err() {
        tracing::debug!("a connection did not end in order");
    }
}
