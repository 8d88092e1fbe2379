// SPDX-License-Identifier: EUPL-1.2
//! Deliveries as a connector takes them.

use std::time::Duration;

use async_nats::jetstream::consumer::{PullConsumer, pull};
use async_nats::jetstream::{Context, Message};
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt};
use hub_message::{DeliveryId, Header, Headers, MessageType, Timestamp};

use crate::ack::Ack;
use crate::bus;
use crate::fault::BusFault;
use crate::link::Link;
use crate::streams::OUT;
use crate::wire;

/// A delivery.
#[derive(Debug)]
pub struct Item {
    /// Its id, the idempotency key towards the target. The hub sets it always.
    pub delivery: Option<DeliveryId>,
    /// Its type. The hub sets it always.
    pub kind: Option<MessageType>,
    /// Its position in the stream of deliveries; grows, with gaps.
    pub sequence: u64,
    /// When the hub published it.
    pub received: Timestamp,
    /// Headers of the protocol.
    pub headers: Headers,
    /// The encoded body (`hub_message::Body::decode`).
    pub body: Bytes,
    /// To be called when the receipt is safe.
    pub ack: Ack,
}

/// How long a pull stays open. A connector that dies or lets go leaves its pull behind at the server, which goes on filling
/// it: so it is short, and the hub waits for its end before it gives everything out again.
const PULL: Duration = Duration::from_secs(1);

/// Reads a recipient's deliveries.
pub struct Deliveries {
    consumer: PullConsumer,
    link: Link,
    pull: Option<pull::Batch>,
}

impl std::fmt::Debug for Deliveries {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Deliveries")
    }
}

impl Deliveries {
    pub(super) async fn open(context: &Context, link: &Link, name: &str) -> Result<Self, BusFault> {
        Ok(Self {
            consumer: bus::consumer(context, OUT, name).await?,
            link: link.clone(),
            pull: None,
        })
    }

    /// Waits for deliveries and takes what is there, up to `max`; an empty list when none came for a while. Safe to drop
    /// while waiting: what the server has sent is kept for the next call.
    pub async fn next(&mut self, max: usize) -> Result<Vec<Item>, BusFault> {
        let mut pull = match self.pull.take() {
            Some(pull) => pull,
            None => self.ask(max).await?,
        };
        let mut items = Vec::new();
        // Put back before waiting, so that a dropped call loses nothing.
        self.pull = Some(pull);
        let first = match &mut self.pull {
            Some(pull) => pull.next().await,
            None => None,
        };
        let Some(first) = first else {
            self.pull = None;
            return Ok(items);
        };
        let mut next = Some(Some(first));
        while let Some(message) = next {
            match message {
                Some(Ok(message)) => items.push(open(message, &self.link)?),
                Some(Err(error)) if items.is_empty() => {
                    self.pull = None;
                    return Err(BusFault::unavailable("the stream of deliveries does not answer", error));
                }
                Some(Err(_)) | None => {
                    self.pull = None;
                    break;
                }
            }
            if items.len() >= max {
                break;
            }
            let Some(waiting) = self.pull.take() else { break };
            pull = waiting;
            next = pull.next().now_or_never();
            self.pull = Some(pull);
        }
        Ok(items)
    }

    async fn ask(&self, max: usize) -> Result<pull::Batch, BusFault> {
        self.consumer
            .batch()
            .max_messages(max.max(1))
            .expires(PULL)
            .messages()
            .await
            .map_err(|error| BusFault::unavailable("deliveries cannot be asked for", error))
    }
}

fn open(message: Message, link: &Link) -> Result<Item, BusFault> {
    let (sequence, at) = message
        .info()
        .map(|info| (info.stream_sequence, info.published.unix_timestamp_nanos() / 1_000_000))
        .map_err(|error| BusFault::unavailable("a delivery has no position", error))?;
    let (message, acker) = message.split();
    let headers = wire::kept(message.headers.as_ref());
    let kind = message.subject.splitn(3, '.').nth(2).and_then(|kind| kind.parse().ok());
    Ok(Item {
        delivery: headers.get(Header::Delivery).and_then(|id| id.parse().ok()),
        kind,
        sequence,
        received: Timestamp::from_millis(at as i64),
        headers,
        body: message.payload,
        ack: Ack::new(acker, link.clone()),
    })
}
