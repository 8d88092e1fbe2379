// SPDX-License-Identifier: EUPL-1.2
//! The bare pipes: they take every message from a stream and make the same publishes as the hub (two recipients and the
//! case record), and do nothing else. What the hub reaches is told as a ratio to them.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use async_nats::HeaderMap;
use async_nats::jetstream::{self, consumer::pull, stream};
use bytes::Bytes;
use futures_util::{StreamExt, stream::FuturesUnordered};

use crate::server::Server;

/// How a bare pipe publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publishing {
    /// One by one, 64 in flight.
    OneByOne,
    /// In atomic batches of 900.
    Batches,
}

/// Publishes that are under way at once when they go one by one.
const IN_FLIGHT: usize = 64;
/// Members of an atomic batch: three for each of 300 messages.
const BATCH: usize = 900;
/// Recipients of every message.
const RECIPIENTS: [&str; 3] = ["cases", "finance", "archive"];

/// Messages a second that the bare pipe moves, and CPU seconds of the server meanwhile.
pub async fn run(sync_always: bool, publishing: Publishing, body: &Bytes, messages: usize) -> Result<(f64, f64)> {
    let server = Server::start(sync_always)?;
    let client = async_nats::connect(server.url()).await?;
    let mut context = jetstream::new(client);
    context.set_timeout(Duration::from_secs(30));
    make_streams(&context).await?;
    fill(&context, body, messages).await?;
    let cpu = server.cpu_seconds()?;
    let begin = Instant::now();
    pipe(&context, publishing, messages).await?;
    let seconds = begin.elapsed().as_secs_f64();
    Ok((messages as f64 / seconds, server.cpu_seconds()? - cpu))
}

async fn make_streams(context: &jetstream::Context) -> Result<()> {
    for (name, subject) in [("IN", "in.>"), ("OUT", "out.>")] {
        context
            .create_stream(stream::Config {
                name: name.into(),
                subjects: vec![subject.into()],
                retention: stream::RetentionPolicy::WorkQueue,
                storage: stream::StorageType::File,
                discard: stream::DiscardPolicy::New,
                duplicate_window: Duration::from_secs(120),
                allow_atomic_publish: true,
                ..Default::default()
            })
            .await?;
    }
    Ok(())
}

async fn fill(context: &jetstream::Context, body: &Bytes, messages: usize) -> Result<()> {
    let members: Vec<_> = (0..messages)
        .map(|n| ("in.load.record.1".to_owned(), format!("in-{n}"), body.clone()))
        .collect();
    for chunk in members.chunks(BATCH) {
        publish_batch(context, chunk).await?;
    }
    Ok(())
}

async fn pipe(context: &jetstream::Context, publishing: Publishing, messages: usize) -> Result<()> {
    let stream = context.get_stream("IN").await?;
    let consumer = stream
        .create_consumer(pull::Config {
            durable_name: Some("hub".into()),
            max_ack_pending: 5000,
            ..Default::default()
        })
        .await?;
    let mut done = 0;
    while done < messages {
        let mut batch = consumer
            .fetch()
            .max_messages(BATCH / RECIPIENTS.len())
            .messages()
            .await?;
        let mut taken = Vec::new();
        while let Some(message) = batch.next().await {
            taken.push(message.map_err(|e| anyhow::anyhow!("{e}"))?);
        }
        let out: Vec<_> = taken
            .iter()
            .enumerate()
            .flat_map(|(n, message)| {
                let id = done + n;
                RECIPIENTS.map(|to| {
                    (
                        format!("out.{to}.record.1"),
                        format!("{to}-{id}"),
                        message.payload.clone(),
                    )
                })
            })
            .collect();
        match publishing {
            Publishing::OneByOne => publish_singly(context, &out).await?,
            Publishing::Batches => publish_batch(context, &out).await?,
        }
        for message in &taken {
            message.ack().await.map_err(|e| anyhow::anyhow!("{e}"))?;
        }
        done += taken.len();
    }
    Ok(())
}

type Member = (String, String, Bytes);

async fn publish_singly(context: &jetstream::Context, members: &[Member]) -> Result<()> {
    let mut waiting = FuturesUnordered::new();
    for (subject, id, body) in members {
        if waiting.len() >= IN_FLIGHT {
            waiting.next().await.context("an acknowledgement")??;
        }
        let message = jetstream::message::PublishMessage::build()
            .payload(body.clone())
            .message_id(id);
        waiting.push(context.send_publish(subject.clone(), message).await?.into_future());
    }
    while let Some(acknowledged) = waiting.next().await {
        acknowledged?;
    }
    Ok(())
}

async fn publish_batch(context: &jetstream::Context, members: &[Member]) -> Result<()> {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let batch = format!("b{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let client = context.client();
    for (n, (subject, id, body)) in members.iter().enumerate() {
        let mut headers = HeaderMap::new();
        headers.append("Nats-Msg-Id", id.as_str());
        headers.append("Nats-Batch-Id", batch.as_str());
        headers.append("Nats-Batch-Sequence", (n + 1).to_string().as_str());
        if n + 1 < members.len() {
            client
                .publish_with_headers(subject.clone(), headers, body.clone())
                .await?;
        } else {
            headers.append("Nats-Batch-Commit", "1");
            let reply = client
                .request_with_headers(subject.clone(), headers, body.clone())
                .await?;
            let text = String::from_utf8_lossy(&reply.payload);
            ensure!(!text.contains("\"error\""), "the batch was refused: {text}");
        }
    }
    Ok(())
}
