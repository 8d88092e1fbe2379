// SPDX-License-Identifier: EUPL-1.2
//! The pinned reader of a durable: UNPIN, RESET, pull, and the same again after every reconnect (NATS-FACTS).

use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::consumer::{PullConsumer, pull};
use async_nats::jetstream::stream::Stream;
use async_nats::jetstream::{Context, Message};
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt};
use hub_message::Timestamp;

use crate::ack::Ack;
use crate::fault::BusFault;
use crate::link::Link;
use crate::streams::GROUP;

/// Messages that the server sends ahead, and their bytes: what waits in memory for each reader.
const AHEAD: usize = 1000;
const AHEAD_BYTES: usize = 8 << 20;

/// A message as the stream gives it.
#[derive(Debug)]
pub(crate) struct Taken {
    pub subject: String,
    pub headers: Option<HeaderMap>,
    pub payload: Bytes,
    pub sequence: u64,
    pub at: Timestamp,
    pub ack: Ack,
}

/// Reads one durable of one stream, in order.
#[derive(Debug)]
pub(crate) struct Reader {
    context: Context,
    stream: String,
    durable: String,
    link: Link,
    resets: bool,
    pulling: Option<Pulling>,
}

struct Pulling {
    messages: pull::Stream,
    connection: u64,
}

impl std::fmt::Debug for Pulling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pulling(connection {})", self.connection)
    }
}

impl Reader {
    pub(crate) fn new(context: Context, stream: String, durable: &str, link: Link) -> Self {
        Self {
            context,
            stream,
            durable: durable.to_owned(),
            link,
            resets: true,
            pulling: None,
        }
    }

    /// For tests that prove what a take-over without reset does to the order.
    #[cfg(any(test, feature = "sabotage"))]
    pub(crate) fn without_reset(mut self) -> Self {
        self.resets = false;
        self
    }

    /// Lets go of the durable. What was sent ahead and not taken comes again after the next take-over, in order.
    pub(crate) fn release(&mut self) {
        self.pulling = None;
    }

    /// Waits for the first message, then takes what else is there, up to `messages_max` and `bytes_max`. Safe to drop
    /// while waiting.
    pub(crate) async fn take(&mut self, messages_max: usize, bytes_max: usize) -> Result<Vec<Taken>, BusFault> {
        let mut taken = Vec::new();
        // A new connection means that the server may have lost what it knew of this reader.
        let mut connected = self.link.connected();
        let first = loop {
            let connection = *connected.borrow_and_update();
            if self
                .pulling
                .as_ref()
                .is_none_or(|pulling| pulling.connection != connection)
            {
                let link = self.link.clone();
                link.on_this_connection("the durable cannot be taken over", self.take_over(connection))
                    .await?;
            }
            let Some(pulling) = &mut self.pulling else { continue };
            tokio::select! {
                biased;
                _ = connected.changed() => {}
                message = pulling.messages.next() => break message,
            }
        };
        let mut bytes = 0;
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Some(Ok(message)) => {
                    let one = open(message, &self.link)?;
                    bytes += one.payload.len();
                    taken.push(one);
                }
                // A fault behind messages is met again at the next call; they come first.
                Some(Err(_)) | None if !taken.is_empty() => {
                    self.pulling = None;
                    break;
                }
                Some(Err(error)) => {
                    self.pulling = None;
                    return Err(BusFault::unavailable("the stream does not answer", error));
                }
                None => {
                    self.pulling = None;
                    return Err(BusFault::Unavailable("the stream has ended".to_owned()));
                }
            }
            if taken.len() >= messages_max || bytes >= bytes_max {
                break;
            }
            next = self
                .pulling
                .as_mut()
                .and_then(|pulling| pulling.messages.next().now_or_never());
        }
        Ok(taken)
    }

    async fn take_over(&mut self, connection: u64) -> Result<(), BusFault> {
        // What an earlier pull left in the buffer is dropped first: after the reset it comes again.
        self.pulling = None;
        let away = |error: &dyn std::fmt::Display| BusFault::unavailable("the durable cannot be taken over", error);
        let stream: Stream<()> = self
            .context
            .get_stream_no_info(&self.stream)
            .await
            .map_err(|e| away(&e))?;
        let named = format!("CONSUMER.UNPIN.{}.{}", self.stream, self.durable);
        // Nobody may be pinned yet; that is an error of no consequence.
        let unpinned: Result<serde_json::Value, _> =
            self.context.request(named, &serde_json::json!({"group": GROUP})).await;
        unpinned.map_err(|e| away(&e))?;
        if self.resets {
            let reset = format!("CONSUMER.RESET.{}.{}", self.stream, self.durable);
            let answer: serde_json::Value = self
                .context
                .request(reset, &serde_json::json!({}))
                .await
                .map_err(|e| away(&e))?;
            if let Some(error) = answer.get("error") {
                return Err(away(&error));
            }
        }
        let consumer: PullConsumer = stream.get_consumer(&self.durable).await.map_err(|e| away(&e))?;
        let messages = consumer
            .stream()
            .group(GROUP)
            .max_messages_per_batch(AHEAD)
            .max_bytes_per_batch(AHEAD_BYTES)
            .expires(Duration::from_secs(20))
            .heartbeat(Duration::from_secs(5))
            .messages()
            .await
            .map_err(|e| away(&e))?;
        self.pulling = Some(Pulling { messages, connection });
        Ok(())
    }
}

fn open(message: Message, link: &Link) -> Result<Taken, BusFault> {
    let (sequence, at) = message
        .info()
        .map(|info| (info.stream_sequence, info.published.unix_timestamp_nanos() / 1_000_000))
        .map_err(|error| BusFault::unavailable("a message of the stream has no position", error))?;
    let (message, acker) = message.split();
    Ok(Taken {
        subject: message.subject.to_string(),
        headers: message.headers,
        payload: message.payload,
        sequence,
        at: Timestamp::from_millis(at as i64),
        ack: Ack::new(acker, link.clone()),
    })
}
