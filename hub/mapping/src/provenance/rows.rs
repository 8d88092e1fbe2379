// SPDX-License-Identifier: EUPL-1.2
//! Every row of a mapping file, once, however often a fragment puts it in.

use std::collections::HashMap;
use std::ops::Range;

use crate::rows::{List, Rule, Scope};

/// The rows of a file in its order.
#[derive(Debug, Default)]
pub(crate) struct FileRows {
    rows: Vec<FileRow>,
    /// Where a row begins in the file → its index.
    by_start: HashMap<usize, usize>,
}

/// A row as somebody wrote it: of a field, a list, a template, a constant, or one that uses a fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileRow {
    /// Byte range in the file.
    pub(crate) span: Range<usize>,
    /// Canonical path, of the first use where a fragment is used several times; empty for constants.
    pub(crate) field: String,
    /// Its place as the mapping spells it; of the first use.
    pub(crate) place: String,
    pub(crate) reads: bool,
    pub(crate) writes: bool,
}

/// Where a fragment is used.
#[derive(Debug, Clone)]
pub(crate) struct Used {
    pub(crate) span: Range<usize>,
    /// Canonical path below which its rows come.
    pub(crate) field: String,
    pub(crate) place: String,
}

impl FileRows {
    /// Collects the rows of a file. `used` says where it uses fragments.
    pub(crate) fn of(scope: &Scope, used: Vec<Used>) -> Self {
        let mut found = Self::default();
        for used in used {
            found.add(FileRow {
                span: used.span,
                field: used.field,
                place: used.place,
                reads: false,
                writes: false,
            });
        }
        found.scope(scope);
        // What neither reads nor writes (an empty fragment) can never give anything.
        found.rows.retain(|row| row.reads || row.writes);
        found.rows.sort_by_key(|row| row.span.start);
        found.by_start = found
            .rows
            .iter()
            .enumerate()
            .map(|(index, row)| (row.span.start, index))
            .collect();
        found
    }

    fn scope(&mut self, scope: &Scope) {
        for row in &scope.rows {
            self.rule(&row.rule, row.read.is_some(), row.write.is_some());
        }
        for list in &scope.lists {
            self.list(list);
        }
        for extra in &scope.extras {
            self.rule(&extra.rule, false, true);
        }
    }

    fn list(&mut self, list: &List) {
        let (reads, writes) = (list.read.is_some(), list.write.is_some());
        self.rule(&list.rule, reads, writes);
        if let Some(texts) = &list.item.texts {
            for span in &texts.spans {
                self.add(FileRow {
                    span: span.clone(),
                    field: texts.rule.field.clone(),
                    place: texts.rule.place.clone(),
                    reads,
                    writes,
                });
            }
        }
        self.scope(&list.item);
    }

    fn rule(&mut self, rule: &Rule, reads: bool, writes: bool) {
        for used in rule.used_at() {
            if let Some(row) = self.by_start.get(used).and_then(|index| self.rows.get_mut(*index)) {
                row.reads |= reads;
                row.writes |= writes;
            }
        }
        self.add(FileRow {
            span: rule.span.clone(),
            field: rule.field.clone(),
            place: rule.place.clone(),
            reads,
            writes,
        });
    }

    fn add(&mut self, row: FileRow) {
        let known = self.by_start.get(&row.span.start);
        if let Some(known) = known.and_then(|index| self.rows.get_mut(*index)) {
            known.reads |= row.reads;
            known.writes |= row.writes;
            return;
        }
        self.by_start.insert(row.span.start, self.rows.len());
        self.rows.push(row);
    }

    /// The rows in the order of the file.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &FileRow> {
        self.rows.iter()
    }
}
