// SPDX-License-Identifier: EUPL-1.2
//! A loaded mapping: immutable, shared by all threads.

use hub_message::{CaseKey, Code, Digest, Finding, NodeRef, Rejection, SchemaId, Shape, Tree};

use crate::facts::Facts;
use crate::worker::Worker;

/// What every mapping file begins with; enough to find the schema that [`Mapping::load`] needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// `id`.
    pub id: String,
    /// `canonical`.
    pub canonical: SchemaId,
}

/// Reads only the header of a mapping file.
pub fn header(file: &str, text: &str) -> Result<Header, Vec<Finding>> {
    let _ = text;
    Err(vec![Finding::error(
        Code::new("AH-M100"),
        file,
        0..0,
        "not readable yet",
    )])
}

/// What came of loading a file: the mapping unless one of the findings is an error.
#[derive(Debug)]
pub struct Loaded {
    /// The mapping.
    pub mapping: Option<Mapping>,
    /// All findings, in the order of the file.
    pub findings: Vec<Finding>,
}

/// A mapping file, checked and compiled.
#[derive(Debug)]
pub struct Mapping {
    id: String,
    title: String,
    canonical: SchemaId,
    digest: Digest,
}

impl Mapping {
    /// Loads a file. `shape` is that of the canonical schema which the header names; `beside` gives the text of files
    /// named in it, relative to its folder (`tables/*.csv`).
    pub fn load(file: &str, text: &str, shape: &Shape, beside: &dyn Fn(&str) -> Option<String>) -> Loaded {
        let _ = (shape, beside);
        let findings = header(file, text).err().unwrap_or_default();
        Loaded {
            mapping: None,
            findings,
        }
    }

    /// `id`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// `title`.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The canonical schema.
    pub fn canonical(&self) -> &SchemaId {
        &self.canonical
    }

    /// Digest over the file and its tables.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// Whether it reads.
    pub fn reads(&self) -> bool {
        false
    }

    /// Whether it writes.
    pub fn writes(&self) -> bool {
        false
    }

    /// Media type of what it writes.
    pub fn media_type(&self) -> &'static str {
        "application/octet-stream"
    }

    /// File extension of what it writes, without a dot.
    pub fn extension(&self) -> &'static str {
        "bin"
    }

    /// Whether writing uses `$case.…`.
    pub fn asks_case(&self) -> bool {
        false
    }

    /// Every canonical leaf that writing reads, as a dotted path.
    pub fn fields_read_by_write(&self) -> &[String] {
        &[]
    }

    /// Reads a file, which may hold many documents.
    pub fn read(&self, input: &[u8], worker: &mut Worker) -> Result<Vec<Tree>, Rejection> {
        let _ = (input, worker);
        Err(self.cannot("read"))
    }

    /// Writes a canonical document.
    pub fn write(&self, document: NodeRef<'_>, facts: &Facts<'_>, worker: &mut Worker) -> Result<Vec<u8>, Rejection> {
        let _ = (document, facts, worker);
        Err(self.cannot("write"))
    }

    /// The case keys of a canonical document, strongest first.
    pub fn case_keys(&self, document: NodeRef<'_>) -> Vec<CaseKey> {
        let _ = document;
        Vec::new()
    }

    fn cannot(&self, what: &str) -> Rejection {
        Rejection::new(
            Code::new("AH-M200"),
            format!("mapping `{}` does not {what}", self.id),
            format!("use a mapping whose `directions` name \"{what}\""),
        )
    }
}
