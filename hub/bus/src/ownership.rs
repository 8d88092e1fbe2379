// SPDX-License-Identifier: EUPL-1.2
//! Which of several hubs reads a durable: whoever wants to asks on a core NATS subject to which the owner subscribes.
//!
//! *No responders* comes at once, also when the owner was killed, because its connection is gone. So a single hub never
//! waits. An owner that lives answers, and whoever asked stands by. An owner that subscribes and does not answer hangs:
//! the durable is taken over all the same, and the pin of the reader (UNPIN, RESET, pull) refuses what the other still
//! does.
//!
//! The connection is one without echo: who asks is not among those that are asked. A candidate subscribes *before* it asks
//! for the last time; of two that begin together the server hears one first, so at least one sees the other.

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::client::RequestErrorKind;
use async_nats::{Message, Request, Subscriber};
use bytes::Bytes;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::fault::BusFault;
use crate::link::Link;

/// How hubs wait for each other.
#[derive(Debug, Clone, Copy)]
pub struct OwnershipTiming {
    /// Whoever stands by asks again after this time, give or take a quarter.
    pub again: Duration,
    /// An owner that has not answered by then hangs.
    pub patience: Duration,
    /// An owner lets go of one thing at most in this time, so that it sees where it went before it gives the next.
    pub pace: Duration,
}

impl Default for OwnershipTiming {
    fn default() -> Self {
        Self {
            again: Duration::from_secs(1),
            patience: Duration::from_secs(5),
            pace: Duration::from_secs(3),
        }
    }
}

/// A candidate asks again this soon where another one is about to leave.
const SOON: Duration = Duration::from_millis(50);

/// What is said on the subject.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Said {
    /// May I have it? I own so many.
    Ask { from: String, owns: usize },
    /// I took it from you: you did not answer.
    Taken { from: String },
}

#[derive(Debug, Serialize, Deserialize)]
struct Answer {
    from: String,
    /// Whether it owns, or is a candidate itself.
    owner: bool,
    /// Whether it will not stay.
    leaves: bool,
}

/// What one process owns.
#[derive(Debug, Clone)]
pub struct Ownership {
    link: Link,
    id: String,
    timing: OwnershipTiming,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    owns: AtomicUsize,
    let_go: Mutex<Option<Instant>>,
}

/// Why something is owned no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// Another one owns less: finish what was begun ([`Owned::during`]), then let go.
    Wanted,
    /// Another one has taken it, because this process did not answer. Stop at once.
    Taken,
    /// The connection that owned it is gone.
    Disconnected,
}

/// Something that this process owns as long as it holds this. It must be driven: an owner that does not answer is taken to
/// hang.
#[derive(Debug)]
pub struct Owned {
    seat: Seat,
    _counted: Counted,
}

/// One among what is shared, as long as it is owned.
#[derive(Debug)]
struct Counted(Option<Arc<Shared>>);

/// A subscription to the subject: heard by those who ask.
#[derive(Debug)]
struct Seat {
    of: Ownership,
    subscriber: Subscriber,
    connected: watch::Receiver<u64>,
    owner: bool,
    shares: bool,
    leaves: bool,
}

enum Heard {
    Nobody,
    Hanging,
    Answer(Answer),
}

impl Ownership {
    /// `id` tells this process from the others; `link` must be one without echo.
    pub(crate) fn new(link: Link, id: &str, timing: OwnershipTiming) -> Self {
        let (id, shared) = (id.to_owned(), Arc::default());
        Self {
            link,
            id,
            timing,
            shared,
        }
    }

    /// How many of the things that are shared this process owns.
    pub fn owns(&self) -> usize {
        self.shared.owns.load(Relaxed)
    }

    /// Stands by until `what` is ours. With `shares` it counts among what hubs share evenly. Safe to drop.
    pub async fn own(&self, what: &str, shares: bool) -> Result<Owned, BusFault> {
        let subject = format!("hub.owner.{what}");
        loop {
            let pause = match self.ask(&subject).await? {
                Heard::Nobody => match self.stand(&subject, shares).await? {
                    Some(owned) => return Ok(owned),
                    None => self.jitter(),
                },
                Heard::Answer(answer) if answer.leaves => SOON,
                Heard::Answer(_) => self.jitter(),
                Heard::Hanging => {
                    let seat = self.sit(&subject, shares).await?;
                    return self.seize(&subject, seat).await;
                }
            };
            tokio::time::sleep(pause).await;
        }
    }

    /// Nobody was there: subscribes, and asks once more.
    async fn stand(&self, subject: &str, shares: bool) -> Result<Option<Owned>, BusFault> {
        let mut seat = self.sit(subject, shares).await?;
        loop {
            let asked = self.ask(subject);
            match seat.answering(asked).await? {
                Heard::Nobody => return Ok(Some(seat.own())),
                Heard::Hanging => return self.seize(subject, seat).await.map(Some),
                // Another candidate. One of us goes, and the other sees then that nobody is left.
                Heard::Answer(other) if !other.owner && self.id < other.from => {
                    seat.answering(tokio::time::sleep(SOON)).await;
                }
                Heard::Answer(_) => {
                    seat.leave().await;
                    return Ok(None);
                }
            }
        }
    }

    /// The owner hangs: tells it that it owns no longer, for when it wakes.
    async fn seize(&self, subject: &str, seat: Seat) -> Result<Owned, BusFault> {
        let taken = Said::Taken { from: self.id.clone() };
        let told = self.link.client.publish(subject.to_owned(), json(&taken)).await;
        told.map_err(|error| BusFault::unavailable("the other hub cannot be told", error))?;
        tracing::warn!(subject, "the hub that owned this does not answer: taken over");
        Ok(seat.own())
    }

    async fn sit(&self, subject: &str, shares: bool) -> Result<Seat, BusFault> {
        let connected = self.link.connected();
        let subscriber = self.link.client.subscribe(subject.to_owned()).await;
        let subscriber = subscriber.map_err(|error| BusFault::unavailable("others cannot be heard", error))?;
        Ok(Seat {
            of: self.clone(),
            subscriber,
            connected,
            owner: false,
            shares,
            leaves: false,
        })
    }

    async fn ask(&self, subject: &str) -> Result<Heard, BusFault> {
        let ask = Said::Ask {
            from: self.id.clone(),
            owns: self.owns(),
        };
        let request = Request::new().payload(json(&ask)).timeout(Some(self.timing.patience));
        let asked = self.link.client.send_request(subject.to_owned(), request);
        let what = "the owner cannot be asked";
        let heard = async {
            match asked.await {
                Ok(answer) => serde_json::from_slice(&answer.payload)
                    .map(Heard::Answer)
                    .map_err(|error| BusFault::unavailable(what, error)),
                Err(fault) => match fault.kind() {
                    RequestErrorKind::NoResponders => Ok(Heard::Nobody),
                    RequestErrorKind::TimedOut if self.is_connected() => Ok(Heard::Hanging),
                    _ => Err(BusFault::unavailable(what, fault)),
                },
            }
        };
        self.link.on_this_connection(what, heard).await
    }

    /// Without a connection nobody answers either, which says nothing about the owner.
    fn is_connected(&self) -> bool {
        self.link.client.connection_state() == async_nats::connection::State::Connected
    }

    /// The pause until the next question; hubs that began together do not stay together.
    fn jitter(&self) -> Duration {
        let nanos = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |since| since.subsec_nanos());
        self.timing.again.mul_f64(0.75 + f64::from(nanos % 1000) / 2000.0)
    }

    /// Whether to let go for one who owns so many: then it is one less already, and no other for a while.
    fn gives(&self, to_owns: usize) -> bool {
        let mut let_go = self.shared.let_go.lock().unwrap_or_else(PoisonError::into_inner);
        let soon = let_go.is_some_and(|at| at.elapsed() < self.timing.pace);
        let gives = !soon && self.owns() >= to_owns + 2;
        if gives {
            *let_go = Some(Instant::now());
        }
        gives
    }
}

impl Seat {
    fn own(mut self) -> Owned {
        self.owner = true;
        let shared = self.shares.then(|| Arc::clone(&self.of.shared));
        if let Some(shared) = &shared {
            shared.owns.fetch_add(1, Relaxed);
        }
        Owned {
            seat: self,
            _counted: Counted(shared),
        }
    }

    /// Does something, and answers meanwhile.
    async fn answering<T>(&mut self, work: impl Future<Output = T>) -> T {
        tokio::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                Some(message) = self.subscriber.next() => {
                    self.hear(message).await;
                }
                else => return work.await,
            }
        }
    }

    async fn hear(&mut self, message: Message) -> Option<Over> {
        let said = serde_json::from_slice(&message.payload).ok()?;
        let Said::Ask { from, owns } = said else {
            return self.owner.then_some(Over::Taken);
        };
        if self.owner && self.shares && !self.leaves && self.of.gives(owns) {
            self.leaves = true;
            tracing::info!(subject = %message.subject, to = from, "let go for another hub");
        }
        let answer = Answer {
            from: self.of.id.clone(),
            owner: self.owner,
            leaves: self.leaves,
        };
        if let Some(to) = message.reply
            && let Err(error) = self.of.link.client.publish(to, json(&answer)).await
        {
            tracing::debug!(%error, "another hub was not answered");
        }
        self.leaves.then_some(Over::Wanted)
    }

    /// Answers what was asked before it leaves: whoever is not answered would wait for one that hangs.
    async fn leave(mut self) {
        self.leaves = true;
        if let Err(error) = self.subscriber.drain().await {
            tracing::debug!(%error, "the subject was not left");
            return;
        }
        loop {
            let message = tokio::select! {
                biased;
                _ = self.connected.changed() => return,
                message = self.subscriber.next() => message,
            };
            let Some(message) = message else { return };
            self.hear(message).await;
        }
    }
}

impl Owned {
    /// Answers those who ask, until this is owned no longer. Safe to drop while waiting.
    pub async fn over(&mut self) -> Over {
        loop {
            let heard = tokio::select! {
                biased;
                _ = self.seat.connected.changed() => return Over::Disconnected,
                message = self.seat.subscriber.next() => message,
            };
            let Some(message) = heard else {
                return Over::Disconnected;
            };
            if let Some(over) = self.seat.hear(message).await {
                return over;
            }
        }
    }

    /// Finishes what was begun, and answers meanwhile, so that nobody takes this process for one that hangs.
    pub async fn during<T>(&mut self, work: impl Future<Output = T>) -> T {
        self.seat.answering(work).await
    }

    /// Lets go: the next one who asks gets it.
    pub async fn let_go(self) {
        self.seat.leave().await;
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        if let Some(shared) = &self.0 {
            shared.owns.fetch_sub(1, Relaxed);
        }
    }
}

fn json(said: &impl Serialize) -> Bytes {
    // Strings, numbers and switches: it cannot fail.
    serde_json::to_vec(said).unwrap_or_default().into()
}
