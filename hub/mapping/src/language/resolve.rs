// SPDX-License-Identifier: EUPL-1.2
//! Places become paths: short names are put in, prefixes become namespaces, names become symbols.

use std::collections::{HashMap, HashSet};

use super::file;
use super::place::{Name, Place, STEPS_MAX};
use super::scan::{Fault, Text};
use crate::mail;
use crate::report::Report;
use crate::rows::{At, Path, Predicate, Step};
use crate::source::{Names, Symbol};

/// What places may mention.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    /// Every name mentioned so far.
    pub(crate) names: Names,
    /// Prefix → namespace, of XML.
    pub(crate) namespaces: HashMap<String, String>,
    /// Short name → the place that it stands for.
    pub(crate) short: HashMap<String, Path>,
    /// The prefixes and the short names that were mentioned.
    pub(crate) mentioned: HashSet<String>,
    /// Whether names may have prefixes.
    pub(crate) is_xml: bool,
    /// Whether the places are those of a mail, `header:Subject`.
    pub(crate) is_mail: bool,
}

impl Vocabulary {
    /// The path of a place. Faults are findings in `text`, the string that the place was parsed from.
    pub(crate) fn path(&mut self, place: &Place, text: &Text, report: &mut Report) -> Option<Path> {
        match self.resolve(place, report, text) {
            Ok(path) => path,
            Err(fault) => {
                text.report(fault, report);
                None
            }
        }
    }

    /// Parses a string that is nothing but a place.
    pub(crate) fn path_of_text(&mut self, text: &Text, report: &mut Report) -> Option<Path> {
        match Place::parse(&text.value) {
            Ok(place) => self.path(&place, text, report),
            Err(fault) => {
                text.report(fault, report);
                None
            }
        }
    }

    fn resolve(&mut self, place: &Place, report: &mut Report, text: &Text) -> Result<Option<Path>, Fault> {
        let mut path = match &place.at {
            None => Path::default(),
            Some(name) => {
                if let Some(path) = self.short.get(&name.local) {
                    self.mentioned.insert(format!("{{{}}}", name.local));
                    path.clone()
                } else {
                    let sentence = format!("there is no short name `{}` in `[at]`", name.local);
                    let known = self.short.keys().map(String::as_str);
                    report.unknown("AH-M115", text.place(&name.range), sentence, &name.local, known);
                    return Ok(None);
                }
            }
        };
        for step in &place.steps {
            if step.name.prefix.is_none() && step.name.local == file::TODO {
                file::unfinished(text.place(&step.name.range), report);
            } else if self.is_mail && !mail::is_step(&step.name, text, report) {
                return Ok(None);
            }
            let Some(name) = self.symbol(&step.name, text, report) else {
                return Ok(None);
            };
            let mut predicates = Vec::new();
            for predicate in &step.predicates {
                let Some(below) = self.resolve(&predicate.place, report, text)? else {
                    return Ok(None);
                };
                predicates.push(Predicate {
                    path: below,
                    negated: predicate.negated,
                    against: predicate.against.clone(),
                    at: At(text.place(&predicate.range)),
                    against_at: At(text.place(&predicate.against_range)),
                });
            }
            path.steps.push(Step {
                name,
                predicates,
                at: At(text.place(&step.name.range)),
            });
        }
        if path.steps.len() > STEPS_MAX {
            let sentence = format!("with its short name this place has more than {STEPS_MAX} steps");
            report.error("AH-M106", text.inside(), sentence);
            return Ok(None);
        }
        if let Some(attribute) = &place.attribute {
            let Some(symbol) = self.symbol(attribute, text, report) else {
                return Ok(None);
            };
            path.attribute = Some(symbol);
            path.attribute_at = At(text.place(&attribute.range));
        }
        Ok(Some(path))
    }

    /// The namespace and the local name of a symbol.
    pub(crate) fn parts(&self, name: Symbol) -> (&str, &str) {
        let spelled = self.names.spelled(name);
        match spelled.split_once(':').filter(|_| self.is_xml) {
            Some((prefix, local)) => (self.namespaces.get(prefix).map_or("", String::as_str), local),
            None => ("", spelled),
        }
    }

    /// The symbol of a name.
    fn symbol(&mut self, name: &Name, text: &Text, report: &mut Report) -> Option<Symbol> {
        let Some(prefix) = &name.prefix else {
            return Some(self.names.intern("", None, &name.local));
        };
        if self.is_mail {
            return Some(self.mail_symbol(prefix, &name.local));
        }
        if !self.is_xml {
            let span = text.place(&name.range);
            report.error_help(
                "AH-M110",
                span,
                "prefixes are for XML only",
                "put the name in single quotation marks",
            );
            return None;
        }
        let Some(namespace) = self.namespaces.get(prefix) else {
            let span = text.place(&(name.range.start..name.range.start + prefix.len()));
            let sentence = format!("the prefix `{prefix}` is not bound in `[format.ns]`");
            let known = self.namespaces.keys().map(String::as_str);
            report.unknown("AH-M110", span, sentence, prefix, known);
            return None;
        };
        self.mentioned.insert(prefix.clone());
        Some(self.names.intern(namespace, Some(prefix), &name.local))
    }

    /// The symbol of a place of a mail; the names of header fields count whatever their case.
    fn mail_symbol(&mut self, prefix: &str, local: &str) -> Symbol {
        let spelled = format!("{prefix}:{local}");
        self.names.intern_as(prefix, &local.to_ascii_lowercase(), &spelled)
    }
}
