// SPDX-License-Identifier: EUPL-1.2
//! The connector's side of the protocol: hello, messages in, deliveries out, receipts, heartbeat, control, documents.

use std::path::PathBuf;
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::{Client, Request, Subject, Subscriber};
use bytes::Bytes;
use futures_util::StreamExt;
use hub_message::{Beat, ConnectorName, Headers, Hello, MessageId, MessageType, Receipt, Welcome};
use serde::de::DeserializeOwned;
use tokio::sync::watch;

mod blobs;
mod deliveries;
mod lookups;

pub use crate::ack::Ack;
pub use crate::fault::BusFault;
pub use blobs::Begun;
pub use deliveries::{Deliveries, Item};
pub use lookups::{Question, Questions};

use crate::answer::{answered, to_json};
use crate::keys::read_seed;
use crate::link::{ClientTls, Link, LinkSettings};
use crate::publish::{Publish, publish};
use crate::streams::ACK_WAIT;

/// Messages that wait in one subscription: more than a connector asks for at once.
const MESSAGES_WAITING_MAX: usize = 1 << 12;

/// How to reach the hub.
#[derive(Debug, Clone)]
pub struct ConnectorSettings {
    /// The connector's name, which is also its account.
    pub name: ConnectorName,
    /// Where nats-server listens.
    pub url: String,
    /// File with the seed of the connector's key.
    pub seed_file: PathBuf,
    /// Certificates, where the server speaks TLS.
    pub tls: ClientTls,
}

/// A message to hand over.
#[derive(Debug, Clone)]
pub struct Emit {
    /// Its type.
    pub kind: MessageType,
    /// Stable id of the source record.
    pub id: MessageId,
    /// Headers of the protocol.
    pub headers: Headers,
    /// The encoded body (`hub_message::Body::encode`).
    pub body: Bytes,
}

/// A connector's connection. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ConnectorBus {
    name: ConnectorName,
    link: Link,
    context: Context,
}

impl ConnectorBus {
    /// Connects, waiting for the server as long as it takes.
    pub async fn connect(settings: &ConnectorSettings) -> Result<Self, BusFault> {
        let seed = read_seed(&settings.seed_file).map_err(|fault| BusFault::refused("AH-B301", fault.to_string()))?;
        let inbox = format!("_INBOX_{}", settings.name);
        let link = LinkSettings {
            url: &settings.url,
            seed: &seed,
            inbox: &inbox,
            tls: &settings.tls,
            name: settings.name.as_str(),
            capacity: MESSAGES_WAITING_MAX,
            echo: true,
        };
        let mut wait = Duration::from_millis(100);
        let link = loop {
            match Link::open(&link).await {
                Ok(link) => break link,
                Err(fault) => tracing::info!(%fault, "not connected yet"),
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(Duration::from_secs(5));
        };
        let mut context = async_nats::jetstream::with_prefix(link.client.clone(), "HUBJS.API");
        context.set_timeout(Duration::from_secs(30));
        Ok(Self {
            name: settings.name.clone(),
            link,
            context,
        })
    }

    /// The connector's name.
    pub fn name(&self) -> &ConnectorName {
        &self.name
    }

    /// Counts the connections: a new number is a new connection, on which the hub has to be greeted again.
    pub fn connected(&self) -> watch::Receiver<u64> {
        self.link.connected()
    }

    /// Whether the connection stands at this moment.
    pub fn is_connected(&self) -> bool {
        self.link.client.connection_state() == async_nats::connection::State::Connected
    }

    /// How long an unacknowledged delivery stays with this connector.
    pub fn ack_wait(&self) -> Duration {
        ACK_WAIT
    }

    /// Says hello.
    pub async fn hello(&self, hello: &Hello) -> Result<Welcome, BusFault> {
        self.ask(format!("reg.{}", self.name), to_json(hello)).await
    }

    /// Hands messages over, in order. `Ok` means that the stream has acknowledged all of them; what it had already
    /// counts.
    pub async fn emit(&self, emits: Vec<Emit>) -> Result<(), BusFault> {
        let groups: Vec<_> = emits
            .into_iter()
            .map(|emit| {
                vec![Publish {
                    subject: format!("in.{}.{}", self.name, emit.kind),
                    id: emit.id.to_string(),
                    headers: emit.headers,
                    body: emit.body,
                }]
            })
            .collect();
        publish(&self.link, &groups).await.map_err(|(_, fault)| fault)
    }

    /// Sends receipts in one batch. A receipt that was sent before counts as sent.
    pub async fn receipts(&self, receipts: &[Receipt]) -> Result<(), BusFault> {
        let groups: Vec<_> = receipts
            .iter()
            .map(|receipt| {
                vec![Publish {
                    subject: format!("receipt.{}", self.name),
                    id: format!("receipt-{}", receipt.delivery),
                    headers: Headers::default(),
                    body: to_json(receipt),
                }]
            })
            .collect();
        publish(&self.link, &groups).await.map_err(|(_, fault)| fault)
    }

    /// Starts to read deliveries.
    pub async fn deliveries(&self) -> Result<Deliveries, BusFault> {
        Deliveries::open(&self.context, &self.link, self.name.as_str()).await
    }

    /// How many deliveries are out with a reader, unacknowledged.
    pub async fn pending_acks(&self) -> Result<usize, BusFault> {
        deliveries::pending_acks(&self.context, self.name.as_str()).await
    }

    /// Sends a heartbeat. Nobody answers it.
    pub async fn beat(&self, beat: &Beat) -> Result<(), BusFault> {
        self.link
            .client
            .publish(format!("beat.{}", self.name), to_json(beat))
            .await
            .map_err(|error| BusFault::unavailable("the heartbeat was not sent", error))
    }

    /// Control requests of the hub.
    pub async fn controls(&self) -> Result<Controls, BusFault> {
        let subscriber = self
            .link
            .client
            .subscribe(format!("ctl.{}.>", self.name))
            .await
            .map_err(|error| BusFault::unavailable("control requests cannot be taken", error))?;
        Ok(Controls {
            client: self.link.client.clone(),
            subscriber,
        })
    }

    async fn ask<T: DeserializeOwned>(&self, subject: String, payload: Bytes) -> Result<T, BusFault> {
        answered(&self.request(subject, payload).await?)
    }

    async fn request(&self, subject: String, payload: Bytes) -> Result<Bytes, BusFault> {
        let request = Request::new().payload(payload).timeout(Some(Duration::from_secs(20)));
        Ok(self
            .link
            .request("the hub does not answer", subject, request)
            .await?
            .payload)
    }
}

/// Control requests of the hub, in order.
#[derive(Debug)]
pub struct Controls {
    client: Client,
    subscriber: Subscriber,
}

impl Controls {
    /// The next request; `None` when the connection has ended for good. Safe to drop while waiting.
    pub async fn next(&mut self) -> Option<Control> {
        let message = self.subscriber.next().await?;
        let verb = message.subject.rsplit('.').next().unwrap_or_default().to_owned();
        Some(Control {
            verb,
            payload: message.payload,
            client: self.client.clone(),
            to: message.reply,
        })
    }
}

/// A control request.
#[derive(Debug)]
pub struct Control {
    /// `config`, `pause`, `resume`, `drain` or `check`.
    pub verb: String,
    /// Its JSON.
    pub payload: Bytes,
    client: Client,
    to: Option<Subject>,
}

impl Control {
    /// Answers.
    pub async fn reply(self, payload: Bytes) {
        if let Some(to) = self.to
            && let Err(error) = self.client.publish(to, payload).await
        {
            tracing::debug!(%error, "a control answer was not sent");
        }
    }
}
