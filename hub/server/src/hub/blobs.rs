// SPDX-License-Identifier: EUPL-1.2
//! The document service: uploads of connectors, and reading by the capability that came with a delivery.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use hub_bus::{BlobRequest, Requests};
use hub_documents::{Documents, DocumentsFault};
use hub_message::body::{INLINE_BYTES_MAX, unframe};
use hub_message::{Code, ConnectorName, Digest, Sensitive, capability};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::clock;

const PROTOCOL: Code = Code::new("AH-D201");
const TOO_LARGE: Code = Code::new("AH-D202");
const MISMATCH: Code = Code::new("AH-D203");
const REFUSED: Code = Code::new("AH-D204");
const NOT_THERE: Code = Code::new("AH-D205");

/// Requests of one connector that wait; more are told to come again.
const WAITING_MAX: usize = 64;

/// Uploads on which nothing has happened for a day are given up.
const IDLE: Duration = Duration::from_secs(24 * 60 * 60);

/// How often that is looked at.
const SWEEP: Duration = Duration::from_secs(60 * 60);

/// Bytes that a read or a chunk may have (CONNECTOR-PROTOCOL).
const CHUNK_BYTES_MAX: u64 = 2 * INLINE_BYTES_MAX as u64;

/// The document service.
#[derive(Debug, Clone)]
pub(crate) struct BlobService {
    pub(crate) documents: Documents,
    pub(crate) capability_key: Sensitive<Vec<u8>>,
}

/// What is answered.
enum Reply {
    Result(Value),
    Bytes(u64, Bytes),
    Refused(Code, String),
    Unavailable(String),
}

#[derive(Deserialize)]
struct Begin {
    sha256: Digest,
    size: u64,
}

#[derive(Deserialize)]
struct Chunk {
    offset: u64,
}

#[derive(Deserialize)]
struct ReadRange {
    sha256: Digest,
    #[serde(default)]
    capability: Option<String>,
    offset: u64,
    length: u64,
}

impl BlobService {
    /// Answers until `stop`; each connector's requests in the order they come, different connectors' side by side.
    pub(crate) async fn run(self, mut requests: Requests<BlobRequest>, stop: CancellationToken) -> anyhow::Result<()> {
        let mut queues = BTreeMap::new();
        let mut working = JoinSet::new();
        loop {
            let request = tokio::select! {
                () = stop.cancelled() => break,
                request = requests.next() => request,
            };
            let Some(request) = request else {
                anyhow::bail!("the connection to NATS has ended")
            };
            let queue = queues.entry(request.connector.clone()).or_insert_with(|| {
                let (queue, waiting) = mpsc::channel(WAITING_MAX);
                working.spawn(self.clone().serve_all(waiting));
                queue
            });
            if let Err(TrySendError::Full(request) | TrySendError::Closed(request)) = queue.try_send(request) {
                request.unavailable("too many requests at once").await;
            }
        }
        drop(queues);
        while working.join_next().await.is_some() {}
        Ok(())
    }

    async fn serve_all(self, mut waiting: mpsc::Receiver<BlobRequest>) {
        while let Some(request) = waiting.recv().await {
            self.serve(request).await;
        }
    }

    async fn serve(&self, request: BlobRequest) {
        match self.reply(&request).await {
            Reply::Result(result) => request.reply(&result).await,
            Reply::Bytes(size, bytes) => request.reply_bytes(size, &bytes).await,
            Reply::Refused(code, text) => {
                tracing::warn!(connector = %request.connector, operation = request.operation, "document refused: {code}: {text}");
                request.refuse(code.as_str(), &text).await;
            }
            Reply::Unavailable(text) => request.unavailable(&text).await,
        }
    }

    async fn reply(&self, request: &BlobRequest) -> Reply {
        let sender = &request.connector;
        let upload = request.upload.as_deref().map(str::parse::<Digest>);
        match (request.operation.as_str(), upload) {
            ("begin", None) => self.begin(sender, &request.payload).await,
            ("chunk", Some(Ok(upload))) => self.chunk(sender, &upload, &request.payload).await,
            ("commit", Some(Ok(upload))) => self.commit(sender, &upload).await,
            ("read", None) => self.read(sender, &request.payload).await,
            _ => misunderstood(),
        }
    }

    async fn begin(&self, sender: &ConnectorName, payload: &Bytes) -> Reply {
        let Ok((begin, _)) = unframe::<Begin>(payload) else {
            return misunderstood();
        };
        match self.documents.begin(sender, &begin.sha256, begin.size).await {
            Ok(begun) => Reply::Result(json!({
                "upload": begin.sha256, "offset": begun.offset, "exists": begun.exists
            })),
            Err(fault) => refused(&fault),
        }
    }

    async fn chunk(&self, sender: &ConnectorName, upload: &Digest, payload: &Bytes) -> Reply {
        let Ok((chunk, bytes)) = unframe::<Chunk>(payload) else {
            return misunderstood();
        };
        match self.documents.append(sender, upload, chunk.offset, bytes).await {
            Ok(offset) => Reply::Result(json!({ "offset": offset })),
            Err(fault) => refused(&fault),
        }
    }

    async fn commit(&self, sender: &ConnectorName, upload: &Digest) -> Reply {
        let done = match self.documents.commit(sender, upload).await {
            Ok(()) => self.documents.size(upload).await,
            Err(fault) => Err(fault),
        };
        match done {
            // The media type is the sender's to say, in the message that refers to the document.
            Ok(size) => Reply::Result(json!({
                "sha256": upload, "size": size.unwrap_or_default(), "media_type": "application/octet-stream"
            })),
            Err(fault) => refused(&fault),
        }
    }

    async fn read(&self, reader: &ConnectorName, payload: &Bytes) -> Reply {
        let Ok((wanted, _)) = unframe::<ReadRange>(payload) else {
            return misunderstood();
        };
        let shown = wanted.capability.unwrap_or_default();
        let key = self.capability_key.disclose();
        if let Err(refusal) = capability::verify(key, &shown, &wanted.sha256, reader, clock::now()) {
            return Reply::Refused(REFUSED, refusal.to_string());
        }
        let length = wanted.length.min(CHUNK_BYTES_MAX);
        match self.documents.read_range(&wanted.sha256, wanted.offset, length).await {
            Ok((size, bytes)) => Reply::Bytes(size, bytes),
            Err(DocumentsFault::Missing) => Reply::Refused(NOT_THERE, "the document is not in the store".to_owned()),
            Err(fault) => refused(&fault),
        }
    }
}

fn misunderstood() -> Reply {
    Reply::Refused(PROTOCOL, "the request is not one of the connector protocol".to_owned())
}

/// What trying again cannot mend is refused. An upload that this process does not know was begun before the hub's last
/// start: the connector begins again and goes on where it was.
fn refused(fault: &DocumentsFault) -> Reply {
    match fault {
        DocumentsFault::TooLarge { .. } => Reply::Refused(TOO_LARGE, fault.to_string()),
        DocumentsFault::Mismatch => Reply::Refused(MISMATCH, fault.to_string()),
        _ => Reply::Unavailable(fault.to_string()),
    }
}

/// Gives up uploads that nobody goes on with, every hour until `stop`.
pub(crate) async fn sweep(documents: Documents, stop: CancellationToken) -> anyhow::Result<()> {
    let mut turn = tokio::time::interval(SWEEP);
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            _ = turn.tick() => match documents.sweep(IDLE).await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "unfinished uploads given up"),
                Err(fault) => tracing::warn!("unfinished uploads cannot be looked at: {fault}"),
            },
        }
    }
}
