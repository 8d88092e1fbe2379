// SPDX-License-Identifier: EUPL-1.2
//! The hub's side of NATS: one connection in the account HUB, one in the system account.

use std::collections::BTreeMap;
use std::time::Duration;

use async_nats::Request;
use async_nats::jetstream::Context;
use bytes::Bytes;
use hub_message::{AnswerHead, Ask, ConnectorName, Recipient};

use crate::answer::{looked_up, to_json};
use crate::damage::{self, Damage};
use crate::fault::BusFault;
use crate::inbound::{Inbound, Receipts, Records};
use crate::link::{ClientTls, Link, LinkSettings};
use crate::ownership::{Ownership, OwnershipTiming};
use crate::publish::{Group, publish};
use crate::reader::Reader;
use crate::server_facts::{self, RecipientFacts, ServerFacts, ServerLoad, StreamFacts};
use crate::services::{AskRequest, BeatRequest, BlobRequest, RegistrationRequest, Requests};
use crate::streams::{self, OUT, Topology};

/// Messages that wait in one subscription of the hub: more than a reader asks for at once.
const MESSAGES_WAITING_MAX: usize = 1 << 14;
/// Requests of connectors that wait in the hub, each at most 1 MiB. What comes beyond is dropped; its sender asks again.
const REQUESTS_WAITING_MAX: usize = 96;

/// How to reach the server.
#[derive(Debug, Clone)]
pub struct BusSettings {
    /// Where the server listens.
    pub url: String,
    /// Seed of the hub's user.
    pub hub_seed: String,
    /// Seed of the hub's user in the system account; without one the server cannot be asked whether it writes through.
    pub system_seed: Option<String>,
    /// Certificates, where the server speaks TLS.
    pub tls: ClientTls,
    /// Accepts a server that acknowledges before it has written through.
    pub dangerously_allow_unsynced: bool,
}

/// How long a connector may keep a pull open (CONNECTOR-PROTOCOL: pulls of a second, so that a dead one is soon forgotten).
const PULL_MAX: Duration = Duration::from_secs(5);

/// The hub's connection.
#[derive(Debug, Clone)]
pub struct Bus {
    link: Link,
    /// What connectors ask comes on a connection of its own with a small buffer, so that a flood of chunks neither fills
    /// the memory nor holds up messages.
    services: Link,
    /// What hubs say to each other, without echo.
    others: Link,
    context: Context,
    system: Option<Link>,
    facts: ServerFacts,
}

impl Bus {
    /// Connects and looks whether the server keeps what Amtshub promises.
    pub async fn connect(settings: &BusSettings) -> Result<Self, BusFault> {
        let open = async |seed, inbox, name, capacity, echo| {
            let url = &settings.url;
            Link::open(&LinkSettings {
                url,
                seed,
                inbox,
                tls: &settings.tls,
                name,
                capacity,
                echo,
            })
            .await
        };
        let link = open(&settings.hub_seed, "_INBOX_hub", "hub", MESSAGES_WAITING_MAX, true).await?;
        let version = link.client.server_info().version;
        server_facts::check_version(&version)?;
        let system = match &settings.system_seed {
            Some(seed) => Some(open(seed, "_INBOX_sys", "hub (system)", MESSAGES_WAITING_MAX, true).await?),
            None => None,
        };
        let sync_always = match &system {
            Some(system) => server_facts::sync_always(system).await?,
            None => None,
        };
        if sync_always != Some(true) && !settings.dangerously_allow_unsynced {
            return Err(BusFault::refused(
                "AH-B202",
                "nats-server acknowledges before it has written through, so a power failure would lose accepted messages: set \
                 `sync_interval: always` in its jetstream block and let the hub see the system account",
            ));
        }
        let services = open(
            &settings.hub_seed,
            "_INBOX_hub",
            "hub (services)",
            REQUESTS_WAITING_MAX,
            true,
        )
        .await?;
        let others = open(
            &settings.hub_seed,
            "_INBOX_hub",
            "hub (others)",
            REQUESTS_WAITING_MAX,
            false,
        )
        .await?;
        let mut context = async_nats::jetstream::new(link.client.clone());
        context.set_timeout(Duration::from_secs(30));
        Ok(Self {
            link,
            services,
            others,
            context,
            system,
            facts: ServerFacts { version, sync_always },
        })
    }

    /// What the server said of itself.
    pub fn server(&self) -> &ServerFacts {
        &self.facts
    }

    /// Whether the connection stands at this moment.
    pub fn is_connected(&self) -> bool {
        self.link.client.connection_state() == async_nats::connection::State::Connected
    }

    /// Whether the server still writes through; asked anew.
    pub async fn sync_always(&self) -> Result<Option<bool>, BusFault> {
        match &self.system {
            Some(system) => server_facts::sync_always(system).await,
            None => Ok(None),
        }
    }

    /// How many clients the server has, and how full its disk store is; `None` without the system account.
    pub async fn load(&self) -> Result<Option<ServerLoad>, BusFault> {
        match &self.system {
            Some(system) => server_facts::load(system).await.map(Some),
            None => Ok(None),
        }
    }

    /// Removes the stream and the durable of a connector that is no longer configured. Refused while anything waits in
    /// them: nobody would ever process it.
    pub async fn remove_connector(&self, connector: &ConnectorName) -> Result<(), BusFault> {
        streams::remove(&self.context, connector).await
    }

    /// Makes streams and durables, or brings them to the limits of the topology.
    pub async fn prepare(&self, topology: &Topology) -> Result<(), BusFault> {
        streams::prepare(&self.context, topology).await
    }

    /// The one reader of a connector's messages.
    pub fn inbound(&self, connector: &ConnectorName) -> Inbound {
        Inbound::new(connector.clone(), self.reader(streams::inbound_name(connector), "hub"))
    }

    /// The one reader of a connector's receipts.
    pub fn receipts(&self, connector: &ConnectorName) -> Receipts {
        Receipts::new(self.reader(streams::inbound_name(connector), "receipts"))
    }

    /// The one reader of case records.
    pub fn records(&self) -> Records {
        Records::new(self.reader(OUT.to_owned(), "cases"))
    }

    /// What this process owns beside other hubs; `id` tells it from them.
    pub fn ownership(&self, id: &str, timing: OwnershipTiming) -> Ownership {
        Ownership::new(self.others.clone(), id, timing)
    }

    fn reader(&self, stream: String, durable: &str) -> Reader {
        Reader::new(self.context.clone(), stream, durable, self.link.clone())
    }

    /// Publishes groups in order, each whole. With a fault comes the number of groups that are certainly published.
    pub async fn publish(&self, groups: &[Group]) -> Result<(), (usize, BusFault)> {
        publish(&self.link, groups).await
    }

    /// Lets a recipient's deliveries that nobody acknowledged be given out again, in order. Called when its connector
    /// says hello, before the answer: a connector may not do it itself.
    ///
    /// A connector that died has left its pull behind, and the server would go on filling it: so this waits until no pull
    /// is open, at most as long as a connector may keep one open.
    pub async fn reset_recipient(&self, connector: &ConnectorName) -> Result<(), BusFault> {
        let away = |error: &dyn std::fmt::Display| BusFault::unavailable("the recipient cannot be reset", error);
        let stream = self.context.get_stream_no_info(OUT).await.map_err(|e| away(&e))?;
        let end = tokio::time::Instant::now() + PULL_MAX;
        while tokio::time::Instant::now() < end {
            let info = stream.consumer_info(connector.as_str()).await.map_err(|e| away(&e))?;
            if info.num_waiting == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        stream
            .reset_consumer(connector.as_str(), None)
            .await
            .map(drop)
            .map_err(|e| away(&e))
    }

    /// What waits for a recipient.
    pub async fn pending(&self, recipient: &Recipient) -> Result<RecipientFacts, BusFault> {
        server_facts::recipient(&self.context, recipient).await
    }

    /// Pulls of a recipient's connector that wait for deliveries: none means that nobody reads.
    pub async fn open_pulls(&self, connector: &ConnectorName) -> Result<usize, BusFault> {
        server_facts::open_pulls(&self.context, connector).await
    }

    /// What waits in a connector's inbound stream for the hub.
    pub async fn pending_inbound(&self, connector: &ConnectorName) -> Result<RecipientFacts, BusFault> {
        server_facts::durable(&self.context, &streams::inbound_name(connector), "hub").await
    }

    /// How full the stream of deliveries and the inbound streams of these connectors are.
    pub async fn streams(&self, connectors: &[ConnectorName]) -> Result<Vec<StreamFacts>, BusFault> {
        let mut facts = vec![server_facts::stream(&self.context, OUT).await?];
        for connector in connectors {
            facts.push(server_facts::stream(&self.context, &streams::inbound_name(connector)).await?);
        }
        Ok(facts)
    }

    /// Damage to the files of the stream of deliveries (`None`) or of a connector's inbound stream: looks at its first
    /// `most` messages and at those that were found before, by stream.
    pub async fn damage(
        &self,
        inbound: Option<&ConnectorName>,
        known: &BTreeMap<String, Vec<u64>>,
        most: usize,
    ) -> Result<Option<Damage>, BusFault> {
        let name = inbound.map_or_else(|| OUT.to_owned(), streams::inbound_name);
        let known = known.get(&name).map(Vec::as_slice).unwrap_or_default();
        damage::look(&self.context, &name, known, most).await
    }

    /// Names of the connectors that have an inbound stream, whether or not they are configured.
    pub async fn known_connectors(&self) -> Result<Vec<ConnectorName>, BusFault> {
        use futures_util::TryStreamExt;
        let names: Vec<String> = self
            .context
            .stream_names()
            .try_collect()
            .await
            .map_err(|error| BusFault::unavailable("the streams cannot be listed", error))?;
        Ok(names
            .iter()
            .filter_map(|name| name.strip_prefix("IN_")?.parse().ok())
            .collect())
    }

    /// Hellos of connectors.
    pub async fn registrations(&self) -> Result<Requests<RegistrationRequest>, BusFault> {
        Requests::on(&self.services, "reg.*", RegistrationRequest::open).await
    }

    /// Heartbeats of connectors.
    pub async fn beats(&self) -> Result<Requests<BeatRequest>, BusFault> {
        Requests::on(&self.services, "beat.*", BeatRequest::open).await
    }

    /// Requests of connectors to the document store.
    pub async fn blobs(&self) -> Result<Requests<BlobRequest>, BusFault> {
        Requests::on(&self.services, "blob.*.>", BlobRequest::open).await
    }

    /// Look-ups that connectors ask for.
    pub async fn asks(&self) -> Result<Requests<AskRequest>, BusFault> {
        Requests::on(&self.services, "ask.*.*", AskRequest::open).await
    }

    /// Asks a responder (`rpc.<c>.<name>`) and returns its answer. Nothing of a refusal's text is the hub's.
    pub async fn look_up(
        &self,
        responder: &ConnectorName,
        name: &str,
        ask: &Ask,
        patience: Duration,
    ) -> Result<(AnswerHead, Bytes), BusFault> {
        let request = Request::new().payload(to_json(ask)).timeout(Some(patience));
        // Its own connection, so that slow responders never hold up deliveries.
        let answer = self
            .services
            .request(
                "the responder does not answer",
                format!("rpc.{responder}.{name}"),
                request,
            )
            .await?;
        looked_up(&answer.payload)
    }

    /// Sends a control request (`config`, `pause`, `resume`, `drain`, `check`) and returns the connector's answer.
    pub async fn control(
        &self,
        connector: &ConnectorName,
        verb: &str,
        payload: &serde_json::Value,
    ) -> Result<serde_json::Value, BusFault> {
        let request = Request::new()
            .payload(payload.to_string().into_bytes().into())
            .timeout(Some(Duration::from_secs(10)));
        let answer = self
            .link
            .request(
                "the connector does not answer",
                format!("ctl.{connector}.{verb}"),
                request,
            )
            .await?;
        serde_json::from_slice(&answer.payload)
            .map_err(|error| BusFault::unavailable("the connector's answer cannot be read", error))
    }

    /// Sends everything that is still buffered; for an orderly end.
    pub async fn flush(&self) {
        if let Err(error) = self.link.client.flush().await {
            tracing::debug!(%error, "the connection was not flushed");
        }
    }
}
