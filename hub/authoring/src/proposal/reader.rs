// SPDX-License-Identifier: EUPL-1.2
//! What a strict reader tells about a sample, as places.

use std::collections::BTreeMap;

use hub_mapping::source::{Listener, Names, Piece, Symbol};

use super::sample::Place;

/// Builds the places of a document.
pub(super) struct Reader<'t> {
    /// The decoded text; empty where every text is told as made.
    text: &'t str,
    names: Names,
    /// The spelling of each symbol in the mapping.
    spelled: Vec<String>,
    path: Vec<String>,
    /// How often each name came below the places that are open.
    counts: Vec<BTreeMap<String, usize>>,
    /// Whether technical places are of interest too.
    curious: bool,
    pub(super) root: Place,
}

impl<'t> Reader<'t> {
    /// For a text whose names are those of symbols.
    pub(super) fn of_text(text: &'t str, names: Names, spelled: Vec<String>) -> Self {
        Self {
            text,
            names,
            spelled,
            path: Vec::new(),
            counts: vec![BTreeMap::new()],
            curious: true,
            root: Place::default(),
        }
    }

    /// For a document of bytes, whose places are spelled as a mapping spells them.
    pub(super) fn of_bytes() -> Self {
        Self {
            curious: false,
            ..Self::of_text("", Names::default(), Vec::new())
        }
    }
    fn name(&self, symbol: Symbol, spelled: &str) -> String {
        let index = (symbol.number() as usize).checked_sub(1);
        index
            .and_then(|index| self.spelled.get(index))
            .map_or_else(|| spelled.to_owned(), Clone::clone)
    }

    fn here(&mut self) -> &mut Place {
        self.path.iter().fold(&mut self.root, |place, name| place.enter(name))
    }

    fn piece(&self, piece: Piece<'_>) -> String {
        match piece {
            Piece::Span(start, end) => self.text.get(start..end).unwrap_or_default().to_owned(),
            Piece::Made(text, _) => text.to_owned(),
        }
    }
}

impl Listener for Reader<'_> {
    fn names(&self) -> &Names {
        &self.names
    }

    fn begin(&mut self, _: usize) {}

    fn end(&mut self, _: usize) {}

    fn enter(&mut self, name: Symbol, spelled: &str, _: usize) -> bool {
        let name = self.name(name, spelled);
        let count = self.counts.last_mut().map_or(1, |counts| {
            let count = counts.entry(name.clone()).or_insert(0);
            *count += 1;
            *count
        });
        self.path.push(name);
        self.counts.push(BTreeMap::new());
        self.here().repeated |= count > 1;
        true
    }

    fn attribute(&mut self, name: Symbol, spelled: &str, value: Piece<'_>) {
        // An attribute without prefix is in no namespace.
        let name = if spelled.contains(':') {
            self.name(name, spelled)
        } else {
            spelled.to_owned()
        };
        let value = self.piece(value);
        // Every part of a form has a size; that of a file may be of interest.
        let is_technical =
            !self.curious && name == "size" && !self.here().below.iter().any(|one| one.name == "@filename");
        if !spelled.starts_with("xsi:") && !is_technical {
            self.here().enter(&format!("@{name}")).value(&value);
        }
    }

    fn text(&mut self, piece: Piece<'_>) {
        let value = self.piece(piece);
        self.here().value(&value);
    }

    fn is_curious(&self) -> bool {
        self.curious
    }

    fn leave(&mut self, _: usize) {
        self.path.pop();
        self.counts.pop();
    }
}
