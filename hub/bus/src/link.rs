// SPDX-License-Identifier: EUPL-1.2
//! A connection and what it knows of its own life: whoever waits for an answer is told at once when the connection that
//! carried the question is gone, instead of waiting for a time-out.

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_nats::{Client, ConnectOptions, Event, Message, Request};
use bytes::Bytes;
use futures_util::StreamExt;
use tokio::sync::{Semaphore, watch};

use crate::fault::BusFault;

/// Atomic batches that one connection has under way at once. The server takes 50 for a stream.
const BATCHES_MAX: usize = 16;

/// What a client needs to speak TLS with a server. Empty: the authorities of the system, no certificate of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientTls {
    /// The authority that signed the server's certificate (PEM).
    pub authority: Option<PathBuf>,
    /// The client's own certificate and key (PEM), where the server asks for one.
    pub certificate: Option<(PathBuf, PathBuf)>,
}

/// How to open a connection.
#[derive(Debug)]
pub(crate) struct LinkSettings<'a> {
    pub(crate) url: &'a str,
    pub(crate) seed: &'a str,
    /// Prefix of the subjects that answers come to; the account allows no other.
    pub(crate) inbox: &'a str,
    /// Certificates, where the server speaks TLS.
    pub(crate) tls: &'a ClientTls,
    /// Name that the server shows.
    pub(crate) name: &'a str,
    /// Messages that may wait in one subscription. What comes beyond is dropped and asked again by its sender.
    pub(crate) capacity: usize,
    /// Whether this connection hears what it says itself.
    pub(crate) echo: bool,
}

/// A connection with the count of its lives.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) client: Client,
    connected: watch::Receiver<u64>,
    batches: Arc<Semaphore>,
}

impl Link {
    /// Opens a connection that comes back for ever.
    pub(crate) async fn open(settings: &LinkSettings<'_>) -> Result<Self, BusFault> {
        let (lives, mut connected) = watch::channel(0);
        let mut options = ConnectOptions::new();
        if let Some(authority) = &settings.tls.authority {
            options = options.add_root_certificates(authority.clone());
        }
        if let Some((certificate, key)) = &settings.tls.certificate {
            options = options.add_client_certificate(certificate.clone(), key.clone());
        }
        if !settings.echo {
            options = options.no_echo();
        }
        let client = options
            .nkey(settings.seed.to_owned())
            .name(settings.name)
            .custom_inbox_prefix(settings.inbox)
            .subscription_capacity(settings.capacity)
            .max_reconnects(None)
            .reconnect_delay_callback(|attempts| Duration::from_millis((50 << attempts.min(5)) as u64))
            .event_callback(move |event| {
                note(&event, &lives);
                std::future::ready(())
            })
            .connect(settings.url)
            .await
            .map_err(|error| BusFault::unavailable("nats-server cannot be reached", error))?;
        // The first life is announced beside the connection itself. Whoever asks before that would take the
        // announcement for a loss.
        let announced = connected.wait_for(|lives| *lives > 0);
        if !matches!(tokio::time::timeout(Duration::from_secs(5), announced).await, Ok(Ok(_))) {
            return Err(BusFault::Unavailable(
                "nats-server was lost while connecting".to_owned(),
            ));
        }
        let batches = Arc::new(Semaphore::new(BATCHES_MAX));
        Ok(Self {
            client,
            connected,
            batches,
        })
    }

    /// Counts the connections, for those who must know of a new one. Only those to come are news.
    pub(crate) fn connected(&self) -> watch::Receiver<u64> {
        let mut connected = self.connected.clone();
        connected.mark_unchanged();
        connected
    }

    /// Leave to send an atomic batch.
    pub(crate) fn batches(&self) -> &Semaphore {
        &self.batches
    }

    /// Sends a request and waits for its answer as long as the connection lives.
    pub(crate) async fn request(&self, what: &str, subject: String, request: Request) -> Result<Message, BusFault> {
        let sent = self.client.send_request(subject, request);
        self.on_this_connection(what, async {
            sent.await.map_err(|error| BusFault::unavailable(what, error))
        })
        .await
    }

    /// Waits until the server has taken everything that was sent before, subscriptions among it.
    pub(crate) async fn settle(&self) -> Result<(), BusFault> {
        let away = |error: &dyn std::fmt::Display| BusFault::unavailable("nats-server does not answer", error);
        let inbox = self.client.new_inbox();
        let mut echo = self.client.subscribe(inbox.clone()).await.map_err(|e| away(&e))?;
        self.client.publish(inbox, Bytes::new()).await.map_err(|e| away(&e))?;
        let came = async { echo.next().await.map(drop).ok_or_else(|| away(&"it has ended")) };
        self.on_this_connection("nats-server does not answer", came).await
    }

    /// Waits for something that the present connection must bring.
    pub(crate) async fn on_this_connection<T>(
        &self,
        what: &str,
        work: impl Future<Output = Result<T, BusFault>>,
    ) -> Result<T, BusFault> {
        let mut connected = self.connected();
        tokio::select! {
            biased;
            done = work => done,
            _ = connected.changed() => Err(BusFault::Unavailable(format!("{what}: the connection was lost meanwhile"))),
        }
    }
}

fn note(event: &Event, lives: &watch::Sender<u64>) {
    match event {
        Event::Connected => lives.send_modify(|count| *count += 1),
        Event::Disconnected => tracing::info!("the connection to NATS is gone; it is tried again"),
        // A denied publish shows nowhere else: the sender only sees a time-out.
        other => tracing::warn!(event = %other, "NATS reports"),
    }
}
