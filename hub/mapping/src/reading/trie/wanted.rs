// SPDX-License-Identifier: EUPL-1.2
//! Which places of the trie are walked into at all.

use super::{NONE, Node, Trie};

impl Trie {
    /// Marks the places at or below which something is wanted. Children stand behind their parents.
    pub(super) fn mark_wanted(&mut self) {
        for index in (0..self.nodes.len()).rev() {
            let wanted = self.nodes.get(index).is_some_and(|node| self.is_wanted(node));
            if let Some(node) = self.nodes.get_mut(index) {
                node.wanted = wanted;
            }
        }
    }

    fn is_wanted(&self, node: &Node) -> bool {
        let mut children = node
            .children
            .iter()
            .filter_map(|(_, child)| self.nodes.get(*child as usize));
        // On the way to a known place other places may stand of which nobody knows.
        let passed = !node.known && (!node.children.is_empty() || !node.attributes.is_empty());
        let own = [node.text, node.presence, node.content, node.scope];
        let mut slots = own.into_iter().chain(node.attributes.iter().map(|(_, slot)| *slot));
        passed || children.any(|child| child.wanted) || slots.any(|slot| slot != NONE)
    }
}
