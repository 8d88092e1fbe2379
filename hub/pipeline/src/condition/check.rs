// SPDX-License-Identifier: EUPL-1.2
//! Checks a condition against the schema of the documents: its fields exist, and its values are of their type.

use hub_message::shape::Leaf;
use hub_message::{Code, Finding, LeafKind, Shape};

use super::{Literal, Node, Operator, Path, Test, Value};
use crate::written::Written;

const FIELD: Code = Code::new("AH-R031");
const TYPE: Code = Code::new("AH-R032");
const VALUE: Code = Code::new("AH-R033");

/// Collects what is wrong.
pub(super) fn check(node: &Node, written: &Written, shape: &Shape, findings: &mut Vec<Finding>) {
    match node {
        Node::All(nodes) | Node::Any(nodes) => {
            for node in nodes {
                check(node, written, shape, findings);
            }
        }
        Node::Not(node) => check(node, written, shape, findings),
        Node::Test(path, test) => {
            let error = |code, at, text| Finding::error(code, written.file(), written.part(at), text);
            let Some(found) = shape.at(&path.dotted()) else {
                findings.push(unknown(path, written, shape));
                return;
            };
            match (test, item(found)) {
                (Test::Present, _) => {}
                (Test::Is(operator, literal), Shape::Leaf(leaf)) => {
                    findings
                        .extend(fault(leaf, Some(*operator), literal).map(|(c, t)| error(c, literal.at.clone(), t)));
                }
                (Test::In(literals), Shape::Leaf(leaf)) => {
                    for literal in literals {
                        findings.extend(fault(leaf, None, literal).map(|(c, t)| error(c, literal.at.clone(), t)));
                    }
                }
                _ => findings.push(error(
                    TYPE,
                    path.at.clone(),
                    format!(
                        "`{}` is a group of fields: only `is present` and `is absent` fit",
                        path.dotted()
                    ),
                )),
            }
        }
    }
}

/// The item of a list, or the shape itself.
fn item(shape: &Shape) -> &Shape {
    match shape {
        Shape::List(below) => item(below),
        other => other,
    }
}

fn unknown(path: &Path, written: &Written, shape: &Shape) -> Finding {
    let dotted = path.dotted();
    let leaves = shape.leaves();
    Finding::error(
        FIELD,
        written.file(),
        written.part(path.at.clone()),
        format!("the schema has no field `{dotted}`"),
    )
    .did_you_mean(&dotted, leaves.iter().map(|(name, _)| name.as_str()))
}

/// What is wrong with comparing `literal` to `leaf`.
fn fault(leaf: &Leaf, operator: Option<Operator>, literal: &Literal) -> Option<(Code, String)> {
    let ordered = operator.is_some_and(|o| o != Operator::Equal);
    let wanted = match (leaf.kind, &literal.value) {
        (LeafKind::Number | LeafKind::Integer, Value::Number(_)) => None,
        (LeafKind::Number | LeafKind::Integer, _) => Some("a number, without quotation marks"),
        (LeafKind::Bool, Value::Bool(_)) if !ordered => None,
        (LeafKind::Bool, _) => Some("true or false, compared by `=` or `!=`"),
        (LeafKind::Date, Value::Text(text)) if is_date(text) => None,
        (LeafKind::Date, _) => Some("a date in the form '2026-12-31'"),
        (LeafKind::Text | LeafKind::DateTime, Value::Text(_)) if !ordered => None,
        (LeafKind::Text | LeafKind::DateTime, Value::Text(_)) => {
            return Some((TYPE, "texts have no order: only `=`, `!=` and `in` fit".into()));
        }
        (LeafKind::Text | LeafKind::DateTime, _) => Some("a text between single quotation marks"),
    };
    if let Some(wanted) = wanted {
        return Some((TYPE, format!("the field wants {wanted}")));
    }
    let (Some(allowed), Value::Text(text)) = (&leaf.allowed, &literal.value) else {
        return None;
    };
    (!allowed.contains(text)).then(|| {
        let names: Vec<&str> = allowed.iter().map(String::as_str).collect();
        (
            VALUE,
            format!("the schema never has this value here: {}", names.join(", ")),
        )
    })
}

fn is_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}
