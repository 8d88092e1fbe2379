// SPDX-License-Identifier: EUPL-1.2
//! A loaded mapping: immutable, shared by all threads.

mod case;
mod format;
mod load;
mod run;
mod schema;
mod structure;

use std::ops::Range;
use std::sync::Arc;

use hub_message::{CaseKey, Code, Digest, Finding, NodeRef, Place, Rejection, SchemaId, Shape, Tree};

use crate::beside::Beside;
use crate::comparison::Structure;
use crate::contents::ReadOutput;
use crate::facts::Facts;
use crate::language::file;
use crate::language::file::Policy;
use crate::language::tests_section::TestBlock;
use crate::language::value;
use crate::provenance::{Explained, ExplainedWriting, FileRows};
use crate::reading::ReadProgram;
use crate::report::Report;
use crate::source::{Names, Symbol};
use crate::worker::Worker;
use crate::writing::WriteProgram;

/// What every mapping file begins with; enough to find the schema that [`Mapping::load`] needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// `id`.
    pub id: String,
    /// `canonical`.
    pub canonical: SchemaId,
}

/// Reads only the header of a mapping file.
///
/// # Errors
/// The findings without which the mapping cannot be loaded to look for more. What else is wrong with the header,
/// [`Mapping::load`] finds with the rest.
pub fn header(file: &str, text: &str) -> Result<Header, Vec<Finding>> {
    let mut report = Report::new(file);
    let table = value::parse(text, &mut report);
    if report.failed() {
        return Err(report.finish());
    }
    file::header(&table, &mut report).ok_or_else(|| report.finish())
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
    pub(crate) header: Header,
    title: String,
    digest: Digest,
    /// Which of a worker's states is this mapping's.
    number: u64,
    names: Names,
    format: format::Format,
    policy: Policy,
    read: Option<ReadProgram>,
    write: Option<WriteProgram>,
    case: Vec<case::KeyRule>,
    pub(crate) tests: Vec<TestBlock>,
    pub(crate) rules: RulePlaces,
    /// The rows as they stand in the file.
    pub(crate) rows: FileRows,
    /// What `[coverage]` leaves out, with the reason.
    pub(crate) left_out: Vec<(String, Option<String>)>,
    fields_read_by_write: Vec<String>,
    secrets: Vec<String>,
    asks_case: bool,
}

/// Where the rules of a mapping stand in its file.
#[derive(Debug, Clone, Default)]
pub(crate) struct RulePlaces {
    file: String,
    text: Arc<str>,
}

impl RulePlaces {
    /// The mapping file.
    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    /// What stands at a byte range.
    pub(crate) fn raw(&self, span: &Range<usize>) -> &str {
        self.text.get(span.clone()).unwrap_or_default()
    }

    /// What stands at a byte range, without the quotation marks of TOML.
    pub(crate) fn text(&self, span: &Range<usize>) -> &str {
        let text = self.raw(span);
        let unquoted = |mark: &str| text.strip_prefix(mark)?.strip_suffix(mark);
        let marks = ["\"\"\"", "'''", "\"", "'"];
        marks.into_iter().find_map(unquoted).unwrap_or(text)
    }

    /// `file:line:column` of a byte offset.
    pub(crate) fn place(&self, offset: usize) -> String {
        format!("{}:{}", self.file, self.place_of(offset))
    }

    /// Line and column of a byte offset.
    pub(crate) fn place_of(&self, offset: usize) -> Place {
        Place::of(self.text.as_bytes(), offset)
    }
}

impl Mapping {
    /// Loads a file. `shape` is that of the canonical schema which the header names; `beside` gives the files
    /// that it names.
    pub fn load(file: &str, text: &str, shape: &Shape, beside: Beside<'_>) -> Loaded {
        load::load(file, text, shape, beside)
    }

    /// `id`.
    pub fn id(&self) -> &str {
        &self.header.id
    }

    /// `title`.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Its file, as it was named when it was loaded.
    pub fn file(&self) -> &str {
        self.rules.file()
    }

    /// The canonical schema.
    pub fn canonical(&self) -> &SchemaId {
        &self.header.canonical
    }

    /// Digest over the file, its tables and its schemas.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// Whether it reads.
    pub fn reads(&self) -> bool {
        self.read.is_some()
    }

    /// Whether it writes.
    pub fn writes(&self) -> bool {
        self.write.is_some()
    }

    /// Media type of what it writes.
    pub fn media_type(&self) -> &str {
        self.format.media_type()
    }

    /// File extension of what it writes, without a dot.
    pub fn extension(&self) -> &str {
        self.format.extension()
    }

    /// Whether writing uses `$case.…`.
    pub fn asks_case(&self) -> bool {
        self.asks_case
    }

    /// Names of the secrets that its functions ask for.
    pub fn secrets(&self) -> &[String] {
        &self.secrets
    }

    /// Every canonical leaf that writing reads, as a dotted path, sorted.
    pub fn fields_read_by_write(&self) -> &[String] {
        &self.fields_read_by_write
    }

    /// Reads a file, which may hold many documents. Contents that it hands out are dropped: for whoever only looks at
    /// the documents.
    pub fn read(&self, input: &[u8], worker: &mut Worker) -> Result<Vec<Tree>, Rejection> {
        self.read_whole(input, worker).map(|output| output.documents)
    }

    /// Reads a file, which may hold many documents, with the contents that these refer to.
    pub fn read_whole(&self, input: &[u8], worker: &mut Worker) -> Result<ReadOutput, Rejection> {
        match &self.read {
            Some(program) => run::read(self, program, input, worker),
            None => Err(self.cannot("read")),
        }
    }

    /// Writes a canonical document.
    pub fn write(&self, document: NodeRef<'_>, facts: &Facts<'_>, worker: &mut Worker) -> Result<Vec<u8>, Rejection> {
        match &self.write {
            Some(program) => run::write(self, program, document, facts, worker),
            None => Err(self.cannot("write")),
        }
    }

    /// Reads a file and says of every canonical leaf where it comes from.
    pub fn explain(&self, input: &[u8], worker: &Worker) -> Result<Explained, Rejection> {
        match &self.read {
            Some(program) => run::explain(self, program, input, worker),
            None => Err(self.cannot("read")),
        }
    }

    /// Writes a canonical document and says of every written place where it comes from.
    pub fn explain_writing(
        &self,
        document: NodeRef<'_>,
        facts: &Facts<'_>,
        worker: &Worker,
    ) -> Result<ExplainedWriting, Rejection> {
        match &self.write {
            Some(program) => run::explain_writing(self, program, document, facts, worker),
            None => Err(self.cannot("write")),
        }
    }

    /// The case keys of a canonical document, strongest first.
    pub fn case_keys(&self, document: NodeRef<'_>) -> Vec<CaseKey> {
        case::keys(&self.case, document)
    }

    /// A document of this format as a tree of places, named as `like` names them.
    pub fn structure(&self, input: &[u8], like: &Mapping) -> Result<Structure<'static>, Rejection> {
        structure::structure(self, input, &like.names)
    }

    /// What the paths of a document of this format begin with.
    pub(crate) fn root_path(&self) -> String {
        self.format
            .root_name()
            .map_or_else(String::new, |root| format!("/{root}"))
    }

    /// What the schema of its format finds wrong with a written document, whatever `validate` says.
    pub(crate) fn schema_faults(&self, written: &[u8]) -> Option<Rejection> {
        match &self.format {
            format::Format::Xml(xml) => {
                let schema = xml.schema.as_ref()?;
                Rejection::all(schema.faults(&xml.source, written))
            }
            _ => None,
        }
    }

    /// A written document as text, for comparing: in its encoding.
    pub(crate) fn as_text(&self, bytes: &[u8]) -> String {
        self.format.as_text(bytes)
    }

    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Path of a node of the trie, in the mapping's spelling.
    pub(crate) fn path_of(&self, node: u32) -> &str {
        let nodes = self.read.as_ref().map(|program| &program.trie.nodes);
        nodes
            .and_then(|nodes| nodes.get(node as usize))
            .map_or("", |node| node.path.as_str())
    }

    /// Node and attribute of each of the places that are left out.
    pub(crate) fn known_places(&self) -> &[(u32, Symbol)] {
        self.read.as_ref().map_or(&[], |program| &program.known)
    }

    fn cannot(&self, what: &str) -> Rejection {
        Rejection::new(
            Code::new("AH-M200"),
            format!("mapping `{}` does not {what}", self.id()),
            format!("use a mapping whose `directions` name \"{what}\""),
        )
    }
}
