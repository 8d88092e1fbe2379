// SPDX-License-Identifier: EUPL-1.2
//! Element declarations.

use super::{Compiler, Kind, documentation, xs};
use crate::tree::Node;
use crate::xsd::XS;
use crate::xsd::documents::Document;
use crate::xsd::model::{Element, ElementId, Type};

impl<'d> Compiler<'d> {
    /// The declaration at the top of a file; `None`: there is none.
    pub(super) fn global_element(&mut self, namespace: &str, local: &str) -> Option<ElementId> {
        let key = (namespace.to_owned(), local.to_owned());
        if let Some(known) = self.element_ids.get(&key) {
            return Some(*known);
        }
        let (component, _) = self.component(Kind::Element, namespace, local, None)?;
        let id = self.reserve(component.node, namespace, local);
        self.element_ids.insert(key, id);
        self.fill(id, component.document, component.node);
        if let Some((head_namespace, head)) = self.reference(component.document, component.node, "substitutionGroup") {
            match self.global_element(&head_namespace, &head) {
                Some(head) => {
                    self.heads.push((id, head));
                    if component.node.get("type").is_none() && !has_type(component.node) {
                        let kind = self.elements.get(head.0 as usize).map(|element| element.kind);
                        if let (Some(kind), Some(element)) = (kind, self.elements.get_mut(id.0 as usize)) {
                            element.kind = kind;
                        }
                    }
                }
                None => self.unresolved(
                    component.document,
                    component.node,
                    "substitutionGroup",
                    "element",
                    (&head_namespace, &head),
                ),
            }
        }
        Some(id)
    }

    /// A declaration inside of a type.
    pub(super) fn local_element(&mut self, document: &'d Document, node: &'d Node) -> Option<ElementId> {
        let name = node.get("name")?;
        let form = node.get("form").or_else(|| document.root.get("elementFormDefault"));
        let namespace = if form == Some("qualified") {
            document.namespace.as_str()
        } else {
            ""
        };
        let id = self.reserve(node, namespace, name);
        self.fill(id, document, node);
        Some(id)
    }

    fn reserve(&mut self, node: &Node, namespace: &str, local: &str) -> ElementId {
        let flag = |name: &str| matches!(node.get(name), Some("true" | "1"));
        let name = self.names.intern(namespace, local);
        self.elements.push(Element {
            name,
            kind: Type::Complex(self.any_type),
            nillable: flag("nillable"),
            is_abstract: flag("abstract"),
            fixed: node.get("fixed").map(str::to_owned),
            default: node.get("default").map(str::to_owned),
            documentation: documentation(node),
        });
        ElementId(self.elements.len() as u32 - 1)
    }

    fn fill(&mut self, id: ElementId, document: &'d Document, node: &'d Node) {
        for child in xs(node).filter(|child| matches!(child.name.as_str(), "key" | "keyref" | "unique" | "alternative"))
        {
            let sentence = format!("`xs:{}` is not checked", child.name);
            self.warning("AH-M152", document, child.at.clone(), sentence);
        }
        let kind = self.type_of(document, node);
        if let (Some(kind), Some(element)) = (kind, self.elements.get_mut(id.0 as usize)) {
            element.kind = kind;
        }
    }

    /// The type of an element: by name, or written into it.
    fn type_of(&mut self, document: &'d Document, node: &'d Node) -> Option<Type> {
        if node.get("type").is_some() {
            return self.type_at(document, node, "type");
        }
        let inline = xs(node).find(|child| matches!(child.name.as_str(), "simpleType" | "complexType"))?;
        match inline.name.as_str() {
            "simpleType" => self.inline_simple(document, inline).map(Type::Simple),
            _ => Some(Type::Complex(self.inline_complex(document, inline))),
        }
    }

    /// The type that an attribute names.
    pub(super) fn type_at(&mut self, document: &'d Document, node: &'d Node, attribute: &str) -> Option<Type> {
        let (namespace, local) = self.reference(document, node, attribute)?;
        let found = if namespace == XS {
            self.standard(&local)
        } else {
            self.type_named(&namespace, &local)
        };
        if found.is_none() {
            self.unresolved(document, node, attribute, "type", (&namespace, &local));
        }
        found
    }

    /// A type at the top of a file; `None`: there is none.
    pub(super) fn type_named(&mut self, namespace: &str, local: &str) -> Option<Type> {
        self.type_below(namespace, local, None)
    }

    /// The same; `below` finds the definition that a redefinition refers to.
    pub(super) fn type_below(&mut self, namespace: &str, local: &str, below: Option<usize>) -> Option<Type> {
        let (component, level) = self.component(Kind::Type, namespace, local, below)?;
        let key = (namespace.to_owned(), local.to_owned(), level);
        if component.node.name == "simpleType" {
            return self.named_simple(component, key).map(Type::Simple);
        }
        Some(Type::Complex(self.reserve_complex(component, Some(key))))
    }
}

fn has_type(node: &Node) -> bool {
    xs(node).any(|child| matches!(child.name.as_str(), "simpleType" | "complexType"))
}
