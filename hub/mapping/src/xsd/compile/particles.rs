// SPDX-License-Identifier: EUPL-1.2
//! Content models.

use super::{Compiler, Kind, PARTICLES_MAX, xs};
use crate::tree::Node;
use crate::xsd::documents::Document;
use crate::xsd::model::{Namespaces, Particle, Process, Term, UNBOUNDED, Wildcard};

impl<'d> Compiler<'d> {
    /// The group that stands in a type, an extension, a restriction or a named group.
    pub(super) fn content_of(&mut self, document: &'d Document, node: &'d Node) -> Option<Particle> {
        let is_group = |child: &&Node| matches!(child.name.as_str(), "group" | "all" | "choice" | "sequence");
        let group = xs(node).find(is_group)?;
        self.particle(document, group)
    }

    fn particle(&mut self, document: &'d Document, node: &'d Node) -> Option<Particle> {
        self.particles += 1;
        if self.particles > PARTICLES_MAX {
            if self.particles == PARTICLES_MAX + 1 {
                let sentence = "the content models of the schema have more than 500000 parts";
                self.error("AH-M151", document, node.at.clone(), sentence);
            }
            return None;
        }
        let min = self.occurs(document, node, "minOccurs")?;
        let max = self.occurs(document, node, "maxOccurs")?;
        if max == 0 {
            return None;
        }
        if min > max {
            self.error(
                "AH-M141",
                document,
                node.at.clone(),
                "`minOccurs` is greater than `maxOccurs`",
            );
            return None;
        }
        self.depth += 1;
        let term = if self.depth < super::DEPTH_MAX {
            self.term(document, node)
        } else {
            let sentence = "groups contain each other without end, or deeper than 100";
            self.error("AH-M143", document, node.at.clone(), sentence);
            None
        };
        self.depth -= 1;
        Some(Particle { min, max, term: term? })
    }

    fn occurs(&mut self, document: &'d Document, node: &'d Node, attribute: &str) -> Option<u32> {
        let Some(found) = node.attribute(attribute) else {
            return Some(1);
        };
        let text = found.value.trim();
        if text == "unbounded" && attribute == "maxOccurs" {
            return Some(UNBOUNDED);
        }
        let number = text.parse().ok();
        if number.is_none() {
            let sentence = format!("`{attribute}` is a number");
            self.error("AH-M141", document, found.at.clone(), sentence);
        }
        number
    }

    fn term(&mut self, document: &'d Document, node: &'d Node) -> Option<Term> {
        match node.name.as_str() {
            "element" if node.get("ref").is_some() => {
                let (namespace, local) = self.reference(document, node, "ref")?;
                let found = self.global_element(&namespace, &local);
                if found.is_none() {
                    self.unresolved(document, node, "ref", "element", (&namespace, &local));
                }
                found.map(Term::Element)
            }
            "element" => self.local_element(document, node).map(Term::Element),
            "any" => Some(Term::Any(Self::wildcard(document, node))),
            "group" => {
                let (namespace, local) = self.reference(document, node, "ref")?;
                let Some(group) = self.enter(Kind::Group, &namespace, &local) else {
                    self.unresolved(document, node, "ref", "group", (&namespace, &local));
                    return None;
                };
                let inner = self.content_of(group.document, group.node);
                self.open.pop();
                let inner = inner?;
                // The group's own model, as often as the reference says.
                Some(match (inner.min, inner.max) {
                    (1, 1) => inner.term,
                    _ => Term::Sequence(vec![inner]),
                })
            }
            "sequence" => Some(Term::Sequence(self.parts(document, node))),
            "choice" => Some(Term::Choice(self.parts(document, node))),
            "all" => Some(Term::All(self.parts(document, node))),
            _ => None,
        }
    }

    fn parts(&mut self, document: &'d Document, node: &'d Node) -> Vec<Particle> {
        let is_part = |child: &&Node| {
            matches!(
                child.name.as_str(),
                "element" | "any" | "group" | "all" | "choice" | "sequence"
            )
        };
        let parts = xs(node).filter(is_part);
        parts.filter_map(|part| self.particle(document, part)).collect()
    }

    /// `xs:any` or `xs:anyAttribute`.
    pub(super) fn wildcard(document: &'d Document, node: &'d Node) -> Wildcard {
        let namespaces = match node.get("namespace").unwrap_or("##any").trim() {
            "##any" => Namespaces::Any,
            "##other" => Namespaces::Other(document.namespace.clone()),
            list => Namespaces::List(
                list.split_whitespace()
                    .map(|name| match name {
                        "##targetNamespace" => document.namespace.clone(),
                        "##local" => String::new(),
                        other => other.to_owned(),
                    })
                    .collect(),
            ),
        };
        let process = match node.get("processContents") {
            Some("lax") => Process::Lax,
            Some("skip") => Process::Skip,
            _ => Process::Strict,
        };
        Wildcard { namespaces, process }
    }
}
