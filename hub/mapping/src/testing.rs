// SPDX-License-Identifier: EUPL-1.2
//! Runs the `[[test]]` blocks of a mapping.
//!
//! | key | meaning |
//! | --- | --- |
//! | `read = "file"`, `read_text = '…'` | a native document that is read |
//! | `write = "file"` | a canonical document (JSON) that is written |
//! | `via = "mapping"` | with `read`: that mapping reads, this one writes what comes out |
//! | `equals = "file"`, `equals_text = '…'` | the output: a canonical document is compared as JSON (numbers by value, the text `*` stands for any value); what was written is compared as text, XML without the white space between tags. Several canonical documents stand one on each line |
//! | `expect = { "lines[0].net" = 1.50 }` | leaves of the canonical document; of a further document as `"[1].case.number"` |
//! | `error = { code = "AH-M210", field = "…", source = "line:column" }` | the document is rejected, and a finding has all of these |
//! | `absent = ["…"]` | none of these texts stands anywhere in the output |
//! | `never = ["person.religion"]` | none of these canonical fields is there |
//! | `valid = true` | the canonical document is valid |
//! | `roundtrip = true` | what this mapping writes it reads back as the same canonical document |

mod compare;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use hub_message::{CaseFacts, NodeRef, Place, Rejection, Tree};

use crate::language::tests_section::{Expectation, Input, TestBlock};
use crate::{Facts, Mapping, Secrets, Worker, json};

/// What came of one `[[test]]` block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestOutcome {
    /// Its name.
    pub name: String,
    /// What failed; `None` when it passed. The documents of tests are examples, so it may show their values.
    pub failure: Option<String>,
    /// Where the block stands in the file.
    pub place: Place,
}

/// What the tests need from outside.
pub struct Surroundings<'a> {
    /// Other mappings by id, for `via`.
    pub library: &'a dyn Fn(&str) -> Option<Arc<Mapping>>,
    /// Files beside the mapping.
    pub file: &'a dyn Fn(&str) -> Option<Vec<u8>>,
    /// Whether a canonical document is valid, for `valid = true`; the reason when it is not.
    pub validate: &'a dyn Fn(&Tree) -> Result<(), String>,
}

/// Runs all tests of `mapping`.
pub fn run(mapping: &Mapping, around: &Surroundings<'_>) -> Vec<TestOutcome> {
    let names = mapping.secrets().iter();
    // Tests are the same everywhere, so they do not know real secrets.
    let secrets: BTreeMap<String, Vec<u8>> = names
        .map(|name| (name.clone(), format!("a secret for tests: {name}").into_bytes()))
        .collect();
    let mut worker = Worker::with_secrets(Arc::new(Secrets::new(secrets)));
    let mut outcomes = Vec::new();
    for block in &mapping.tests {
        let mut test = Running {
            mapping,
            around,
            worker: &mut worker,
        };
        outcomes.push(TestOutcome {
            name: block.name.clone(),
            failure: test.run(block).err(),
            place: mapping.rules.place_of(block.span.start),
        });
    }
    outcomes
}

struct Running<'r, 'a> {
    mapping: &'r Mapping,
    around: &'r Surroundings<'a>,
    worker: &'r mut Worker,
}

/// What a test made.
#[derive(Default)]
struct Made {
    canonical: Vec<Tree>,
    /// What this mapping wrote, if it did, one text for each canonical document.
    written: Vec<String>,
    /// Whether the output is what was written rather than the canonical documents.
    is_written: bool,
}

impl Running<'_, '_> {
    fn run(&mut self, block: &TestBlock) -> Result<(), String> {
        let made = self.make(block);
        let expected_error = block.expectations.iter().find_map(|expectation| match expectation {
            Expectation::Error { code, field, source } => Some([code, field, source]),
            _ => None,
        });
        let made = match (made, expected_error) {
            (Ok(_), Some(_)) => return Err("the document was not rejected".to_owned()),
            (Err(Fault::Rejected(rejection)), Some(expected)) => return compare::rejected(&rejection, expected),
            (Err(Fault::Rejected(rejection)), None) => return Err(compare::shown(&rejection)),
            (Err(Fault::Test(sentence)), _) => return Err(sentence),
            (Ok(made), None) => made,
        };
        for expectation in &block.expectations {
            self.check(expectation, &made)?;
        }
        Ok(())
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
                let bytes = self.write(document)?;
                made.written.push(self.mapping.as_text(&bytes));
            }
        }
        Ok(made)
    }

    fn file(&self, name: &str) -> Result<Vec<u8>, Fault> {
        (self.around.file)(name).ok_or_else(|| Fault::Test(format!("there is no file `{name}`")))
    }

    fn write(&mut self, document: &Tree) -> Result<Vec<u8>, Fault> {
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

    fn check(&mut self, expectation: &Expectation, made: &Made) -> Result<(), String> {
        match expectation {
            Expectation::Error { .. } => Ok(()),
            Expectation::Equals(file) => {
                let expected = (self.around.file)(file).ok_or_else(|| format!("there is no file `{file}`"))?;
                let expected = if made.is_written {
                    self.mapping.as_text(&expected)
                } else {
                    String::from_utf8(expected).map_err(|_| format!("`{file}` is not UTF-8"))?
                };
                equals(&expected, made)
            }
            Expectation::EqualsText(expected) => equals(expected, made),
            Expectation::Expect(leaves) => leaves.iter().try_for_each(|(path, value)| expect(path, value, made)),
            Expectation::Absent(texts) => {
                let output = output(made);
                match texts.iter().find(|text| output.contains(text.as_str())) {
                    Some(text) => Err(format!("`{text}` stands in the output")),
                    None => Ok(()),
                }
            }
            Expectation::Never(paths) => {
                let there = |path: &&String| {
                    let keys: Vec<&str> = path.split('.').collect();
                    made.canonical
                        .iter()
                        .filter_map(Tree::root)
                        .any(|root| is_there(root, &keys))
                };
                match paths.iter().find(there) {
                    Some(path) => Err(format!("`{path}` is there")),
                    None => Ok(()),
                }
            }
            Expectation::Valid => made
                .canonical
                .iter()
                .try_for_each(|document| (self.around.validate)(document)),
            Expectation::Roundtrip => made.canonical.iter().try_for_each(|document| self.roundtrip(document)),
        }
    }

    fn roundtrip(&mut self, document: &Tree) -> Result<(), String> {
        let root = document.root().ok_or("the document is empty")?;
        let written = match self.write(document) {
            Ok(written) => written,
            Err(Fault::Rejected(rejection)) => return Err(format!("writing: {}", compare::shown(&rejection))),
            Err(Fault::Test(sentence)) => return Err(sentence),
        };
        let read = self
            .mapping
            .read(&written, self.worker)
            .map_err(|rejection| format!("reading what was written: {}", compare::shown(&rejection)))?;
        let back = read
            .first()
            .and_then(Tree::root)
            .ok_or("what was written reads as nothing")?;
        compare::same(root, back, "").map_err(|difference| format!("written and read again: {difference}"))
    }
}

/// Why a test cannot go on.
enum Fault {
    Rejected(Box<Rejection>),
    Test(String),
}

impl From<Rejection> for Fault {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(Box::new(rejection))
    }
}

fn output(made: &Made) -> String {
    if made.is_written {
        return made.written.concat();
    }
    let documents: Vec<String> = made.canonical.iter().map(Tree::to_json).collect();
    documents.join("\n")
}

fn equals(expected: &str, made: &Made) -> Result<(), String> {
    if made.is_written {
        return compare::same_text(expected, &made.written.concat());
    }
    let parse = |text: &str| json::parse(text.as_bytes()).map_err(|fault| format!("the expected document: {fault}"));
    let expected = match made.canonical.len() {
        1 => vec![parse(expected)?],
        _ => expected
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(parse)
            .collect::<Result<_, _>>()?,
    };
    if expected.len() != made.canonical.len() {
        return Err(format!("{} documents, not {}", made.canonical.len(), expected.len()));
    }
    for (expected, found) in expected.iter().zip(&made.canonical) {
        if let (Some(expected), Some(found)) = (expected.root(), found.root()) {
            compare::same(expected, found, "")?;
        }
    }
    Ok(())
}

fn expect(path: &str, value: &str, made: &Made) -> Result<(), String> {
    let numbered = path.strip_prefix('[').and_then(|rest| rest.split_once("]."));
    let (document, below) = match numbered {
        Some((index, below)) => (
            made.canonical.get(index.parse::<usize>().map_err(|_| "no index")?),
            below,
        ),
        None => (made.canonical.first(), path),
    };
    let found = document.and_then(|document| document.at(below)).and_then(NodeRef::text);
    match found {
        Some(found) if compare::same_value(value, found) => Ok(()),
        Some(found) => Err(format!("`{path}` is `{found}`, not `{value}`")),
        None => Err(format!("`{path}` is absent, not `{value}`")),
    }
}

fn is_there(node: NodeRef<'_>, keys: &[&str]) -> bool {
    if node.kind() == hub_message::Kind::List {
        return node.children().any(|item| is_there(item, keys));
    }
    match keys.split_first() {
        None => true,
        Some((key, rest)) => node.get(key).is_some_and(|child| is_there(child, rest)),
    }
}
