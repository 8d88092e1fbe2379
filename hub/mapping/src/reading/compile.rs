// SPDX-License-Identifier: EUPL-1.2
//! Rows become the path trie and the program that builds the canonical document.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use hub_message::{LeafKind, Shape};

use super::trie::{Growing, NONE, Target};
use super::{ItemMake, LeafMake, LeafSource, ListMake, Make, Operand, ReadProgram};
use crate::convert::Stage;
use crate::function::Keeps;
use crate::language::condition::Condition;
use crate::rows::{Gather, List, Path, ReadOperand, ReadSide, Row, Rule, Scope, Texts};
use crate::source::Names;

/// Compiles the rows that read. `known` are places that are left out on purpose or only written; `files` says whether
/// the format has places that hold files.
pub(crate) fn compile(shape: &Shape, scope: &Scope, known: &[Path], names: &Names, files: bool) -> ReadProgram {
    let mut trie = Growing::new(names, plain_fields(scope), files);
    insert_scope(&mut trie, 0, scope);
    let known = known
        .iter()
        .map(|path| (trie.insert_known(0, path), path.attribute.unwrap_or_default()))
        .collect();
    trie.settle();
    let mut asked = BTreeSet::new();
    collect_asked(scope, &mut asked);
    let asked = asked
        .into_iter()
        .filter_map(|field: String| {
            let row = scope
                .rows
                .iter()
                .find(|row| row.field.join(".") == field && row.read.is_some())?;
            Some((field, leaf(&mut trie, 0, row)?))
        })
        .collect();
    let document = group(&mut trie, 0, shape, &mut Vec::new(), scope);
    ReadProgram {
        trie: trie.finish(),
        document,
        asked,
        known,
    }
}

/// The places of the document's fields that predicates may name.
fn plain_fields(scope: &Scope) -> HashMap<String, Path> {
    let plain = scope.rows.iter().filter(|row| !row.otherwise);
    let sides = plain.filter_map(|row| Some((row.field.join("."), row.read.as_ref()?)));
    sides
        .filter(|(_, side)| side.template.is_none() && side.gather == Gather::First)
        .map(|(field, side)| (field, side.path.clone()))
        .collect()
}

fn insert_scope(trie: &mut Growing<'_>, node: u32, scope: &Scope) {
    for side in scope.rows.iter().filter_map(|row| row.read.as_ref()) {
        match (&side.template, &side.gather) {
            (Some(composed), _) => {
                for path in &composed.paths {
                    trie.insert(node, path);
                }
            }
            (None, Gather::First) => {
                trie.insert(node, &side.path);
            }
            (None, _) => {
                trie.insert_items(node, &side.path);
            }
        }
        let mut operands = Vec::new();
        if let Some(when) = &side.when {
            when.operands(&mut operands);
        }
        for operand in operands {
            if let ReadOperand::Place(path) = operand {
                trie.insert(node, path);
            }
        }
    }
    for list in &scope.lists {
        if let Some(path) = &list.read {
            let items = trie.insert_items(node, path);
            insert_scope(trie, items, &list.item);
        }
    }
    for path in written(scope) {
        trie.insert_known(node, path);
    }
}

/// Places that are only written: a document may have them without anybody wondering.
fn written(scope: &Scope) -> impl Iterator<Item = &Path> {
    let rows = scope.rows.iter().filter_map(|row| Some(&row.write.as_ref()?.path));
    rows.chain(scope.extras.iter().map(|extra| &extra.path))
}

/// The canonical fields that functions and conditions ask for.
fn collect_asked(scope: &Scope, asked: &mut BTreeSet<String>) {
    for side in scope.rows.iter().filter_map(|row| row.read.as_ref()) {
        for stage in side.stages.iter() {
            if let Stage::Call { conversion, .. } = stage {
                asked.extend(conversion.fields.iter().cloned());
            }
        }
        let mut operands = Vec::new();
        if let Some(when) = &side.when {
            when.operands(&mut operands);
        }
        asked.extend(operands.into_iter().filter_map(|operand| match operand {
            ReadOperand::Field(field) => Some(field.clone()),
            ReadOperand::Place(_) => None,
        }));
    }
    for list in &scope.lists {
        collect_asked(&list.item, asked);
    }
}

/// The members of a map, in the schema's order.
fn group(trie: &mut Growing<'_>, node: u32, shape: &Shape, keys: &mut Vec<String>, scope: &Scope) -> Vec<Make> {
    let Shape::Map(of) = shape else {
        return Vec::new();
    };
    let mut body = Vec::new();
    for member in of {
        keys.push(member.name.clone());
        match &member.shape {
            Shape::Map(_) => {
                let inner = group(trie, node, &member.shape, keys, scope);
                if !inner.is_empty() {
                    body.push(Make::Map {
                        key: member.name.clone(),
                        body: inner,
                    });
                }
            }
            Shape::Leaf(_) => {
                let mut rows = scope.rows.iter().filter(|row| row.field == *keys);
                let found = rows.by_ref().find_map(|row| leaf(trie, node, row));
                let mut made = found.or_else(|| part(scope.texts.as_ref(), keys));
                if let Some(made) = &mut made {
                    made.otherwise = rows.filter_map(|row| leaf(trie, node, row)).collect();
                }
                body.extend(made.map(Make::leaf));
            }
            Shape::List(item) => {
                let found = scope.lists.iter().filter(|list| list.field == *keys);
                let mut made = found.filter_map(|found| list(trie, node, item, found));
                if let Some(mut first) = made.next() {
                    first.further = made.collect();
                    body.push(Make::List(Box::new(first)));
                }
            }
        }
        keys.pop();
    }
    body
}

fn list(trie: &mut Growing<'_>, node: u32, item: &Shape, list: &List) -> Option<ListMake> {
    let path = list.read.as_ref()?;
    let chain = trie.chain(node, path);
    let items = trie.insert(node, path);
    let texts = list.item.texts.clone();
    let text_slot = texts.as_ref().map_or(NONE, |_| trie.slot(items, &Path::default()));
    let made = match item {
        Shape::Leaf(_) => {
            let row = list
                .item
                .rows
                .iter()
                .find(|row| row.field.is_empty() && row.read.is_some());
            ItemMake::Leaf(Box::new(row.and_then(|row| leaf(trie, items, row))?))
        }
        _ => ItemMake::Map(group(trie, items, item, &mut Vec::new(), &list.item)),
    };
    Some(ListMake {
        key: list.field.last()?.clone(),
        chain,
        item: made,
        texts: texts.map(|texts| (text_slot, texts)),
        further: Vec::new(),
        rule: list.rule.clone(),
    })
}

fn leaf(trie: &mut Growing<'_>, node: u32, row: &Row) -> Option<LeafMake> {
    let side = row.read.as_ref()?;
    Some(LeafMake {
        key: row.field.last().cloned(),
        kind: row.leaf.kind,
        source: source(trie, node, side),
        stages: Arc::clone(&side.stages),
        default: side.default.clone(),
        required: side.required,
        when: side.when.as_ref().and_then(|when| operands(trie, node, when)),
        otherwise: Vec::new(),
        rule: row.rule.clone(),
    })
}

fn source(trie: &mut Growing<'_>, node: u32, side: &ReadSide) -> LeafSource {
    if let Some(composed) = &side.template {
        return LeafSource::Composed {
            template: composed.template.clone(),
            slots: composed.paths.iter().map(|path| trie.slot(node, path)).collect(),
        };
    }
    let nowhere = side.path == Path::default() && side.default.is_some() && side.stages.is_empty();
    match &side.gather {
        Gather::First if nowhere => LeafSource::Nothing,
        Gather::First => LeafSource::Slot(value_slot(trie, node, &side.path, side)),
        gather => {
            let element = Path {
                attribute: None,
                ..side.path.clone()
            };
            let own = Path {
                attribute: side.path.attribute,
                ..Path::default()
            };
            let items = trie.insert(node, &element);
            LeafSource::Many {
                chain: trie.chain(node, &element),
                slot: value_slot(trie, items, &own, side),
                gather: gather.clone(),
            }
        }
    }
}

/// The slot of what the functions of a row begin with: the content of a place, where the format has files and the
/// first function keeps it, else the text.
fn value_slot(trie: &mut Growing<'_>, node: u32, path: &Path, side: &ReadSide) -> u16 {
    let keeps = side.stages.first().and_then(Stage::keeps);
    match keeps {
        Some((_, Keeps::Place)) if trie.files => trie.slot_of(node, path, Target::Content),
        _ => trie.slot(node, path),
    }
}

fn operands(trie: &mut Growing<'_>, node: u32, when: &Condition<ReadOperand>) -> Option<Condition<Operand>> {
    when.map(&mut |operand| {
        Some(match operand {
            ReadOperand::Place(path) => Operand::Slot(trie.slot(node, path)),
            ReadOperand::Field(field) => Operand::Field(field.clone()),
        })
    })
}

/// A leaf that a template takes out of the item's text.
fn part(texts: Option<&Texts>, keys: &[String]) -> Option<LeafMake> {
    let texts = texts?;
    let index = texts.fields.iter().position(|field| field.field == keys)?;
    let field = texts.fields.get(index)?;
    Some(LeafMake {
        key: keys.last().cloned(),
        kind: LeafKind::Text,
        source: LeafSource::Part(index),
        stages: Arc::new(Vec::new()),
        default: None,
        required: false,
        when: None,
        otherwise: Vec::new(),
        rule: Rule::clone(&field.rule),
    })
}
