// SPDX-License-Identifier: EUPL-1.2
//! Attributes of complex types.

use super::{Compiler, Component, Kind, documentation, xs};
use crate::tree::Node;
use crate::xsd::XML_NAMESPACE;
use crate::xsd::builtin::Builtin;
use crate::xsd::documents::Document;
use crate::xsd::model::{Attribute, Complex, Type};
use crate::xsd::simple::SimpleId;

impl<'d> Compiler<'d> {
    /// Adds the attributes that a node names to those that were inherited.
    pub(super) fn attributes(&mut self, document: &'d Document, node: &'d Node, into: &mut Complex) {
        for child in xs(node) {
            match child.name.as_str() {
                "attribute" => self.attribute(document, child, into),
                "attributeGroup" => self.attribute_group(document, child, into),
                "anyAttribute" => into.any_attribute.push(Self::wildcard(document, child)),
                _ => {}
            }
        }
    }

    fn attribute_group(&mut self, document: &'d Document, node: &'d Node, into: &mut Complex) {
        let Some((namespace, local)) = self.reference(document, node, "ref") else {
            return;
        };
        let Some(group) = self.enter(Kind::AttributeGroup, &namespace, &local) else {
            return self.unresolved(document, node, "ref", "attribute group", (&namespace, &local));
        };
        self.depth += 1;
        if self.depth < super::DEPTH_MAX {
            self.attributes(group.document, group.node, into);
        }
        self.depth -= 1;
        self.open.pop();
    }

    fn attribute(&mut self, document: &'d Document, node: &'d Node, into: &mut Complex) {
        let usage = node.get("use").unwrap_or("optional");
        let (declared, namespace, local) = if node.get("ref").is_some() {
            let Some((namespace, local)) = self.reference(document, node, "ref") else {
                return;
            };
            let declared = self.component(Kind::Attribute, &namespace, &local, None);
            if declared.is_none() && namespace != XML_NAMESPACE {
                return self.unresolved(document, node, "ref", "attribute", (&namespace, &local));
            }
            (declared.map(|(component, _)| component), namespace, local)
        } else {
            let Some(name) = node.get("name") else {
                return;
            };
            let form = node.get("form").or_else(|| document.root.get("attributeFormDefault"));
            let namespace = if form == Some("qualified") {
                document.namespace.clone()
            } else {
                String::new()
            };
            (Some(Component { document, node }), namespace, name.to_owned())
        };
        let name = self.names.intern(&namespace, &local);
        into.attributes.retain(|known| known.name != name);
        if usage == "prohibited" {
            return;
        }
        let kind = match declared {
            Some(declared) => self.attribute_type(declared),
            None => self.xml_attribute(&local),
        };
        let fixed = node
            .get("fixed")
            .or_else(|| declared.and_then(|declared| declared.node.get("fixed")));
        let words = documentation(node).or_else(|| declared.and_then(|declared| documentation(declared.node)));
        into.attributes.push(Attribute {
            name,
            kind,
            required: usage == "required",
            fixed: fixed.map(str::to_owned),
            documentation: words,
        });
    }

    /// The type of an attribute that is declared at the top of a file, for wildcards.
    pub(super) fn attribute_type(&mut self, declared: Component<'d>) -> SimpleId {
        let Component { document, node } = declared;
        let found = if node.get("type").is_some() {
            self.type_at(document, node, "type")
        } else {
            let inline = xs(node).find(|child| child.name == "simpleType");
            inline
                .and_then(|inline| self.inline_simple(document, inline))
                .map(Type::Simple)
        };
        match found {
            Some(Type::Simple(simple)) => simple,
            _ => self.builtin(Builtin::AnySimple),
        }
    }

    /// The attributes that XML itself has.
    fn xml_attribute(&mut self, local: &str) -> SimpleId {
        self.builtin(match local {
            "lang" => Builtin::AnySimple,
            "space" => Builtin::NcName,
            "id" => Builtin::Id,
            _ => Builtin::AnyUri,
        })
    }
}
