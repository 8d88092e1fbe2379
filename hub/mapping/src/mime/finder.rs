// SPDX-License-Identifier: EUPL-1.2
//! Finds the path of what stands at an offset, for rejections: `/part[2]/@filename`.

use std::collections::HashMap;

use crate::source::{Found, Listener, Names, Piece, Symbol, Takes};

/// Listens for the place at an offset. Where several places are told for it, the first counts; where none is, the last
/// one before it.
#[derive(Debug, Default)]
pub(crate) struct Finder {
    names: Names,
    offset: usize,
    steps: Vec<String>,
    /// How many places of each name there were so far, level by level.
    seen: Vec<HashMap<String, usize>>,
    /// The best place so far, and its offset.
    found: Option<(String, usize)>,
}

impl Finder {
    /// The path found by a walk that `walk` does.
    pub(crate) fn find(offset: usize, walk: impl FnOnce(&mut Self)) -> String {
        let mut finder = Self {
            offset,
            seen: vec![HashMap::new()],
            ..Self::default()
        };
        walk(&mut finder);
        finder.found.map(|(path, _)| path).unwrap_or_default()
    }

    fn consider(&mut self, attribute: &str, at: usize) {
        let better = match &self.found {
            None => true,
            Some((_, found)) => *found != self.offset && at >= *found,
        };
        if at <= self.offset && better {
            let mark = if attribute.is_empty() { "" } else { "/@" };
            self.found = Some((format!("/{}{mark}{attribute}", self.steps.join("/")), at));
        }
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
