// SPDX-License-Identifier: EUPL-1.2
//! Works out a route's list of fields against the schema.

use std::collections::BTreeSet;

use hub_message::{Code, Finding, Protection, Shape};

use crate::written::Written;

const FIELD: Code = Code::new("AH-R020");
const GROUP: Code = Code::new("AH-R021");
const WILDCARD: Code = Code::new("AH-R022");
const TWICE: Code = Code::new("AH-R023");

/// The leaves that a route releases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    root: Allowed,
    leaves: BTreeSet<String>,
}

/// What may be copied of a part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Allowed {
    Leaf,
    List(Box<Allowed>),
    Map(Vec<(String, Allowed)>),
}

impl Selection {
    /// Works out `fields` against the shape of a schema. The findings may be warnings beside a selection.
    pub fn load(fields: &[Written], shape: &Shape) -> (Option<Self>, Vec<Finding>) {
        let mut leaves = BTreeSet::new();
        let mut findings = Vec::new();
        for field in fields {
            match expand(field, shape) {
                Ok(found) => {
                    if found.iter().all(|leaf| leaves.contains(leaf)) {
                        findings.push(field.warning(TWICE, format!("`{}` is released already", field.as_str())));
                    }
                    leaves.extend(found);
                }
                Err(finding) => findings.push(finding),
            }
        }
        let failed = findings.iter().any(|f| f.severity == hub_message::Severity::Error);
        let root = allowed(shape, &mut String::new(), &leaves).unwrap_or(Allowed::Map(Vec::new()));
        ((!failed).then_some(Self { root, leaves }), findings)
    }

    /// The dotted paths of the released leaves.
    pub fn leaves(&self) -> &BTreeSet<String> {
        &self.leaves
    }

    pub(super) fn root(&self) -> &Allowed {
        &self.root
    }
}

/// The leaves that one entry of `fields` stands for.
pub(crate) fn expand(field: &Written, shape: &Shape) -> Result<Vec<String>, Finding> {
    let text = field.as_str();
    let (path, wildcard) = match text.strip_suffix(".*") {
        Some(path) => (path, true),
        None => (text, false),
    };
    let Some(found) = shape.at(path) else {
        return Err(unknown(field, path, shape));
    };
    let leaves = found.leaves();
    if wildcard {
        return below(field, path, &leaves);
    }
    match leaves.as_slice() {
        [(rest, _)] if rest.is_empty() => Ok(vec![path.to_owned()]),
        _ => Err(field
            .error(GROUP, format!("`{path}` is a group of fields"))
            .help(format!(
                "name the fields that the recipient needs: {}",
                sample(path, &leaves)
            ))),
    }
}

type Leaves<'a> = [(String, &'a hub_message::shape::Leaf)];

/// A wildcard may only stand for open leaves: what belongs to a person is released field by field, so that somebody
/// has decided it, and so that a field which the schema gets later is not released by itself.
fn below(field: &Written, path: &str, leaves: &Leaves<'_>) -> Result<Vec<String>, Finding> {
    if let [(rest, _)] = leaves
        && rest.is_empty()
    {
        return Err(field
            .error(WILDCARD, format!("`{path}` is a single field: nothing stands below it"))
            .help(format!("write `{path}`")));
    }
    let closed: Vec<String> = leaves
        .iter()
        .filter(|(_, leaf)| leaf.protection != Protection::Open)
        .map(|(rest, _)| format!("`{path}.{rest}`"))
        .collect();
    if closed.is_empty() {
        return Ok(leaves.iter().map(|(rest, _)| format!("{path}.{rest}")).collect());
    }
    let shown = closed.get(..closed.len().min(5)).unwrap_or_default().join(", ");
    let more = if closed.len() > 5 { ", …" } else { "" };
    Err(field
        .error(
            WILDCARD,
            format!("`{}` would release protected fields: {shown}{more}", field.as_str()),
        )
        .help("name each field that the recipient needs"))
}

fn sample(path: &str, leaves: &Leaves<'_>) -> String {
    let shown: Vec<String> = leaves
        .iter()
        .take(3)
        .map(|(rest, _)| format!("`{path}.{rest}`"))
        .collect();
    let more = if leaves.len() > 3 { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

fn unknown(field: &Written, path: &str, shape: &Shape) -> Finding {
    let finding = field.error(FIELD, format!("the schema has no field `{path}`"));
    if path.contains('*') {
        return finding.help("`*` stands only at the end, for everything below a group: `totals.*`");
    }
    let leaves = shape.leaves();
    finding.did_you_mean(path, leaves.iter().map(|(name, _)| name.as_str()))
}

fn allowed(shape: &Shape, path: &mut String, leaves: &BTreeSet<String>) -> Option<Allowed> {
    match shape {
        Shape::Leaf(_) => leaves.contains(path).then_some(Allowed::Leaf),
        Shape::List(item) => allowed(item, path, leaves).map(|item| Allowed::List(Box::new(item))),
        Shape::Map(members) => {
            let mut kept = Vec::new();
            for member in members {
                let before = path.len();
                if before > 0 {
                    path.push('.');
                }
                path.push_str(&member.name);
                kept.extend(allowed(&member.shape, path, leaves).map(|below| (member.name.clone(), below)));
                path.truncate(before);
            }
            (!kept.is_empty()).then_some(Allowed::Map(kept))
        }
    }
}
