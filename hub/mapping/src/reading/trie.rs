// SPDX-License-Identifier: EUPL-1.2
//! The path trie: for every place that a row names, what is wanted there.
//!
//! A *scope* is opened by each occurrence of a place that is a list's item or has predicates. It holds slots for all that
//! is wanted below it, up to the next scope. When its element is left, its *exits* run: those whose predicates hold hand
//! slots to the scope outside (the first match stays), hand chains of items on, or put the scope itself into a chain as
//! an item. So predicates need no look-ahead, and nothing is copied for items.

mod wanted;

use std::collections::HashMap;

use crate::rows::{Against, Path, Predicate, Step};
use crate::source::{Names, Symbol};

/// No slot, no node.
pub(crate) const NONE: u16 = u16::MAX;

/// The finished trie.
#[derive(Debug, Default)]
pub(crate) struct Trie {
    pub(crate) nodes: Vec<Node>,
    pub(crate) scopes: Vec<ScopeType>,
}

/// A place that a row names. Node 0 is the document.
#[derive(Debug, Default)]
pub(crate) struct Node {
    pub(crate) children: Vec<(Symbol, u32)>,
    /// With the slot, or [`NONE`] for attributes that are known but not wanted.
    pub(crate) attributes: Vec<(Symbol, u16)>,
    /// Slot of the text, or [`NONE`].
    pub(crate) text: u16,
    /// Slot that is filled with nothing when the place is entered, or [`NONE`].
    pub(crate) presence: u16,
    /// Slot of the handle of the content, or [`NONE`].
    pub(crate) content: u16,
    /// Scope that an occurrence opens, or [`NONE`].
    pub(crate) scope: u16,
    /// Whether anything at or below it is wanted, if only to know what else stands there.
    pub(crate) wanted: bool,
    /// Whether it is left out on purpose, or only written: with all that is below.
    known: bool,
    /// Path in the mapping's spelling, for the coverage report.
    pub(crate) path: String,
}

/// What an occurrence of a place holds.
#[derive(Debug, Default)]
pub(crate) struct ScopeType {
    pub(crate) slots: u16,
    pub(crate) chains: u16,
    pub(crate) exits: Vec<Exit>,
}

/// What happens when a scope's element is left, if all of `tests` hold.
#[derive(Debug, Default)]
pub(crate) struct Exit {
    predicates: Vec<Predicate>,
    pub(crate) tests: Vec<Test>,
    /// Slot here → slot in the scope outside, unless that is filled.
    pub(crate) slots: Vec<(u16, u16)>,
    /// Chain here → appended to the chain outside.
    pub(crate) chains: Vec<(u16, u16)>,
    /// Chains outside of which this scope becomes an item.
    pub(crate) items: Vec<u16>,
}

/// What a slot is compared with.
#[derive(Debug, Clone)]
pub(crate) enum Compared {
    Text(String),
    /// A slot of the document.
    Slot(u16),
    /// It is enough that something stands in it.
    Presence,
}

/// A predicate over a slot.
#[derive(Debug, Clone)]
pub(crate) struct Test {
    pub(crate) slot: u16,
    pub(crate) negated: bool,
    pub(crate) against: Compared,
}

/// What is wanted at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    Text,
    Presence,
    Content,
    Attribute(Symbol),
}

/// A trie that grows. First every path is inserted, then [`Growing::settle`], then slots are asked for.
#[derive(Debug)]
pub(crate) struct Growing<'n> {
    names: &'n Names,
    trie: Trie,
    parents: Vec<u32>,
    scoped: Vec<bool>,
    /// Slots at places: (node, target) → slot in the scope that owns the node.
    at_place: HashMap<(u32, Target), u16>,
    /// Slots that exits fill: (scope, slot in it, predicates) → slot outside.
    handed: HashMap<(u16, u16, Vec<Predicate>), u16>,
    /// Places of the document's own fields, for predicates with `^field`.
    fields: HashMap<String, Path>,
    /// Whether places of the format may hold files.
    pub(crate) files: bool,
}

impl<'n> Growing<'n> {
    pub(crate) fn new(names: &'n Names, fields: HashMap<String, Path>, files: bool) -> Self {
        let mut growing = Self {
            names,
            trie: Trie::default(),
            parents: Vec::new(),
            scoped: Vec::new(),
            at_place: HashMap::new(),
            handed: HashMap::new(),
            fields,
            files,
        };
        growing.add(0, String::new());
        growing.mark_scoped(0);
        growing
    }

    fn add(&mut self, parent: u32, path: String) -> u32 {
        self.trie.nodes.push(Node {
            text: NONE,
            presence: NONE,
            content: NONE,
            scope: NONE,
            path,
            ..Node::default()
        });
        self.parents.push(parent);
        self.scoped.push(false);
        self.trie.nodes.len() as u32 - 1
    }

    fn mark_scoped(&mut self, node: u32) {
        if let Some(scoped) = self.scoped.get_mut(node as usize) {
            *scoped = true;
        }
    }

    fn is_scoped(&self, node: u32) -> bool {
        self.scoped.get(node as usize).copied().unwrap_or(false)
    }

    fn child(&self, node: u32, name: Symbol) -> Option<u32> {
        let node = self.trie.nodes.get(node as usize)?;
        node.children
            .iter()
            .find(|(symbol, _)| *symbol == name)
            .map(|(_, child)| *child)
    }

    /// Makes a path wanted below `from`; gives the node at its end.
    pub(crate) fn insert(&mut self, from: u32, path: &Path) -> u32 {
        let mut node = from;
        for step in &path.steps {
            node = self.step(node, step.name);
            for predicate in &step.predicates {
                self.mark_scoped(node);
                self.insert(node, &predicate.path);
            }
        }
        self.know_attribute(node, path);
        node
    }

    /// Makes a path known below `from`, so that a document which has it makes nobody wonder.
    pub(crate) fn insert_known(&mut self, from: u32, path: &Path) -> u32 {
        let mut node = from;
        for step in &path.steps {
            node = self.step(node, step.name);
            for predicate in &step.predicates {
                self.insert_known(node, &predicate.path);
            }
        }
        self.know_attribute(node, path);
        if let (None, Some(known)) = (path.attribute, self.trie.nodes.get_mut(node as usize)) {
            known.known = true;
        }
        node
    }

    fn step(&mut self, node: u32, name: Symbol) -> u32 {
        if let Some(child) = self.child(node, name) {
            return child;
        }
        let spelled = self.names.spelled(name);
        let above = self.trie.nodes.get(node as usize).map_or("", |n| n.path.as_str());
        let path = if above.is_empty() {
            spelled.to_owned()
        } else {
            format!("{above}/{spelled}")
        };
        let child = self.add(node, path);
        if let Some(parent) = self.trie.nodes.get_mut(node as usize) {
            parent.children.push((name, child));
        }
        child
    }

    fn know_attribute(&mut self, node: u32, path: &Path) {
        if let (Some(attribute), Some(node)) = (path.attribute, self.trie.nodes.get_mut(node as usize))
            && !node.attributes.iter().any(|(symbol, _)| *symbol == attribute)
        {
            node.attributes.push((attribute, NONE));
        }
    }

    /// Makes the place of a list's items known.
    pub(crate) fn insert_items(&mut self, from: u32, path: &Path) -> u32 {
        let node = self.insert(from, path);
        self.mark_scoped(node);
        node
    }

    /// Gives every scoped node its scope. No path may be inserted after.
    pub(crate) fn settle(&mut self) {
        for (node, scoped) in self.trie.nodes.iter_mut().zip(&self.scoped) {
            if *scoped {
                node.scope = self.trie.scopes.len() as u16;
                self.trie.scopes.push(ScopeType::default());
            }
        }
    }

    /// The scope that holds what is wanted at a node.
    fn owner(&self, mut node: u32) -> u16 {
        loop {
            if self.is_scoped(node) || node == 0 {
                return self.trie.nodes.get(node as usize).map_or(0, |n| n.scope);
            }
            node = self.parents.get(node as usize).copied().unwrap_or(0);
        }
    }

    fn new_slot(&mut self, scope: u16) -> u16 {
        self.trie.scopes.get_mut(scope as usize).map_or(NONE, |scope| {
            scope.slots += 1;
            scope.slots - 1
        })
    }

    fn new_chain(&mut self, scope: u16) -> u16 {
        self.trie.scopes.get_mut(scope as usize).map_or(NONE, |scope| {
            scope.chains += 1;
            scope.chains - 1
        })
    }

    fn place_slot(&mut self, node: u32, target: Target) -> u16 {
        if let Some(slot) = self.at_place.get(&(node, target)) {
            return *slot;
        }
        let slot = self.new_slot(self.owner(node));
        self.at_place.insert((node, target), slot);
        if let Some(node) = self.trie.nodes.get_mut(node as usize) {
            match target {
                Target::Text => node.text = slot,
                Target::Presence => node.presence = slot,
                Target::Content => node.content = slot,
                Target::Attribute(name) => {
                    for (symbol, at) in &mut node.attributes {
                        if *symbol == name {
                            *at = slot;
                        }
                    }
                }
            }
        }
        slot
    }

    /// The nodes along a path below `from`.
    fn along(&self, from: u32, path: &Path) -> Vec<u32> {
        let mut node = from;
        let mut found = Vec::new();
        for step in &path.steps {
            node = self.child(node, step.name).unwrap_or(node);
            found.push(node);
        }
        found
    }

    /// The slot, in the scope of `from`, that the first match of `path` fills.
    pub(crate) fn slot(&mut self, from: u32, path: &Path) -> u16 {
        self.slot_of(from, path, Target::Text)
    }

    pub(crate) fn slot_of(&mut self, from: u32, path: &Path, target: Target) -> u16 {
        let nodes = self.along(from, path);
        let last = nodes.last().copied().unwrap_or(from);
        let target = path.attribute.map_or(target, Target::Attribute);
        let mut slot = self.place_slot(last, target);
        for (node, step) in nodes.iter().zip(&path.steps).rev() {
            if self.is_scoped(*node) {
                slot = self.hand_out(*node, step, slot);
            }
        }
        slot
    }

    fn hand_out(&mut self, node: u32, step: &Step, slot: u16) -> u16 {
        let scope = self.owner(node);
        let key = (scope, slot, step.predicates.clone());
        if let Some(outside) = self.handed.get(&key) {
            return *outside;
        }
        let parent = self.parents.get(node as usize).copied().unwrap_or(0);
        let outside = self.new_slot(self.owner(parent));
        self.handed.insert(key, outside);
        self.with_exit(node, step, |exit| exit.slots.push((slot, outside)));
        outside
    }

    /// The chain, in the scope of `from`, of all matches of `path`.
    pub(crate) fn chain(&mut self, from: u32, path: &Path) -> u16 {
        let nodes = self.along(from, path);
        let mut chain = NONE;
        for (node, step) in nodes.iter().zip(&path.steps).rev() {
            if !self.is_scoped(*node) {
                continue;
            }
            let parent = self.parents.get(*node as usize).copied().unwrap_or(0);
            let outside = self.new_chain(self.owner(parent));
            let inside = chain;
            self.with_exit(*node, step, |exit| {
                if inside == NONE {
                    exit.items.push(outside);
                } else {
                    exit.chains.push((inside, outside));
                }
            });
            chain = outside;
        }
        chain
    }

    fn with_exit(&mut self, node: u32, step: &Step, change: impl FnOnce(&mut Exit)) {
        let scope = self.owner(node);
        let tests: Vec<Test> = step
            .predicates
            .iter()
            .map(|predicate| Test {
                slot: match predicate.against {
                    Against::Presence => self.slot_of(node, &predicate.path, Target::Presence),
                    Against::Text(_) | Against::Field(_) => self.slot(node, &predicate.path),
                },
                negated: predicate.negated,
                against: self.compared(&predicate.against),
            })
            .collect();
        let Some(scope) = self.trie.scopes.get_mut(scope as usize) else {
            return;
        };
        let index = scope.exits.iter().position(|exit| exit.predicates == step.predicates);
        let index = index.unwrap_or_else(|| {
            scope.exits.push(Exit {
                predicates: step.predicates.clone(),
                tests,
                ..Exit::default()
            });
            scope.exits.len() - 1
        });
        if let Some(exit) = scope.exits.get_mut(index) {
            change(exit);
        }
    }

    fn compared(&mut self, against: &Against) -> Compared {
        match against {
            Against::Presence => Compared::Presence,
            Against::Text(text) => Compared::Text(text.clone()),
            Against::Field(field) => {
                let path = self.fields.get(field).cloned();
                Compared::Slot(path.map_or(NONE, |path| self.slot(0, &path)))
            }
        }
    }

    /// The finished trie.
    pub(crate) fn finish(mut self) -> Trie {
        self.trie.mark_wanted();
        self.trie
    }
}
