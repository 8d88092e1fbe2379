// SPDX-License-Identifier: EUPL-1.2
//! What is written down while documents go through a mapping, when somebody asked for it.
//!
//! The engine asks once for each leaf whether a recorder is there, and does nothing else when none is.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use crate::convert::{Asked, Buffers, Stage, Way};
use crate::function::Made;
use crate::rows::Rule;
use crate::source::Symbol;

/// Codes of one table that are told apart; further ones are counted together.
const CODES_MAX: usize = 1_000;

/// What was recorded of one mapping and one direction.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    /// Where a row begins in the file → how often it gave something.
    fired: HashMap<usize, u64>,
    outside: BTreeMap<Outside, u64>,
    /// Places that are known to be left out, by node of the trie and attribute → how often they were met.
    known: HashMap<(u32, Symbol), u64>,
    /// The leaves that were made, where they are asked for.
    pub(crate) leaves: Option<Vec<Leaf>>,
    rules: Vec<(Rule, Vec<String>)>,
    by_address: HashMap<usize, u32>,
}

/// A code that was not in its table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Outside {
    pub(crate) table: String,
    /// Canonical path of the field.
    pub(crate) field: String,
    /// The code; `None` where the field is not open, or there were too many.
    pub(crate) code: Option<String>,
}

/// A leaf that was made: canonical when reading, a place when writing.
#[derive(Debug)]
pub(crate) struct Leaf {
    /// Number of the canonical document in the file.
    pub(crate) document: u32,
    /// Reading: index of the node in the canonical tree.
    pub(crate) node: u32,
    /// Writing: path and value of the place.
    pub(crate) target: Option<(String, String)>,
    /// Of the rules seen so far.
    pub(crate) rule: u32,
    pub(crate) from: From,
}

/// Where a leaf comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum From {
    /// Byte ranges in the decoded document; an empty one where the text was put together from pieces.
    Document(Vec<Range<usize>>),
    /// The `default` of the row.
    Default,
    /// Canonical fields, by the index of their node in the tree.
    Fields(Vec<u32>),
    /// A constant of the mapping.
    Constant,
    /// What the hub knows beside the document, `message.id`.
    Fact(String),
}

impl Recorder {
    /// A recorder that also keeps every leaf.
    pub(crate) fn of_leaves() -> Self {
        Self {
            leaves: Some(Vec::new()),
            ..Self::default()
        }
    }

    /// A row gave something, and so did the rows by whose fragments it stands where it does.
    pub(crate) fn fired(&mut self, rule: &Rule) {
        for used in rule.used_at() {
            *self.fired.entry(*used).or_default() += 1;
        }
        self.fired_at(rule.span.start);
    }

    /// The row that begins there gave something.
    pub(crate) fn fired_at(&mut self, start: usize) {
        *self.fired.entry(start).or_default() += 1;
    }

    /// How often the row that begins there gave something.
    pub(crate) fn count(&self, start: usize) -> u64 {
        self.fired.get(&start).copied().unwrap_or_default()
    }

    /// A place was met that is left out on purpose. [`Symbol::UNKNOWN`] stands for no attribute.
    pub(crate) fn known(&mut self, node: u32, attribute: Symbol) {
        *self.known.entry((node, attribute)).or_default() += 1;
    }

    /// How often a place was met that is left out on purpose.
    pub(crate) fn known_count(&self, node: u32, attribute: Symbol) -> u64 {
        self.known.get(&(node, attribute)).copied().unwrap_or_default()
    }

    /// The codes that were not in their tables.
    pub(crate) fn outside(&self) -> impl Iterator<Item = (&Outside, u64)> {
        self.outside.iter().map(|(outside, count)| (outside, *count))
    }

    /// Looks whether the codes of a value are in their tables.
    pub(crate) fn look_up<A: Asked>(&mut self, rule: &Rule, stages: &[Stage], way: Way, text: &str, asked: &mut A) {
        for (index, stage) in stages.iter().enumerate() {
            let Stage::Table(table) = stage else {
                continue;
            };
            // Writing applies the functions from the last to the first.
            let before = match way {
                Way::Read => stages.get(..index),
                Way::Write => stages.get(index + 1..),
            };
            let mut buffers = Buffers::default();
            let made = buffers.apply(before.unwrap_or_default(), way, text, asked);
            let (true, code) = (made.is_ok_and(|made| made != Made::Absent), buffers.out.trim()) else {
                continue;
            };
            let holds = match way {
                Way::Read => table.holds_code(code),
                Way::Write => table.holds_value(&buffers.out),
            };
            if !holds {
                let room = self.outside.len() < CODES_MAX;
                let outside = Outside {
                    table: table.name.clone(),
                    field: rule.field.clone(),
                    code: (rule.open && room).then(|| code.to_owned()),
                };
                *self.outside.entry(outside).or_default() += 1;
            }
        }
    }

    /// Whether leaves are asked for.
    pub(crate) fn keeps_leaves(&self) -> bool {
        self.leaves.is_some()
    }

    /// The number of a rule, which lives as long as the mapping, so that its address tells it from others.
    pub(crate) fn rule(&mut self, rule: &Rule, functions: impl FnOnce() -> Vec<String>) -> u32 {
        let next = self.rules.len() as u32;
        let number = *self.by_address.entry(std::ptr::from_ref(rule) as usize).or_insert(next);
        if number == next {
            self.rules.push((rule.clone(), functions()));
        }
        number
    }

    /// A rule by its number, and its functions in the order of reading.
    pub(crate) fn rule_of(&self, number: u32) -> Option<&(Rule, Vec<String>)> {
        self.rules.get(number as usize)
    }
}
