// SPDX-License-Identifier: EUPL-1.2
//! Which prefix means which namespace, and names that were looked up.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::xsd::names::NameId;
use crate::xsd::{XML_NAMESPACE, Xsd};

/// A name of the document, found in the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named<'v> {
    /// `None`: the schema never names it.
    pub(super) name: Option<NameId>,
    /// Which binding it has; `None` without namespace.
    binding: Option<usize>,
    pub(super) local: &'v str,
}

/// Bindings in force.
#[derive(Debug, Default)]
pub(super) struct Bindings<'v> {
    list: Vec<(&'v str, String)>,
    /// How many the root element made.
    root: usize,
    /// Names looked up under the bindings of the root element alone.
    cache: HashMap<&'v str, Named<'v>>,
}

impl<'v> Bindings<'v> {
    pub(super) fn mark(&self) -> usize {
        self.list.len()
    }

    pub(super) fn leave(&mut self, mark: usize) {
        self.list.truncate(mark);
    }

    pub(super) fn bind(&mut self, prefix: &'v str, namespace: Cow<'v, str>) {
        self.list.push((prefix, namespace.into_owned()));
    }

    pub(super) fn root_is_bound(&mut self) {
        self.root = self.list.len();
    }

    fn find(&self, prefix: &str) -> Option<usize> {
        self.list.iter().rposition(|(known, _)| *known == prefix)
    }

    /// The namespace of a prefix.
    pub(super) fn namespace(&self, prefix: &str) -> Option<&str> {
        match self.find(prefix).and_then(|at| self.list.get(at)) {
            Some((_, namespace)) => Some(namespace),
            None if prefix == "xml" => Some(XML_NAMESPACE),
            None if prefix.is_empty() => Some(""),
            None => None,
        }
    }

    /// The namespace of a name that was looked up.
    pub(super) fn namespace_of(&self, named: &Named<'_>) -> &str {
        let found = named.binding.and_then(|at| self.list.get(at));
        found.map_or("", |(_, namespace)| namespace)
    }

    /// Looks an element's name up.
    pub(super) fn element(&mut self, spelled: &'v str, xsd: &Xsd) -> Named<'v> {
        let is_plain = self.list.len() == self.root;
        if is_plain && let Some(known) = self.cache.get(spelled) {
            return *known;
        }
        let (prefix, local) = spelled.split_once(':').unwrap_or(("", spelled));
        let binding = self.find(prefix);
        let namespace = binding.and_then(|at| self.list.get(at)).map_or("", |(_, uri)| uri);
        let named = Named {
            name: xsd.names.find(namespace, local),
            binding,
            local,
        };
        if is_plain {
            self.cache.insert(spelled, named);
        }
        named
    }
}

/// The character that a reference stands for.
pub(super) fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let digits = name.strip_prefix('#')?;
            let number = match digits.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(number)
        }
    }
}
