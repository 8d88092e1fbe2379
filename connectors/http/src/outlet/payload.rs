// SPDX-License-Identifier: EUPL-1.2
//! The body of a request to the target. A delivery is read to its end before the first byte goes out: only then its
//! bytes are known to be right, and a target never sees half of one because the hub went away.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use bytes::Bytes;
use connector_sdk::{Content, Delivery, Reader, SinkFault, Spool, Unavailable};
use futures_util::stream::{self, BoxStream, StreamExt};
use hub_message::{DocumentRef, Header};
use reqwest::Body;

use crate::settings::DocumentsAs;

/// Bytes read from a file at once.
const CHUNK: u64 = 256 * 1024;
const UNTYPED: &str = "application/octet-stream";

/// A body that can be sent as often as is needed.
#[derive(Debug)]
pub(crate) struct Payload {
    pub media_type: String,
    pub size: u64,
    pieces: Vec<Content>,
}

impl Payload {
    /// Everything that the target gets of a delivery.
    pub(crate) async fn of(delivery: &Delivery, documents: DocumentsAs) -> Result<Self, SinkFault> {
        let media_type = delivery.headers.get(Header::ContentType).unwrap_or(UNTYPED);
        let message = spooled(delivery.content()).await?;
        if documents == DocumentsAs::None {
            return Ok(Self::new(media_type.to_owned(), vec![message]));
        }
        // Nobody outside knows the id before, so no content can hold it to break out of its part.
        let boundary = format!("amtshub-{}", delivery.id.as_str());
        let head =
            |name, file: Option<&str>, media_type: &str| Content::inline(part(&boundary, name, file, media_type));
        let mut pieces = vec![head("message", None, media_type), message];
        for document in &delivery.head.documents {
            pieces.push(Content::inline("\r\n"));
            pieces.push(head("document", Some(&file_name(document)), &document.media_type));
            pieces.push(spooled(delivery.document(document)).await?);
        }
        pieces.push(Content::inline(format!("\r\n--{boundary}--\r\n")));
        Ok(Self::new(format!("multipart/form-data; boundary={boundary}"), pieces))
    }

    fn new(media_type: String, pieces: Vec<Content>) -> Self {
        Self {
            media_type,
            size: pieces.iter().map(Content::size).sum(),
            pieces,
        }
    }

    /// The body, from its beginning.
    pub(crate) fn body(&self) -> Body {
        if let [Content::Inline(bytes)] = self.pieces.as_slice() {
            return Body::from(bytes.disclose().clone());
        }
        Body::wrap_stream(stream::iter(self.pieces.clone()).flat_map(streamed))
    }
}

async fn spooled(mut reader: Reader<'_>) -> Result<Content, SinkFault> {
    let full = |_| Unavailable::new("Der Konnektor hat keinen Platz für einen großen Inhalt (temporäre Dateien).");
    let mut spool = Spool::default();
    while let Some(chunk) = reader.chunk().await? {
        spool.push(&chunk).await.map_err(full)?;
    }
    Ok(spool.finish().await.map_err(full)?)
}

fn streamed(content: Content) -> BoxStream<'static, io::Result<Bytes>> {
    match content {
        Content::Inline(bytes) => stream::iter([Ok(bytes.disclose().clone())]).boxed(),
        Content::File { file, size, .. } => stream::try_unfold(0, move |offset| {
            let file = Arc::clone(&file);
            async move { read(file, offset, size).await }
        })
        .boxed(),
    }
}

async fn read(file: Arc<File>, offset: u64, size: u64) -> io::Result<Option<(Bytes, u64)>> {
    let length = CHUNK.min(size - offset);
    if length == 0 {
        return Ok(None);
    }
    let mut bytes = vec![0; length as usize];
    let read = move || file.read_exact_at(&mut bytes, offset).map(|()| bytes);
    let bytes = tokio::task::spawn_blocking(read).await.map_err(io::Error::other)??;
    Ok(Some((bytes.into(), offset + length)))
}

/// The head of one part of a form (RFC 7578).
fn part(boundary: &str, name: &str, file: Option<&str>, media_type: &str) -> String {
    let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
    let media_type = if media_type.chars().all(|c| matches!(c, ' '..='~')) {
        media_type
    } else {
        UNTYPED
    };
    format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\nContent-Type: {media_type}\r\n\r\n"
    )
}

/// The name of a document as browsers write it, without folders.
fn file_name(document: &DocumentRef) -> String {
    let name = document.name.as_ref().map_or("", |name| name.disclose());
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let harmless: String = name.chars().filter(|c| !c.is_control()).take(200).collect();
    if harmless.is_empty() {
        "dokument".to_owned()
    } else {
        harmless.replace('"', "%22")
    }
}

#[cfg(test)]
mod tests {
    use hub_message::Sensitive;

    use super::*;

    #[track_caller]
    fn check(name: Option<&str>, expected: &str) {
        let document = DocumentRef {
            sha256: hub_message::Digest::of(b""),
            size: 0,
            media_type: "application/pdf".to_owned(),
            name: name.map(|name| Sensitive::new(name.to_owned())),
            capability: None,
        };
        assert_eq!(file_name(&document), expected);
    }

    #[test]
    fn names_of_documents_stay_in_their_place() {
        check(Some("Lieferschein ä.pdf"), "Lieferschein ä.pdf");
        check(Some("a\"; name=\"x\r\nX: y"), "a%22; name=%22xX: y");
        check(Some("../../etc/passwd"), "passwd");
        check(Some("C:\\a.pdf"), "a.pdf");
        check(Some(""), "dokument");
        check(None, "dokument");
    }
}
