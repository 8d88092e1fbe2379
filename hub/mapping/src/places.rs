// SPDX-License-Identifier: EUPL-1.2
//! All places of a mapping, from the root of the document, for formats that know which places there are.

use std::ops::Range;

use crate::convert::Stage;
use crate::function::Keeps;
use crate::report::Report;
use crate::rows::{Path, ReadOperand, ReadSide, Rule, Scope, WriteSide};

/// What a mapping does at a place.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Does<'s> {
    /// Reads its value, with these functions.
    Reads(&'s [Stage]),
    /// Looks at it: in a condition, a predicate, as the item of a list.
    Looks,
    /// Writes its value.
    Writes,
}

/// A place and what is done there.
#[derive(Debug)]
pub(crate) struct Used<'s> {
    pub(crate) path: Path,
    pub(crate) rule: &'s Rule,
    pub(crate) does: Does<'s>,
}

impl Used<'_> {
    /// Where the end of the place stands in the mapping file: its attribute, or its last step; else its row.
    pub(crate) fn span(&self) -> Range<usize> {
        let step = self.path.steps.last().map(|step| step.at.0.clone());
        let attribute = self.path.attribute.map(|_| self.path.attribute_at.0.clone());
        let end = attribute.or(step).filter(|range| !range.is_empty());
        end.unwrap_or_else(|| self.rule.span.clone())
    }
}

/// Every place that the rows name.
pub(crate) fn used(scope: &Scope) -> Vec<Used<'_>> {
    let mut found = Vec::new();
    collect(scope, &Path::default(), &Path::default(), &mut found);
    found
}

fn collect<'s>(scope: &'s Scope, read: &Path, write: &Path, found: &mut Vec<Used<'s>>) {
    for row in &scope.rows {
        if let Some(side) = &row.read {
            reads(side, read, &row.rule, found);
        }
        if let Some(side) = &row.write {
            writes(side, write, &row.rule, found);
        }
    }
    for extra in &scope.extras {
        add(write, &extra.path, &extra.rule, Does::Writes, found);
    }
    for list in &scope.lists {
        let (mut items_read, mut items_written) = (Path::default(), Path::default());
        if let Some(path) = &list.read {
            items_read = read.join(path);
            add(read, path, &list.rule, Does::Looks, found);
        }
        if let Some(path) = &list.write {
            items_written = write.join(path);
            add(write, path, &list.rule, Does::Looks, found);
        }
        collect(&list.item, &items_read, &items_written, found);
    }
}

fn reads<'s>(side: &'s ReadSide, base: &Path, rule: &'s Rule, found: &mut Vec<Used<'s>>) {
    let mut operands = Vec::new();
    if let Some(when) = &side.when {
        when.operands(&mut operands);
    }
    for operand in operands {
        if let ReadOperand::Place(path) = operand {
            add(base, path, rule, Does::Looks, found);
        }
    }
    if let Some(composed) = &side.template {
        for path in &composed.paths {
            add(base, path, rule, Does::Reads(&[]), found);
        }
        return;
    }
    // A row with nothing but a default has no place.
    let nowhere = side.path == Path::default() && side.default.is_some() && side.stages.is_empty();
    if !nowhere {
        add(base, &side.path, rule, Does::Reads(&side.stages), found);
    }
}

fn writes<'s>(side: &'s WriteSide, base: &Path, rule: &'s Rule, found: &mut Vec<Used<'s>>) {
    match &side.template {
        Some(composed) => {
            for path in &composed.paths {
                add(base, path, rule, Does::Writes, found);
            }
        }
        None => add(base, &side.path, rule, Does::Writes, found),
    }
}

/// A place below another one, and those of the predicates on the way to it.
fn add<'s>(base: &Path, below: &Path, rule: &'s Rule, does: Does<'s>, found: &mut Vec<Used<'s>>) {
    let mut above = base.clone();
    for step in &below.steps {
        above.steps.push(step.clone());
        for predicate in &step.predicates {
            found.push(Used {
                path: above.join(&predicate.path),
                rule,
                does: Does::Looks,
            });
        }
    }
    found.push(Used {
        path: base.join(below),
        rule,
        does,
    });
}

/// Reports `blob` where it does not stand first, in formats whose places hold files: behind another function there is no
/// file any more.
pub(crate) fn check_files(used: &[Used<'_>], report: &mut Report) {
    for one in used {
        let Does::Reads(stages) = one.does else {
            continue;
        };
        let late = |stage: &Stage| stage.keeps().is_some_and(|(_, keeps)| keeps == Keeps::Place);
        if stages.iter().skip(1).any(late) {
            report.error_help(
                "AH-M136",
                one.rule.span.clone(),
                "`blob` takes the file at the place, so it comes first",
                "put it directly behind the place, or say what it works on: `blob('base64')`, `blob('text')`",
            );
        }
    }
}
