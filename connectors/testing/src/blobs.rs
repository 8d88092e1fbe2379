// SPDX-License-Identifier: EUPL-1.2
//! The hub's document service on the real document store, one request after the other.

use hub_bus::BlobRequest;
use hub_documents::{Documents, DocumentsFault};
use hub_message::body::unframe;
use hub_message::{ConnectorName, Digest, Timestamp, capability};
use serde_json::{Value, json};

const KEY: &[u8] = b"capability key of the tests";

/// Lets this connector read a document, for ever.
pub(crate) fn capability(document: &Digest, reader: &ConnectorName) -> String {
    capability::mint(KEY, document, reader, Timestamp::from_millis(i64::MAX))
}

/// Answers one request.
pub(crate) async fn serve(documents: &Documents, request: BlobRequest) {
    let (head, bytes) = unframe::<Value>(&request.payload).unwrap();
    let sender = &request.connector;
    let upload: Option<Digest> = request.upload.as_ref().map(|upload| upload.parse().unwrap());
    let number = |key: &str| head[key].as_u64().unwrap();
    let digest = || head["sha256"].as_str().unwrap().parse::<Digest>().unwrap();
    let answer = match (request.operation.as_str(), upload) {
        ("begin", None) => {
            let begun = documents.begin(sender, &digest(), number("size")).await;
            begun.map(|begun| json!({"upload": digest(), "offset": begun.offset, "exists": begun.exists}))
        }
        ("chunk", Some(upload)) => {
            let offset = documents.append(sender, &upload, number("offset"), bytes).await;
            offset.map(|offset| json!({"offset": offset}))
        }
        ("commit", Some(upload)) => {
            let done = documents.commit(sender, &upload).await;
            done.map(|()| json!({"sha256": upload, "size": 0, "media_type": "application/octet-stream"}))
        }
        ("read", None) => return read(documents, request, &head).await,
        other => panic!("{other:?}"),
    };
    match answer {
        Ok(answer) => request.reply(&answer).await,
        Err(DocumentsFault::Mismatch) => request.refuse("AH-D203", "mismatch").await,
        Err(fault) => request.unavailable(&fault.to_string()).await,
    }
}

async fn read(documents: &Documents, request: BlobRequest, head: &Value) {
    let digest: Digest = head["sha256"].as_str().unwrap().parse().unwrap();
    let shown = head["capability"].as_str().unwrap_or_default();
    if capability::verify(KEY, shown, &digest, &request.connector, Timestamp::from_millis(0)).is_err() {
        return request.refuse("AH-D204", "not allowed").await;
    }
    let (offset, length) = (head["offset"].as_u64().unwrap(), head["length"].as_u64().unwrap());
    match documents.read_range(&digest, offset, length).await {
        Ok((size, bytes)) => request.reply_bytes(size, &bytes).await,
        Err(fault) => request.unavailable(&fault.to_string()).await,
    }
}
