// SPDX-License-Identifier: EUPL-1.2
//! The buffers that are used again from document to document.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::Mapping;
use crate::csv::CsvFormat;
use crate::fixed::FixedFormat;
use crate::provenance::Coverage;
use crate::reading::listen::ReadState;
use crate::source::Source;
use crate::writing::values::WriteState;

/// Secrets that functions ask for by name. They hide themselves.
#[derive(Clone, Default)]
pub struct Secrets(BTreeMap<String, Vec<u8>>);

impl Secrets {
    /// Secrets by name.
    pub fn new(secrets: BTreeMap<String, Vec<u8>>) -> Self {
        Self(secrets)
    }

    /// A secret.
    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        self.0.get(name).map(Vec::as_slice)
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({})", self.0.len())
    }
}

/// What a thread keeps between documents: buffers, caches and counters, nothing of a document that is looked at again.
#[derive(Debug, Default)]
pub struct Worker {
    secrets: Arc<Secrets>,
    states: HashMap<u64, State>,
    /// Whether it is recorded which rows give something.
    watches: bool,
}

/// What a worker keeps for one mapping.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) read: ReadState,
    pub(crate) write: WriteState,
    pub(crate) xml: crate::xml::State,
    pub(crate) csv: <CsvFormat as Source>::State,
    pub(crate) fixed: <FixedFormat as Source>::State,
}

/// A place that documents had and the mapping does not name, counted without values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Unmapped {
    /// Id of the mapping.
    pub mapping: String,
    /// Its path, in the mapping's spelling as far as the mapping knows it.
    pub path: String,
    /// How often it was met since the worker was made or its counts were taken.
    pub count: u64,
}

/// Mappings for which a worker keeps buffers; beyond, it begins anew.
const STATES_MAX: usize = 256;

impl Worker {
    /// A worker with the secrets that functions may ask for.
    pub fn with_secrets(secrets: Arc<Secrets>) -> Self {
        Self {
            secrets,
            ..Self::default()
        }
    }

    pub(crate) fn secrets(&self) -> &Arc<Secrets> {
        &self.secrets
    }

    /// The buffers for a mapping.
    pub(crate) fn state(&mut self, mapping: &Mapping) -> &mut State {
        let number = mapping.number();
        if self.states.len() >= STATES_MAX && !self.states.contains_key(&number) {
            self.states.clear();
        }
        let state = self.states.entry(number).or_default();
        if self.watches {
            state.read.recorder.get_or_insert_default();
            state.write.recorder.get_or_insert_default();
        }
        state
    }

    /// From now on records which rows give something, and which codes stand in no table.
    pub fn watch(&mut self) {
        self.watches = true;
    }

    /// What was recorded of `mapping` since [`Self::watch`]; the counters start again at nothing.
    pub fn take_coverage(&mut self, mapping: &Mapping) -> Coverage {
        let unmapped = self.take_unmapped(mapping);
        let state = self.state(mapping);
        let (read, write) = (state.read.recorder.take(), state.write.recorder.take());
        Coverage {
            unmapped,
            ..Coverage::of(mapping, read.as_deref(), write.as_deref())
        }
    }

    /// The places that documents of `mapping` had and no row names, by path; the counters start again at nothing.
    pub fn take_unmapped(&mut self, mapping: &Mapping) -> Vec<Unmapped> {
        let state = self.state(mapping);
        let mut found: Vec<Unmapped> = state
            .read
            .unmapped
            .iter()
            .map(|place| {
                let above = mapping.path_of(place.node);
                let between = if above.is_empty() { "" } else { "/" };
                Unmapped {
                    mapping: mapping.id().to_owned(),
                    path: format!("{above}{between}{}", place.name),
                    count: place.count,
                }
            })
            .collect();
        state.read.forget_unmapped();
        found.sort();
        found
    }
}
