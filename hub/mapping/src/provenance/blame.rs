// SPDX-License-Identifier: EUPL-1.2
//! Where a canonical field that is wrong comes from: what a schema finds knows the field only, and whoever has to mend it
//! looks for the row and for the place in the document.

use hub_message::Rejection;

use super::ExplainedField;
use crate::{Mapping, Worker};

impl Mapping {
    /// Adds the row, and the place in the document, to findings about canonical documents that name a field alone, and
    /// makes one rejection of them. Each comes with the number of its document in the file `input`, which is read again.
    pub fn blame(&self, faults: Vec<(usize, Rejection)>, input: &[u8], worker: &Worker) -> Option<Rejection> {
        if faults.is_empty() {
            return None;
        }
        let explained = self.explain(input, worker);
        let documents = explained.as_ref().map_or(&[][..], |explained| &explained.documents);
        let mut findings = Vec::new();
        for (number, mut fault) in faults {
            let fields = documents.get(number).map_or(&[][..], |document| &document.fields);
            let also = std::mem::take(&mut fault.also);
            let all = std::iter::once(fault).chain(also);
            findings.extend(all.map(|finding| self.blame_one(finding, fields)));
        }
        Rejection::all(findings)
    }

    fn blame_one(&self, mut finding: Rejection, fields: &[ExplainedField]) -> Rejection {
        let Some(field) = finding.field.as_deref().filter(|_| finding.rule.is_none()) else {
            return finding;
        };
        if let Some(made) = fields.iter().find(|made| made.field == field) {
            finding.rule = Some(format!("{}:{}", made.row.file, made.row.place));
            if let Some(source) = made.sources.first() {
                finding.place = finding.place.or(Some(source.place));
                finding.path.get_or_insert_with(|| source.path.clone());
            }
            return finding;
        }
        // Nothing was there: the row that would have made it.
        let plain = without_indices(field);
        if let Some(row) = self.rows.iter().find(|row| row.field == plain && row.reads) {
            finding.rule = Some(self.rules.place(row.span.start));
        }
        finding
    }
}

/// `lines.net` for `lines[3].net`.
fn without_indices(field: &str) -> String {
    let mut out = String::with_capacity(field.len());
    let mut inside = false;
    for c in field.chars() {
        match c {
            '[' => inside = true,
            ']' => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}
