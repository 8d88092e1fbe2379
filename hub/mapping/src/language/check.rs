// SPDX-License-Identifier: EUPL-1.2
//! Checks over all rows together: what is missing, what is said twice, what must not be mapped.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use hub_message::LeafKind;
use hub_message::Shape;
use hub_message::canonical::is_number;

use super::condition::Condition;
use super::file::File;
use super::row::Given;
use crate::convert::Stage;
use crate::report::Report;
use crate::rows::{Against, Extra, FieldRef, Gather, Path, ReadOperand, ReadSide, Row, Scope};

/// Runs all of them.
pub(crate) fn all(scope: &Scope, shape: &Shape, file: &File, forbidden: &[(Path, Range<usize>)], report: &mut Report) {
    overlaps(scope, report);
    defaults(scope, report);
    asked(scope, scope, report);
    must_not_map(scope, &Path::default(), forbidden, report);
    if file.reads {
        missing(scope, shape, &mut Vec::new(), "", true, report);
    }
}

/// A field read twice, or a place written twice.
fn overlaps(scope: &Scope, report: &mut Report) {
    let mut read: HashMap<&[String], &Row> = HashMap::new();
    let mut written: HashMap<&Path, &Row> = HashMap::new();
    for row in &scope.rows {
        if row.read.is_some()
            && !row.otherwise
            && let Some(first) = read.insert(&row.field, row)
        {
            twice(
                row.rule.span.clone(),
                &format!("`{}` is read by another row already", row.rule.field),
                first,
                report,
            );
        }
        if let Some(side) = &row.write {
            // Rows with conditions may share a place: the first that holds is written.
            let first = written.insert(&side.path, row);
            let both_always =
                |other: &Row| side.when.is_none() && other.write.as_ref().is_some_and(|w| w.when.is_none());
            if let Some(first) = first.filter(|first| both_always(first)) {
                let sentence = format!("the place of `{}` is written by another row already", row.rule.field);
                twice(row.rule.span.clone(), &sentence, first, report);
            }
        }
    }
    let mut lists: HashMap<(&[String], bool), Range<usize>> = HashMap::new();
    for list in &scope.lists {
        for (there, way) in [(list.read.is_some(), true), (list.write.is_some(), false)] {
            if there && !list.further && lists.insert((&list.field, way), list.rule.span.clone()).is_some() && way {
                let sentence = format!("the list `{}` is read twice", list.rule.field);
                report.error("AH-M109", list.rule.span.clone(), sentence);
            }
        }
        overlaps(&list.item, report);
    }
}

fn twice(span: Range<usize>, sentence: &str, first: &Row, report: &mut Report) {
    let help = format!("the other one is the row of `{}`", first.rule.field);
    report.error_help("AH-M109", span, sentence, help);
}

/// Defaults are canonical values, so they must be what the field holds.
fn defaults(scope: &Scope, report: &mut Report) {
    for row in &scope.rows {
        let Some(default) = row.read.as_ref().and_then(|side| side.default.as_ref()) else {
            continue;
        };
        let fits = match row.leaf.kind {
            LeafKind::Number | LeafKind::Integer => is_number(default),
            LeafKind::Bool => default == "true" || default == "false",
            LeafKind::Text | LeafKind::Date | LeafKind::DateTime => true,
        };
        let allowed = row
            .leaf
            .allowed
            .as_ref()
            .is_none_or(|allowed| allowed.iter().any(|a| a == default));
        if !fits || !allowed {
            let sentence = format!("the default of `{}` is not what the field holds", row.rule.field);
            report.error("AH-M108", row.rule.span.clone(), sentence);
        }
    }
    for list in &scope.lists {
        defaults(&list.item, report);
    }
}

/// What functions, conditions and predicates ask for must be read by a plain row of the document.
fn asked(scope: &Scope, root: &Scope, report: &mut Report) {
    let places = scope
        .rows
        .iter()
        .filter_map(|row| Some((&row.read.as_ref()?.path, &row.rule)));
    let lists = scope
        .lists
        .iter()
        .filter_map(|list| Some((list.read.as_ref()?, &list.rule)));
    for (path, rule) in places.chain(lists) {
        for field in compared_with(path) {
            let mut rows = root.rows.iter().filter(|row| row.field.join(".") == field);
            let plain = |side: &ReadSide| side.template.is_none() && side.gather == Gather::First;
            if !rows.any(|row| !row.otherwise && row.read.as_ref().is_some_and(plain)) {
                report.error_help(
                    "AH-M112",
                    rule.span.clone(),
                    format!("`^{field}` is not read by a plain row of the document"),
                    "a predicate compares with the text that stands at the place of such a row",
                );
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
                report.error_help(
                    "AH-M112",
                    row.rule.span.clone(),
                    format!("`^{field}` is not read by a plain row of the document"),
                    "only such rows can be asked for",
                );
            }
        }
    }
    for list in &scope.lists {
        asked(&list.item, root, report);
    }
}

fn asked_by(stages: &[Stage], when: Option<&Condition<ReadOperand>>) -> Vec<String> {
    let mut found = fields_of(stages);
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
            report.error("AH-M123", row.rule.span.clone(), sentence);
        }
    }
    for list in &scope.lists {
        if let Some(path) = &list.read {
            must_not_map(&list.item, &above.join(path), forbidden, report);
        }
    }
}

/// Required fields for which there is no row, where the mapping fills the group that they stand in.
fn missing(scope: &Scope, shape: &Shape, keys: &mut Vec<String>, above: &str, touched: bool, report: &mut Report) {
    let Shape::Map(members) = shape else {
        return;
    };
    for member in members {
        keys.push(member.name.clone());
        let is_read = match &member.shape {
            Shape::Leaf(_) => {
                let row = scope.rows.iter().any(|row| row.field == *keys && row.read.is_some());
                row || scope
                    .texts
                    .as_ref()
                    .is_some_and(|texts| texts.fields.iter().any(|f| f.field == *keys))
            }
            Shape::List(item) => {
                let list = scope
                    .lists
                    .iter()
                    .find(|list| list.field == *keys && list.read.is_some());
                if let Some(list) = list {
                    missing(&list.item, item, &mut Vec::new(), &list.rule.field, true, report);
                }
                list.is_some()
            }
            Shape::Map(_) => {
                let rows = scope
                    .rows
                    .iter()
                    .any(|row| row.read.is_some() && row.field.starts_with(keys));
                let lists = scope
                    .lists
                    .iter()
                    .any(|list| list.read.is_some() && list.field.starts_with(keys));
                let is_read = rows || lists;
                missing(scope, &member.shape, keys, above, is_read, report);
                is_read
            }
        };
        if member.required && touched && !is_read {
            let between = if above.is_empty() { "" } else { "." };
            let field = format!("{above}{between}{}", keys.join("."));
            let sentence = format!("the schema requires `{field}`, and no row reads it");
            report.error_help("AH-M119", 0..0, sentence, "add a row, or one with `default` only");
        }
        keys.pop();
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
