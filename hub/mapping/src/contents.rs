// SPDX-License-Identifier: EUPL-1.2
//! Contents that reading hands out beside the canonical documents: attachments, files of a form. The canonical document
//! refers to each by its SHA-256; whoever reads puts the bytes into the document store before anybody is told of them.

use std::fmt;

use bytes::Bytes;
use hub_message::{Digest, DocumentRef, NodeRef, Sensitive, Tree};

use crate::source::Found;

/// The media type of what nobody says anything about (RFC 2046, section 4.5.1).
const UNKNOWN: &str = "application/octet-stream";

/// A content and how messages refer to it.
#[derive(Clone, PartialEq, Eq)]
pub struct Content {
    /// Digest, size, media type, and the file name at the source, which may say something about a person.
    pub reference: DocumentRef,
    /// The bytes.
    pub bytes: Bytes,
}

/// Shows how large it is, never what it holds or what it is called.
impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content({} bytes)", self.bytes.len())
    }
}

/// What reading a file came to.
#[derive(Debug, Default)]
pub struct ReadOutput {
    /// The canonical documents, in the order of the file.
    pub documents: Vec<Tree>,
    /// For each document the contents that it refers to, in the order of its fields; each content once.
    pub contents: Vec<Vec<Content>>,
}

/// A content that a function keeps, with what its source says about it.
#[derive(Clone)]
pub(crate) struct Kept {
    pub(crate) digest: Digest,
    bytes: Bytes,
    media_type: String,
    name: Option<Sensitive<String>>,
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kept({} bytes)", self.bytes.len())
    }
}

impl Kept {
    pub(crate) fn of(bytes: Bytes, media_type: &str, name: Option<&str>) -> Self {
        Self {
            digest: Digest::of(&bytes),
            bytes,
            media_type: media_type.to_owned(),
            name: name.map(|name| Sensitive::new(name.to_owned())),
        }
    }
}

/// What a source told of files that a row may want, until the document is made. The slot of such a place holds a
/// handle: a NUL, which stands in no text that a source tells there, and the number of the file.
#[derive(Debug, Default)]
pub(crate) struct Told {
    files: Vec<(Bytes, String, Option<Sensitive<String>>)>,
}

impl Told {
    pub(crate) fn clear(&mut self) {
        self.files.clear();
    }

    /// Remembers a file and gives its handle.
    pub(crate) fn add(&mut self, found: Found<'_>) -> String {
        let name = found.name.map(|name| Sensitive::new(name.to_owned()));
        let bytes = Bytes::copy_from_slice(found.bytes);
        self.files.push((bytes, found.media_type.to_owned(), name));
        format!("\0{}", self.files.len() - 1)
    }

    /// The file of a handle.
    pub(crate) fn get(&self, handle: &str) -> Option<Kept> {
        let index: usize = handle.strip_prefix('\0')?.parse().ok()?;
        let (bytes, media_type, name) = self.files.get(index)?;
        let name = name.as_ref().map(|name| name.disclose().as_str());
        Some(Kept::of(bytes.clone(), media_type, name))
    }
}

/// The contents that a document refers to. What stands beside the reference in the document (`mediaType`, `name`) is
/// what the mapping says about it and counts; else what the source says.
pub(crate) fn referred(document: &Tree, kept: Vec<Kept>) -> Vec<Content> {
    let mut contents: Vec<Content> = Vec::new();
    if kept.is_empty() {
        return contents;
    }
    for kept in kept {
        let known = |content: &Content| content.reference.sha256 == kept.digest;
        let Some(beside) = document.root().and_then(|root| around(root, kept.digest.as_str())) else {
            continue;
        };
        if contents.iter().any(known) {
            continue;
        }
        let text = |key: &str| beside.get(key).and_then(NodeRef::text).map(str::to_owned);
        let given = Some(kept.media_type).filter(|media_type| !media_type.is_empty());
        contents.push(Content {
            reference: DocumentRef {
                sha256: kept.digest,
                size: kept.bytes.len() as u64,
                media_type: text("mediaType").or(given).unwrap_or_else(|| UNKNOWN.to_owned()),
                name: text("name").map(Sensitive::new).or(kept.name),
                capability: None,
            },
            bytes: kept.bytes,
        });
    }
    contents
}

/// The group in which a text stands first; the root, where it stands in a list of plain values. Depth is that of a
/// canonical schema.
fn around<'t>(node: NodeRef<'t>, text: &str) -> Option<NodeRef<'t>> {
    for child in node.children() {
        match child.text() {
            Some(found) if found == text => return Some(node),
            Some(_) => {}
            None => {
                if let Some(found) = around(child, text) {
                    return Some(found);
                }
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[track_caller]
    fn check(document: &str, kept: &[(&str, &str, Option<&str>)], expected: &[(&str, Option<&str>)]) {
        let kept: Vec<Kept> = kept
            .iter()
            .map(|(bytes, media_type, name)| Kept::of(Bytes::copy_from_slice(bytes.as_bytes()), media_type, *name))
            .collect();
        let mut document = document.to_owned();
        for (index, kept) in kept.iter().enumerate() {
            document = document.replace(&format!("#{index}"), kept.digest.as_str());
        }
        let contents = referred(&json::parse(document.as_bytes()).unwrap(), kept);
        let found: Vec<(&str, Option<&str>)> = contents
            .iter()
            .map(|content| {
                let name = content.reference.name.as_ref();
                (
                    content.reference.media_type.as_str(),
                    name.map(|name| name.disclose().as_str()),
                )
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_mapping_says_what_a_content_is_else_the_source() {
        let pdf = ("a", "application/pdf", Some("a.pdf"));
        check(
            r##"{"x":{"sha256":"#0"}}"##,
            &[pdf],
            &[("application/pdf", Some("a.pdf"))],
        );
        check(
            r##"{"x":[{"mediaType":"text/xml","sha256":"#0","name":"b"}]}"##,
            &[pdf],
            &[("text/xml", Some("b"))],
        );
        check(r##"{"x":["#0"]}"##, &[("a", "", None)], &[(UNKNOWN, None)]);
    }

    #[test]
    fn a_content_comes_once_and_only_if_the_document_refers_to_it() {
        let (a, b) = (("a", "text/plain", None), ("b", "text/plain", None));
        check(r##"{"x":"#0","y":"#1"}"##, &[a, a], &[("text/plain", None)]);
        check(r##"{"x":"#1"}"##, &[a, b], &[("text/plain", None)]);
    }

    #[test]
    fn nothing_of_a_content_is_shown() {
        let content = Kept::of(Bytes::from_static(b"secret"), "text/plain", Some("Erika"));
        assert_eq!(format!("{content:?}"), "Kept(6 bytes)");
    }
}
