// SPDX-License-Identifier: EUPL-1.2
//! Finds the paths of what stands at offsets, for rejections and provenance.

use crate::source::{Listener, Names, Piece, Symbol};

/// Listens for the places at offsets.
#[derive(Debug, Default)]
pub(crate) struct Finder {
    names: Names,
    /// The offsets that were not passed yet, the last one first.
    offsets: Vec<usize>,
    /// How many records of each name the document had.
    seen: Vec<(String, usize)>,
    record: Option<String>,
    /// 1 in a record, 2 in a column.
    depth: usize,
    /// The place entered last.
    path: String,
    found: Vec<String>,
}

impl Finder {
    /// The paths of offsets that grow, found by a walk that `walk` does: `/P[2]/amount`.
    pub(crate) fn find(offsets: &[usize], walk: impl FnOnce(&mut Self)) -> Vec<String> {
        let mut finder = Self {
            offsets: offsets.iter().rev().copied().collect(),
            ..Self::default()
        };
        walk(&mut finder);
        finder.pass(usize::MAX);
        finder.found
    }

    /// What stands before `at` stands at the place entered last.
    fn pass(&mut self, at: usize) {
        while self.offsets.pop_if(|offset| *offset < at).is_some() {
            self.found.push(self.path.clone());
        }
    }
}

impl Listener for Finder {
    fn names(&self) -> &Names {
        &self.names
    }

    fn begin(&mut self, _: usize) {
        self.seen.clear();
    }

    fn end(&mut self, _: usize) {}

    fn enter(&mut self, _: Symbol, spelled: &str, at: usize) -> bool {
        let path = if let Some(record) = &self.record {
            format!("{record}/{spelled}")
        } else {
            let index = if let Some((_, count)) = self.seen.iter_mut().find(|(name, _)| name == spelled) {
                *count += 1;
                *count
            } else {
                self.seen.push((spelled.to_owned(), 1));
                1
            };
            let path = format!("/{spelled}[{index}]");
            self.record = Some(path.clone());
            path
        };
        self.pass(at);
        self.path = path;
        self.depth += 1;
        true
    }

    fn attribute(&mut self, _: Symbol, _: &str, _: Piece<'_>) {}

    fn text(&mut self, _: Piece<'_>) {}

    fn leave(&mut self, _: usize) {
        self.depth = self.depth.saturating_sub(1);
        if self.depth == 0 {
            self.record = None;
        }
    }
}
