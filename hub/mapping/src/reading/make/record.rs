// SPDX-License-Identifier: EUPL-1.2
//! Writes down where leaves come from, when somebody asked for it. Nothing here runs otherwise.

use std::ops::Range;
use std::sync::Arc;

use super::super::listen::Listening;
use super::super::slots::Slot;
use super::super::{LeafMake, LeafSource};
use super::Here;
use super::value::{Asking, Value};
use crate::convert::{Buffers, Way};
use crate::function::Pick;
use crate::provenance::{From, Leaf, Recorder};
use crate::rows::Gather;

impl Listening<'_> {
    /// A leaf was met. `node` is its index in the canonical tree; `None`: its value was refused.
    pub(super) fn record_met(&mut self, leaf: &LeafMake, here: Here, node: Option<usize>) {
        let Some(mut recorder) = self.state.recorder.take() else {
            return;
        };
        recorder.fired(&leaf.rule);
        self.record_tables(leaf, here, &mut recorder);
        if let Some(node) = node.filter(|_| recorder.keeps_leaves()) {
            let from = From::Document(self.ranges(&leaf.source, here));
            self.record_leaf(&mut recorder, leaf, node, from);
        }
        self.state.recorder = Some(recorder);
    }

    /// A leaf got its default.
    pub(super) fn record_default(&mut self, leaf: &LeafMake, node: usize) {
        let Some(mut recorder) = self.state.recorder.take() else {
            return;
        };
        recorder.fired(&leaf.rule);
        if recorder.keeps_leaves() {
            self.record_leaf(&mut recorder, leaf, node, From::Default);
        }
        self.state.recorder = Some(recorder);
    }

    fn record_leaf(&self, recorder: &mut Recorder, leaf: &LeafMake, node: usize, from: From) {
        let rule = recorder.rule(&leaf.rule, || {
            leaf.stages.iter().map(|stage| stage.name().to_owned()).collect()
        });
        if let Some(leaves) = &mut recorder.leaves {
            leaves.push(Leaf {
                document: self.made.len() as u32,
                node: node as u32,
                target: None,
                rule,
                from,
            });
        }
    }

    fn record_tables(&self, leaf: &LeafMake, here: Here, recorder: &mut Recorder) {
        if !leaf.stages.iter().any(|stage| stage.name() == "table") {
            return;
        }
        let bare = LeafMake {
            stages: Arc::default(),
            ..leaf.clone()
        };
        let mut buffers = Buffers::default();
        let text = match self.value(&bare, here, &mut buffers).0 {
            Ok(Value::Text(text)) => text.to_owned(),
            Ok(Value::Made) => buffers.out,
            Ok(Value::Absent) | Err(_) => return,
        };
        let mut asking = Asking { listening: self };
        recorder.look_up(&leaf.rule, &leaf.stages, Way::Read, &text, &mut asking);
    }

    /// Where in the decoded document the text of a leaf stands.
    fn ranges(&self, source: &LeafSource, here: Here) -> Vec<Range<usize>> {
        let slots = &self.state.slots;
        match source {
            LeafSource::Nothing => Vec::new(),
            LeafSource::Slot(slot) => slots.slot(here.instance, *slot).range().into_iter().collect(),
            LeafSource::Part(part) => self.part_range(*part, here).into_iter().collect(),
            LeafSource::Composed { slots: of, .. } => {
                let filled = of.iter().map(|slot| slots.slot(here.instance, *slot));
                filled.filter_map(Slot::range).collect()
            }
            LeafSource::Many { chain, slot, gather } => {
                let mut found: Vec<Range<usize>> = Vec::new();
                let mut link = slots.first(here.instance, *chain);
                while link != 0 {
                    let (instance, next) = slots.item(link);
                    found.extend(slots.slot(instance, *slot).range());
                    link = next;
                }
                picked(found, gather)
            }
        }
    }

    /// A part of the item's text: exact where the text stands in the document as it is.
    fn part_range(&self, part: usize, here: Here) -> Option<Range<usize>> {
        let range = self.state.slots.slot(here.instance, here.text).range()?;
        let (start, end) = self.state.parts.get(here.parts + part).copied().flatten()?;
        let exact = range.start + start as usize..range.start + end as usize;
        Some(if exact.end <= range.end { exact } else { range })
    }
}

/// The matches that count.
fn picked(found: Vec<Range<usize>>, gather: &Gather) -> Vec<Range<usize>> {
    let one = match gather {
        Gather::First | Gather::Pick(Pick::First) => found.first(),
        Gather::Pick(Pick::Last) => found.last(),
        Gather::Pick(Pick::Nth(n)) => found.get(*n as usize),
        Gather::Fold(_) => return found,
    };
    one.cloned().into_iter().collect()
}
