// SPDX-License-Identifier: EUPL-1.2
//! The first step of a message: check the envelope, decode, map in, validate.

use std::sync::Arc;

use hub_mapping::{Content, Mapping, ReadOutput, Worker};
use hub_message::body::CaseHint;
use hub_message::id::keyed_hash;
use hub_message::{
    CaseKey, Code, ConnectorName, DocumentRef, Header, Message, MessageId, MessageType, Rejection, SchemaId, Strength,
    Timestamp, Tree,
};
use hub_schema::Valid;

use crate::rules::Rules;

const UNKNOWN_SOURCE: Code = Code::new("AH-R101");
const UNKNOWN_TYPE: Code = Code::new("AH-R102");
const CLAIM: Code = Code::new("AH-R103");
const EMPTY: Code = Code::new("AH-R104");
const NO_SCHEMA: Code = Code::new("AH-R105");

/// What the documents of one message have in common.
#[derive(Debug)]
pub(crate) struct Origin {
    pub(crate) source: ConnectorName,
    pub(crate) message: MessageId,
    pub(crate) kind: MessageType,
    pub(crate) received: Timestamp,
    pub(crate) sequence: u64,
    pub(crate) correlation: String,
    pub(crate) causation: Option<String>,
    pub(crate) traceparent: Option<String>,
    pub(crate) size: u64,
    pub(crate) documents: Vec<DocumentRef>,
    pub(crate) parts: u32,
    pub(crate) mapping: Arc<Mapping>,
}

/// One canonical document of a message, valid by its schema.
#[derive(Debug, Clone)]
pub struct Read {
    pub(crate) origin: Arc<Origin>,
    pub(crate) part: u32,
    pub(crate) document: Valid,
    /// What the mapping took out of the message for the document store.
    pub(crate) contents: Vec<Content>,
    pub(crate) keys: Vec<CaseKey>,
    pub(crate) order: String,
}

impl Read {
    /// Its position in the message, from 0.
    pub fn part(&self) -> u32 {
        self.part
    }

    /// How many documents the message held.
    pub fn parts(&self) -> u32 {
        self.origin.parts
    }

    /// Its schema.
    pub fn schema(&self) -> &SchemaId {
        self.document.schema()
    }

    /// The canonical document.
    pub fn document(&self) -> &Valid {
        &self.document
    }

    /// Its case keys, strongest first.
    pub fn keys(&self) -> &[CaseKey] {
        &self.keys
    }

    /// The contents that the mapping took out of the message and that the document refers to. They must be in the
    /// document store before anything that follows from the document is published.
    pub fn contents(&self) -> &[Content] {
        &self.contents
    }

    /// Everything in the document store that belongs to it: what came with the message, then its own contents.
    pub(crate) fn documents(&self) -> Vec<DocumentRef> {
        let mut documents = self.origin.documents.clone();
        for content in &self.contents {
            if !documents.iter().any(|known| known.sha256 == content.reference.sha256) {
                documents.push(content.reference.clone());
            }
        }
        documents
    }

    /// The key of its order: deliveries of equal keys from one source reach a recipient in order.
    pub fn order_key(&self) -> &str {
        &self.order
    }
}

/// Reads a message. `native` is what travelled inside, or the content that `head.claim` names, fetched by the caller.
pub fn read(rules: &Rules, message: &Message, native: &[u8], worker: &mut Worker) -> Result<Vec<Read>, Rejection> {
    let mapping = mapping_for(rules, message)?;
    claim_fits(message, native)?;
    let ReadOutput { documents, contents } = mapping.read_whole(native, worker)?;
    let documents = validate(rules, mapping, documents, native, worker)?;
    let origin = Arc::new(origin(message, mapping, native.len(), documents.len()));
    let documents = documents.into_iter().zip(contents);
    let reads = documents.enumerate().map(|(part, (document, contents))| {
        let keys = keys(mapping, &document, &message.body.head.hints);
        Read {
            part: part as u32,
            order: order(rules, keys.first(), &message.id),
            keys,
            document,
            contents,
            origin: Arc::clone(&origin),
        }
    });
    Ok(reads.collect())
}

/// The rejection of a message whose native bytes should be in the document store and are not.
pub fn unclaimed(message: &Message) -> Rejection {
    let size = message.body.head.claim.as_ref().map_or(0, |claim| claim.size);
    Rejection::new(
        CLAIM,
        format!("the content of the message ({size} bytes) is not in the document store"),
        "let the connector send the record again; it uploads the content before the message",
    )
}

fn mapping_for<'r>(rules: &'r Rules, message: &Message) -> Result<&'r Arc<Mapping>, Rejection> {
    let (source, kind) = (&message.source, &message.kind);
    if !rules.knows(source) {
        return Err(Rejection::new(
            UNKNOWN_SOURCE,
            format!("there is no connector `{source}` in the configuration"),
            format!("add `connectors/{source}.toml` and process the message again"),
        ));
    }
    rules.mapping(source, kind).ok_or_else(|| {
        let known: Vec<String> = rules.types_of(source).map(|kind| format!("`{kind}`")).collect();
        let known = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
        Rejection::new(
            UNKNOWN_TYPE,
            format!("`{source}` sends `{kind}`, of which the configuration knows nothing; it knows {known}"),
            format!("add \"{kind}\" with its mapping to `[types]` in `connectors/{source}.toml`, then process the message again"),
        )
    })
}

fn claim_fits(message: &Message, native: &[u8]) -> Result<(), Rejection> {
    let Some(claim) = &message.body.head.claim else {
        return Ok(());
    };
    if !message.body.native.disclose().is_empty() {
        return Err(Rejection::new(
            CLAIM,
            "the message says that its content is in the document store, and carries content as well",
            "mend the connector: after `claim` no bytes follow the head",
        ));
    }
    if claim.size != native.len() as u64 {
        return Err(Rejection::new(
            CLAIM,
            format!(
                "the content has {} bytes, the message says {}",
                native.len(),
                claim.size
            ),
            "let the connector send the record again",
        ));
    }
    Ok(())
}

/// All documents are valid, or the message is rejected as a whole with all findings.
fn validate(
    rules: &Rules,
    mapping: &Mapping,
    trees: Vec<Tree>,
    native: &[u8],
    worker: &Worker,
) -> Result<Vec<Valid>, Rejection> {
    if trees.is_empty() {
        return Err(Rejection::new(
            EMPTY,
            "the file holds no document",
            "look at the file: it is empty, or its records are not those that the mapping names",
        ));
    }
    let schema = rules.schemas.get(mapping.canonical()).ok_or_else(|| {
        Rejection::new(
            NO_SCHEMA,
            format!("there is no schema `{}`", mapping.canonical()),
            "add the schema and process the message again",
        )
    })?;
    let mut valid = Vec::with_capacity(trees.len());
    let mut faults = Vec::new();
    for (number, tree) in trees.into_iter().enumerate() {
        match schema.validate(tree) {
            Ok(document) => valid.push(document),
            Err(fault) => faults.push((number, fault)),
        }
    }
    // The schema knows the field; whoever mends it wants the row and the place in the document too.
    mapping.blame(faults, native, worker).map_or(Ok(valid), Err)
}

fn origin(message: &Message, mapping: &Arc<Mapping>, size: usize, parts: usize) -> Origin {
    let header = |header| message.headers.get(header).map(str::to_owned);
    // A capability opens a document for one reader; what a source sends along means nothing to anybody else.
    let documents = message.body.head.documents.iter().map(|document| DocumentRef {
        capability: None,
        ..document.clone()
    });
    Origin {
        source: message.source.clone(),
        message: message.id.clone(),
        kind: message.kind.clone(),
        received: message.received,
        sequence: message.sequence,
        correlation: header(Header::Correlation).unwrap_or_else(|| message.id.to_string()),
        causation: header(Header::Causation),
        traceparent: header(Header::TraceParent),
        size: size as u64,
        documents: documents.collect(),
        parts: parts as u32,
        mapping: Arc::clone(mapping),
    }
}

/// The keys that the mapping finds in the document, then what the source hints at. A hint never joins by itself.
fn keys(mapping: &Mapping, document: &Valid, hints: &[CaseHint]) -> Vec<CaseKey> {
    let root = document.tree().root();
    let mut keys = root.map(|root| mapping.case_keys(root)).unwrap_or_default();
    for hint in hints {
        let known = keys
            .iter()
            .any(|key| key.system == hint.system && key.kind == hint.kind && key.value == hint.value);
        if !known {
            keys.push(CaseKey {
                system: hint.system.clone(),
                kind: hint.kind.clone(),
                value: hint.value.clone(),
                strength: Strength::Weak,
            });
        }
    }
    keys
}

fn order(rules: &Rules, strongest: Option<&CaseKey>, message: &MessageId) -> String {
    let key = rules.order_key.disclose();
    match strongest {
        Some(found) => {
            let value = found.value.disclose().as_bytes();
            keyed_hash(key, &[b"case", found.system.as_bytes(), found.kind.as_bytes(), value])
        }
        None => keyed_hash(key, &[b"message", message.as_str().as_bytes()]),
    }
}
