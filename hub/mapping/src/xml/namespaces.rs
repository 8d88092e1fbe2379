// SPDX-License-Identifier: EUPL-1.2
//! Which prefix means which namespace, and a cache from qualified names to symbols.
//!
//! The cache holds for one set of bindings, that of the root element. It outlives the document: the next one mostly
//! declares the same. Where an element inside declares more, names are looked up without it.

use crate::source::{Names, Symbol};

/// The namespace that the prefix `xml` always means.
pub(super) const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// The namespace that the prefix `xmlns` always means.
pub(super) const XMLNS: &str = "http://www.w3.org/2000/xmlns/";
/// The namespace of `xsi:nil`.
pub(super) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// A name that was looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) symbol: Symbol,
    /// Whether it stands in the namespace of `xsi:nil`.
    pub(super) is_xsi: bool,
}

/// A name that was looked up, and what was found.
#[derive(Debug, Default)]
struct Cached {
    key: Key,
    /// The name itself, where the key does not hold all of it.
    long: String,
    known: Option<Known>,
}

/// A qualified name as words that overlap: short names are compared without following a pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Key {
    words: [u64; 4],
    length: usize,
    attribute: bool,
}

/// Entries of the cache; a power of two.
const CACHE: usize = 512;

/// Bindings that are in force, and the cache.
#[derive(Debug, Default)]
pub(crate) struct Namespaces {
    /// Prefix (empty for the default) and namespace, in the order of declaration.
    bindings: Vec<(String, String)>,
    in_force: usize,
    /// The bindings for which the cache holds.
    cached_for: Vec<(String, String)>,
    /// How many of the bindings in force are the root's; `None` before the root element.
    root: Option<usize>,
    cache: Vec<Cached>,
}

impl Namespaces {
    /// Forgets the bindings, not the cache.
    pub(super) fn clear(&mut self) {
        self.in_force = 0;
        self.root = None;
    }

    /// Number of bindings in force, to return to by [`Self::leave`].
    pub(super) fn mark(&self) -> usize {
        self.in_force
    }

    /// Takes bindings back.
    pub(super) fn leave(&mut self, mark: usize) {
        self.in_force = mark;
    }

    /// Binds a prefix.
    pub(super) fn bind(&mut self, prefix: &str, namespace: &str) {
        if let Some((known, uri)) = self.bindings.get_mut(self.in_force) {
            known.clear();
            known.push_str(prefix);
            uri.clear();
            uri.push_str(namespace);
        } else {
            self.bindings.push((prefix.to_owned(), namespace.to_owned()));
        }
        self.in_force += 1;
    }

    /// All declarations of the root element were bound: the cache is kept if it was made for the same.
    pub(super) fn root_is_bound(&mut self) {
        let in_force = self.bindings.get(..self.in_force).unwrap_or_default();
        if self.cached_for != in_force || self.cache.is_empty() {
            self.cached_for = in_force.to_vec();
            self.cache.clear();
            self.cache.resize_with(CACHE, Cached::default);
        }
        self.root = Some(self.in_force);
    }

    /// The namespace of a prefix; `None`: it is not declared.
    pub(super) fn namespace(&self, prefix: &str) -> Option<&str> {
        let in_force = self.bindings.get(..self.in_force).unwrap_or_default();
        match in_force.iter().rev().find(|(known, _)| known == prefix) {
            Some((_, namespace)) => Some(namespace),
            None if prefix == "xml" => Some(XML),
            None if prefix.is_empty() => Some(""),
            None => None,
        }
    }

    /// Looks a qualified name up; `None`: its prefix is not declared or it is no name.
    pub(super) fn look_up(&mut self, name: &str, attribute: bool, names: &Names) -> Option<Known> {
        if self.root != Some(self.in_force) {
            return self.resolve(name, attribute, names);
        }
        let key = Key::of(name, attribute);
        let at = key.slot();
        if let Some(cached) = self.cache.get(at)
            && cached.key == key
            && (key.is_all() || cached.long == name)
            && cached.known.is_some()
        {
            return cached.known;
        }
        let known = self.resolve(name, attribute, names);
        if let Some(cached) = self.cache.get_mut(at) {
            cached.key = key;
            cached.long.clear();
            if !key.is_all() {
                cached.long.push_str(name);
            }
            cached.known = known;
        }
        known
    }

    fn resolve(&self, name: &str, attribute: bool, names: &Names) -> Option<Known> {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let is_name = super::characters::is_plain_name;
        if !is_name(local) || (name.contains(':') && !is_name(prefix)) || prefix == "xmlns" {
            return None;
        }
        // An attribute without prefix stands in no namespace (Namespaces in XML 1.0, section 6.2).
        let namespace = if attribute && prefix.is_empty() {
            ""
        } else {
            self.namespace(prefix)?
        };
        Some(Known {
            symbol: names.find_in(namespace, local),
            is_xsi: namespace == XSI,
        })
    }
}

impl Key {
    fn of(name: &str, attribute: bool) -> Self {
        let bytes = name.as_bytes();
        let first = |from: usize| bytes.get(from..).and_then(|rest| rest.first_chunk::<8>());
        let word = |chunk: Option<&[u8; 8]>| chunk.map_or(0, |chunk| u64::from_le_bytes(*chunk));
        let head = match first(0) {
            Some(chunk) => u64::from_le_bytes(*chunk),
            None => bytes.iter().fold(0, |word, byte| (word << 8) | u64::from(*byte)),
        };
        Self {
            words: [head, word(first(8)), word(first(16)), word(bytes.last_chunk::<8>())],
            length: bytes.len(),
            attribute,
        }
    }

    /// Whether the words hold the whole name.
    fn is_all(&self) -> bool {
        self.length <= 32
    }

    /// Where the name stands in the cache.
    fn slot(&self) -> usize {
        let [head, second, third, tail] = self.words;
        let mixed = head ^ second.rotate_left(11) ^ third.rotate_left(17) ^ tail.rotate_left(23);
        let mixed = mixed ^ (self.length as u64) << 3 ^ u64::from(self.attribute);
        (mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 55) as usize
    }
}
