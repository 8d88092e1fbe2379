// SPDX-License-Identifier: EUPL-1.2
//! Complex types.

use std::sync::OnceLock;

use super::{Compiler, Component, Growing, Key, documentation, xs};
use crate::tree::Node;
use crate::xsd::documents::Document;
use crate::xsd::model::{
    Attribute, Complex, ComplexId, Content, Namespaces, Particle, Process, Term, Type, UNBOUNDED, Wildcard,
};

/// `xs:anyType`: whatever there is, checked as far as it is declared.
pub(super) fn any_type() -> Complex {
    let anything = Wildcard {
        namespaces: Namespaces::Any,
        process: Process::Lax,
    };
    Complex {
        label: Some("xs:anyType".to_owned()),
        base: None,
        is_abstract: false,
        mixed: true,
        content: Content::Elements(Some(Particle {
            min: 0,
            max: UNBOUNDED,
            term: Term::Any(anything.clone()),
        })),
        attributes: Vec::new(),
        any_attribute: vec![anything],
        documentation: None,
        automaton: OnceLock::new(),
    }
}

/// What a type is derived from.
#[derive(Clone)]
struct Base {
    kind: Type,
    mixed: bool,
    content: Content,
    attributes: Vec<Attribute>,
    any_attribute: Vec<Wildcard>,
}

impl<'d> Compiler<'d> {
    pub(super) fn add_any_type(&mut self) {
        self.any_type = ComplexId(self.complexes.len() as u32);
        self.complexes.push(Growing::Done(Box::new(any_type())));
        // Its source is never looked at; indices stay the same.
        self.sources.clear();
    }

    /// The number of a complex type; it is compiled later.
    pub(super) fn reserve_complex(&mut self, component: Component<'d>, key: Option<Key>) -> ComplexId {
        if let Some(known) = key.as_ref().and_then(|key| self.complex_ids.get(key)) {
            return *known;
        }
        let id = ComplexId(self.complexes.len() as u32);
        self.complexes.push(Growing::Waiting);
        if let Some(key) = &key {
            self.complex_ids.insert(key.clone(), id);
        }
        self.sources.push((component, key));
        id
    }

    /// A complex type that is written into an element.
    pub(super) fn inline_complex(&mut self, document: &'d Document, node: &'d Node) -> ComplexId {
        self.reserve_complex(Component { document, node }, None)
    }

    /// Compiles a complex type, and what it is derived from before it.
    pub(super) fn complex(&mut self, id: ComplexId) {
        let index = id.0 as usize;
        let source = index.checked_sub(1).and_then(|index| self.sources.get(index)).cloned();
        let (Some((component, key)), Some(Growing::Waiting)) = (source, self.complexes.get(index)) else {
            return;
        };
        if let Some(growing) = self.complexes.get_mut(index) {
            *growing = Growing::Begun;
        }
        let made = self.compile_complex(component, key.as_ref());
        if let Some(growing) = self.complexes.get_mut(index) {
            *growing = Growing::Done(Box::new(made));
        }
    }

    fn compile_complex(&mut self, component: Component<'d>, key: Option<&Key>) -> Complex {
        let Component { document, node } = component;
        let flag = |name: &str| matches!(node.get(name), Some("true" | "1"));
        let mut made = Complex {
            label: key.map(|key| self.names.label_of(&key.0, &key.1)),
            base: None,
            is_abstract: flag("abstract"),
            mixed: flag("mixed"),
            content: Content::Elements(None),
            attributes: Vec::new(),
            any_attribute: Vec::new(),
            documentation: documentation(node),
            automaton: OnceLock::new(),
        };
        let derived = xs(node).find(|child| matches!(child.name.as_str(), "simpleContent" | "complexContent"));
        let Some(content) = derived else {
            made.content = Content::Elements(self.content_of(document, node));
            self.attributes(document, node, &mut made);
            return made;
        };
        made.mixed |= matches!(content.get("mixed"), Some("true" | "1"));
        let how = xs(content).find(|child| matches!(child.name.as_str(), "extension" | "restriction"));
        let Some(how) = how else {
            return made;
        };
        let Some(base) = self.base(document, how, key) else {
            return made;
        };
        made.base = Some(base.kind);
        let extends = how.name == "extension";
        if extends {
            made.attributes.clone_from(&base.attributes);
            made.any_attribute.clone_from(&base.any_attribute);
            made.mixed |= base.mixed;
        }
        made.content = if content.name == "simpleContent" {
            self.simple_content(document, how, &base, extends)
        } else {
            let own = self.content_of(document, how);
            Content::Elements(match (&base.content, extends) {
                (Content::Elements(Some(before)), true) if !is_any_type(self.any_type, base.kind) => {
                    Some(both(before.clone(), own))
                }
                _ => own,
            })
        };
        if !extends {
            made.attributes.clone_from(&base.attributes);
        }
        self.attributes(document, how, &mut made);
        made
    }

    /// What a derivation begins with.
    fn base(&mut self, document: &'d Document, how: &'d Node, key: Option<&Key>) -> Option<Base> {
        let redefined = key.filter(|key| key.2 > 0).cloned();
        let itself = redefined.filter(|(namespace, local, _)| {
            self.reference(document, how, "base").as_ref() == Some(&(namespace.clone(), local.clone()))
        });
        let kind = match itself {
            Some((namespace, local, level)) => self.type_below(&namespace, &local, Some(level))?,
            None => self.type_at(document, how, "base")?,
        };
        let id = match kind {
            Type::Simple(simple) => {
                return Some(Base {
                    kind,
                    mixed: false,
                    content: Content::Simple(simple),
                    attributes: Vec::new(),
                    any_attribute: Vec::new(),
                });
            }
            Type::Complex(id) => id,
        };
        self.depth += 1;
        if self.depth < super::DEPTH_MAX {
            self.complex(id);
        }
        self.depth -= 1;
        if let Some(Growing::Done(base)) = self.complexes.get(id.0 as usize) {
            return Some(Base {
                kind,
                mixed: base.mixed,
                content: base.content.clone(),
                attributes: base.attributes.clone(),
                any_attribute: base.any_attribute.clone(),
            });
        }
        let at = how.attribute("base").map_or(how.at.clone(), |found| found.at.clone());
        self.error("AH-M143", document, at, "a type is derived from itself");
        None
    }

    fn simple_content(&mut self, document: &'d Document, how: &'d Node, base: &Base, extends: bool) -> Content {
        let Content::Simple(inherited) = &base.content else {
            // A mixed type whose elements may all be left out can be restricted to a text.
            let inner = xs(how).find(|child| child.name == "simpleType");
            let text = inner.and_then(|inner| self.inline_simple(document, inner));
            let text = text.unwrap_or_else(|| self.builtin(crate::xsd::builtin::Builtin::String));
            return Content::Simple(text);
        };
        if extends {
            return base.content.clone();
        }
        let inner = xs(how).find(|child| child.name == "simpleType");
        let from = inner
            .and_then(|inner| self.inline_simple(document, inner))
            .unwrap_or(*inherited);
        match self.restricted(document, how, from, None, None) {
            Some(restricted) => Content::Simple(restricted),
            None => base.content.clone(),
        }
    }
}

fn is_any_type(any_type: ComplexId, kind: Type) -> bool {
    kind == Type::Complex(any_type)
}

/// One after the other.
fn both(before: Particle, own: Option<Particle>) -> Particle {
    match own {
        None => before,
        Some(own) => Particle {
            min: 1,
            max: 1,
            term: Term::Sequence(vec![before, own]),
        },
    }
}
