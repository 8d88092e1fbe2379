// SPDX-License-Identifier: EUPL-1.2
//! Conditions of routes over the canonical document: `totals.payable > 0 and currency in ('EUR', 'CHF')`.
//!
//! Paths look through lists: a comparison holds when some value at the path fulfils it, so `lines.net > 100` means
//! "some line". `a != 'x'` is exactly `not a = 'x'`; it holds where `a` is absent too.

mod check;
mod parse;
mod token;

use std::cmp::Ordering;

use hub_message::{Finding, Kind, NodeRef, Shape};

use crate::decimal::Decimal;
use crate::written::Written;

/// A condition, checked against the schema of its documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition(Node);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Test(Path, Test),
}

/// A dotted path, and where it stands in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Path {
    steps: Vec<String>,
    at: std::ops::Range<usize>,
}

impl Path {
    fn dotted(&self) -> String {
        self.steps.join(".")
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    Is(Operator, Literal),
    In(Vec<Literal>),
    Present,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Literal {
    value: Value,
    at: std::ops::Range<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Text(String),
    Number(Decimal),
    Bool(bool),
}

impl Condition {
    /// Reads a condition and checks it against the shape of the documents. All findings at once; a condition whose
    /// grammar is broken gives one.
    pub fn load(written: &Written, shape: &Shape) -> Result<Self, Vec<Finding>> {
        let node = parse::parse(written).map_err(|finding| vec![finding])?;
        let mut findings = Vec::new();
        check::check(&node, written, shape, &mut findings);
        if findings.is_empty() {
            Ok(Self(node))
        } else {
            Err(findings)
        }
    }

    /// Whether it holds for a document.
    pub fn holds(&self, document: NodeRef<'_>) -> bool {
        self.0.holds(document)
    }
}

impl Node {
    fn holds(&self, document: NodeRef<'_>) -> bool {
        match self {
            Self::All(nodes) => nodes.iter().all(|n| n.holds(document)),
            Self::Any(nodes) => nodes.iter().any(|n| n.holds(document)),
            Self::Not(node) => !node.holds(document),
            Self::Test(path, test) => some(document, &path.steps, &|value| test.holds(value)),
        }
    }
}

/// Whether `holds` for some value at the path, with lists looked through.
fn some(node: NodeRef<'_>, steps: &[String], holds: &dyn Fn(NodeRef<'_>) -> bool) -> bool {
    if node.kind() == Kind::List {
        return node.children().any(|item| some(item, steps, holds));
    }
    match steps.split_first() {
        None => holds(node),
        Some((step, rest)) => node.get(step).is_some_and(|below| some(below, rest, holds)),
    }
}

impl Test {
    fn holds(&self, value: NodeRef<'_>) -> bool {
        match self {
            Self::Present => value.kind() != Kind::Null,
            Self::In(literals) => literals.iter().any(|l| l.compare(value) == Some(Ordering::Equal)),
            Self::Is(operator, literal) => literal.compare(value).is_some_and(|ordering| operator.allows(ordering)),
        }
    }
}

impl Operator {
    fn allows(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

impl Literal {
    /// How a value of a document stands to this literal; `None` when they are of different kinds.
    fn compare(&self, value: NodeRef<'_>) -> Option<Ordering> {
        let text = value.text()?;
        match (&self.value, value.kind()) {
            (Value::Text(literal), Kind::Text) => Some(text.cmp(literal)),
            (Value::Number(literal), Kind::Number) => Some(Decimal::parse(text)?.cmp(literal)),
            (Value::Bool(literal), Kind::Bool) => Some((text == "true").cmp(literal)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
