// SPDX-License-Identifier: EUPL-1.2
//! What a test begins with, and what is made of it.

use hub_message::{CaseFacts, Rejection, Tree};

use super::{Running, compare};
use crate::language::tests_section::{Expectation, Input, TestBlock};
use crate::{Facts, json};

/// What a test made.
#[derive(Default)]
pub(super) struct Made {
    pub(super) canonical: Vec<Tree>,
    /// What this mapping wrote, if it did, one document for each canonical one.
    pub(super) written: Vec<Vec<u8>>,
    /// Whether the output is what was written rather than the canonical documents.
    pub(super) is_written: bool,
}

/// Why a test cannot go on.
pub(super) enum Fault {
    Rejected(Box<Rejection>),
    Test(String),
}

impl From<Rejection> for Fault {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(Box::new(rejection))
    }
}

impl Running<'_> {
    /// Runs the test.
    pub(super) fn run(&mut self, block: &TestBlock) {
        let made = self.make(block);
        let expected = block.expectations.iter().find_map(|expectation| match expectation {
            Expectation::Error {
                code,
                field,
                source,
                span,
            } => Some(([code, field, source], span.start)),
            _ => None,
        });
        let start = block.span.start;
        match (made, expected) {
            (Ok(_), Some((_, at))) => self.fail(at, "the document was not rejected"),
            (Err(Fault::Rejected(rejection)), Some((expected, at))) => {
                if let Err(text) = compare::rejected(&rejection, expected) {
                    self.fail(at, text);
                }
            }
            (Err(Fault::Rejected(rejection)), None) => self.fail(start, compare::shown(&rejection)),
            (Err(Fault::Test(sentence)), _) => self.fail(start, sentence),
            (Ok(made), None) => {
                for expectation in &block.expectations {
                    self.check(expectation, &made);
                }
            }
        }
    }

    fn make(&mut self, block: &TestBlock) -> Result<Made, Fault> {
        let mut made = Made::default();
        let native = match &block.input {
            Input::Write(file) => {
                made.canonical = vec![json::parse(&self.file(file)?)?];
                None
            }
            Input::Read(file) => Some(self.file(file)?),
            Input::ReadText(text) => Some(text.clone().into_bytes()),
        };
        if let Some(native) = native {
            made.canonical = match &block.via {
                None => self.mapping.read(&native, self.worker)?,
                Some(id) => {
                    let via = (self.around.library)(id);
                    let via = via.ok_or_else(|| Fault::Test(format!("there is no mapping `{id}` for `via`")))?;
                    via.read(&native, self.worker)?
                }
            };
        }
        made.is_written = block.via.is_some() || matches!(block.input, Input::Write(_));
        if made.is_written {
            for document in &made.canonical {
                made.written.push(self.write(document)?);
            }
        }
        Ok(made)
    }

    fn file(&self, name: &str) -> Result<Vec<u8>, Fault> {
        (self.around.file)(name).ok_or_else(|| Fault::Test(format!("there is no file `{name}`")))
    }

    /// Writes a canonical document, with facts that are the same everywhere.
    pub(super) fn write(&mut self, document: &Tree) -> Result<Vec<u8>, Fault> {
        let case = CaseFacts {
            id: "V-2026-000001".to_owned(),
            references: Vec::new(),
        };
        let facts = Facts {
            message_id: "00000000000000000000000000000001",
            message_time: "2026-01-01T00:00:00Z",
            site_name: "Musterstadt",
            case: Some(&case),
        };
        let root = document
            .root()
            .ok_or_else(|| Fault::Test("the document is empty".to_owned()))?;
        Ok(self.mapping.write(root, &facts, self.worker)?)
    }
}
