// SPDX-License-Identifier: EUPL-1.2
//! The records and columns that a flat file has, and whether the places of a mapping are among them.

use crate::language::file::TODO;
use crate::report::Report;
use crate::rows::{Path, ReadOperand, ReadSide, Rule, Scope};
use crate::source::Names;

/// Records and their columns; `None` where only a file's first line names them.
#[derive(Debug)]
pub(crate) struct Layout<'f> {
    records: Vec<(&'f str, Option<Vec<&'f str>>)>,
}

impl<'f> Layout<'f> {
    pub(crate) fn of(records: impl Iterator<Item = (&'f str, Option<Vec<&'f str>>)>) -> Self {
        Self {
            records: records.collect(),
        }
    }

    /// Reports every place of a mapping that is no record and no column.
    pub(crate) fn check(&self, scope: &Scope, names: &Names, report: &mut Report) {
        self.scope(scope, &Path::default(), &Path::default(), names, report);
    }

    /// A scope, whose places stand below `read` and `write`.
    fn scope(&self, scope: &Scope, read: &Path, write: &Path, names: &Names, report: &mut Report) {
        for row in &scope.rows {
            // A row with a template stands at a record, and its parts at the columns.
            // A row with nothing but a default has no place.
            let has_place = |side: &&ReadSide| side.template.is_none() && side.path != Path::default();
            if let Some(side) = row.read.as_ref().filter(has_place) {
                self.place(&read.join(&side.path), &row.rule, names, report);
            }
            let mut operands = Vec::new();
            if let Some(condition) = row.read.as_ref().and_then(|side| side.when.as_ref()) {
                condition.operands(&mut operands);
            }
            for operand in operands {
                if let ReadOperand::Place(path) = operand {
                    self.place(&read.join(path), &row.rule, names, report);
                }
            }
            if let Some(side) = row.write.as_ref().filter(|side| side.template.is_none()) {
                self.place(&write.join(&side.path), &row.rule, names, report);
            }
        }
        for extra in &scope.extras {
            self.place(&write.join(&extra.path), &extra.rule, names, report);
        }
        for list in &scope.lists {
            let (reads, writes) = (list.read.as_ref(), list.write.as_ref());
            let below = |base: &Path, path: Option<&Path>| path.map(|path| base.join(path));
            let (reads, writes) = (below(read, reads), below(write, writes));
            let mut places = reads.iter().chain(&writes);
            // Where the record of the items is unknown, what stands in it need not be told as well.
            if places.all(|place| self.record(place, &list.rule, names, report).is_some()) {
                let (read, write) = (reads.unwrap_or_default(), writes.unwrap_or_default());
                self.scope(&list.item, &read, &write, names, report);
            }
        }
    }

    /// The place of a value: a record and a column in it. A row without a place (a default alone) is none.
    fn place(&self, path: &Path, rule: &Rule, names: &Names, report: &mut Report) {
        let Some(columns) = self.record(path, rule, names, report) else {
            return;
        };
        match path.steps.as_slice() {
            [_, column] if path.attribute.is_none() => {
                let name = names.spelled(column.name);
                // That a row is not finished has been said by a warning.
                let is_missing = |columns: &&Vec<&str>| name != TODO && !columns.contains(&name);
                if let Some(columns) = columns.as_ref().filter(is_missing) {
                    let text = format!("there is no column `{name}` in this record");
                    report.unknown("AH-M103", column.at.0.clone(), text, name, columns.iter().copied());
                }
            }
            [record] if path.attribute.is_none() => {
                let text = "a record has columns, not a value";
                report.error_help("AH-M103", record.at.0.clone(), text, "write `record/column`");
            }
            steps => {
                let below = steps.get(2).map(|step| step.at.0.clone());
                let at = below.unwrap_or_else(|| path.attribute_at.0.clone());
                report.error("AH-M103", at, "nothing stands below a column");
            }
        }
    }

    /// The columns of the record at the beginning of a path; one that there is not is reported.
    fn record(&self, path: &Path, rule: &Rule, names: &Names, report: &mut Report) -> Option<&Option<Vec<&'f str>>> {
        let Some(first) = path.steps.first() else {
            let text = "a value stands in a column of a record";
            report.error_help("AH-M103", rule.at.clone(), text, "write `record/column`");
            return None;
        };
        let name = names.spelled(first.name);
        let found = self.records.iter().find(|(record, _)| *record == name);
        // That a list is not finished has been said by a warning.
        if found.is_none() && name != TODO {
            let text = format!("there is no record `{name}` in `[format]`");
            let known = self.records.iter().map(|(record, _)| *record);
            report.unknown("AH-M103", first.at.0.clone(), text, name, known);
        }
        found.map(|(_, columns)| columns)
    }
}
