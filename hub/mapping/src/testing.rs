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
//! | `valid = true` | the canonical document is valid, and what was written is valid by the schema of its format |
//! | `roundtrip = true` | what this mapping writes it reads back as the same canonical document, and writes again as the same document |
//!
//! A test that fails says of every place that differs what was expected and what was found. [`Tests`] runs with the
//! recorder on, so that afterwards it is known which rows no test touched.

mod check;
mod compare;
pub mod junit;
mod make;
#[cfg(test)]
mod tests;
mod update;

use std::collections::BTreeMap;
use std::sync::Arc;

use hub_message::{Place, Tree};

use crate::comparison::Difference;
use crate::language::tests_section::TestBlock;
use crate::provenance::Coverage;
use crate::{Mapping, Secrets, Worker};

pub use update::{Update, rewrite};

/// What came of one `[[test]]` block. The documents of tests are examples, so values are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestOutcome {
    /// Its name.
    pub name: String,
    /// Where the block stands in the file.
    pub place: Place,
    /// What does not hold; empty when it passed.
    pub failures: Vec<Failure>,
    /// What would have to be written down instead, where expectations can be brought up to date.
    pub updates: Vec<Update>,
}

impl TestOutcome {
    /// Whether everything holds.
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

/// An expectation that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Where it stands in the file.
    pub place: Place,
    /// What is wrong, in a sentence.
    pub text: String,
    /// The places that differ, all of them: `before` is what was expected.
    pub differences: Vec<Difference>,
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

/// The tests of a mapping.
pub struct Tests<'t> {
    mapping: &'t Mapping,
    around: &'t Surroundings<'t>,
    worker: Worker,
}

impl<'t> Tests<'t> {
    /// The tests of `mapping`.
    pub fn new(mapping: &'t Mapping, around: &'t Surroundings<'t>) -> Self {
        let names = mapping.secrets().iter();
        // Tests are the same everywhere, so they do not know real secrets.
        let secrets: BTreeMap<String, Vec<u8>> = names
            .map(|name| (name.clone(), format!("a secret for tests: {name}").into_bytes()))
            .collect();
        let mut worker = Worker::with_secrets(Arc::new(Secrets::new(secrets)));
        worker.watch();
        Self {
            mapping,
            around,
            worker,
        }
    }

    /// Their names, in the order of the file.
    pub fn names(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        self.mapping.tests.iter().map(|block| block.name.as_str())
    }

    /// Runs one, by its position in the file.
    pub fn run(&mut self, index: usize) -> Option<TestOutcome> {
        let block: &TestBlock = self.mapping.tests.get(index)?;
        let mut running = Running {
            mapping: self.mapping,
            around: self.around,
            worker: &mut self.worker,
            failures: Vec::new(),
            updates: Vec::new(),
        };
        running.run(block);
        Some(TestOutcome {
            name: block.name.clone(),
            place: self.mapping.rules.place_of(block.span.start),
            failures: running.failures,
            updates: running.updates,
        })
    }

    /// Which rows were touched by the tests that ran.
    pub fn coverage(mut self) -> Coverage {
        self.worker.take_coverage(self.mapping)
    }
}

/// Runs all tests of `mapping`.
pub fn run(mapping: &Mapping, around: &Surroundings<'_>) -> Vec<TestOutcome> {
    let mut tests = Tests::new(mapping, around);
    (0..mapping.tests.len()).filter_map(|index| tests.run(index)).collect()
}

/// A test that runs.
struct Running<'r> {
    mapping: &'r Mapping,
    around: &'r Surroundings<'r>,
    worker: &'r mut Worker,
    failures: Vec<Failure>,
    updates: Vec<Update>,
}
