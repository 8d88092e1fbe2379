// SPDX-License-Identifier: EUPL-1.2
//! Group commit: everything that follows from a batch of messages in one atomic batch, hence one fsync (ADR-50).
//!
//! One duplicate id makes the server refuse the whole batch. Then the batch is halved until the duplicate is found, and
//! its group goes out one by one, the case record first. What is there already counts as published.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_nats::{HeaderMap, Request};
use bytes::Bytes;
use hub_delivery::{Bisection, Step};
use hub_message::{Header, Headers};
use serde::Deserialize;

use crate::accounts::MAX_PAYLOAD;
use crate::fault::BusFault;
use crate::link::Link;
use crate::wire;

/// Members of one atomic batch; the server takes 1000.
const MEMBERS_MAX: usize = 1000;
/// Bytes of one atomic batch.
const BYTES_MAX: usize = 8 * 1024 * 1024;
/// Bytes that the headers of one message may take: eleven of the protocol and those of the batch.
const HEADERS_MAX: usize = 8 * 1024;
/// How long the server may take to commit.
const PATIENCE: Duration = Duration::from_secs(30);
/// The server's code for a duplicate id inside a batch.
const DUPLICATE: u64 = 10_201;

/// One message to publish.
#[derive(Debug, Clone)]
pub struct Publish {
    /// `out.<recipient>.<type>`, `in.<connector>.<type>` or `receipt.<connector>`.
    pub subject: String,
    /// Its stable id.
    pub id: String,
    /// The protocol's headers; the id is added.
    pub headers: Headers,
    /// The body.
    pub body: Bytes,
}

/// Messages that belong together: they are published in one atomic batch, or, when some are there already, one by one
/// in this order.
pub type Group = Vec<Publish>;

#[derive(Debug, Deserialize)]
struct Answer {
    error: Option<AnswerError>,
}

#[derive(Debug, Deserialize)]
struct AnswerError {
    #[serde(default)]
    err_code: u64,
    #[serde(default)]
    description: String,
}

enum Committed {
    Yes,
    Duplicate,
}

/// Publishes groups in order. After a fault the number of groups that are certainly published comes back with it.
pub(crate) async fn publish(link: &Link, groups: &[Group]) -> Result<(), (usize, BusFault)> {
    let mut done = 0;
    while let Some(rest) = groups.get(done..).filter(|rest| !rest.is_empty()) {
        let count = fitting(rest);
        let chunk = rest.get(..count).unwrap_or(rest);
        publish_chunk(link, chunk)
            .await
            .map_err(|(published, fault)| (done + published, fault))?;
        done += count;
    }
    Ok(())
}

/// How many groups, at least one, make one batch.
fn fitting(groups: &[Group]) -> usize {
    let (mut members, mut bytes) = (0, 0);
    let fits = groups.iter().take_while(|group| {
        members += group.len();
        bytes += group.iter().map(|publish| publish.body.len() + 512).sum::<usize>();
        members <= MEMBERS_MAX && bytes <= BYTES_MAX
    });
    fits.count().max(1)
}

/// Publishes one batch, by halves where it holds duplicates.
async fn publish_chunk(link: &Link, chunk: &[Group]) -> Result<(), (usize, BusFault)> {
    let mut bisection = Bisection::new(chunk.iter().map(Vec::len), MEMBERS_MAX);
    while let Some(step) = bisection.next_step() {
        let away = |fault| (bisection.done(), fault);
        let committed = match step {
            Step::Batch(range) => {
                let members: Vec<&Publish> = chunk.get(range).unwrap_or_default().iter().flatten().collect();
                commit(link, &members).await.map_err(away)?
            }
            Step::OneByOne(range) => {
                for member in chunk.get(range).unwrap_or_default().iter().flatten() {
                    publish_single(link, member).await.map_err(away)?;
                }
                Committed::Yes
            }
        };
        match committed {
            Committed::Yes => bisection.published(),
            Committed::Duplicate => bisection.duplicate(),
        }
    }
    Ok(())
}

async fn commit(link: &Link, members: &[&Publish]) -> Result<Committed, BusFault> {
    members.iter().try_for_each(|member| fits_the_wire(member))?;
    let _leave = link.batches().acquire().await;
    let batch = batch_id();
    let away = |error: &dyn std::fmt::Display| BusFault::unavailable("the batch was not acknowledged", error);
    let last = members.len();
    for (n, member) in members.iter().enumerate() {
        let mut headers = headers(member);
        wire::set(&mut headers, "Nats-Batch-Id", &batch);
        wire::set(&mut headers, "Nats-Batch-Sequence", &(n + 1).to_string());
        if n + 1 < last {
            link.client
                .publish_with_headers(member.subject.clone(), headers, member.body.clone())
                .await
                .map_err(|e| away(&e))?;
            continue;
        }
        wire::set(&mut headers, "Nats-Batch-Commit", "1");
        let request = Request::new()
            .headers(headers)
            .payload(member.body.clone())
            .timeout(Some(PATIENCE));
        let answer = link
            .request("the batch was not acknowledged", member.subject.clone(), request)
            .await?;
        return judge(&answer.payload);
    }
    Ok(Committed::Yes)
}

async fn publish_single(link: &Link, member: &Publish) -> Result<(), BusFault> {
    fits_the_wire(member)?;
    let request = Request::new()
        .headers(headers(member))
        .payload(member.body.clone())
        .timeout(Some(PATIENCE));
    let answer = link
        .request("the message was not acknowledged", member.subject.clone(), request)
        .await?;
    // A duplicate is acknowledged like a new message: it is there.
    judge(&answer.payload).map(drop)
}

/// What is too large for the wire will be too large for ever.
fn fits_the_wire(member: &Publish) -> Result<(), BusFault> {
    let size = member.body.len() + HEADERS_MAX;
    if size <= MAX_PAYLOAD {
        return Ok(());
    }
    Err(BusFault::refused(
        "AH-B105",
        format!(
            "a message of {} bytes is too large for the wire: its body belongs into the document store",
            member.body.len()
        ),
    ))
}

fn judge(payload: &[u8]) -> Result<Committed, BusFault> {
    let answer: Answer = serde_json::from_slice(payload)
        .map_err(|error| BusFault::unavailable("the stream's acknowledgement cannot be read", error))?;
    match answer.error {
        None => Ok(Committed::Yes),
        Some(error) if error.err_code == DUPLICATE => Ok(Committed::Duplicate),
        Some(error) => Err(BusFault::Unavailable(format!(
            "the stream refuses: {} ({})",
            error.description, error.err_code
        ))),
    }
}

fn headers(member: &Publish) -> HeaderMap {
    let mut headers = wire::header_map(&member.headers);
    wire::set(&mut headers, Header::MessageId.name(), &member.id);
    headers
}

/// An id that no other batch has: the server keeps batches apart by it.
fn batch_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    static PROCESS: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    let process = PROCESS.get_or_init(|| {
        nkeys::KeyPair::new_user()
            .public_key()
            .chars()
            .skip(1)
            .take(16)
            .collect()
    });
    format!("{process}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(members: usize, bytes: usize) -> Group {
        let publish = Publish {
            subject: "out.cases.record.1".into(),
            id: "1".into(),
            headers: Headers::default(),
            body: Bytes::from(vec![0; bytes]),
        };
        vec![publish; members]
    }

    #[test]
    fn a_batch_keeps_the_server_s_limits_and_groups_whole() {
        assert_eq!(fitting(&vec![group(3, 1500); 400]), 333);
        assert_eq!(fitting(&vec![group(3, 1_000_000); 9]), 2);
        assert_eq!(fitting(&[group(1200, 10)]), 1);
    }
}
