// SPDX-License-Identifier: EUPL-1.2
//! Rows that get into each other's way: a field read twice, a place written twice, a value where another row makes
//! elements.

use std::collections::HashMap;
use std::ops::Range;

use crate::language::row::Given;
use crate::report::Report;
use crate::rows::{Path, Row, Rule, Scope, Step};

/// What is written at a place.
struct Written<'s> {
    path: &'s Path,
    rule: &'s Rule,
    /// What it is, for a sentence.
    what: String,
    /// Whether it is written only if a condition holds, or only where the place is there anyhow: then others may share
    /// its place, and the first present value is written.
    may_share: bool,
    /// Whether it is there to make the place exist, empty.
    is_empty: bool,
}

/// Finds them in a scope and in the items of its lists.
pub(super) fn check(scope: &Scope, report: &mut Report) {
    read_twice(scope, report);
    let written = written(scope);
    written_twice(&written, report);
    values_around_places(&written, scope, report);
    for list in &scope.lists {
        check(&list.item, report);
    }
}

fn read_twice(scope: &Scope, report: &mut Report) {
    let mut rows: HashMap<&[String], &Row> = HashMap::new();
    for row in scope.rows.iter().filter(|row| row.read.is_some() && !row.otherwise) {
        if let Some(first) = rows.insert(&row.field, row) {
            let sentence = format!("`{}` is read by another row already", row.rule.field);
            twice(&row.rule.key, sentence, &first.rule.key, report);
        }
    }
    let mut lists: HashMap<&[String], &Rule> = HashMap::new();
    for list in scope.lists.iter().filter(|list| list.read.is_some() && !list.further) {
        if let Some(first) = lists.insert(&list.field, &list.rule) {
            let sentence = format!("the list `{}` is read twice", list.rule.field);
            twice(&list.rule.key, sentence, &first.key, report);
        }
    }
    for field in scope.texts.iter().flat_map(|texts| &texts.fields) {
        if let Some(row) = rows.get(field.field.as_slice()) {
            let sentence = format!("`{}` is read by the template already", row.rule.field);
            twice(&row.rule.key, sentence, &field.rule.key, report);
        }
    }
}

/// Everything that a scope writes itself, in the order of the file.
fn written(scope: &Scope) -> Vec<Written<'_>> {
    let mut found = Vec::new();
    for row in &scope.rows {
        let Some(side) = &row.write else { continue };
        let paths = match &side.template {
            Some(composed) => composed.paths.iter().collect(),
            None => vec![&side.path],
        };
        found.extend(paths.into_iter().map(|path| Written {
            path,
            rule: &row.rule,
            what: format!("`{}`", row.rule.field),
            may_share: side.when.is_some(),
            is_empty: false,
        }));
    }
    found.extend(scope.extras.iter().map(|extra| Written {
        path: &extra.path,
        rule: &extra.rule,
        what: "this row".to_owned(),
        may_share: !extra.causes,
        is_empty: matches!(&extra.given, Given::Text(text) if text.is_empty()),
    }));
    found.sort_by(|a, b| a.rule.order.cmp(&b.rule.order));
    found
}

fn written_twice(written: &[Written<'_>], report: &mut Report) {
    let mut places: HashMap<&Path, &Written<'_>> = HashMap::new();
    for one in written {
        let Some(first) = places.insert(one.path, one) else {
            continue;
        };
        if !one.may_share && !first.may_share {
            let sentence = format!("the place of {} is written by another row already", one.what);
            twice(&one.rule.at, sentence, &first.rule.at, report);
        }
    }
}

/// A value may have attributes beside it, but nothing below it.
fn values_around_places(written: &[Written<'_>], scope: &Scope, report: &mut Report) {
    let values: HashMap<&[Step], &Written<'_>> = written
        .iter()
        .filter(|one| one.path.attribute.is_none() && !one.path.steps.is_empty() && !one.is_empty)
        .map(|one| (one.path.steps.as_slice(), one))
        .collect();
    let lists = scope
        .lists
        .iter()
        .filter_map(|list| Some((list.write.as_ref()?, &list.rule)));
    let places = written.iter().map(|one| (one.path, one.rule)).chain(lists);
    for (path, rule) in places {
        for length in 1..path.steps.len() {
            let above = path.steps.get(..length).and_then(|steps| values.get(steps));
            if let Some(value) = above {
                let sentence = format!("{} writes its value where elements are made for others", value.what);
                let help = format!("line {} writes something below it", report.line(rule.at.start));
                report.error_help("AH-M109", value.rule.at.clone(), sentence, help);
            }
        }
    }
}

fn twice(at: &Range<usize>, sentence: String, first: &Range<usize>, report: &mut Report) {
    let help = format!("the other one is in line {}", report.line(first.start));
    report.error_help("AH-M109", at.clone(), sentence, help);
}
