// SPDX-License-Identifier: EUPL-1.2
//! Documents made by instructions: a seed that is cut, doubled, crossed with another, and gets tokens put in.

/// What documents of a kind are made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Maker {
    /// Documents that are in order.
    pub(super) seeds: &'static [&'static str],
    /// What means something in the format, and what must not stand in it.
    pub(super) tokens: &'static [&'static [u8]],
}

/// The longest document.
const DOCUMENT_BYTES: usize = 8 * 1024;

impl Maker {
    /// The document that `input` describes: its first byte chooses the seed (the highest ones: none, the rest is the
    /// document itself), then each four bytes are a change.
    pub(super) fn document(&self, input: &[u8]) -> Vec<u8> {
        let Some((first, rest)) = input.split_first() else {
            return Vec::new();
        };
        if *first >= 0xF0 {
            return rest.to_vec();
        }
        let mut document = self.seed(*first).to_vec();
        for change in rest.chunks_exact(4).take(12) {
            self.change(&mut document, [change[0], change[1], change[2], change[3]]);
        }
        document.truncate(DOCUMENT_BYTES);
        document
    }

    fn seed(&self, number: u8) -> &'static [u8] {
        self.seeds[number as usize % self.seeds.len()].as_bytes()
    }

    fn change(&self, document: &mut Vec<u8>, [what, where_high, where_low, with]: [u8; 4]) {
        let place = usize::from(where_high) << 8 | usize::from(where_low);
        let at = place % (document.len() + 1);
        let end = (at + usize::from(with % 16)).min(document.len());
        let token = self.tokens[with as usize % self.tokens.len()];
        match what % 8 {
            0..=2 => drop(document.splice(at..at, token.iter().copied())),
            3 => drop(document.drain(at..end)),
            4 => drop(document.splice(at..end, token.iter().copied())),
            5 => {
                let part = document[at..end].to_vec();
                let to = (at * 7) % (document.len() + 1);
                document.splice(to..to, part);
            }
            6 => {
                let other = self.seed(with);
                document.truncate(at);
                document.extend_from_slice(&other[at % (other.len() + 1)..]);
            }
            _ => {
                if let Some(byte) = document.get_mut(at) {
                    *byte = with;
                }
            }
        }
    }
}
