// SPDX-License-Identifier: EUPL-1.2
//! Finds the paths of what stands at some offsets, for rejections: `/part[2]/@filename`.

use std::collections::{BTreeMap, HashMap};

use crate::source::{Found, Listener, Names, Piece, Symbol, Takes};

/// Listens for all places. Of several that begin at an offset the first counts; where none does, the last one before it.
#[derive(Debug, Default)]
pub(crate) struct Finder {
    names: Names,
    steps: Vec<String>,
    /// How many places of each name there were so far, level by level.
    seen: Vec<HashMap<String, usize>>,
    /// The first path at each offset.
    found: BTreeMap<usize, String>,
}

impl Finder {
    /// The paths at some offsets, found by a walk that `walk` does.
    pub(crate) fn find(offsets: &[usize], walk: impl FnOnce(&mut Self)) -> Vec<String> {
        let mut finder = Self {
            seen: vec![HashMap::new()],
            ..Self::default()
        };
        walk(&mut finder);
        let path = |offset: &usize| {
            let before = finder.found.range(..=*offset).next_back();
            before.map(|(_, path)| path.clone()).unwrap_or_default()
        };
        offsets.iter().map(path).collect()
    }

    fn consider(&mut self, attribute: &str, at: usize) {
        let mark = if attribute.is_empty() { "" } else { "/@" };
        let path = || format!("/{}{mark}{attribute}", self.steps.join("/"));
        self.found.entry(at).or_insert_with(path);
    }
}

fn begins(piece: Piece<'_>) -> usize {
    match piece {
        Piece::Span(at, _) | Piece::Made(_, at) => at,
    }
}

impl Listener for Finder {
    fn names(&self) -> &Names {
        &self.names
    }

    fn begin(&mut self, _: usize) {}

    fn end(&mut self, _: usize) {}

    fn enter(&mut self, _: Symbol, spelled: &str, at: usize) -> bool {
        let count = self.seen.last_mut().map_or(1, |seen| {
            let count = seen.entry(spelled.to_owned()).or_default();
            *count += 1;
            *count
        });
        self.steps.push(if count > 1 {
            format!("{spelled}[{count}]")
        } else {
            spelled.to_owned()
        });
        self.seen.push(HashMap::new());
        self.consider("", at);
        true
    }

    fn attribute(&mut self, _: Symbol, spelled: &str, value: Piece<'_>) {
        self.consider(spelled, begins(value));
    }

    fn text(&mut self, piece: Piece<'_>) {
        self.consider("", begins(piece));
    }

    fn takes(&self) -> Takes {
        // Texts begin where their places do or just behind, so that nothing needs to be decoded.
        Takes {
            text: false,
            content: false,
            below: true,
        }
    }

    fn is_curious(&self) -> bool {
        true
    }

    fn content(&mut self, found: Found<'_>) {
        self.consider("", found.at);
    }

    fn leave(&mut self, _: usize) {
        self.steps.pop();
        self.seen.pop();
    }
}
