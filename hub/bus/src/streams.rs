// SPDX-License-Identifier: EUPL-1.2
//! The streams and their durables, exactly as DESIGN.md section 4 says: file storage, work queues, new messages refused when
//! full, atomic batches allowed, rollup and time-to-live and schedules not.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, PriorityPolicy, pull};
use async_nats::jetstream::context::{ConsumerInfoErrorKind, GetStreamError, GetStreamErrorKind};
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType, Stream};
use async_nats::jetstream::{Context, ErrorCode};
use hub_message::ConnectorName;

use crate::fault::BusFault;

/// How long an unacknowledged delivery waits before it is given out again.
pub(crate) const ACK_WAIT: Duration = Duration::from_secs(60);
/// The same for the hub's own readers. They get what is unacknowledged by a reset, at once and in order, so this only
/// has to be longer than a batch may take with what was sent ahead of it: what it gives again may be out of order.
const HUB_ACK_WAIT: Duration = Duration::from_secs(600);
/// How long a silent reader stays pinned.
const PIN_TIMEOUT: Duration = Duration::from_secs(60);
/// How long the server itself recognises a repeated message id. Nothing rests on it alone.
const DUPLICATE_WINDOW: Duration = Duration::from_secs(120);
/// Unacknowledged messages at a hub-side reader.
const HUB_PENDING: i64 = 20_000;
/// Unacknowledged deliveries at a connector.
const CONNECTOR_PENDING: i64 = 1_000;
/// The priority group of pinned readers.
pub(crate) const GROUP: &str = "hub";
/// The stream of deliveries.
pub(crate) const OUT: &str = "OUT";

/// Which connectors there are, and how much may wait.
#[derive(Debug, Clone)]
pub struct Topology {
    /// All connectors.
    pub connectors: Vec<ConnectorName>,
    /// Limits.
    pub limits: StreamLimits,
}

/// Limits of the streams, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct StreamLimits {
    /// Of each inbound stream.
    pub inbound_bytes: u64,
    /// Of the stream of deliveries.
    pub out_bytes: u64,
}

/// Name of a connector's inbound stream.
pub(crate) fn inbound_name(connector: &ConnectorName) -> String {
    format!("IN_{connector}")
}

fn stream(name: String, subjects: Vec<String>, max_bytes: u64) -> Config {
    Config {
        name,
        subjects,
        max_bytes: i64::try_from(max_bytes).unwrap_or(i64::MAX),
        retention: RetentionPolicy::WorkQueue,
        storage: StorageType::File,
        discard: DiscardPolicy::New,
        duplicate_window: DUPLICATE_WINDOW,
        allow_atomic_publish: true,
        ..Config::default()
    }
}

fn durable(name: &str, filter: String, pinned: bool) -> pull::Config {
    let (priority_policy, priority_groups, priority_timeout) = if pinned {
        (PriorityPolicy::PinnedClient, vec![GROUP.to_owned()], PIN_TIMEOUT)
    } else {
        (PriorityPolicy::None, Vec::new(), Duration::ZERO)
    };
    pull::Config {
        durable_name: Some(name.to_owned()),
        filter_subject: filter,
        ack_policy: AckPolicy::Explicit,
        ack_wait: if pinned { HUB_ACK_WAIT } else { ACK_WAIT },
        max_deliver: -1,
        max_ack_pending: if pinned { HUB_PENDING } else { CONNECTOR_PENDING },
        priority_policy,
        priority_groups,
        priority_timeout,
        ..pull::Config::default()
    }
}

/// Makes what is missing and brings what is there to the limits of the topology.
pub(crate) async fn prepare(context: &Context, topology: &Topology) -> Result<(), BusFault> {
    let out = make(
        context,
        stream(OUT.to_owned(), vec!["out.>".to_owned()], topology.limits.out_bytes),
    )
    .await?;
    consume(&out, durable("cases", "out.cases.>".to_owned(), true)).await?;
    for name in &topology.connectors {
        let subjects = vec![format!("in.{name}.>"), format!("receipt.{name}")];
        let inbound = make(
            context,
            stream(inbound_name(name), subjects, topology.limits.inbound_bytes),
        )
        .await?;
        consume(&inbound, durable("hub", format!("in.{name}.>"), true)).await?;
        consume(&inbound, durable("receipts", format!("receipt.{name}"), true)).await?;
        // The durable of a recipient exists before anything is routed to it.
        consume(&out, durable(name.as_str(), format!("out.{name}.>"), false)).await?;
    }
    Ok(())
}

/// Removes what belongs to a connector that is no longer configured, if nothing waits in it. A durable that has messages
/// pending is never deleted: what no durable matches can be removed by anybody's acknowledgement.
pub(crate) async fn remove(context: &Context, name: &ConnectorName) -> Result<(), BusFault> {
    let away = |error: &dyn std::fmt::Display| BusFault::unavailable("the connector cannot be removed", error);
    let inbound = inbound_name(name);
    let out = context.get_stream_no_info(OUT).await.map_err(|e| away(&e))?;
    let mut waiting = match context.get_stream(&inbound).await {
        Ok(stream) => stream.cached_info().state.messages,
        Err(error) if is_absent(&error) => 0,
        Err(error) => return Err(away(&error)),
    };
    let delivers = match out.consumer_info(name.as_str()).await {
        Ok(info) => {
            waiting += info.num_pending + info.num_ack_pending as u64;
            true
        }
        Err(error) if error.kind() == ConsumerInfoErrorKind::NotFound => false,
        Err(error) => return Err(away(&error)),
    };
    if waiting > 0 {
        return Err(BusFault::refused(
            "AH-B203",
            format!("{waiting} messages wait for the connector {name} or came from it: let them be processed first"),
        ));
    }
    if delivers {
        out.delete_consumer(name.as_str()).await.map_err(|e| away(&e))?;
    }
    match context.delete_stream(&inbound).await {
        Ok(_) => Ok(()),
        Err(error) => match context.get_stream(&inbound).await {
            Err(gone) if is_absent(&gone) => Ok(()),
            _ => Err(away(&error)),
        },
    }
}

fn is_absent(error: &GetStreamError) -> bool {
    matches!(error.kind(), GetStreamErrorKind::JetStream(told) if told.error_code() == ErrorCode::STREAM_NOT_FOUND)
}

async fn make(context: &Context, config: Config) -> Result<Stream, BusFault> {
    let name = config.name.clone();
    context
        .create_or_update_stream(config)
        .await
        .map_err(|error| BusFault::unavailable(&format!("the stream {name} cannot be made"), error))?;
    context
        .get_stream(&name)
        .await
        .map_err(|error| BusFault::unavailable(&format!("the stream {name} is not there"), error))
}

async fn consume(stream: &Stream, config: pull::Config) -> Result<(), BusFault> {
    let name = config.durable_name.clone().unwrap_or_default();
    stream
        .create_consumer(config)
        .await
        .map(drop)
        .map_err(|error| BusFault::unavailable(&format!("the durable {name} cannot be made"), error))
}
