// SPDX-License-Identifier: EUPL-1.2
//! How canonical documents are made.

use super::{Kind, NO_KEY, Node, NodeRef, Span, Tree, is_number};

/// Builds a [`Tree`] in document order. Containers that are still open when it is finished are closed.
#[derive(Debug, Default)]
pub struct TreeBuilder {
    tree: Tree,
    open: Vec<u32>,
}

impl TreeBuilder {
    /// A builder with room for so many nodes and the text that they usually hold.
    pub fn with_capacity(nodes: usize) -> Self {
        Self {
            tree: Tree {
                text: String::with_capacity(nodes * 24),
                nodes: Vec::with_capacity(nodes),
            },
            open: Vec::with_capacity(16),
        }
    }

    /// A builder that fills the buffers of `tree` again.
    pub fn reuse(mut tree: Tree) -> Self {
        tree.text.clear();
        tree.nodes.clear();
        Self { tree, open: Vec::new() }
    }

    /// Opens a map; `key` only inside a map.
    pub fn open_map(&mut self, key: Option<&str>) {
        self.open_container(Kind::Map, key);
    }

    /// Opens a list; `key` only inside a map.
    pub fn open_list(&mut self, key: Option<&str>) {
        self.open_container(Kind::List, key);
    }

    /// Closes what was opened last.
    pub fn close(&mut self) {
        let end = self.tree.nodes.len() as u32;
        if let Some(node) = self
            .open
            .pop()
            .and_then(|index| self.tree.nodes.get_mut(index as usize))
        {
            node.end = end;
        }
    }

    /// Closes what was opened last, or takes it away again if nothing was put into it.
    pub fn close_unless_empty(&mut self) {
        if self
            .open
            .last()
            .is_some_and(|&index| index as usize + 1 == self.tree.nodes.len())
        {
            self.open.pop();
            self.tree.nodes.pop();
        } else {
            self.close();
        }
    }

    /// Adds a string.
    pub fn text(&mut self, key: Option<&str>, text: &str) {
        self.leaf(Kind::Text, key, text);
    }

    /// Adds a number. `digits` must be a JSON number (RFC 8259, section 6): see [`is_number`].
    pub fn number(&mut self, key: Option<&str>, digits: &str) {
        debug_assert!(is_number(digits), "not a JSON number");
        self.leaf(Kind::Number, key, digits);
    }

    /// Adds `true` or `false`.
    pub fn bool(&mut self, key: Option<&str>, value: bool) {
        self.leaf(Kind::Bool, key, if value { "true" } else { "false" });
    }

    /// Adds `null`.
    pub fn null(&mut self, key: Option<&str>) {
        self.leaf(Kind::Null, key, "");
    }

    /// Copies a whole subtree of another tree, under a key of its own.
    pub fn copy(&mut self, key: Option<&str>, from: NodeRef<'_>) {
        match from.kind() {
            Kind::Map | Kind::List => {
                self.open_container(from.kind(), key);
                for child in from.children() {
                    self.copy(child.key(), child);
                }
                self.close();
            }
            kind => self.leaf(kind, key, from.text().unwrap_or_default()),
        }
    }

    /// How many nodes there are so far.
    pub fn len(&self) -> usize {
        self.tree.len()
    }

    /// Whether nothing was added yet.
    pub fn is_empty(&self) -> bool {
        self.tree.is_empty()
    }

    /// The finished tree.
    pub fn finish(mut self) -> Tree {
        while !self.open.is_empty() {
            self.close();
        }
        self.tree
    }

    fn open_container(&mut self, kind: Kind, key: Option<&str>) {
        self.open.push(self.tree.nodes.len() as u32);
        self.push(kind, key, "");
    }

    fn leaf(&mut self, kind: Kind, key: Option<&str>, text: &str) {
        self.push(kind, key, text);
    }

    fn push(&mut self, kind: Kind, key: Option<&str>, text: &str) {
        let key = key.map_or(NO_KEY, |key| self.store(key));
        let value = self.store(text);
        let end = self.tree.nodes.len() as u32 + 1;
        self.tree.nodes.push(Node { kind, key, value, end });
    }

    fn store(&mut self, text: &str) -> Span {
        let start = self.tree.text.len() as u32;
        self.tree.text.push_str(text);
        Span {
            start,
            len: text.len() as u32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::tests::sample;

    #[test]
    fn a_reused_tree_is_empty_again() {
        let mut b = TreeBuilder::reuse(sample());
        b.open_map(None);
        assert_eq!(b.finish().to_json(), "{}");
    }

    #[test]
    fn a_copy_is_equal() {
        let tree = sample();
        let mut b = TreeBuilder::default();
        b.copy(None, tree.root().unwrap());
        assert_eq!(b.finish().to_json(), tree.to_json());
    }
}
