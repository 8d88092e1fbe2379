// SPDX-License-Identifier: EUPL-1.2
//! A schema in the form that rows and documents are held against.

use std::sync::OnceLock;

use super::automaton::Automaton;
use super::names::NameId;
use super::simple::SimpleId;

/// An element declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ElementId(pub(super) u32);

/// A complex type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(crate) struct ComplexId(pub(super) u32);

/// A type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Type {
    Simple(SimpleId),
    Complex(ComplexId),
}

/// `maxOccurs="unbounded"`.
pub(crate) const UNBOUNDED: u32 = u32::MAX;

/// An element declaration.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) name: NameId,
    pub(crate) kind: Type,
    pub(crate) nillable: bool,
    /// Whether only members of its substitution group may stand for it.
    pub(crate) is_abstract: bool,
    pub(crate) fixed: Option<String>,
    pub(crate) default: Option<String>,
    pub(crate) documentation: Option<String>,
}

/// An attribute of a type.
#[derive(Debug, Clone)]
pub(crate) struct Attribute {
    pub(crate) name: NameId,
    pub(crate) kind: SimpleId,
    pub(crate) required: bool,
    pub(crate) fixed: Option<String>,
    pub(crate) documentation: Option<String>,
}

/// Which namespaces a wildcard lets in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Namespaces {
    Any,
    /// Every other than this one, and not none.
    Other(String),
    /// These; an empty text is no namespace.
    List(Vec<String>),
}

/// What is checked of what a wildcard lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Process {
    Strict,
    Lax,
    Skip,
}

/// `xs:any`, `xs:anyAttribute`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wildcard {
    pub(crate) namespaces: Namespaces,
    pub(crate) process: Process,
}

impl Wildcard {
    /// Whether it lets a name of this namespace in.
    pub(crate) fn allows(&self, namespace: &str) -> bool {
        match &self.namespaces {
            Namespaces::Any => true,
            Namespaces::Other(own) => namespace != own && !namespace.is_empty(),
            Namespaces::List(list) => list.iter().any(|known| known == namespace),
        }
    }
}

/// A part of a content model.
#[derive(Debug, Clone)]
pub(crate) struct Particle {
    pub(crate) min: u32,
    pub(crate) max: u32,
    pub(crate) term: Term,
}

/// What a particle repeats.
#[derive(Debug, Clone)]
pub(crate) enum Term {
    Element(ElementId),
    Any(Wildcard),
    Sequence(Vec<Particle>),
    Choice(Vec<Particle>),
    All(Vec<Particle>),
}

impl Particle {
    /// Whether nothing at all satisfies it.
    pub(crate) fn is_nullable(&self) -> bool {
        self.min == 0
            || match &self.term {
                Term::Element(_) | Term::Any(_) => false,
                Term::Sequence(parts) | Term::All(parts) => parts.iter().all(Self::is_nullable),
                Term::Choice(parts) => parts.is_empty() || parts.iter().any(Self::is_nullable),
            }
    }
}

/// What stands in an element of a complex type.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// A text.
    Simple(SimpleId),
    /// Elements; `None`: nothing.
    Elements(Option<Particle>),
}

/// A complex type.
#[derive(Debug)]
pub(crate) struct Complex {
    /// As findings spell it.
    pub(crate) label: Option<String>,
    pub(crate) base: Option<Type>,
    pub(crate) is_abstract: bool,
    pub(crate) mixed: bool,
    pub(crate) content: Content,
    pub(crate) attributes: Vec<Attribute>,
    /// Any of them lets an attribute in.
    pub(crate) any_attribute: Vec<Wildcard>,
    pub(crate) documentation: Option<String>,
    /// Made when the first document needs it.
    pub(super) automaton: OnceLock<Automaton>,
}

/// A place that may stand below another one, with everything that its parent's type says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Child {
    pub(crate) element: ElementId,
    pub(crate) min: u32,
    pub(crate) max: u32,
}

/// Where a step down leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Down {
    To(Child),
    /// A wildcard lets it in, and nothing is known of it.
    Anything,
    Nowhere,
}
