// SPDX-License-Identifier: EUPL-1.2
//! Canonical documents: a JSON tree in two buffers, one for the text and one for the nodes.
//!
//! Numbers are decimal text from end to end, never floats. Nodes stand in document order and each knows where its
//! subtree ends, so that a walk never chases pointers and a tree can be cleared and filled again without allocating.

use std::fmt;

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

    /// The document as JSON text without white space.
    pub fn to_json(&self) -> String {
        let mut out = String::with_capacity(self.text.len() + self.nodes.len() * 8);
        if let Some(root) = self.root() {
            root.write_json(&mut out);
        }
        out
    }

    /// The document as JSON with two spaces of indentation, for people.
    pub fn to_json_pretty(&self) -> String {
        let mut out = String::new();
        if let Some(root) = self.root() {
            root.write_pretty(&mut out, 0);
        }
        out
    }

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
    fn node(self) -> Node {
        self.tree.nodes.get(self.index as usize).copied().unwrap_or(Node {
            kind: Kind::Null,
            key: NO_KEY,
            value: NO_KEY,
            end: self.index + 1,
        })
    }

    /// Position in document order; stable for the life of the tree.
    pub fn index(self) -> u32 {
        self.index
    }

    /// The tree this is a place in.
    pub fn tree(self) -> &'a Tree {
        self.tree
    }

    /// What the node is.
    pub fn kind(self) -> Kind {
        self.node().kind
    }

    /// The key under which the node stands in its map; `None` for list items and the root.
    pub fn key(self) -> Option<&'a str> {
        let key = self.node().key;
        (key != NO_KEY).then(|| self.tree.slice(key))
    }

    /// The text of a leaf: the string, the digits of the number, `true` or `false`. `None` for maps, lists and null.
    pub fn text(self) -> Option<&'a str> {
        match self.kind() {
            Kind::Text | Kind::Number | Kind::Bool => Some(self.tree.slice(self.node().value)),
            Kind::Map | Kind::List | Kind::Null => None,
        }
    }

    /// The nodes directly below, in order.
    pub fn children(self) -> impl Iterator<Item = NodeRef<'a>> + 'a {
        let end = self.node().end;
        let mut next = if matches!(self.kind(), Kind::Map | Kind::List) {
            self.index + 1
        } else {
            end
        };
        std::iter::from_fn(move || {
            (next < end).then(|| {
                let child = NodeRef {
                    tree: self.tree,
                    index: next,
                };
                next = child.node().end;
                child
            })
        })
    }

    /// The member of a map with this key.
    pub fn get(self, key: &str) -> Option<NodeRef<'a>> {
        (self.kind() == Kind::Map)
            .then(|| self.children().find(|c| c.key() == Some(key)))
            .flatten()
    }

    /// Writes the subtree as JSON without white space.
    pub fn write_json(self, out: &mut String) {
        match self.kind() {
            Kind::Map | Kind::List => {
                let (open, close) = if self.kind() == Kind::Map {
                    ('{', '}')
                } else {
                    ('[', ']')
                };
                out.push(open);
                for (n, child) in self.children().enumerate() {
                    if n > 0 {
                        out.push(',');
                    }
                    if let Some(key) = child.key() {
                        write_string(out, key);
                        out.push(':');
                    }
                    child.write_json(out);
                }
                out.push(close);
            }
            Kind::Text => write_string(out, self.text().unwrap_or_default()),
            Kind::Number | Kind::Bool => out.push_str(self.text().unwrap_or_default()),
            Kind::Null => out.push_str("null"),
        }
    }

    fn write_pretty(self, out: &mut String, depth: usize) {
        let mut children = self.children().peekable();
        if children.peek().is_none() {
            return self.write_json(out);
        }
        let (open, close) = if self.kind() == Kind::Map {
            ('{', '}')
        } else {
            ('[', ']')
        };
        out.push(open);
        for (n, child) in children.enumerate() {
            out.push_str(if n > 0 { ",\n" } else { "\n" });
            out.push_str(&"  ".repeat(depth + 1));
            if let Some(key) = child.key() {
                write_string(out, key);
                out.push_str(": ");
            }
            child.write_pretty(out, depth + 1);
        }
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
        out.push(close);
    }
}

impl fmt::Debug for NodeRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NodeRef({:?} #{})", self.kind(), self.index)
    }
}

/// Writes `text` as a JSON string with its quotation marks (RFC 8259, section 7).
pub fn write_string(out: &mut String, text: &str) {
    use fmt::Write;
    out.push('"');
    let mut clean = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..=0x1f => "",
            _ => continue,
        };
        out.push_str(text.get(clean..at).unwrap_or_default());
        if escape.is_empty() {
            let _ = write!(out, "\\u{byte:04x}");
        } else {
            out.push_str(escape);
        }
        clean = at + 1;
    }
    out.push_str(text.get(clean..).unwrap_or_default());
    out.push('"');
}

/// Builds a [`Tree`] in document order. Containers that are still open when it is finished are closed.
#[derive(Debug, Default)]
pub struct TreeBuilder {
    tree: Tree,
    open: Vec<u32>,
}

impl TreeBuilder {
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

/// Whether `text` is a JSON number (RFC 8259, section 6).
pub fn is_number(text: &str) -> bool {
    fn digits(rest: &[u8]) -> usize {
        rest.iter().take_while(|b| b.is_ascii_digit()).count()
    }
    let mut rest = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest.first() == Some(&b'0')) {
        return false;
    }
    rest = rest.get(whole..).unwrap_or_default();
    if let Some(after) = rest.strip_prefix(b".") {
        let part = digits(after);
        if part == 0 {
            return false;
        }
        rest = after.get(part..).unwrap_or_default();
    }
    if let Some(after) = rest.strip_prefix(b"e").or_else(|| rest.strip_prefix(b"E")) {
        let after = after
            .strip_prefix(b"+")
            .or_else(|| after.strip_prefix(b"-"))
            .unwrap_or(after);
        let part = digits(after);
        return part > 0 && part == after.len();
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Tree {
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
    fn json_keeps_digits_and_escapes() {
        assert_eq!(
            sample().to_json(),
            r#"{"number":"R\u0001\"1\n","lines":[{"net":10.00}],"paid":false}"#
        );
    }

    #[test]
    fn pretty_is_the_same_document() {
        let pretty: serde_json::Value = serde_json::from_str(&sample().to_json_pretty()).unwrap();
        let plain: serde_json::Value = serde_json::from_str(&sample().to_json()).unwrap();
        assert_eq!(pretty, plain);
    }

    #[test]
    fn paths_lead_to_nodes() {
        let tree = sample();
        assert_eq!(tree.at("lines[0].net").and_then(NodeRef::text), Some("10.00"));
        assert!(tree.at("lines[1].net").is_none());
        assert!(tree.at("empty").is_none());
    }

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

    #[test]
    fn numbers_are_those_of_rfc_8259() {
        for good in ["0", "-0", "10.00", "1e5", "1.5E-7", "123456789012345678901234567890"] {
            assert!(is_number(good), "{good}");
        }
        for bad in ["", "-", "01", ".5", "5.", "1e", "+1", "1 ", "0x1", "NaN"] {
            assert!(!is_number(bad), "{bad}");
        }
    }
}
