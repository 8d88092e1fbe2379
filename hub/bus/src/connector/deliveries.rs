// SPDX-License-Identifier: EUPL-1.2
//! Deliveries as a connector takes them.
//!
//! The pull is made by hand: a reader asks for exactly as many deliveries as it has room for, and what has come is never
//! dropped on the way. (The client library's batches lose wake-ups after a heartbeat, and throw away what they have
//! received when their time is over: such deliveries come again much later, behind their successors.)

use std::collections::VecDeque;
use std::time::Duration;

use async_nats::jetstream::{self, Context};
use async_nats::{Message, StatusCode, Subscriber};
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt};
use hub_message::{DeliveryId, Header, Headers, MessageType, Timestamp};
use serde_json::json;
use tokio::sync::watch;

use crate::ack::Ack;
use crate::fault::BusFault;
use crate::link::Link;
use crate::streams::OUT;
use crate::wire;

/// How long a pull stays open when nothing comes. Short, because the hub waits for the end of what a dead connector has
/// left open before it gives its deliveries out again.
const PULL: Duration = Duration::from_secs(1);
/// How much later than that its end may be told.
const GRACE: Duration = Duration::from_secs(4);

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

/// Reads a recipient's deliveries.
#[derive(Debug)]
pub struct Deliveries {
    context: Context,
    link: Link,
    lives: watch::Receiver<u64>,
    pull_subject: String,
    inbox: String,
    answers: Subscriber,
    /// Deliveries that the open pull may still bring; 0 when none is open.
    open: usize,
    /// What came beyond what a call wanted.
    kept: VecDeque<Item>,
}

/// What an answer to a pull means.
enum Answer {
    Delivery(Message),
    Alive,
    /// The pull is over; the reason, unless it is only its time.
    Over(Option<String>),
}

impl Deliveries {
    pub(super) async fn open(context: &Context, link: &Link, name: &str) -> Result<Self, BusFault> {
        // The durable must be there: a pull from none is answered by nobody.
        consumer_info(context, name).await?;
        let lives = link.connected();
        let inbox = link.client.new_inbox();
        let answers = link
            .client
            .subscribe(inbox.clone())
            .await
            .map_err(|error| BusFault::unavailable("deliveries cannot be asked for", error))?;
        Ok(Self {
            context: context.clone(),
            link: link.clone(),
            lives,
            pull_subject: format!("HUBJS.API.CONSUMER.MSG.NEXT.{OUT}.{name}"),
            inbox,
            answers,
            open: 0,
            kept: VecDeque::new(),
        })
    }

    /// Waits for deliveries and takes what is there, up to `max`; an empty list when none came for a while. Safe to drop
    /// while waiting: what the server has sent is kept for the next call. After a fault a new reader is opened.
    pub async fn next(&mut self, max: usize) -> Result<Vec<Item>, BusFault> {
        let max = max.max(1);
        self.drain()?;
        while self.kept.is_empty() {
            if self.open == 0 {
                self.pull(max).await?;
            }
            let answer = self.answer().await?;
            match self.judge(answer)? {
                Answer::Over(None) => return Ok(Vec::new()),
                _ => self.drain()?,
            }
        }
        Ok(self.kept.drain(..max.min(self.kept.len())).collect())
    }

    /// Takes in what has come, without waiting.
    fn drain(&mut self) -> Result<(), BusFault> {
        while let Some(answer) = self.answers.next().now_or_never() {
            self.judge(answer.ok_or_else(ended)?)?;
        }
        Ok(())
    }

    async fn pull(&mut self, batch: usize) -> Result<(), BusFault> {
        let wanted = json!({
            "batch": batch,
            "expires": PULL.as_nanos() as u64,
        });
        self.link
            .client
            .publish_with_reply(self.pull_subject.clone(), self.inbox.clone(), wanted.to_string().into())
            .await
            .map_err(|error| BusFault::unavailable("deliveries cannot be asked for", error))?;
        self.open = batch;
        Ok(())
    }

    /// The next answer to the open pull. A server that does not tell its end has forgotten it.
    async fn answer(&mut self) -> Result<Message, BusFault> {
        let silence = tokio::time::sleep(PULL + GRACE);
        tokio::select! {
            biased;
            answer = self.answers.next() => answer.ok_or_else(ended),
            _ = self.lives.changed() => {
                Err(BusFault::Unavailable("the connection was lost while waiting for deliveries".to_owned()))
            }
            () = silence => {
                self.open = 0;
                Err(BusFault::Unavailable("the stream of deliveries is silent".to_owned()))
            }
        }
    }

    fn judge(&mut self, answer: Message) -> Result<Answer, BusFault> {
        let meaning = meaning(answer);
        match &meaning {
            Answer::Alive => {}
            Answer::Over(reason) => {
                self.open = 0;
                if let Some(reason) = reason {
                    return Err(BusFault::unavailable("the stream gives no deliveries", reason));
                }
            }
            Answer::Delivery(message) => {
                self.open = self.open.saturating_sub(1);
                self.kept.push_back(item(&self.context, &self.link, message.clone())?);
            }
        }
        Ok(meaning)
    }
}

fn ended() -> BusFault {
    BusFault::Unavailable("the connection has ended".to_owned())
}

fn meaning(answer: Message) -> Answer {
    match answer.status {
        None | Some(StatusCode::OK) => Answer::Delivery(answer),
        Some(StatusCode::IDLE_HEARTBEAT) => Answer::Alive,
        // Nothing there (404), or nothing came in time (408).
        Some(StatusCode::NOT_FOUND | StatusCode::TIMEOUT) => Answer::Over(None),
        Some(status) => Answer::Over(Some(format!("{status}: {}", answer.description.unwrap_or_default()))),
    }
}

/// How many deliveries are out with a reader, unacknowledged.
pub(super) async fn pending_acks(context: &Context, name: &str) -> Result<usize, BusFault> {
    consumer_info(context, name).await.map(|info| info.num_ack_pending)
}

async fn consumer_info(context: &Context, name: &str) -> Result<jetstream::consumer::Info, BusFault> {
    context
        .get_consumer_from_stream::<jetstream::consumer::pull::Config, _, _>(name, OUT)
        .await
        .map(|consumer| consumer.cached_info().clone())
        .map_err(|error| BusFault::unavailable("the durable is not there", error))
}

fn item(context: &Context, link: &Link, message: Message) -> Result<Item, BusFault> {
    let context = context.clone();
    let message = jetstream::Message { message, context };
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
