// SPDX-License-Identifier: EUPL-1.2
//! How much a mapping comes to once its fragments are put in. Programs number rows and names in two bytes.

use std::ops::Range;

use crate::report::Report;
use crate::rows::{Path, Row, Scope};

/// The most rows, steps and predicates of a mapping, all in all. Those of an invoice are about two thousand.
const PARTS_MAX: usize = 60_000;

/// Refuses a mapping that is too large. `at` is where to point.
pub(super) fn fits(scope: &Scope, at: Range<usize>, report: &mut Report) -> bool {
    let parts = of_scope(scope);
    if parts > PARTS_MAX {
        let sentence = format!("the mapping has {parts} rows and steps once its fragments are put in");
        let help = format!("{PARTS_MAX} are the most: divide it");
        report.error_help("AH-M124", at, sentence, help);
    }
    parts <= PARTS_MAX
}

fn of_scope(scope: &Scope) -> usize {
    let rows: usize = scope.rows.iter().map(of_row).sum();
    let extras: usize = scope.extras.iter().map(|extra| 1 + of_path(&extra.path)).sum();
    let lists = scope.lists.iter().map(|list| {
        let paths = list.read.iter().chain(&list.write);
        1 + paths.map(of_path).sum::<usize>() + of_scope(&list.item)
    });
    rows + extras + lists.sum::<usize>()
}

fn of_row(row: &Row) -> usize {
    let read = row.read.iter().flat_map(|side| {
        let parts = side.template.iter().flat_map(|composed| &composed.paths);
        std::iter::once(&side.path).chain(parts)
    });
    let write = row.write.iter().flat_map(|side| {
        let parts = side.template.iter().flat_map(|composed| &composed.paths);
        std::iter::once(&side.path).chain(parts)
    });
    1 + read.chain(write).map(of_path).sum::<usize>()
}

fn of_path(path: &Path) -> usize {
    let predicates = path.steps.iter().flat_map(|step| &step.predicates);
    path.steps.len() + predicates.map(|predicate| 1 + of_path(&predicate.path)).sum::<usize>()
}
