// SPDX-License-Identifier: EUPL-1.2
//! A document of a specialist system as a tree of places, whatever its format.

use std::borrow::Cow;

use super::structure::{Member, Node, Structure, Value};
use crate::Mapping;
use crate::provenance::ExplainedPlace;
use crate::source::{Listener, Names, Piece, Symbol};

/// Listens to a source and builds the tree.
#[derive(Debug)]
pub(crate) struct Shaping<'n> {
    names: &'n Names,
    text: &'n str,
    /// The places that are open, the document first.
    open: Vec<(String, Node<'static>)>,
}

impl Structure<'static> {
    /// No document of the format of `mapping`.
    pub fn nothing(mapping: &Mapping) -> Self {
        Self {
            root: Node::default(),
            prefix: Some(mapping.root_path()),
        }
    }

    /// A document that was written, by what was told to its format.
    pub fn of_places(places: &[ExplainedPlace]) -> Self {
        let mut root = Node::default();
        for place in places {
            root.put(&place.path, &place.value);
        }
        Self {
            root,
            prefix: Some(String::new()),
        }
    }
}

impl Node<'static> {
    /// Puts a value at a path of names, the first of several equal ones being `[1]`.
    fn put(&mut self, path: &str, value: &str) {
        let path = path.trim_start_matches('/');
        if path.is_empty() {
            self.value = Some(Value {
                text: Cow::Owned(value.to_owned()),
                is_text: true,
            });
            return;
        }
        let (step, rest) = path.split_once('/').unwrap_or((path, ""));
        let numbered = step.strip_suffix(']').and_then(|step| step.rsplit_once('['));
        let (name, index) = numbered.map_or((step, 1), |(name, index)| (name, index.parse().unwrap_or(1)));
        let known = self.members.iter().position(|member| member.name == name);
        let at = known.unwrap_or_else(|| {
            self.members.push(Member {
                name: Cow::Owned(name.to_owned()),
                list: false,
                nodes: Vec::new(),
            });
            self.members.len() - 1
        });
        let Some(member) = self.members.get_mut(at) else {
            return;
        };
        while member.nodes.len() < index {
            member.nodes.push(Node::default());
        }
        if let Some(node) = index.checked_sub(1).and_then(|index| member.nodes.get_mut(index)) {
            node.put(rest, value);
        }
    }
}

impl<'n> Shaping<'n> {
    /// Names are spelled as `names` spells them, so that two documents may have different prefixes.
    pub(crate) fn new(names: &'n Names, text: &'n str) -> Self {
        Self {
            names,
            text,
            open: vec![(String::new(), Node::default())],
        }
    }

    /// The tree; `root` is the name of the root element, where the format has one.
    pub(crate) fn finish(mut self, root: Option<&str>) -> Structure<'static> {
        while self.open.len() > 1 {
            self.leave(0);
        }
        let mut node = self.open.pop().map_or_else(Node::default, |(_, node)| node);
        settle(&mut node);
        Structure {
            root: node,
            prefix: Some(root.map_or_else(String::new, |root| format!("/{root}"))),
        }
    }

    fn spelled(&self, name: Symbol, spelled: &str) -> String {
        match self.names.spelled(name) {
            "" => spelled.to_owned(),
            known => known.to_owned(),
        }
    }

    fn put(&mut self, name: String, node: Node<'static>) {
        let Some((_, above)) = self.open.last_mut() else {
            return;
        };
        match above.members.iter_mut().find(|member| member.name == name) {
            Some(member) => member.nodes.push(node),
            None => above.members.push(Member {
                name: Cow::Owned(name),
                list: false,
                nodes: vec![node],
            }),
        }
    }
}

/// White space between elements says nothing.
fn settle(node: &mut Node<'_>) {
    let blank = node.value.as_ref().is_some_and(|value| value.text.trim().is_empty());
    if blank && !node.members.is_empty() {
        node.value = None;
    }
}

impl Listener for Shaping<'_> {
    fn names(&self) -> &Names {
        self.names
    }

    fn is_curious(&self) -> bool {
        true
    }

    fn begin(&mut self, _: usize) {}

    fn end(&mut self, _: usize) {}

    fn enter(&mut self, name: Symbol, spelled: &str, _: usize) -> bool {
        self.open.push((self.spelled(name, spelled), Node::default()));
        true
    }

    fn attribute(&mut self, name: Symbol, spelled: &str, value: Piece<'_>) {
        let text = match value {
            Piece::Span(start, end) => self.text.get(start..end).unwrap_or_default().to_owned(),
            Piece::Made(text, _) => text.to_owned(),
        };
        let value = Some(Value {
            text: Cow::Owned(text),
            is_text: true,
        });
        let name = format!("@{}", self.spelled(name, spelled));
        self.put(
            name,
            Node {
                value,
                members: Vec::new(),
            },
        );
    }

    fn text(&mut self, piece: Piece<'_>) {
        let text = match piece {
            Piece::Span(start, end) => self.text.get(start..end).unwrap_or_default(),
            Piece::Made(text, _) => text,
        };
        let Some((_, node)) = self.open.last_mut() else {
            return;
        };
        match &mut node.value {
            Some(value) => value.text.to_mut().push_str(text),
            None => {
                node.value = Some(Value {
                    text: Cow::Owned(text.to_owned()),
                    is_text: true,
                });
            }
        }
    }

    fn leave(&mut self, _: usize) {
        if let Some((name, mut node)) = self.open.pop() {
            settle(&mut node);
            self.put(name, node);
        }
    }
}
