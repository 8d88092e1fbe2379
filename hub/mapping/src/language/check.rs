// SPDX-License-Identifier: EUPL-1.2
//! Checks over all rows together: what is missing, what is said twice, what must not be mapped.

mod asked;
mod missing;
mod overlaps;
mod size;
pub(crate) mod unused;

use std::collections::BTreeSet;
use std::ops::Range;

use hub_message::Shape;

use super::file::File;
use super::row::Given;
use crate::convert::Stage;
use crate::report::Report;
use crate::rows::{Against, Extra, FieldRef, Path, Scope};

/// Runs all of them.
pub(crate) fn all(scope: &Scope, shape: &Shape, file: &File, forbidden: &[(Path, Range<usize>)], report: &mut Report) {
    // What is too large is not looked at further, which would take long.
    if !size::fits(scope, file.canonical.clone(), report) {
        return;
    }
    overlaps::check(scope, report);
    asked::check(scope, scope, report);
    must_not_map(scope, &Path::default(), forbidden, report);
    if file.reads {
        missing::check(scope, shape, file.canonical.clone(), report);
    }
}

fn fields_of(stages: &[Stage]) -> Vec<String> {
    let mut found = Vec::new();
    for stage in stages {
        if let Stage::Call { conversion, .. } = stage {
            found.extend(conversion.fields.iter().cloned());
        }
    }
    found
}

/// No row may name a place that must not be mapped, nor one below it.
fn must_not_map(scope: &Scope, above: &Path, forbidden: &[(Path, Range<usize>)], report: &mut Report) {
    if forbidden.is_empty() {
        return;
    }
    let under = |path: &Path| {
        let whole = above.join(path);
        forbidden.iter().any(|(place, _)| {
            let names = |path: &Path| path.steps.iter().map(|step| step.name).collect::<Vec<_>>();
            names(&whole).starts_with(&names(place))
                && (place.attribute.is_none() || place.attribute == whole.attribute)
        })
    };
    for row in &scope.rows {
        let mut paths: Vec<&Path> = Vec::new();
        if let Some(side) = &row.read {
            match &side.template {
                Some(composed) => paths.extend(&composed.paths),
                None => paths.push(&side.path),
            }
        }
        if paths.into_iter().any(under) {
            let sentence = format!("`{}` reads a place that `must_not_map` forbids", row.rule.field);
            report.error("AH-M123", row.rule.at.clone(), sentence);
        }
    }
    for list in &scope.lists {
        if let Some(path) = &list.read {
            must_not_map(&list.item, &above.join(path), forbidden, report);
        }
    }
}

/// Every canonical leaf that writing reads, as dotted paths.
pub(crate) fn fields_read(scope: &Scope) -> Vec<String> {
    let mut found = BTreeSet::new();
    collect_read(scope, "", &mut found);
    found.into_iter().collect()
}

fn collect_read(scope: &Scope, above: &str, found: &mut BTreeSet<String>) {
    let full = |field: &FieldRef| match (field.root || above.is_empty(), field.keys.is_empty()) {
        (true, _) => field.keys.join("."),
        (false, true) => above.to_owned(),
        (false, false) => format!("{above}.{}", field.keys.join(".")),
    };
    for side in scope.rows.iter().filter_map(|row| row.write.as_ref()) {
        found.insert(full(&side.source));
        found.extend(compared_with(&side.path));
        found.extend(fields_of(&side.stages));
        let mut operands = Vec::new();
        if let Some(when) = &side.when {
            when.operands(&mut operands);
        }
        found.extend(operands.into_iter().map(&full));
    }
    for extra in &scope.extras {
        if let Given::Field(field) = &extra.given {
            found.insert(field.clone());
        }
        found.extend(fields_of(&extra.stages));
    }
    if let Some(texts) = &scope.texts {
        found.extend(texts.fields.iter().map(|field| field.rule.field.clone()));
    }
    for list in scope.lists.iter().filter(|list| list.write.is_some()) {
        let mut operands = Vec::new();
        if let Some(when) = &list.when {
            when.operands(&mut operands);
        }
        let path = |field: &&FieldRef| {
            let keys = field.keys.join(".");
            if field.root {
                keys
            } else {
                format!("{}.{keys}", list.rule.field)
            }
        };
        found.extend(operands.iter().map(path));
        found.extend(list.write.iter().flat_map(compared_with));
        collect_read(&list.item, &list.rule.field, found);
    }
}

/// The canonical fields that the predicates of a place name.
fn compared_with(path: &Path) -> Vec<String> {
    let predicates = path.steps.iter().flat_map(|step| &step.predicates);
    let mut found = Vec::new();
    for predicate in predicates {
        found.extend(compared_with(&predicate.path));
        if let Against::Field(field) = &predicate.against {
            found.push(field.clone());
        }
    }
    found
}

/// Whether a row writes a fact of the case.
pub(crate) fn asks_case(scope: &Scope) -> bool {
    let is_case = |extra: &Extra| matches!(&extra.given, Given::Fact(fact) if fact.starts_with("case."));
    scope.extras.iter().any(is_case) || scope.lists.iter().any(|list| asks_case(&list.item))
}
