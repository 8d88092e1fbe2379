// SPDX-License-Identifier: EUPL-1.2
//! `[format] schema` and `validate`: the XSD that documents are held against.

use std::ops::Range;

use hub_message::{Code, Place, Rejection};

use crate::beside::Beside;
use crate::language::calls::Ways;
use crate::language::resolve::Vocabulary;
use crate::language::value::Table;
use crate::report::Report;
use crate::rows::Scope;
use crate::source::Source;
use crate::writing::WriteScope;
use crate::xml::Xml;
use crate::xsd::check::Check;
use crate::xsd::{ElementId, Fault, Type, Validator, Xsd};

/// A schema, and when documents are held against it.
#[derive(Debug)]
pub(super) struct Schema {
    pub(super) xsd: Xsd,
    /// The declaration of the root element.
    pub(super) root: ElementId,
    /// Where the mapping file names it.
    pub(super) span: Range<usize>,
    when: Ways,
}

impl Schema {
    /// Loads the schema that `[format]` names.
    pub(super) fn of(
        table: &Table,
        root: &Xml,
        prefixes: &[(String, String)],
        beside: Beside<'_>,
        report: &mut Report,
    ) -> Option<Self> {
        let when = validate(table, report);
        let Some(name) = table.text("schema", report) else {
            if let Some(given) = table.get("validate") {
                report.error_help(
                    "AH-M150",
                    given.span(),
                    "`validate` needs a schema",
                    "name an XSD file: `schema = \"…\"`",
                );
            }
            return None;
        };
        if let Some((key, _)) = table.entries.iter().find(|(key, _)| key.value == "order") {
            report.error_help(
                "AH-M149",
                key.span.clone(),
                "the schema gives the order of elements, so `[format.order]` must not",
                "leave one of them out",
            );
        }
        let (xsd, findings) = match Xsd::load(&name.value, prefixes, beside.schema) {
            Ok(loaded) => loaded,
            Err(missing) => {
                report.error_help("AH-M140", name.span, missing.text, missing.help);
                return None;
            }
        };
        for finding in findings {
            report.foreign(finding);
        }
        let span = table.text("root", report).map_or(0..0, |root| root.span);
        let Some(element) = xsd.global(&root.namespace, &root.local) else {
            let sentence = format!("the {} schema has no root element `{}`", xsd.title, root.spelled);
            let known = xsd.globals_in(&root.namespace);
            report.unknown("AH-M144", span, sentence, &root.local, known);
            return None;
        };
        Some(Self {
            xsd,
            root: element,
            span: name.span,
            when,
        })
    }

    /// The schema and the type of the root element, for the order of what is written.
    pub(super) fn typed(&self) -> Option<(&Xsd, Type)> {
        Some((&self.xsd, self.xsd.element(self.root)?.kind))
    }

    /// Holds the rows against the schema.
    pub(super) fn check_places(&self, scope: &Scope, vocabulary: &Vocabulary, report: &mut Report) {
        if let Some(mut check) = self.check(vocabulary, report) {
            check.places(scope);
        }
    }

    /// Holds what is written against what the schema requires.
    pub(super) fn check_complete(&self, document: &WriteScope, vocabulary: &Vocabulary, report: &mut Report) {
        if let Some(mut check) = self.check(vocabulary, report) {
            check.complete(document, &self.span);
        }
    }

    fn check<'c>(&'c self, vocabulary: &'c Vocabulary, report: &'c mut Report) -> Option<Check<'c>> {
        let root = self.xsd.element(self.root)?;
        let label = self.xsd.names.label(root.name);
        Some(Check::new(&self.xsd, vocabulary, (root.kind, label), report))
    }

    /// What is wrong with a well-formed document that was read.
    pub(super) fn read(&self, source: &Xml, text: &str) -> Vec<Rejection> {
        if !self.when.read {
            return Vec::new();
        }
        let remedy = "let the source send what its schema demands; if it does, `[format] schema` names another schema";
        located(source, text, &Validator::faults(&self.xsd, text), "", remedy)
    }

    /// What is wrong with a document that was written.
    pub(super) fn written(&self, source: &Xml, bytes: &[u8]) -> Vec<Rejection> {
        if self.when.write {
            self.faults(source, bytes)
        } else {
            Vec::new()
        }
    }

    /// What is wrong with a document that was written, whatever `validate` says.
    pub(super) fn faults(&self, source: &Xml, bytes: &[u8]) -> Vec<Rejection> {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Vec::new();
        };
        let remedy = "complete the mapping, or the document that it writes from; places are those of what was written";
        let lead = "what was written is not valid: ";
        located(source, text, &Validator::faults(&self.xsd, text), lead, remedy)
    }
}

/// The faults as rejections, all their paths found in one walk.
fn located(source: &Xml, text: &str, faults: &[Fault], lead: &str, remedy: &str) -> Vec<Rejection> {
    if faults.is_empty() {
        return Vec::new();
    }
    let mut offsets: Vec<usize> = faults.iter().map(|fault| fault.of).collect();
    offsets.sort_unstable();
    offsets.dedup();
    let paths = source.paths_at(text, &offsets);
    let path = |offset: usize| {
        let index = offsets.binary_search(&offset).ok()?;
        paths.get(index).cloned()
    };
    let of = faults.iter().map(|fault| {
        let rejection = Rejection::new(Code::new(fault.code), format!("{lead}{}", fault.text), remedy);
        let rejection = rejection.at(Place::of(text.as_bytes(), fault.at));
        match path(fault.of) {
            Some(path) => rejection.at_path(path),
            None => rejection,
        }
    });
    of.collect()
}

/// `validate = ["read", "write"]`, which is also what its absence means.
fn validate(table: &Table, report: &mut Report) -> Ways {
    if table.get("validate").is_none() {
        return Ways {
            read: true,
            write: true,
        };
    }
    let mut when = Ways {
        read: false,
        write: false,
    };
    for word in table.texts("validate", report) {
        match word.value.as_str() {
            "read" => when.read = true,
            "write" => when.write = true,
            other => {
                let sentence = format!("`{other}` is no direction");
                report.unknown("AH-M105", word.span.clone(), sentence, other, ["read", "write"]);
            }
        }
    }
    when
}
