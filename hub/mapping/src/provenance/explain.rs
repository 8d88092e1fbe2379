// SPDX-License-Identifier: EUPL-1.2
//! What was recorded, in words.

use hub_message::{NodeRef, Tree};

use super::locate::Located;
use super::recorder::{From, Leaf, Recorder};
use super::{
    Explained, ExplainedDocument, ExplainedField, ExplainedPlace, ExplainedWriting, Origin, RowPlace, SourcePlace,
};
use crate::Mapping;
use crate::language::row;
use crate::rows::Rule;

/// A file that was read.
pub(crate) fn reading(mapping: &Mapping, documents: Vec<Tree>, recorder: &Recorder, located: &Located) -> Explained {
    let mut leaves = recorder.leaves.iter().flatten().peekable();
    let documents = documents.into_iter().enumerate().map(|(number, document)| {
        let paths = paths(&document);
        let mut fields = Vec::new();
        while let Some(leaf) = leaves.next_if(|leaf| leaf.document as usize == number) {
            fields.extend(field(mapping, &document, &paths, leaf, recorder, located));
        }
        ExplainedDocument { document, fields }
    });
    Explained {
        mapping: mapping.id().to_owned(),
        file: mapping.rules.file().to_owned(),
        documents: documents.collect(),
    }
}

fn field(
    mapping: &Mapping,
    document: &Tree,
    paths: &[String],
    leaf: &Leaf,
    recorder: &Recorder,
    located: &Located,
) -> Option<ExplainedField> {
    let (rule, functions) = recorder.rule_of(leaf.rule)?;
    let ranges = match &leaf.from {
        From::Document(ranges) => ranges.as_slice(),
        _ => &[],
    };
    let sources = ranges.iter().filter_map(|range| {
        let (path, place) = located.get(range.start)?;
        Some(SourcePlace {
            path: path.to_owned(),
            place,
            start: range.start,
            end: range.end,
        })
    });
    Some(ExplainedField {
        field: paths.get(leaf.node as usize)?.clone(),
        value: document.node(leaf.node)?.text().unwrap_or_default().to_owned(),
        open: rule.open,
        sources: sources.collect(),
        row: row_place(mapping, rule, (leaf.from != From::Default).then_some(functions)),
    })
}

/// A document that was written.
pub(crate) fn writing(mapping: &Mapping, document: &Tree, written: Vec<u8>, recorder: &Recorder) -> ExplainedWriting {
    let paths = paths(document);
    let places = recorder.leaves.iter().flatten().filter_map(|leaf| {
        let (rule, functions) = recorder.rule_of(leaf.rule)?;
        let (path, value) = leaf.target.clone()?;
        let origin = match &leaf.from {
            From::Fields(nodes) => {
                let paths = nodes.iter().filter_map(|node| paths.get(*node as usize));
                Origin::Fields(paths.cloned().collect())
            }
            From::Fact(fact) => Origin::Fact(fact.clone()),
            From::Constant => Origin::Constant,
            From::Default | From::Document(_) => Origin::Default,
        };
        Some(ExplainedPlace {
            path,
            value,
            open: rule.open || origin == Origin::Constant,
            origin,
            row: row_place(mapping, rule, (leaf.from != From::Default).then_some(functions)),
        })
    });
    ExplainedWriting {
        mapping: mapping.id().to_owned(),
        file: mapping.rules.file().to_owned(),
        places: places.collect(),
        written,
    }
}

/// `functions` is `None` where the row's default counted, which no function is applied to.
fn row_place(mapping: &Mapping, rule: &Rule, functions: Option<&Vec<String>>) -> RowPlace {
    let text = mapping.rules.text(&rule.span);
    RowPlace {
        file: mapping.rules.file().to_owned(),
        place: mapping.rules.place_of(rule.span.start),
        text: text.to_owned(),
        used_at: rule.used_at().iter().map(|at| mapping.rules.place_of(*at)).collect(),
        functions: functions.map_or_else(Vec::new, |functions| as_written(text, functions)),
    }
}

/// The functions of a row as they are written, with their arguments, and those that are implied.
fn as_written(text: &str, functions: &[String]) -> Vec<String> {
    let calls = row::place_row(text).map(|row| row.calls);
    let calls = calls
        .or_else(|_| row::given_row(text).map(|row| row.calls))
        .unwrap_or_default();
    let mut shown: Vec<String> = calls
        .iter()
        .filter_map(|call| text.get(call.range.clone()).map(str::to_owned))
        .collect();
    let implied = functions
        .iter()
        .filter(|name| !calls.iter().any(|call| call.name == **name));
    shown.extend(implied.cloned());
    shown
}

/// The canonical path of every node, by its index.
fn paths(document: &Tree) -> Vec<String> {
    let mut found = vec![String::new(); document.len()];
    if let Some(root) = document.root() {
        below(root, "", &mut found);
    }
    found
}

fn below(node: NodeRef<'_>, path: &str, found: &mut [String]) {
    for (index, child) in node.children().enumerate() {
        let path = match child.key() {
            Some(key) if path.is_empty() => key.to_owned(),
            Some(key) => format!("{path}.{key}"),
            None => format!("{path}[{index}]"),
        };
        below(child, &path, found);
        if let Some(place) = found.get_mut(child.index() as usize) {
            *place = path;
        }
    }
}
