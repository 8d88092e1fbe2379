// SPDX-License-Identifier: EUPL-1.2
//! Whether what was made is what was expected.

use hub_message::{NodeRef, Tree};

use super::make::{Fault, Made};
use super::update::{self, Update};
use super::{Failure, Running, compare};
use crate::comparison::{Difference, Sameness, Structure};
use crate::json;
use crate::language::scan::Text;
use crate::language::tests_section::{Expectation, ExpectedLeaf};

impl Running<'_> {
    /// Something does not hold.
    pub(super) fn fail(&mut self, at: usize, text: impl Into<String>) {
        self.differ(at, text, Vec::new());
    }

    fn differ(&mut self, at: usize, text: impl Into<String>, differences: Vec<Difference>) {
        self.failures.push(Failure {
            place: self.mapping.rules.place_of(at),
            text: text.into(),
            differences,
        });
    }

    /// Checks one expectation.
    pub(super) fn check(&mut self, expectation: &Expectation, made: &Made) {
        match expectation {
            Expectation::Error { .. } => {}
            Expectation::Equals(file) => self.equals_file(file, made),
            Expectation::EqualsText(expected) => self.equals_text(expected, made),
            Expectation::Expect(leaves) => self.expect(leaves, made),
            Expectation::Absent(texts) => {
                let output = self.output(made);
                for text in texts.iter().filter(|text| output.contains(text.value.as_str())) {
                    self.fail(text.span.start, format!("`{}` stands in the output", text.value));
                }
            }
            Expectation::Never(paths) => {
                for path in paths.iter().filter(|path| is_anywhere(&path.value, made)) {
                    self.fail(path.span.start, format!("`{}` is there", path.value));
                }
            }
            Expectation::Valid(span) => {
                for document in &made.canonical {
                    if let Err(text) = (self.around.validate)(document) {
                        self.fail(span.start, text);
                    }
                }
                for written in &made.written {
                    if let Some(rejection) = self.mapping.schema_faults(written) {
                        self.fail(span.start, compare::shown(&rejection));
                    }
                }
            }
            Expectation::Roundtrip(span) => {
                for document in &made.canonical {
                    self.roundtrip(document, span.start);
                }
            }
        }
    }

    /// The output as text.
    fn output(&self, made: &Made) -> String {
        if made.is_written {
            let written = made.written.iter().map(|bytes| self.mapping.as_text(bytes));
            return written.collect();
        }
        let documents: Vec<String> = made.canonical.iter().map(Tree::to_json).collect();
        documents.join("\n")
    }

    fn equals_file(&mut self, file: &Text, made: &Made) {
        let (name, at) = (file.value.clone(), file.span.start);
        let found = match (self.around.file)(&name) {
            None => {
                self.fail(at, format!("there is no file `{name}`"));
                Some(if made.is_written {
                    made.written.concat()
                } else {
                    update::canonical("{\n}\n", &[], &made.canonical).into_bytes()
                })
            }
            Some(expected) if made.is_written => self.same_written(&expected, made, &name, at),
            Some(expected) => {
                if let Ok(expected) = String::from_utf8(expected) {
                    self.same_canonical(&expected, made, &name, at)
                } else {
                    self.fail(at, format!("`{name}` is not UTF-8"));
                    None
                }
            }
        };
        self.updates
            .extend(found.map(|contents| Update::File { name, contents }));
    }

    fn equals_text(&mut self, expected: &Text, made: &Made) {
        let at = expected.span.start;
        let found = if made.is_written {
            self.same_written(expected.value.as_bytes(), made, "`equals_text`", at)
                .map(|bytes| self.mapping.as_text(&bytes))
        } else {
            self.same_canonical(&expected.value, made, "`equals_text`", at)
                .and_then(|bytes| String::from_utf8(bytes).ok())
        };
        if let Some(found) = found {
            let quoted = self.mapping.rules.raw(&expected.span);
            self.updates.push(Update::Text {
                range: expected.span.clone(),
                text: update::quoted(&found, quoted),
            });
        }
    }

    /// Compares what was written; what it should be instead, when it differs.
    fn same_written(&mut self, expected: &[u8], made: &Made, name: &str, at: usize) -> Option<Vec<u8>> {
        let found = made.written.concat();
        // A text in the mapping file is UTF-8, whatever the encoding of the format.
        let text = |bytes: &[u8]| self.mapping.as_text(bytes);
        let expected_text = if name.starts_with('`') {
            String::from_utf8_lossy(expected).into_owned()
        } else {
            text(expected)
        };
        let found_text = text(&found);
        if compare::same_text(&expected_text, &found_text) {
            return None;
        }
        let places = |bytes: &[u8]| self.mapping.structure(bytes, self.mapping).ok();
        let differences = match (places(expected), places(&found)) {
            (Some(one), Some(other)) => one.differences(&other, Sameness::Exact),
            _ => Vec::new(),
        };
        let differences = if differences.is_empty() {
            compare::lines(&expected_text, &found_text)
        } else {
            differences
        };
        self.differ(at, format!("what was written is not {name}"), differences);
        Some(found)
    }

    /// Compares canonical documents; what should stand there instead, when they differ.
    fn same_canonical(&mut self, expected: &str, made: &Made, name: &str, at: usize) -> Option<Vec<u8>> {
        let parsed = match made.canonical.len() {
            1 => json::parse(expected.as_bytes()).map(|document| vec![document]),
            _ => expected
                .lines()
                .filter(|line| !line.trim().is_empty())
                .map(|line| json::parse(line.as_bytes()))
                .collect(),
        };
        let documents = match parsed {
            Ok(documents) => documents,
            Err(fault) => {
                self.fail(at, format!("the expected document in {name}: {fault}"));
                Vec::new()
            }
        };
        let many = made.canonical.len() > 1;
        let mut differences = Vec::new();
        for (number, (one, other)) in documents.iter().zip(&made.canonical).enumerate() {
            let found = Structure::of(one).differences(&Structure::of(other), Sameness::Expected);
            differences.extend(found.into_iter().map(|difference| Difference {
                path: if many {
                    format!("[{number}].{}", difference.path)
                } else {
                    difference.path
                },
                ..difference
            }));
        }
        if !documents.is_empty() && documents.len() != made.canonical.len() {
            self.fail(
                at,
                format!("{} documents, {name} has {}", made.canonical.len(), documents.len()),
            );
        } else if !differences.is_empty() {
            self.differ(at, format!("the canonical document is not {name}"), differences);
        } else if !documents.is_empty() {
            return None;
        }
        Some(update::canonical(expected, &documents, &made.canonical).into_bytes())
    }

    fn expect(&mut self, leaves: &[ExpectedLeaf], made: &Made) {
        let mut differences = Vec::new();
        let mut at = None;
        for leaf in leaves {
            let found = found(&leaf.path, made);
            let text = found.and_then(NodeRef::text);
            if text.is_some_and(|text| compare::same_value(&leaf.value, text)) {
                continue;
            }
            at.get_or_insert(leaf.span.start);
            differences.push(Difference {
                path: leaf.path.clone(),
                field: leaf.path.clone(),
                before: Some(leaf.value.clone()),
                after: text.map(str::to_owned),
            });
            if let Some(node) = found.filter(|_| text.is_some()) {
                let raw = self.mapping.rules.raw(&leaf.span);
                self.updates.push(Update::Text {
                    range: leaf.span.clone(),
                    text: update::literal(node, raw),
                });
            }
        }
        if let Some(at) = at {
            self.differ(at, "the canonical document is not what `expect` says", differences);
        }
    }

    /// Written and read, the canonical document is the same; written again, the written document is.
    fn roundtrip(&mut self, document: &Tree, at: usize) {
        let shown = |fault| match fault {
            Fault::Rejected(rejection) => compare::shown(&rejection),
            Fault::Test(sentence) => sentence,
        };
        let written = match self.write(document) {
            Ok(written) => written,
            Err(fault) => return self.fail(at, format!("writing: {}", shown(fault))),
        };
        let back = match self.mapping.read(&written, self.worker) {
            Ok(read) => read.into_iter().next().unwrap_or_default(),
            Err(rejection) => {
                return self.fail(at, format!("reading what was written: {}", compare::shown(&rejection)));
            }
        };
        let differences = Structure::of(document).differences(&Structure::of(&back), Sameness::Expected);
        if !differences.is_empty() {
            return self.differ(
                at,
                "written and read again, the canonical document differs",
                differences,
            );
        }
        match self.write(&back) {
            Ok(again) if again == written => {}
            Ok(again) => {
                let lines = compare::lines(&self.mapping.as_text(&written), &self.mapping.as_text(&again));
                self.differ(at, "written, read and written again, the document differs", lines);
            }
            Err(fault) => self.fail(at, format!("writing again: {}", shown(fault))),
        }
    }
}

/// The node at a path, which may begin with the number of the document.
fn found<'m>(path: &str, made: &'m Made) -> Option<NodeRef<'m>> {
    let numbered = path.strip_prefix('[').and_then(|rest| rest.split_once("]."));
    match numbered {
        Some((index, below)) => made.canonical.get(index.parse::<usize>().ok()?)?.at(below),
        None => made.canonical.first()?.at(path),
    }
}

/// Whether a canonical field is in one of the documents; lists are looked through.
fn is_anywhere(path: &str, made: &Made) -> bool {
    let keys: Vec<&str> = path.split('.').collect();
    made.canonical
        .iter()
        .filter_map(Tree::root)
        .any(|root| is_there(root, &keys))
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
