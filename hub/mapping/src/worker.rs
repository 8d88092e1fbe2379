// SPDX-License-Identifier: EUPL-1.2
//! The buffers that are used again from document to document.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use crate::Mapping;
use crate::csv::CsvFormat;
use crate::fixed::FixedFormat;
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
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
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
            states: HashMap::new(),
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
        self.states.entry(number).or_default()
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
