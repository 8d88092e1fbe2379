// SPDX-License-Identifier: EUPL-1.2
//! One document through a mapping.

use std::sync::Arc;

use hub_message::{Code, NodeRef, Place, Rejection, Tree};

use super::Mapping;
use super::format::Format;
use crate::facts::Facts;
use crate::reading::ReadProgram;
use crate::reading::listen::{Listening, ReadState};
use crate::source::Source;
use crate::worker::{Secrets, Worker};
use crate::writing::WriteProgram;

/// Reads a file.
pub(super) fn read(
    mapping: &Mapping,
    program: &ReadProgram,
    input: &[u8],
    worker: &mut Worker,
) -> Result<Vec<Tree>, Rejection> {
    let secrets = Arc::clone(worker.secrets());
    let state = worker.state(mapping);
    match &mapping.format {
        Format::Xml(xml) => drive(
            mapping,
            program,
            &xml.source,
            input,
            &secrets,
            &mut state.xml,
            &mut state.read,
        ),
    }
}

fn drive<S: Source>(
    mapping: &Mapping,
    program: &ReadProgram,
    source: &S,
    input: &[u8],
    secrets: &Secrets,
    reader: &mut S::State,
    state: &mut ReadState,
) -> Result<Vec<Tree>, Rejection> {
    let text = source.decode(input)?;
    if text.len() > u32::MAX as usize {
        return Err(Rejection::new(
            Code::new("AH-M215"),
            "the document is larger than this hub reads at once",
            "divide the document at its source",
        ));
    }
    let mut listening = Listening {
        program,
        names: &mapping.names,
        policy: mapping.policy,
        text: &text,
        state,
        secrets: &|name| secrets.get(name),
        rules: &mapping.rules,
        made: Vec::new(),
        findings: Vec::new(),
    };
    source.read(&text, reader, &mut listening)?;
    let (made, findings) = (listening.made, listening.findings);
    let mut rejections = Vec::new();
    for finding in findings {
        let mut rejection = finding.rejection;
        if let Some(at) = finding.at {
            rejection = rejection
                .at(Place::of(text.as_bytes(), at))
                .at_path(source.path_at(&text, at));
        }
        rejections.push(rejection);
    }
    match Rejection::all(rejections) {
        Some(rejection) => Err(rejection),
        None => Ok(made),
    }
}

/// Writes a canonical document.
pub(super) fn write(
    mapping: &Mapping,
    program: &WriteProgram,
    document: NodeRef<'_>,
    facts: &Facts<'_>,
    worker: &mut Worker,
) -> Result<Vec<u8>, Rejection> {
    let _ = (mapping, program, document, facts, worker);
    Err(mapping.cannot("write"))
}
