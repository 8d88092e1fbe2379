// SPDX-License-Identifier: EUPL-1.2
//! Finds the path of what stands at an offset, for rejections.

use crate::source::{Listener, Names, Piece, Symbol};

/// Listens for the place at an offset.
#[derive(Debug, Default)]
pub(crate) struct Finder {
    names: Names,
    offset: usize,
    /// How many records of each name the document had.
    seen: Vec<(String, usize)>,
    record: Option<String>,
    /// 1 in a record, 2 in a column.
    depth: usize,
    found: String,
}

impl Finder {
    /// The path found by a walk that `walk` does: `/P[2]/amount`.
    pub(crate) fn find(offset: usize, walk: impl FnOnce(&mut Self)) -> String {
        let mut finder = Self {
            offset,
            ..Self::default()
        };
        walk(&mut finder);
        finder.found
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
        if at <= self.offset {
            self.found = path;
        }
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
