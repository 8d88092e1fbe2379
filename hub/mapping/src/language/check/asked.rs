// SPDX-License-Identifier: EUPL-1.2
//! What functions, conditions and predicates ask for must be read by a plain row of the document.

use std::ops::Range;

use crate::convert::Stage;
use crate::language::condition::Condition;
use crate::report::Report;
use crate::rows::{Against, Gather, Path, ReadOperand, ReadSide, Scope};

/// Finds what is asked for and not read so.
pub(super) fn check(scope: &Scope, root: &Scope, report: &mut Report) {
    let rows = scope.rows.iter().filter_map(|row| Some(&row.read.as_ref()?.path));
    let lists = scope.lists.iter().filter_map(|list| list.read.as_ref());
    for path in rows.chain(lists) {
        let mut compared = Vec::new();
        compared_with(path, &mut compared);
        for (field, at) in compared {
            let mut rows = root.rows.iter().filter(|row| row.field.join(".") == field);
            let plain = |side: &ReadSide| side.template.is_none() && side.gather == Gather::First;
            if !rows.any(|row| !row.otherwise && row.read.as_ref().is_some_and(plain)) {
                let help = "a predicate compares with the text that stands at the place of such a row";
                not_read(&field, at, help, report);
            }
        }
    }
    for row in &scope.rows {
        let Some(side) = &row.read else {
            continue;
        };
        for field in asked_by(&side.stages, side.when.as_ref()) {
            let found = root
                .rows
                .iter()
                .find(|row| row.field.join(".") == field && row.read.is_some());
            let plain = found.and_then(|row| row.read.as_ref());
            let plain = plain.is_some_and(|side| asked_by(&side.stages, side.when.as_ref()).is_empty());
            if !plain {
                let at = row.rule.asks.iter().find(|(asked, _)| *asked == field);
                let at = at.map_or(row.rule.span.clone(), |(_, at)| at.clone());
                not_read(&field, at, "only such rows can be asked for", report);
            }
        }
    }
    for list in &scope.lists {
        check(&list.item, root, report);
    }
}

fn not_read(field: &str, at: Range<usize>, help: &str, report: &mut Report) {
    let sentence = format!("`^{field}` is not read by a plain row of the document");
    report.error_help("AH-M112", at, sentence, help);
}

/// The canonical fields that the predicates of a place compare with, and where.
fn compared_with(path: &Path, found: &mut Vec<(String, Range<usize>)>) {
    for predicate in path.steps.iter().flat_map(|step| &step.predicates) {
        compared_with(&predicate.path, found);
        if let Against::Field(field) = &predicate.against {
            found.push((field.clone(), predicate.against_at.0.clone()));
        }
    }
}

fn asked_by(stages: &[Stage], when: Option<&Condition<ReadOperand>>) -> Vec<String> {
    let mut found = super::fields_of(stages);
    let mut operands = Vec::new();
    if let Some(when) = when {
        when.operands(&mut operands);
    }
    found.extend(operands.into_iter().filter_map(|operand| match operand {
        ReadOperand::Field(field) => Some(field.clone()),
        ReadOperand::Place(_) => None,
    }));
    found
}
