// SPDX-License-Identifier: EUPL-1.2
//! The shape of a canonical schema, as far as mappings, routes and masking must know it.

use serde::{Deserialize, Serialize};

/// The protection class of a leaf (`x-protection`). Masking, logging, search, retention and export follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protection {
    /// May be shown and searched.
    Open,
    /// Belongs to a person.
    Personal,
    /// Identifies a person or a business.
    Identifier,
    /// Special categories (Art. 9 GDPR) and what the law protects likewise.
    Special,
}

/// The type of a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeafKind {
    /// A string.
    Text,
    /// A string `YYYY-MM-DD`.
    Date,
    /// A string with date, time and offset (RFC 3339).
    DateTime,
    /// A decimal number.
    Number,
    /// A number without fraction.
    Integer,
    /// `true` or `false`.
    Bool,
}

/// A part of a canonical schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// An object, members in the schema's order.
    Map(Vec<Member>),
    /// An array of one kind of item.
    List(Box<Shape>),
    /// A leaf.
    Leaf(Leaf),
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The key.
    pub name: String,
    /// Whether the schema requires it.
    pub required: bool,
    /// What stands there.
    pub shape: Shape,
}

/// A leaf of a canonical schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Its type.
    pub kind: LeafKind,
    /// Its protection class.
    pub protection: Protection,
    /// The only values allowed, where the schema enumerates them.
    pub allowed: Option<Vec<String>>,
    /// German title.
    pub title: String,
    /// English description.
    pub description: String,
}

impl Shape {
    /// The part at a dotted path. Lists are passed through without an index: `lines.net`.
    pub fn at(&self, path: &str) -> Option<&Shape> {
        path.split('.').try_fold(self, Shape::member)
    }

    /// The member of this name, looking through lists.
    pub fn member(&self, name: &str) -> Option<&Shape> {
        match self {
            Self::Map(members) => members.iter().find(|m| m.name == name).map(|m| &m.shape),
            Self::List(item) => item.member(name),
            Self::Leaf(_) => None,
        }
    }

    /// Every leaf with its dotted path, in the schema's order.
    pub fn leaves(&self) -> Vec<(String, &Leaf)> {
        let mut found = Vec::new();
        self.collect(&mut String::new(), &mut found);
        found
    }

    fn collect<'a>(&'a self, path: &mut String, found: &mut Vec<(String, &'a Leaf)>) {
        match self {
            Self::Leaf(leaf) => found.push((path.clone(), leaf)),
            Self::List(item) => item.collect(path, found),
            Self::Map(members) => {
                for member in members {
                    let before = path.len();
                    if before > 0 {
                        path.push('.');
                    }
                    path.push_str(&member.name);
                    member.shape.collect(path, found);
                    path.truncate(before);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_looked_through() {
        let leaf = Shape::Leaf(Leaf {
            kind: LeafKind::Number,
            protection: Protection::Open,
            allowed: None,
            title: String::new(),
            description: String::new(),
        });
        let line = Shape::Map(vec![Member {
            name: "net".into(),
            required: true,
            shape: leaf.clone(),
        }]);
        let root = Shape::Map(vec![Member {
            name: "lines".into(),
            required: false,
            shape: Shape::List(line.into()),
        }]);
        assert_eq!(root.at("lines.net"), Some(&leaf));
        assert_eq!(root.at("lines.gross"), None);
        assert_eq!(
            root.leaves().into_iter().map(|(p, _)| p).collect::<Vec<_>>(),
            ["lines.net"]
        );
    }
}
