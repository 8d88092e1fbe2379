// SPDX-License-Identifier: EUPL-1.2
//! A document of any format as a tree of named places, and what differs between two of them.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::Write;

use hub_message::{Kind, NodeRef, Tree};

use super::align::align;
use super::{Difference, Sameness};
use crate::condition::compare_numbers;

/// Stands for any value in an expected document.
const ANY: &str = "*";

/// A document as a tree of places.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Structure<'a> {
    pub(super) root: Node<'a>,
    /// `None`: a canonical document; else what the paths begin with.
    pub(super) prefix: Option<String>,
}

/// A place.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Node<'a> {
    pub(super) value: Option<Value<'a>>,
    pub(super) members: Vec<Member<'a>>,
}

/// A value, and whether it is a text or something else.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Value<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) is_text: bool,
}

/// All places of one name below a place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Member<'a> {
    pub(super) name: Cow<'a, str>,
    /// Whether they are the items of a canonical list.
    pub(super) list: bool,
    pub(super) nodes: Vec<Node<'a>>,
}

impl<'a> Structure<'a> {
    /// A canonical document, or any other JSON.
    pub fn of(document: &'a Tree) -> Self {
        Self {
            root: document.root().map_or_else(Node::default, node),
            prefix: None,
        }
    }

    /// What differs between this document, which came before, and another one, in their order.
    pub fn differences(&self, after: &Structure<'_>, sameness: Sameness) -> Vec<Difference> {
        let mut walk = Walk {
            native: self.prefix.is_some(),
            sameness,
            found: Vec::new(),
        };
        let start = self.prefix.clone().unwrap_or_default();
        walk.both(&self.root, &after.root, &start, &start);
        walk.found
    }
}

fn node(of: NodeRef<'_>) -> Node<'_> {
    match of.kind() {
        Kind::Map => Node {
            value: None,
            members: of
                .children()
                .map(|child| Member {
                    name: Cow::Borrowed(child.key().unwrap_or_default()),
                    list: child.kind() == Kind::List,
                    nodes: match child.kind() {
                        Kind::List => child.children().map(node).collect(),
                        _ => vec![node(child)],
                    },
                })
                .collect(),
        },
        // A list in a list; mappings make none.
        Kind::List => Node {
            value: None,
            members: vec![Member {
                name: Cow::Borrowed(""),
                list: true,
                nodes: of.children().map(node).collect(),
            }],
        },
        kind => Node {
            value: Some(Value {
                text: Cow::Borrowed(of.text().unwrap_or("null")),
                is_text: kind == Kind::Text,
            }),
            members: Vec::new(),
        },
    }
}

impl Value<'_> {
    fn is_any(&self) -> bool {
        self.is_text && self.text == ANY
    }

    /// As people read it; where one of two values is no text, texts stand in quotation marks.
    fn shown(&self, beside: Option<&Value<'_>>) -> String {
        let mixed = beside.is_some_and(|other| other.is_text != self.is_text && other.text == self.text);
        if mixed && self.is_text {
            format!("\"{}\"", self.text)
        } else {
            self.text.clone().into_owned()
        }
    }
}

/// A walk through two documents side by side.
struct Walk {
    native: bool,
    sameness: Sameness,
    found: Vec<Difference>,
}

impl Walk {
    fn both(&mut self, before: &Node<'_>, after: &Node<'_>, path: &str, field: &str) {
        if self.sameness == Sameness::Expected && before.value.as_ref().is_some_and(Value::is_any) {
            return;
        }
        if before.value.is_some() || after.value.is_some() {
            let (one, other) = (before.value.as_ref(), after.value.as_ref());
            if !one.zip(other).is_some_and(|(one, other)| self.same(one, other)) {
                self.found.push(Difference {
                    path: path.to_owned(),
                    field: field.to_owned(),
                    before: one.map(|value| value.shown(other)),
                    after: other.map(|value| value.shown(one)),
                });
            }
        }
        for member in &before.members {
            let found = after.members.iter().find(|other| other.name == member.name);
            self.members(member, found, path, field);
        }
        let more = after
            .members
            .iter()
            .filter(|other| !before.members.iter().any(|m| m.name == other.name));
        for member in more {
            for (index, node) in member.nodes.iter().enumerate() {
                let (path, field) = self.below(member, index, path, field);
                self.one(node, &path, &field, false);
            }
            self.emptied(member, path, field, false);
        }
    }

    fn members(&mut self, before: &Member<'_>, after: Option<&Member<'_>>, path: &str, field: &str) {
        let none = Vec::new();
        let others = after.map_or(&none, |member| &member.nodes);
        for (one, other) in align(&before.nodes, others) {
            let nodes = (
                one.and_then(|at| before.nodes.get(at)),
                other.and_then(|at| others.get(at)),
            );
            let (path, field) = self.below(before, one.or(other).unwrap_or_default(), path, field);
            match nodes {
                (Some(one), Some(other)) => self.both(one, other, &path, &field),
                (Some(one), None) => self.one(one, &path, &field, true),
                (None, Some(other)) => self.one(other, &path, &field, false),
                (None, None) => {}
            }
        }
        if after.is_none() {
            self.emptied(before, path, field, true);
        }
    }

    /// A list without items that stands on one side only would else not be seen.
    fn emptied(&mut self, member: &Member<'_>, path: &str, field: &str, gone: bool) {
        if member.nodes.is_empty() {
            let (path, field) = (self.named(member, path), self.named(member, field));
            self.push(path, field, "[]".to_owned(), gone);
        }
    }

    /// Everything in a place that stands on one side only.
    fn one(&mut self, node: &Node<'_>, path: &str, field: &str, gone: bool) {
        if let Some(value) = &node.value {
            self.push(path.to_owned(), field.to_owned(), value.shown(None), gone);
        } else if node.members.is_empty() {
            self.push(path.to_owned(), field.to_owned(), "{}".to_owned(), gone);
        }
        for member in &node.members {
            for (index, node) in member.nodes.iter().enumerate() {
                let (path, field) = self.below(member, index, path, field);
                self.one(node, &path, &field, gone);
            }
            self.emptied(member, path, field, gone);
        }
    }

    fn push(&mut self, path: String, field: String, value: String, gone: bool) {
        let (before, after) = if gone { (Some(value), None) } else { (None, Some(value)) };
        self.found.push(Difference {
            path,
            field,
            before,
            after,
        });
    }

    fn named(&self, member: &Member<'_>, above: &str) -> String {
        match (self.native, above.is_empty(), member.name.is_empty()) {
            (true, ..) => format!("{above}/{}", member.name),
            (false, true, _) => member.name.clone().into_owned(),
            (false, false, true) => above.to_owned(),
            (false, false, false) => format!("{above}.{}", member.name),
        }
    }

    /// Path and field of one of the places of a name.
    fn below(&self, member: &Member<'_>, index: usize, path: &str, field: &str) -> (String, String) {
        let (mut path, mut field) = (self.named(member, path), self.named(member, field));
        if member.list {
            let _ = write!(path, "[{index}]");
            field.push_str("[]");
        } else if member.nodes.len() > 1 || index > 0 {
            let _ = write!(path, "[{}]", index + 1);
        }
        (path, field)
    }

    fn same(&self, before: &Value<'_>, after: &Value<'_>) -> bool {
        if before.text == after.text {
            return before.is_text == after.is_text || self.native;
        }
        let by_value = self.sameness == Sameness::Expected;
        by_value && compare_numbers(&before.text, &after.text) == Some(Ordering::Equal)
    }
}
