// SPDX-License-Identifier: EUPL-1.2
//! Release: a recipient gets what its route lists, and nothing else. Default is deny.
//!
//! The list is worked out against the schema when the rules are loaded, down to single leaves. At run time only those
//! leaves are copied, each as a leaf: nothing that the schema does not describe can travel along inside something else.

mod select;

use hub_message::{Kind, NodeRef, Tree, TreeBuilder};
use hub_schema::Valid;

pub use select::Selection;
pub(crate) use select::expand;

use select::Allowed;

/// What a recipient may have of a canonical document. Only [`release`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    tree: Tree,
}

impl Released {
    /// The document, as far as it was released.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }
}

/// Copies from `document` what `selection` allows, in the schema's order. Groups and list items of which nothing is
/// left are left out.
pub fn release(document: &Valid, selection: &Selection) -> Released {
    let mut builder = TreeBuilder::default();
    if let Some(root) = document.tree().root() {
        builder.open_map(None);
        members(&mut builder, root, selection.root());
        builder.close();
    }
    Released { tree: builder.finish() }
}

fn members(builder: &mut TreeBuilder, node: NodeRef<'_>, allowed: &Allowed) {
    let Allowed::Map(members) = allowed else { return };
    for (name, below) in members {
        if let Some(child) = node.get(name) {
            copy(builder, Some(name), child, below);
        }
    }
}

fn copy(builder: &mut TreeBuilder, key: Option<&str>, node: NodeRef<'_>, allowed: &Allowed) {
    match (allowed, node.kind()) {
        (Allowed::Map(_), Kind::Map) => {
            builder.open_map(key);
            members(builder, node, allowed);
            builder.close_unless_empty();
        }
        (Allowed::List(item), Kind::List) => {
            builder.open_list(key);
            for child in node.children() {
                copy(builder, None, child, item);
            }
            builder.close_unless_empty();
        }
        (Allowed::Leaf, Kind::Text) => builder.text(key, node.text().unwrap_or_default()),
        (Allowed::Leaf, Kind::Number) => builder.number(key, node.text().unwrap_or("0")),
        (Allowed::Leaf, Kind::Bool) => builder.bool(key, node.text() == Some("true")),
        // What is not of the schema's form is not released; a valid document has none of it.
        (Allowed::Map(_) | Allowed::List(_) | Allowed::Leaf, _) => {}
    }
}

#[cfg(test)]
mod tests;
