// SPDX-License-Identifier: EUPL-1.2
//! A proposal as the text of a mapping file, each row on a line of its own.

use std::fmt::Write;

use super::matching::Scope;
use super::sample::{Sample, quoted};

/// What stands in a row or a list that only a person can finish.
pub(super) const TODO: &str = "TODO";

/// What a line of a draft came from, so that it can be taken out again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// Row of a list (by the path of lists, empty for the document) with this field.
    Row(Vec<String>, String),
    /// A list.
    List(Vec<String>),
}

/// A draft and the origin of its lines, counted from 1.
pub(super) struct Draft {
    pub(super) text: String,
    pub(super) origins: Vec<(usize, Origin)>,
}

impl Draft {
    /// Writes a proposal.
    pub(super) fn of(id: &str, canonical: &str, sample: &Sample, scope: &Scope) -> Self {
        let mut draft = Self {
            text: format!(
                "mapping = 1\nid = {}\ntitle = {}\ncanonical = {}\ndirections = [\"read\"]\n\n{}\n",
                quoted(id),
                quoted(id),
                quoted(canonical),
                sample.format
            ),
            origins: Vec::new(),
        };
        if let Some(note) = &sample.note {
            draft.text = draft.text.replacen("[format]", &format!("# TODO {note}\n[format]"), 1);
        }
        draft.text.push_str("[fields]\n");
        draft.rows(scope, &[]);
        draft.lists(scope, &[], "");
        let open = open(scope, "");
        draft.text.push_str("\n[coverage]\nunmapped = \"report\"\n");
        if !open.is_empty() {
            draft.text.push_str("# Places of the sample for which no field was found. Each becomes a row, or stays here with the reason.\nknown = [\n");
            for place in open {
                let _ = writeln!(draft.text, "[{}, \"{TODO}\"],", quoted(&place));
            }
            draft.text.push_str("]\n");
        }
        draft
    }

    fn line(&self) -> usize {
        self.text.matches('\n').count() + 1
    }

    fn rows(&mut self, scope: &Scope, lists: &[String]) {
        for (field, place, _) in &scope.rows {
            self.origins
                .push((self.line(), Origin::Row(lists.to_vec(), field.clone())));
            let _ = writeln!(self.text, "{field} = {}", quoted(place));
        }
    }

    fn lists(&mut self, scope: &Scope, above: &[String], header: &str) {
        for list in &scope.lists {
            let name = if list.list.contains('.') {
                quoted(&list.list)
            } else {
                list.list.clone()
            };
            let header = if header.is_empty() {
                format!("lists.{name}")
            } else {
                format!("{header}.lists.{name}")
            };
            let mut path = above.to_vec();
            path.push(list.list.clone());
            self.origins.push((self.line() + 1, Origin::List(path.clone())));
            let _ = write!(self.text, "\n[{header}]\n");
            self.origins.push((self.line(), Origin::List(path.clone())));
            let _ = writeln!(self.text, "each = {}\n[{header}.fields]", quoted(&list.each));
            self.rows(list, &path);
            self.lists(list, &path, &header);
        }
    }
}

/// The places without a field, from the root.
fn open(scope: &Scope, at: &str) -> Vec<String> {
    let joined = |place: &str| {
        if at.is_empty() {
            place.to_owned()
        } else {
            format!("{at}/{place}")
        }
    };
    let mut found: Vec<String> = scope.open.iter().map(|place| joined(place)).collect();
    for list in scope.lists.iter().filter(|list| list.each != TODO) {
        found.extend(open(list, &joined(&list.each)));
    }
    found
}
