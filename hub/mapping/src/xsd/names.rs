// SPDX-License-Identifier: EUPL-1.2
//! The names that a schema declares, as small numbers, and how findings spell them.

use std::collections::HashMap;

/// A name with its namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NameId(u32);

/// All names of a schema.
#[derive(Debug, Default)]
pub(crate) struct Names {
    by_namespace: HashMap<String, HashMap<String, NameId>>,
    /// Namespace and local name.
    list: Vec<(String, String)>,
    /// Namespace → the prefix by which findings spell it.
    prefixes: HashMap<String, String>,
}

impl Names {
    /// The number of a name that the schema knows.
    pub(crate) fn find(&self, namespace: &str, local: &str) -> Option<NameId> {
        self.by_namespace.get(namespace)?.get(local).copied()
    }

    /// Makes a name known.
    pub(crate) fn intern(&mut self, namespace: &str, local: &str) -> NameId {
        if let Some(known) = self.find(namespace, local) {
            return known;
        }
        let id = NameId(u32::try_from(self.list.len()).unwrap_or(u32::MAX));
        self.list.push((namespace.to_owned(), local.to_owned()));
        let locals = self.by_namespace.entry(namespace.to_owned()).or_default();
        locals.insert(local.to_owned(), id);
        id
    }

    /// Spells names of a namespace with this prefix from now on; the first prefix given counts.
    pub(crate) fn spell(&mut self, namespace: &str, prefix: &str) {
        if !prefix.is_empty() {
            let known = self.prefixes.entry(namespace.to_owned());
            known.or_insert_with(|| prefix.to_owned());
        }
    }

    /// Namespace and local name.
    pub(crate) fn parts(&self, name: NameId) -> (&str, &str) {
        let found = self.list.get(name.0 as usize);
        found.map_or(("", ""), |(namespace, local)| (namespace, local))
    }

    /// The name as findings spell it, `cbc:ID`.
    pub(crate) fn label(&self, name: NameId) -> String {
        let (namespace, local) = self.parts(name);
        self.label_of(namespace, local)
    }

    /// The same for a name that the schema need not know.
    pub(crate) fn label_of(&self, namespace: &str, local: &str) -> String {
        match self.prefixes.get(namespace) {
            Some(prefix) if !namespace.is_empty() => format!("{prefix}:{local}"),
            _ => local.to_owned(),
        }
    }
}
