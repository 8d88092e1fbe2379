// SPDX-License-Identifier: EUPL-1.2
//! One document through a mapping.

use std::sync::Arc;

use hub_message::{Code, NodeRef, Rejection};

use super::Mapping;
use super::format::Format;
use super::schema::Schema;
use crate::contents::ReadOutput;
use crate::csv::CsvSink;
use crate::facts::Facts;
use crate::fixed::FixedSink;
use crate::form::FormSink;
use crate::json::{JsonSink, JsonSource};
use crate::mail::MailSink;
use crate::multipart::MultipartSink;
use crate::provenance::{self, Explained, ExplainedWriting, Located, Recorder, Traced};
use crate::reading::ReadProgram;
use crate::reading::listen::{Listening, ReadState};
use crate::sink::Sink;
use crate::source::{RawSource, Source};
use crate::worker::{Secrets, Worker};
use crate::writing::values::WriteState;
use crate::writing::{WriteProgram, Writing};
use crate::xml::{Xml, XmlSink};

/// Reads a file.
pub(super) fn read(
    mapping: &Mapping,
    program: &ReadProgram,
    input: &[u8],
    worker: &mut Worker,
) -> Result<ReadOutput, Rejection> {
    read_located(mapping, program, input, worker).map(|(output, _)| output)
}

/// What reading a file comes to, and where what the recorder keeps stands in it.
fn read_located(
    mapping: &Mapping,
    program: &ReadProgram,
    input: &[u8],
    worker: &mut Worker,
) -> Result<(ReadOutput, Located), Rejection> {
    let secrets = Arc::clone(worker.secrets());
    let state = worker.state(mapping);
    let schema = match &mapping.format {
        Format::Xml(xml) => xml.schema.as_ref().map(|schema| (schema, &xml.source)),
        _ => None,
    };
    let mut with = With {
        mapping,
        schema,
        program,
        input,
        secrets: &secrets,
        state: &mut state.read,
        located: Located::default(),
    };
    let output = match &mapping.format {
        Format::Xml(xml) => with.drive(&xml.source, &mut state.xml),
        Format::Json => with.drive(&JsonSource, &mut ()),
        Format::Csv(csv) => with.drive(csv.as_ref(), &mut state.csv),
        Format::Fixed(fixed) => with.drive(fixed.as_ref(), &mut state.fixed),
        Format::Form(form) => with.drive_raw(form.as_ref()),
        Format::Multipart(multipart) => with.drive_raw(multipart),
        Format::Mail(mail) => with.drive_raw(mail.as_ref()),
    };
    Ok((output?, with.located))
}

/// A file and what it is read with.
struct With<'w> {
    mapping: &'w Mapping,
    schema: Option<(&'w Schema, &'w Xml)>,
    program: &'w ReadProgram,
    input: &'w [u8],
    secrets: &'w Secrets,
    state: &'w mut ReadState,
    located: Located,
}

impl With<'_> {
    fn drive<S: Source>(&mut self, source: &S, reader: &mut S::State) -> Result<ReadOutput, Rejection> {
        let text = source.decode(self.input)?;
        let walk = |to: &mut Listening<'_>| source.read(&text, reader, to);
        self.listen(&text, text.as_bytes(), walk, |offsets| source.paths_at(&text, offsets))
    }

    fn drive_raw<S: RawSource>(&mut self, source: &S) -> Result<ReadOutput, Rejection> {
        let input = self.input;
        self.listen(
            "",
            input,
            |to| source.read(input, to),
            |offsets| source.paths_at(input, offsets),
        )
    }

    /// Listens to one walk through the document, whose offsets count in `bytes`.
    fn listen(
        &mut self,
        text: &str,
        bytes: &[u8],
        walk: impl FnOnce(&mut Listening<'_>) -> Result<(), Rejection>,
        paths_at: impl Fn(&[usize]) -> Vec<String>,
    ) -> Result<ReadOutput, Rejection> {
        if bytes.len() > u32::MAX as usize {
            return Err(Rejection::new(
                Code::new("AH-M215"),
                "the document is larger than this hub reads at once",
                "divide the document at its source",
            ));
        }
        let secrets = self.secrets;
        let mut listening = Listening {
            program: self.program,
            names: &self.mapping.names,
            policy: self.mapping.policy,
            text,
            state: &mut *self.state,
            secrets: &|name| secrets.get(name),
            rules: &self.mapping.rules,
            made: Vec::new(),
            contents: Vec::new(),
            findings: Vec::new(),
        };
        walk(&mut listening)?;
        let (documents, contents, findings) = (listening.made, listening.contents, listening.findings);
        // The document is well-formed here; what its schema forbids comes before what the rows could not make of it.
        let mut refused = self
            .schema
            .map_or_else(Vec::new, |(schema, xml)| schema.read(xml, text));
        if !findings.is_empty() {
            let offsets = findings.iter().filter_map(|finding| finding.at).collect();
            let located = Located::find(bytes, &paths_at, &offsets);
            refused.extend(
                findings
                    .into_iter()
                    .map(|finding| match finding.at.and_then(|at| located.get(at)) {
                        Some((path, place)) => finding.rejection.at(place).at_path(path),
                        None => finding.rejection,
                    }),
            );
        }
        if let Some(rejection) = Rejection::all(refused) {
            return Err(rejection);
        }
        if let Some(leaves) = self
            .state
            .recorder
            .as_ref()
            .and_then(|recorder| recorder.leaves.as_ref())
        {
            self.located = Located::of(bytes, &paths_at, leaves);
        }
        Ok(ReadOutput { documents, contents })
    }
}

/// Reads a file and says where everything comes from.
pub(super) fn explain(
    mapping: &Mapping,
    program: &ReadProgram,
    input: &[u8],
    worker: &Worker,
) -> Result<Explained, Rejection> {
    // A worker of its own: what is read once more to be explained counts nowhere.
    let mut worker = Worker::with_secrets(Arc::clone(worker.secrets()));
    worker.state(mapping).read.recorder = Some(Box::new(Recorder::of_leaves()));
    let (output, located) = read_located(mapping, program, input, &mut worker)?;
    let recorded = worker.state(mapping).read.recorder.take().unwrap_or_default();
    Ok(provenance::reading(mapping, output.documents, &recorded, &located))
}

/// Writes a canonical document and says where everything comes from.
pub(super) fn explain_writing(
    mapping: &Mapping,
    program: &WriteProgram,
    document: NodeRef<'_>,
    facts: &Facts<'_>,
    worker: &Worker,
) -> Result<ExplainedWriting, Rejection> {
    let mut worker = Worker::with_secrets(Arc::clone(worker.secrets()));
    worker.state(mapping).write.recorder = Some(Box::new(Recorder::of_leaves()));
    let written = write(mapping, program, document, facts, &mut worker)?;
    let recorded = worker.state(mapping).write.recorder.take().unwrap_or_default();
    Ok(provenance::writing(mapping, document.tree(), written, &recorded))
}

/// Writes a canonical document.
pub(super) fn write(
    mapping: &Mapping,
    program: &WriteProgram,
    document: NodeRef<'_>,
    facts: &Facts<'_>,
    worker: &mut Worker,
) -> Result<Vec<u8>, Rejection> {
    let secrets = Arc::clone(worker.secrets());
    let state = &mut worker.state(mapping).write;
    let names = &mapping.names;
    let mut out = Vec::with_capacity(state.bytes + state.bytes / 4);
    let to = To {
        mapping,
        program,
        document,
        facts,
        secrets: &secrets,
    };
    match &mapping.format {
        Format::Xml(xml) => {
            to.sink(&mut XmlSink::new(&xml.written, &mut out), state)?;
            if let Some(schema) = &xml.schema
                && let Some(rejection) = Rejection::all(schema.written(&xml.source, &out))
            {
                return Err(rejection);
            }
        }
        Format::Csv(csv) => to.sink(&mut CsvSink::new(csv, names, &mut out), state)?,
        Format::Fixed(fixed) => to.sink(&mut FixedSink::new(fixed, names, &mut out), state)?,
        Format::Form(form) => to.sink(&mut FormSink::new(form, names, &mut out), state)?,
        Format::Multipart(multipart) => to.sink(&mut MultipartSink::new(multipart, names, &mut out), state)?,
        Format::Mail(mail) => to.sink(&mut MailSink::new(mail, names, &mut out), state)?,
        Format::Json => {
            let mut text = String::with_capacity(out.capacity());
            to.sink(&mut JsonSink::new(names, &mut text), state)?;
            out = text.into_bytes();
        }
    }
    state.bytes = out.len();
    Ok(out)
}

/// A document and what it is written with.
struct To<'t> {
    mapping: &'t Mapping,
    program: &'t WriteProgram,
    document: NodeRef<'t>,
    facts: &'t Facts<'t>,
    secrets: &'t Secrets,
}

impl To<'_> {
    fn sink<S: Sink>(&self, sink: &mut S, state: &mut WriteState) -> Result<(), Rejection> {
        if state.recorder.is_some() {
            let root = self.mapping.format.root_name();
            return self.tell(&mut Traced::new(sink, &self.mapping.names, root), state);
        }
        self.tell(sink, state)
    }

    fn tell<S: Sink>(&self, sink: &mut S, state: &mut WriteState) -> Result<(), Rejection> {
        let writing = Writing {
            document: self.document,
            facts: self.facts,
            secrets: self.secrets,
            rules: &self.mapping.rules,
            state,
            sink,
            findings: Vec::new(),
        };
        writing.run(&self.program.document)
    }
}
