// SPDX-License-Identifier: EUPL-1.2
//! Where in a document offsets are: path, line and column of many at once, in one walk each.

use std::collections::BTreeSet;

use hub_message::Place;

use super::recorder::{From, Leaf};

/// Offsets in a document, each with its path and place.
#[derive(Debug, Default)]
pub(crate) struct Located(Vec<(usize, String, Place)>);

impl Located {
    /// Finds the offsets that leaves come from. `bytes` is what they count in, `paths_at` gives the paths of several.
    pub(crate) fn of(bytes: &[u8], paths_at: &dyn Fn(&[usize]) -> Vec<String>, leaves: &[Leaf]) -> Self {
        let ranges = leaves.iter().flat_map(|leaf| match &leaf.from {
            From::Document(ranges) => ranges.as_slice(),
            _ => &[],
        });
        let offsets: BTreeSet<usize> = ranges.map(|range| range.start).collect();
        Self::find(bytes, paths_at, &offsets)
    }

    /// Finds offsets.
    pub(crate) fn find(bytes: &[u8], paths_at: &dyn Fn(&[usize]) -> Vec<String>, offsets: &BTreeSet<usize>) -> Self {
        let offsets: Vec<usize> = offsets.iter().copied().collect();
        let paths = paths_at(&offsets);
        let places = match std::str::from_utf8(bytes) {
            Ok(text) => places(text, &offsets),
            // A mail may hold anything.
            Err(_) => offsets.iter().map(|offset| Place::of(bytes, *offset)).collect(),
        };
        let found = offsets.into_iter().zip(paths).zip(places);
        Self(found.map(|((offset, path), place)| (offset, path, place)).collect())
    }

    /// Path and place of one of the offsets.
    pub(crate) fn get(&self, offset: usize) -> Option<(&str, Place)> {
        let index = self.0.binary_search_by_key(&offset, |(known, ..)| *known).ok()?;
        self.0.get(index).map(|(_, path, place)| (path.as_str(), *place))
    }
}

/// Lines and columns of offsets that grow.
fn places(text: &str, offsets: &[usize]) -> Vec<Place> {
    let (mut line, mut column, mut from) = (1, 1, 0);
    let mut found = Vec::with_capacity(offsets.len());
    for offset in offsets {
        for byte in text.as_bytes().get(from..*offset).unwrap_or_default() {
            match byte {
                b'\n' => (line, column) = (line + 1, 1),
                // Characters are counted, not the bytes that go on with one.
                0x80..=0xBF => {}
                _ => column += 1,
            }
        }
        from = *offset;
        found.push(Place { line, column });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::JsonSource;
    use crate::source::Source;
    use crate::xml::Xml;

    #[test]
    fn paths_found_together_are_those_found_one_by_one() {
        fn check(source: &impl Source, text: &str) {
            let offsets: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let single: Vec<String> = offsets.iter().map(|at| source.path_at(text, *at)).collect();
            assert_eq!(source.paths_at(text, &offsets), single);
        }
        let xml = "<?xml version='1.0'?><r a='1'><b>ü<c x = 'y'/><c/>&amp;</b>\n<b/><!-- --><b><d>1</d></b></r>\n";
        check(&Xml::default(), xml);
        check(
            &JsonSource,
            r#"{"a":[{"b":"ü\""},[1,[2,null],{"c":true}]],"d":{},"e":[],"f":{"g":7}} "#,
        );
    }

    #[test]
    fn places_are_those_that_are_found_one_by_one() {
        let text = "a\näö<b>\n\nü";
        let offsets: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let single: Vec<Place> = offsets.iter().map(|at| Place::of(text.as_bytes(), *at)).collect();
        assert_eq!(places(text, &offsets), single);
    }
}
