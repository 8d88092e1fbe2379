// SPDX-License-Identifier: EUPL-1.2
//! The rows of a mapping held against its schema when it is loaded.

mod required;
mod values;

use std::collections::HashSet;
use std::ops::Range;

use super::{Down, SimpleId, Type, Xsd};
use crate::language::resolve::Vocabulary;
use crate::report::Report;
use crate::rows::{Against, At, Gather, Path, ReadOperand, ReadSide, Row, Rule, Scope, WriteSide};
use crate::writing::WriteScope;

/// A mapping and its schema.
pub(crate) struct Check<'c> {
    pub(crate) xsd: &'c Xsd,
    pub(crate) vocabulary: &'c Vocabulary,
    pub(crate) report: &'c mut Report,
    /// The root element's type and its name in findings.
    pub(crate) root: (Type, String),
    /// What was said, so that a row of a fragment is not said again at each use.
    said: HashSet<(Range<usize>, String)>,
}

/// An element of the schema that a path leads to.
#[derive(Clone)]
struct Spot {
    kind: Type,
    label: String,
}

/// Where a path leads.
struct End {
    spot: Spot,
    /// The place in findings.
    label: String,
    /// The text that stands there; `None`: none, or nothing is known.
    text: Option<SimpleId>,
    /// The steps that may stand several times, and where they stand in the file.
    repeated: Vec<(String, Range<usize>)>,
}

impl<'c> Check<'c> {
    pub(crate) fn new(xsd: &'c Xsd, vocabulary: &'c Vocabulary, root: (Type, String), report: &'c mut Report) -> Self {
        Self {
            xsd,
            vocabulary,
            report,
            root,
            said: HashSet::new(),
        }
    }

    /// Checks every place, and what its row makes of it.
    pub(crate) fn places(&mut self, scope: &Scope) {
        let root = Some(self.root());
        self.scope(scope, root.as_ref(), root.as_ref());
    }

    /// Checks that what is written can be complete. Findings that belong to no row stand at `span`.
    pub(crate) fn complete(&mut self, document: &WriteScope, span: &Range<usize>) {
        let root = self.root();
        self.written(document, root.kind, span);
    }

    fn root(&self) -> Spot {
        let (kind, label) = &self.root;
        Spot {
            kind: *kind,
            label: label.clone(),
        }
    }

    /// Rows of a scope, which may be read at one place and written at another; `None`: nothing is known of it.
    fn scope(&mut self, scope: &Scope, read: Option<&Spot>, write: Option<&Spot>) {
        for row in &scope.rows {
            if let (Some(side), Some(here)) = (&row.read, read) {
                self.read_side(row, side, here);
            }
            if let (Some(side), Some(here)) = (&row.write, write) {
                self.write_side(row, side, here);
            }
        }
        for extra in &scope.extras {
            if let Some(here) = write
                && let Some(end) = self.end(&extra.path, here)
            {
                self.constant(extra, &end);
            }
        }
        for list in &scope.lists {
            let mut spot = |path: Option<&Path>, here: Option<&Spot>| Some(self.end(path?, here?)?.spot);
            let (read, write) = (spot(list.read.as_ref(), read), spot(list.write.as_ref(), write));
            self.scope(&list.item, read.as_ref(), write.as_ref());
        }
    }

    fn read_side(&mut self, row: &Row, side: &ReadSide, here: &Spot) {
        if let Some(composed) = &side.template {
            for path in &composed.paths {
                self.end(path, here);
            }
        } else if let Some(end) = self.end(&side.path, here) {
            self.single(&side.gather, &end, &row.rule);
            let is_nowhere = side.path == Path::default() && side.default.is_some() && side.stages.is_empty();
            if !matches!(side.gather, Gather::Fold(_)) && !is_nowhere {
                self.reads(row, side, &end);
            }
        }
        let mut operands = Vec::new();
        if let Some(when) = &side.when {
            when.operands(&mut operands);
        }
        for operand in operands {
            if let ReadOperand::Place(path) = operand {
                self.end(path, here);
            }
        }
    }

    fn write_side(&mut self, row: &Row, side: &WriteSide, here: &Spot) {
        if let Some(composed) = &side.template {
            for path in &composed.paths {
                self.end(path, here);
            }
        } else if let Some(end) = self.end(&side.path, here) {
            self.writes(row, side, &end);
        }
    }

    /// A row that takes the first match of a place that may stand several times, without saying so. Only of the steps in
    /// the row itself: behind a short name or a `use` nobody could say `first`.
    fn single(&mut self, gather: &Gather, end: &End, rule: &Rule) {
        let own = |at: &Range<usize>| rule.span.start <= at.start && at.end <= rule.span.end;
        let repeated = end.repeated.iter().find(|(_, at)| own(at));
        let Some((label, at)) = repeated.filter(|_| *gather == Gather::First) else {
            return;
        };
        let sentence = format!("`{label}` may stand several times, and this row reads only the first");
        let help = "add `| first` if the others do not matter, choose with a predicate, or make it a list";
        self.warning("AH-M145", at.clone(), sentence, help);
    }

    /// Follows a path; what the schema does not know is a finding at the step.
    fn end(&mut self, path: &Path, here: &Spot) -> Option<End> {
        let mut spot = here.clone();
        let mut repeated = Vec::new();
        for step in &path.steps {
            let (namespace, local) = self.vocabulary.parts(step.name);
            match self.xsd.step(spot.kind, namespace, local) {
                Down::To(child) => {
                    let element = self.xsd.element(child.element)?;
                    let label = self.vocabulary.names.spelled(step.name).to_owned();
                    if child.max > 1 && step.predicates.is_empty() {
                        repeated.push((label.clone(), step.at.0.clone()));
                    }
                    spot = Spot {
                        kind: element.kind,
                        label,
                    };
                }
                Down::Anything => return None,
                Down::Nowhere => {
                    self.unknown_element(
                        local,
                        namespace,
                        &step.at,
                        self.vocabulary.names.spelled(step.name),
                        &spot,
                    );
                    return None;
                }
            }
            for predicate in &step.predicates {
                let found = self.end(&predicate.path, &spot);
                if let (Some(end), Against::Text(text)) = (found, &predicate.against) {
                    let at = last_at(&predicate.path).unwrap_or(&step.at).0.clone();
                    self.literal(text, &end, at);
                }
            }
        }
        let (text, label) = match path.attribute {
            None => (self.xsd.text_of(spot.kind), spot.label.clone()),
            Some(name) => {
                let label = format!("{}/@{}", spot.label, self.vocabulary.names.spelled(name));
                (Some(self.attribute(name, &path.attribute_at, &spot)?), label)
            }
        };
        Some(End {
            spot,
            label,
            text,
            repeated,
        })
    }

    fn attribute(&mut self, name: crate::source::Symbol, at: &At, spot: &Spot) -> Option<SimpleId> {
        let (namespace, local) = self.vocabulary.parts(name);
        let attributes = self.xsd.attributes(spot.kind);
        let known = self.xsd.names.find(namespace, local);
        if let Some(found) = attributes.iter().find(|attribute| Some(attribute.name) == known) {
            return Some(found.kind);
        }
        if self.xsd.lets_attribute_in(spot.kind, namespace) {
            return None;
        }
        let sentence = format!(
            "the {} schema has no attribute `{}` at `{}`",
            self.xsd.title,
            self.vocabulary.names.spelled(name),
            spot.label
        );
        let labels: Vec<(String, String)> = attributes
            .iter()
            .map(|attribute| {
                let (_, local) = self.xsd.names.parts(attribute.name);
                (local.to_owned(), self.xsd.names.label(attribute.name))
            })
            .collect();
        self.unknown("AH-M103", at.0.clone(), sentence, local, &labels);
        None
    }

    fn unknown_element(&mut self, local: &str, namespace: &str, at: &At, spelled: &str, spot: &Spot) {
        let sentence = format!(
            "the {} schema has no element `{spelled}` in `{}`",
            self.xsd.title, spot.label
        );
        let children = self.xsd.children(spot.kind);
        let labels: Vec<(String, String)> = children
            .iter()
            .filter_map(|child| {
                let name = self.xsd.element(child.element)?.name;
                let (_, local) = self.xsd.names.parts(name);
                Some((local.to_owned(), self.xsd.names.label(name)))
            })
            .collect();
        let known = labels.iter().find(|(known, _)| known == local);
        if let Some((_, label)) = known.filter(|_| self.xsd.names.find(namespace, local).is_none()) {
            let help = format!("the schema has `{label}`, in another namespace");
            return self.error("AH-M103", at.0.clone(), sentence, &help);
        }
        self.unknown("AH-M103", at.0.clone(), sentence, local, &labels);
    }

    /// An error with *did you mean*; `known` are local names and how findings spell them.
    fn unknown(
        &mut self,
        code: &'static str,
        at: Range<usize>,
        sentence: String,
        local: &str,
        known: &[(String, String)],
    ) {
        let close = hub_message::finding::closest(local, known.iter().map(|(local, _)| local.as_str()));
        let label = close.and_then(|close| known.iter().find(|(local, _)| local == close));
        match label {
            Some((_, label)) => self.error(code, at, sentence, &format!("did you mean `{label}`?")),
            None => self.error(code, at, sentence, ""),
        }
    }

    fn error(&mut self, code: &'static str, at: Range<usize>, sentence: String, help: &str) {
        if !self.said.insert((at.clone(), sentence.clone())) {
            return;
        }
        if help.is_empty() {
            self.report.error(code, at, sentence);
        } else {
            self.report.error_help(code, at, sentence, help);
        }
    }

    fn warning(&mut self, code: &'static str, at: Range<usize>, sentence: String, help: &str) {
        if self.said.insert((at.clone(), sentence.clone())) {
            self.report.warning_help(code, at, sentence, help);
        }
    }
}

/// Where the last name of a path stands.
fn last_at(path: &Path) -> Option<&At> {
    match path.attribute {
        Some(_) => Some(&path.attribute_at),
        None => path.steps.last().map(|step| &step.at),
    }
}
