// SPDX-License-Identifier: EUPL-1.2
//! Canonical documents: a JSON tree in two buffers, one for the text and one for the nodes.
//!
//! Numbers are decimal text from end to end, never floats. Nodes stand in document order and each knows where its
//! subtree ends, so that a walk never chases pointers and a tree can be cleared and filled again without allocating.

use std::fmt;

mod build;
mod json;

pub use build::TreeBuilder;
pub use json::{is_number, write_string};

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An object.
    Map,
    /// An array.
    List,
    /// A string.
    Text,
    /// A number, kept as its decimal text.
    Number,
    /// `true` or `false`.
    Bool,
    /// `null`. Mappings never make one; it can come in with foreign JSON.
    Null,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    start: u32,
    len: u32,
}

const NO_KEY: Span = Span {
    start: u32::MAX,
    len: 0,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Node {
    kind: Kind,
    key: Span,
    value: Span,
    /// Index of the first node after this one's subtree.
    end: u32,
}

/// A canonical document. Made by a [`TreeBuilder`]; `Debug` shows the shape, never a value.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Tree {
    text: String,
    nodes: Vec<Node>,
}

impl Tree {
    /// The root node; `None` for a tree into which nothing was built.
    pub fn root(&self) -> Option<NodeRef<'_>> {
        (!self.nodes.is_empty()).then_some(NodeRef { tree: self, index: 0 })
    }

    /// The node with this index in document order (see [`NodeRef::index`]).
    #[inline]
    pub fn node(&self, index: u32) -> Option<NodeRef<'_>> {
        ((index as usize) < self.nodes.len()).then_some(NodeRef { tree: self, index })
    }

    /// The node at a dotted path of keys and `[n]` indices, `lines[0].net`.
    pub fn at(&self, path: &str) -> Option<NodeRef<'_>> {
        let mut node = self.root()?;
        for step in path.split(['.', '[']).filter(|s| !s.is_empty()) {
            node = match step.strip_suffix(']') {
                Some(index) => node.children().nth(index.parse().ok()?)?,
                None => node.get(step)?,
            };
        }
        Some(node)
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether nothing was built.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    #[inline]
    fn slice(&self, span: Span) -> &str {
        self.text
            .get(span.start as usize..(span.start + span.len) as usize)
            .unwrap_or_default()
    }
}

impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tree({} nodes)", self.nodes.len())
    }
}

/// A place in a [`Tree`]. Cheap to copy.
#[derive(Clone, Copy)]
pub struct NodeRef<'a> {
    tree: &'a Tree,
    index: u32,
}

impl<'a> NodeRef<'a> {
    #[inline]
    fn node(self) -> Node {
        self.tree.nodes.get(self.index as usize).copied().unwrap_or(Node {
            kind: Kind::Null,
            key: NO_KEY,
            value: NO_KEY,
            end: self.index + 1,
        })
    }

    /// Position in document order; stable for the life of the tree.
    #[inline]
    pub fn index(self) -> u32 {
        self.index
    }

    /// The tree this is a place in.
    #[inline]
    pub fn tree(self) -> &'a Tree {
        self.tree
    }

    /// What the node is.
    #[inline]
    pub fn kind(self) -> Kind {
        self.node().kind
    }

    /// The key under which the node stands in its map; `None` for list items and the root.
    #[inline]
    pub fn key(self) -> Option<&'a str> {
        let key = self.node().key;
        (key != NO_KEY).then(|| self.tree.slice(key))
    }

    /// The text of a leaf: the string, the digits of the number, `true` or `false`. `None` for maps, lists and null.
    #[inline]
    pub fn text(self) -> Option<&'a str> {
        match self.kind() {
            Kind::Text | Kind::Number | Kind::Bool => Some(self.tree.slice(self.node().value)),
            Kind::Map | Kind::List | Kind::Null => None,
        }
    }

    /// The nodes directly below, in order.
    #[inline]
    pub fn children(self) -> Children<'a> {
        let end = self.node().end;
        let below = matches!(self.kind(), Kind::Map | Kind::List);
        Children {
            tree: self.tree,
            next: if below { self.index + 1 } else { end },
            end,
        }
    }

    /// The member of a map with this key.
    pub fn get(self, key: &str) -> Option<NodeRef<'a>> {
        (self.kind() == Kind::Map)
            .then(|| self.children().find(|c| c.key() == Some(key)))
            .flatten()
    }
}

/// The nodes directly below another, in order.
#[derive(Debug, Clone)]
pub struct Children<'a> {
    tree: &'a Tree,
    next: u32,
    end: u32,
}

impl<'a> Iterator for Children<'a> {
    type Item = NodeRef<'a>;

    #[inline]
    fn next(&mut self) -> Option<NodeRef<'a>> {
        (self.next < self.end).then(|| {
            let child = NodeRef {
                tree: self.tree,
                index: self.next,
            };
            self.next = child.node().end;
            child
        })
    }
}

impl fmt::Debug for NodeRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NodeRef({:?} #{})", self.kind(), self.index)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A small document with every kind of node that mappings make.
    pub(crate) fn sample() -> Tree {
        let mut b = TreeBuilder::default();
        b.open_map(None);
        b.text(Some("number"), "R\u{1}\"1\n");
        b.open_list(Some("lines"));
        b.open_map(None);
        b.number(Some("net"), "10.00");
        b.close();
        b.close();
        b.open_map(Some("empty"));
        b.close_unless_empty();
        b.bool(Some("paid"), false);
        b.finish()
    }

    #[test]
    fn paths_lead_to_nodes() {
        let tree = sample();
        assert_eq!(tree.at("lines[0].net").and_then(NodeRef::text), Some("10.00"));
        assert!(tree.at("lines[1].net").is_none());
        assert!(tree.at("empty").is_none());
    }
}
