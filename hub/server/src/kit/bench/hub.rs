// SPDX-License-Identifier: EUPL-1.2
//! The hub's side of the protocol, as far as a check needs it: answers hellos, hears beats, keeps what comes.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::anyhow;
use bytes::Bytes;
use hub_bus::{Bus, BusSettings, Embedded, EmbeddedSettings, Publish, StreamLimits, Topology};
use hub_documents::{Documents, Limits};
use hub_message::body::INLINE_BYTES_MAX;
use hub_message::{
    Beat, Body, DeliveryId, Digest, DocumentRef, Head, Header, Headers, Manifest, MessageId, MessageType, Receipt,
    Sensitive, Timestamp, Welcome, capability,
};
use serde_json::Value;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::name;
use crate::hub::BlobService;

const KEY: &[u8] = b"conformance";

/// A record that came out of the system.
#[derive(Debug, Clone)]
pub(in crate::kit) struct Record {
    /// Its message id.
    pub(in crate::kit) id: MessageId,
    /// Its native bytes.
    pub(in crate::kit) native: Bytes,
    /// Digest of its content, which may lie in the document store.
    pub(in crate::kit) digest: Digest,
    /// Its name, where it has one.
    pub(in crate::kit) name: Option<String>,
}

/// What was heard from the connector so far.
#[derive(Debug, Clone, Default)]
pub(in crate::kit) struct Heard {
    pub(in crate::kit) hellos: u32,
    pub(in crate::kit) beats: u32,
    pub(in crate::kit) manifest: Option<Manifest>,
    pub(in crate::kit) beat: Option<Beat>,
    /// Messages with a valid envelope.
    pub(in crate::kit) records: Vec<Record>,
    /// What was wrong with the envelopes of others.
    pub(in crate::kit) broken: Vec<String>,
    /// Headers that are no part of the protocol.
    pub(in crate::kit) foreign_headers: usize,
    /// Messages whose content is too large to travel inside.
    pub(in crate::kit) oversized: usize,
    pub(in crate::kit) receipts: Vec<Receipt>,
    /// Receipts that cannot be read.
    pub(in crate::kit) unreadable: Vec<String>,
}

/// What a delivery says of itself.
#[derive(Debug, Clone)]
pub(in crate::kit) struct Envelope {
    pub(in crate::kit) kind: String,
    pub(in crate::kit) order: String,
    pub(in crate::kit) media_type: String,
    pub(in crate::kit) head: Head,
    pub(in crate::kit) native: Bytes,
}

impl Envelope {
    /// An empty one with nothing special, in the lane of all probes.
    pub(in crate::kit) fn plain(kind: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            order: "one-lane".to_owned(),
            media_type: "text/plain".to_owned(),
            head: Head::default(),
            native: Bytes::new(),
        }
    }
}

/// The hub.
#[derive(Debug)]
pub(in crate::kit) struct Hub {
    pub(in crate::kit) bus: Bus,
    documents: Documents,
    heard: Arc<Mutex<Heard>>,
    settings: Arc<Mutex<Value>>,
    /// Behind it, in its document, stands the content of a record.
    mark: Arc<Mutex<Option<String>>>,
    answering: JoinSet<()>,
    listening: JoinSet<()>,
}

/// Starts a server with accounts for the connector and for another one.
pub(super) fn serve(program: Option<PathBuf>, folder: PathBuf) -> anyhow::Result<Embedded> {
    Ok(Embedded::start(EmbeddedSettings {
        listen: None,
        tls: None,
        program,
        folder,
        port: None,
        connectors: vec![name(), "other".parse()?],
        max_file_store: 2 << 30,
        dangerously_allow_unsynced: false,
    })?)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Plain values: a panic elsewhere leaves them usable.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hub {
    /// Connects and answers.
    pub(super) async fn connect(server: &Embedded, documents: &Path) -> anyhow::Result<Self> {
        let bus = Bus::connect(&BusSettings {
            tls: hub_bus::ClientTls::default(),
            url: server.url(),
            hub_seed: server.keys().hub_seed()?,
            system_seed: Some(server.keys().system_seed()?),
            dangerously_allow_unsynced: false,
        })
        .await?;
        let limits = StreamLimits {
            inbound_bytes: 256 << 20,
            out_bytes: 256 << 20,
        };
        let connectors = vec![name(), "other".parse()?];
        bus.prepare(&Topology { connectors, limits }).await?;
        let limits = Limits {
            document_bytes: 1 << 30,
            reserve_bytes: 0,
        };
        let place = documents.display().to_string();
        let documents = tokio::task::spawn_blocking(move || Documents::open(&place, limits)).await??;
        let mut hub = Self {
            bus,
            documents,
            heard: Arc::default(),
            settings: Arc::default(),
            mark: Arc::default(),
            answering: JoinSet::new(),
            listening: JoinSet::new(),
        };
        hub.listen().await?;
        hub.come_back().await?;
        Ok(hub)
    }

    /// Everything that was heard so far.
    pub(in crate::kit) fn heard(&self) -> Heard {
        locked(&self.heard).clone()
    }

    /// What the connector gets with its next welcome.
    pub(in crate::kit) fn set_settings(&self, settings: Value) {
        *locked(&self.settings) = settings;
    }

    /// How a record's content is found in its document.
    pub(super) fn set_mark(&self, mark: Option<String>) {
        *locked(&self.mark) = mark;
    }

    /// The welcome with the present settings.
    pub(in crate::kit) fn welcome(&self) -> Welcome {
        welcome(&locked(&self.settings))
    }

    /// Answers nobody any more; the streams go on, as they do when the real hub is away.
    pub(in crate::kit) async fn go_away(&mut self) {
        self.answering.shutdown().await;
    }

    /// Answers hellos and requests for documents.
    pub(in crate::kit) async fn come_back(&mut self) -> anyhow::Result<()> {
        let (bus, settings, heard) = (self.bus.clone(), Arc::clone(&self.settings), Arc::clone(&self.heard));
        let mut hellos = bus.registrations().await?;
        self.answering.spawn(async move {
            while let Some(request) = hellos.next().await {
                match &request.hello {
                    Ok(hello) if hello.manifest.protocol == 1 => {}
                    Ok(_) => {
                        request
                            .refuse("AH-B302", "the hub speaks version 1 of the protocol")
                            .await;
                        continue;
                    }
                    Err(fault) => {
                        let fault = fault.clone();
                        request.refuse("AH-B302", &fault).await;
                        continue;
                    }
                }
                let _ = bus.reset_recipient(&request.connector).await;
                if let Ok(hello) = &request.hello {
                    let mut heard = locked(&heard);
                    heard.hellos += 1;
                    heard.manifest = Some(hello.manifest.clone());
                }
                let welcome = welcome(&locked(&settings));
                request.welcome(&welcome).await;
            }
        });
        let service = BlobService {
            documents: self.documents.clone(),
            capability_key: Sensitive::new(KEY.to_vec()),
        };
        let blobs = self.bus.blobs().await?;
        self.answering.spawn(async move {
            let _ = service.run(blobs, CancellationToken::new()).await;
        });
        Ok(())
    }

    /// Keeps beats, messages and receipts.
    async fn listen(&mut self) -> anyhow::Result<()> {
        let mut beats = self.bus.beats().await?;
        let heard = Arc::clone(&self.heard);
        self.listening.spawn(async move {
            while let Some(request) = beats.next().await {
                let mut heard = locked(&heard);
                heard.beats += 1;
                heard.beat = Some(request.beat);
            }
        });
        let (mut inbound, heard) = (self.bus.inbound(&name()), Arc::clone(&self.heard));
        let (documents, mark) = (self.documents.clone(), Arc::clone(&self.mark));
        self.listening.spawn(async move {
            loop {
                // A server that is away makes this fail at once: a pause, then it is tried again.
                let Ok(items) = inbound.take(64, 8 << 20).await else {
                    inbound.release();
                    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
                    continue;
                };
                for item in items {
                    let mark = locked(&mark).clone();
                    let content = match mark {
                        Some(mark) => Some(behind(&documents, &item, mark.as_bytes()).await),
                        None => None,
                    };
                    keep(&mut locked(&heard), &item, content);
                    let _ = item.ack().await;
                }
            }
        });
        let (mut receipts, heard) = (self.bus.receipts(&name()), Arc::clone(&self.heard));
        self.listening.spawn(async move {
            loop {
                let Ok(items) = receipts.take(100).await else {
                    receipts.release();
                    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
                    continue;
                };
                for item in items {
                    match &item.receipt {
                        Ok(receipt) => locked(&heard).receipts.push(receipt.clone()),
                        Err(fault) => locked(&heard).unreadable.push(fault.clone()),
                    }
                    let _ = item.ack().await;
                }
            }
        });
        Ok(())
    }

    /// Publishes probes as deliveries of one lane, in order. `again` makes it another message of the same delivery.
    pub(in crate::kit) async fn deliver(&self, kind: &str, probes: &[(u32, Bytes)], again: u32) -> anyhow::Result<()> {
        let kind: MessageType = kind.parse()?;
        let groups: Vec<_> = probes
            .iter()
            .map(|(number, native)| vec![publish(&kind, *number, again, Head::default(), native)])
            .collect();
        self.bus.publish(&groups).await.map_err(|(_, fault)| anyhow!(fault))
    }

    /// Publishes a delivery whose content lies in the document store.
    pub(in crate::kit) async fn deliver_claim(&self, kind: &str, number: u32, content: Bytes) -> anyhow::Result<()> {
        let mut envelope = Envelope::plain(kind);
        envelope.head.claim = Some(self.stored(&content).await?);
        self.deliver_as(number, &envelope).await
    }

    /// Puts a content into the document store, with a right for the connector to read it.
    pub(in crate::kit) async fn stored(&self, content: &Bytes) -> anyhow::Result<DocumentRef> {
        let sha256 = self.documents.put(content).await?;
        let expires = Timestamp::from_millis(crate::hub::now().millis() + 3_600_000);
        Ok(DocumentRef {
            capability: Some(capability::mint(KEY, &sha256, &name(), expires)),
            sha256,
            size: content.len() as u64,
            media_type: "text/plain".to_owned(),
            name: None,
        })
    }

    /// Publishes a delivery with everything that an envelope says.
    pub(in crate::kit) async fn deliver_as(&self, number: u32, envelope: &Envelope) -> anyhow::Result<()> {
        let kind: MessageType = envelope.kind.parse()?;
        let mut publish = publish(&kind, number, 0, envelope.head.clone(), &envelope.native);
        publish.headers.set(Header::Order, &envelope.order);
        publish.headers.set(Header::ContentType, &envelope.media_type);
        self.bus
            .publish(&[vec![publish]])
            .await
            .map_err(|(_, fault)| anyhow!(fault))
    }
}

/// What stands behind the mark in the first document of a record; nothing where there is none.
async fn behind(documents: &Documents, item: &hub_bus::InboundItem, mark: &[u8]) -> Bytes {
    let document = item
        .message
        .as_ref()
        .ok()
        .and_then(|message| message.body.head.documents.first());
    let Some(document) = document else { return Bytes::new() };
    let whole = documents.get(&document.sha256, document.size).await.unwrap_or_default();
    let at = whole.windows(mark.len().max(1)).position(|window| window == mark);
    at.map_or_else(Bytes::new, |at| whole.slice(at + mark.len()..))
}

/// Keeps a record; `content` is what was found in its document, where it is to be looked for there.
fn keep(heard: &mut Heard, item: &hub_bus::InboundItem, content: Option<Bytes>) {
    heard.foreign_headers += item.foreign_headers;
    match &item.message {
        Ok(message) => {
            let (head, native) = (&message.body.head, message.body.native.disclose());
            heard.oversized += usize::from(native.len() > INLINE_BYTES_MAX);
            let claim = head.claim.as_ref().filter(|_| content.is_none());
            let native = content.unwrap_or_else(|| native.clone());
            heard.records.push(Record {
                id: message.id.clone(),
                digest: claim.map_or_else(|| Digest::of(&native), |claim| claim.sha256.clone()),
                native,
                name: head.name.as_ref().map(|name| name.disclose().clone()),
            });
        }
        Err(broken) => heard
            .broken
            .push(format!("{}: {}", broken.rejection.code, broken.rejection.text)),
    }
}

fn welcome(settings: &Value) -> Welcome {
    Welcome {
        connector: name(),
        config: settings.clone(),
        config_digest: Digest::of(settings.to_string().as_bytes()),
        types: Vec::new(),
        inline_bytes_max: INLINE_BYTES_MAX as u64,
        document_bytes_max: 1 << 30,
    }
}

/// The delivery id of a probe.
pub(in crate::kit) fn delivery(number: u32) -> Option<DeliveryId> {
    format!("{number:032x}").parse().ok()
}

fn publish(kind: &MessageType, number: u32, again: u32, head: Head, native: &Bytes) -> Publish {
    let id = format!("{number:032x}");
    let headers = Headers::default()
        .with(Header::EventId, &id)
        .with(Header::EventSource, "other")
        .with(Header::EventType, kind.as_str())
        .with(Header::ContentType, "text/plain")
        .with(Header::Order, "one-lane")
        .with(Header::Delivery, &id);
    Publish {
        subject: format!("out.{}.{kind}", name()),
        id: format!("{id}-{again}"),
        headers,
        body: Body::new(head, native.clone()).encode(),
    }
}
