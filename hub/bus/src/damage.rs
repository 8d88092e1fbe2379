// SPDX-License-Identifier: EUPL-1.2
//! Damage to the files of a stream.
//!
//! nats-server 2.15 verifies the checksum of what it reads, and tells no reader when one is wrong. After an orderly stop it
//! passes over the message: it counts as there for ever and nobody gets it. After an unclean stop it cuts the file off at
//! that place, and only the stream's own information says how many bytes that took.

use async_nats::jetstream::Context;
use async_nats::jetstream::stream::{RawMessageErrorKind, Stream};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde::Deserialize;
use serde_json::json;

use crate::fault::BusFault;

/// Questions on the way at once. Each answer holds a whole message.
const ASKED: usize = 16;

/// Bytes of messages that one look reads, so that large ones that wait do not cost minutes.
const READ_MAX: u64 = 128 << 20;

/// What is damaged in one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The stream.
    pub stream: String,
    /// Sequences of messages that are in the stream and cannot be read.
    pub unreadable: Vec<u64>,
    /// Bytes that the server cut off when it started.
    pub cut_bytes: u64,
}

#[derive(Debug, Deserialize)]
struct Info {
    state: State,
}

#[derive(Debug, Deserialize)]
struct State {
    messages: u64,
    bytes: u64,
    first_seq: u64,
    last_seq: u64,
    #[serde(default)]
    deleted: Option<Vec<u64>>,
    #[serde(default)]
    lost: Option<Lost>,
}

#[derive(Debug, Deserialize)]
struct Lost {
    #[serde(default)]
    bytes: u64,
}

impl State {
    /// How many messages of this stream's usual size one look may read.
    fn readable_at_once(&self) -> usize {
        let usual = (self.bytes / self.messages.max(1)).max(1);
        usize::try_from(READ_MAX / usual).unwrap_or(usize::MAX).max(1)
    }

    /// Whether the stream counts this message as there.
    fn counts(&self, sequence: u64) -> bool {
        let deleted = self.deleted.as_deref().unwrap_or_default();
        (self.first_seq..=self.last_seq).contains(&sequence) && deleted.binary_search(&sequence).is_err()
    }
}

/// Looks at the first `most` messages of a stream, fewer where they are large, and at those of `known`.
pub(crate) async fn look(
    context: &Context,
    name: &str,
    known: &[u64],
    most: usize,
) -> Result<Option<Damage>, BusFault> {
    let before = state(context, name).await?;
    let first = (before.first_seq..=before.last_seq).filter(|sequence| before.counts(*sequence));
    let most = most.min(before.readable_at_once());
    let mut suspects: Vec<u64> = known.iter().copied().chain(first.take(most)).collect();
    suspects.sort_unstable();
    suspects.dedup();
    let stream = context.get_stream_no_info(name).await.map_err(away)?;
    let missing: Vec<u64> = stream::iter(suspects)
        .map(async |sequence| Ok::<_, BusFault>((!is_readable(&stream, sequence).await?).then_some(sequence)))
        .buffered(ASKED)
        .try_filter_map(async |found| Ok(found))
        .try_collect()
        .await?;
    // One that was acknowledged meanwhile is gone, and rightly so.
    let after = if missing.is_empty() {
        before
    } else {
        state(context, name).await?
    };
    let damage = Damage {
        stream: name.to_owned(),
        unreadable: missing.into_iter().filter(|sequence| after.counts(*sequence)).collect(),
        cut_bytes: after.lost.map_or(0, |lost| lost.bytes),
    };
    Ok((!damage.unreadable.is_empty() || damage.cut_bytes > 0).then_some(damage))
}

async fn state(context: &Context, name: &str) -> Result<State, BusFault> {
    let wanted = json!({"deleted_details": true});
    let asked = context.request(format!("STREAM.INFO.{name}"), &wanted);
    let info: Info = asked.await.map_err(away)?;
    Ok(info.state)
}

async fn is_readable(stream: &Stream<()>, sequence: u64) -> Result<bool, BusFault> {
    match stream.raw_message_builder().sequence(sequence).send().await {
        Ok(_) => Ok(true),
        Err(fault) if fault.kind() == RawMessageErrorKind::NoMessageFound => Ok(false),
        Err(fault) => Err(away(fault)),
    }
}

fn away(error: impl std::fmt::Display) -> BusFault {
    BusFault::unavailable("the stream cannot be looked at", error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(messages: u64, bytes: u64, expected: usize) {
        let state = State {
            messages,
            bytes,
            first_seq: 1,
            last_seq: messages,
            deleted: None,
            lost: None,
        };
        assert_eq!(state.readable_at_once(), expected);
    }

    #[test]
    fn few_are_read_where_they_are_large() {
        check(0, 0, READ_MAX as usize);
        check(1000, 1000 << 20, 128);
        check(1000, 1000 << 10, 128 << 10);
        check(1, 1 << 40, 1);
    }
}
