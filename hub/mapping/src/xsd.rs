// SPDX-License-Identifier: EUPL-1.2
//! XML schemas (XSD 1.0): what documents may look like, as a mapping and its documents are held against it.
//!
//! `[format] schema` names a file; [`documents`] reads it and all that it refers to, [`compile`] makes a model of them,
//! [`check`] holds the rows of a mapping against the model, [`validate`] holds documents against it in one pass, in time
//! that grows with the document only. Nothing here reads a disk: files come through [`crate::Beside`].
//!
//! An own validator rather than `uppsala`, which the design names: that crate loads imports from the disk by itself
//! and only there, makes a tree of every document, takes unions for texts and writes values into its messages. It
//! judges beside this one in the conformance run.
//!
//! Not checked, and said when the schema is loaded: identity constraints (`xs:key`, `xs:unique`, `xs:keyref`; `xs:ID`
//! and `xs:IDREF` are), and what XSD 1.1 adds (assertions, alternatives).

mod automaton;
mod builtin;
pub(crate) mod check;
mod children;
mod compile;
mod documents;
mod model;
mod moment;
mod names;
mod number;
mod pattern;
mod places;
mod simple;
#[cfg(test)]
mod trials;
mod validate;

use std::collections::HashMap;

use hub_message::Finding;

use automaton::{Automaton, Elements};
use builtin::Builtin;
use model::ComplexId;
pub(crate) use model::{Attribute, Child, Complex, Content, Down, Element, ElementId, Particle, Term, Type, UNBOUNDED};
pub(crate) use names::NameId;
use names::Names;
pub use places::{PlaceDoc, SchemaPlaces};
pub(crate) use simple::SimpleId;
use simple::Simples;
pub(crate) use validate::{Fault, Validator};

use crate::beside::XsdLookup;

/// The namespace of schemas.
const XS: &str = "http://www.w3.org/2001/XMLSchema";
/// The namespace of `xsi:type`.
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// The namespace of `xml:lang`.
const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

/// A schema.
#[derive(Debug, Default)]
pub(crate) struct Xsd {
    /// How findings call it.
    pub(crate) title: String,
    pub(crate) names: Names,
    pub(crate) simples: Simples,
    complexes: Vec<Complex>,
    elements: Vec<Element>,
    /// Elements at the top.
    globals: HashMap<NameId, ElementId>,
    /// Attributes at the top.
    global_attributes: HashMap<NameId, SimpleId>,
    /// Types at the top.
    types: HashMap<(String, String), Type>,
    builtins: HashMap<Builtin, SimpleId>,
    /// Head of a substitution group → all its members.
    members: HashMap<ElementId, Vec<ElementId>>,
    any_type: ComplexId,
}

/// Why there is no schema.
#[derive(Debug)]
pub(crate) struct NotFound {
    pub(crate) text: String,
    pub(crate) help: String,
}

impl Xsd {
    /// Loads the schema that `[format] schema` names. `prefixes` are the mapping's, by which findings spell names.
    /// Findings in the schema's own files come beside it.
    pub(crate) fn load(
        name: &str,
        prefixes: &[(String, String)],
        lookup: &XsdLookup<'_>,
    ) -> Result<(Self, Vec<Finding>), NotFound> {
        let documents = documents::read(name, lookup).map_err(|(text, help)| NotFound { text, help })?;
        let (mut xsd, found) = compile::compile(&documents, prefixes);
        xsd.title = title(name);
        let mut findings = documents.findings;
        findings.extend(found);
        Ok((xsd, findings))
    }

    pub(crate) fn element(&self, id: ElementId) -> Option<&Element> {
        self.elements.get(id.0 as usize)
    }

    pub(crate) fn complex(&self, id: ComplexId) -> Option<&Complex> {
        self.complexes.get(id.0 as usize)
    }

    /// An element at the top.
    pub(crate) fn global(&self, namespace: &str, local: &str) -> Option<ElementId> {
        self.globals.get(&self.names.find(namespace, local)?).copied()
    }

    /// The local names of the elements at the top of a namespace.
    pub(crate) fn globals_in<'x>(&'x self, namespace: &'x str) -> impl Iterator<Item = &'x str> {
        let parts = self.globals.keys().map(|name| self.names.parts(*name));
        parts
            .filter(move |(known, _)| *known == namespace)
            .map(|(_, local)| local)
    }

    /// A type of the standard's own namespace.
    fn standard(&self, local: &str) -> Option<Type> {
        if local == "anyType" {
            return Some(Type::Complex(self.any_type));
        }
        self.builtins.get(&Builtin::named(local)?).copied().map(Type::Simple)
    }

    /// The name of an element as findings spell it.
    pub(crate) fn label(&self, id: ElementId) -> String {
        self.element(id).map_or_else(String::new, |e| self.names.label(e.name))
    }

    /// Whether one type is the other, or derived from it.
    pub(crate) fn derives(&self, kind: Type, from: Type) -> bool {
        if from == Type::Complex(self.any_type) {
            return true;
        }
        let mut here = Some(kind);
        let mut steps = 0;
        while let Some(kind) = here {
            if kind == from {
                return true;
            }
            steps += 1;
            here = match kind {
                _ if steps > 100 => None,
                Type::Complex(id) => self.complex(id).and_then(|complex| complex.base),
                Type::Simple(id) => {
                    let simple = self.simples.get(id);
                    simple.and_then(|simple| simple.base).map(Type::Simple)
                }
            };
        }
        false
    }

    /// The text that an element of this type holds; `None`: it holds elements.
    pub(crate) fn text_of(&self, kind: Type) -> Option<SimpleId> {
        match kind {
            Type::Simple(simple) => Some(simple),
            Type::Complex(id) => match self.complex(id)?.content {
                Content::Simple(simple) => Some(simple),
                Content::Elements(_) => None,
            },
        }
    }

    /// Whether elements of this type may hold a text beside their elements.
    pub(crate) fn is_mixed(&self, kind: Type) -> bool {
        matches!(kind, Type::Complex(id) if self.complex(id).is_some_and(|complex| complex.mixed))
    }

    /// The attributes of a type.
    pub(crate) fn attributes(&self, kind: Type) -> &[Attribute] {
        match kind {
            Type::Complex(id) => self.complex(id).map_or(&[], |complex| &complex.attributes),
            Type::Simple(_) => &[],
        }
    }

    /// The content model of a type.
    pub(crate) fn model(&self, kind: Type) -> Option<&Particle> {
        match kind {
            Type::Complex(id) => match &self.complex(id)?.content {
                Content::Elements(model) => model.as_ref(),
                Content::Simple(_) => None,
            },
            Type::Simple(_) => None,
        }
    }

    /// The content model of a complex type, compiled when it is first asked for.
    fn automaton(&self, id: ComplexId) -> Option<&Automaton> {
        let complex = self.complex(id)?;
        let model = match &complex.content {
            Content::Elements(model) => model.as_ref(),
            Content::Simple(_) => None,
        };
        Some(complex.automaton.get_or_init(|| Automaton::of(model, self)))
    }

    /// Makes the substitution groups out of pairs of member and head.
    fn join_groups(&mut self, heads: &[(ElementId, ElementId)]) {
        let head_of: HashMap<ElementId, ElementId> = heads.iter().copied().collect();
        for (member, _) in heads {
            let mut here = *member;
            let mut steps = 0;
            while let Some(head) = head_of.get(&here) {
                steps += 1;
                if steps > 100 {
                    break;
                }
                let members = self.members.entry(*head).or_default();
                if !members.contains(member) {
                    members.push(*member);
                }
                here = *head;
            }
        }
    }
}

impl Elements for Xsd {
    fn standing_for(&self, element: ElementId) -> Vec<(NameId, ElementId)> {
        let members = self.members.get(&element).map(Vec::as_slice).unwrap_or_default();
        let all = std::iter::once(element).chain(members.iter().copied());
        let found = all.filter_map(|id| {
            let element = self.element(id).filter(|element| !element.is_abstract)?;
            Some((element.name, id))
        });
        found.collect()
    }
}

/// How findings call a schema: by what its file is called, without kind and version. `UBL` of `UBL-Invoice-2.1.xsd`.
fn title(name: &str) -> String {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let end = file.find(|c: char| !c.is_alphabetic()).unwrap_or(file.len());
    match file.get(..end) {
        Some("") | None => file.to_owned(),
        Some(word) => word.to_owned(),
    }
}
