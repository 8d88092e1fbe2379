// SPDX-License-Identifier: EUPL-1.2
//! A connection and what it knows of its own life: whoever waits for an answer is told at once when the connection that
//! carried the question is gone, instead of waiting for a time-out.

use std::future::Future;

use async_nats::{Client, Message, Request};
use tokio::sync::watch;

use crate::fault::BusFault;

/// A connection with the count of its lives.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) client: Client,
    connected: watch::Receiver<u64>,
}

impl Link {
    pub(crate) fn new(client: Client, connected: watch::Receiver<u64>) -> Self {
        Self { client, connected }
    }

    /// The count of connections, for those who must know of a new one.
    pub(crate) fn connected(&self) -> watch::Receiver<u64> {
        self.connected.clone()
    }

    /// Sends a request and waits for its answer as long as the connection lives.
    pub(crate) async fn request(&self, what: &str, subject: String, request: Request) -> Result<Message, BusFault> {
        let sent = self.client.send_request(subject, request);
        self.on_this_connection(what, async {
            sent.await.map_err(|error| BusFault::unavailable(what, error))
        })
        .await
    }

    /// Waits for something that the present connection must bring.
    pub(crate) async fn on_this_connection<T>(
        &self,
        what: &str,
        work: impl Future<Output = Result<T, BusFault>>,
    ) -> Result<T, BusFault> {
        let mut connected = self.connected.clone();
        connected.mark_unchanged();
        tokio::select! {
            biased;
            done = work => done,
            _ = connected.changed() => Err(BusFault::Unavailable(format!("{what}: the connection was lost meanwhile"))),
        }
    }
}
