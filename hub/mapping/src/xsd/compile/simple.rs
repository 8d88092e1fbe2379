// SPDX-License-Identifier: EUPL-1.2
//! Simple types.

use super::{Compiler, Component, Key, documentation, xs};
use crate::tree::Node;
use crate::xsd::builtin::{Builtin, White};
use crate::xsd::documents::Document;
use crate::xsd::model::Type;
use crate::xsd::simple::{Facets, Simple, SimpleId, Variety};

impl<'d> Compiler<'d> {
    /// A simple type with a name.
    pub(super) fn named_simple(&mut self, component: Component<'d>, key: Key) -> Option<SimpleId> {
        if let Some(known) = self.simple_ids.get(&key) {
            return Some(*known);
        }
        if !self.simple_begun.insert(key.clone()) {
            let sentence = format!("the type `{}` is derived from itself", key.1);
            self.error("AH-M143", component.document, component.node.at.clone(), sentence);
            let id = self.builtin(Builtin::AnySimple);
            self.simple_ids.insert(key, id);
            return Some(id);
        }
        let label = self.names.label_of(&key.0, &key.1);
        let made = self.simple(component.document, component.node, Some(label), Some(&key));
        let made = made.unwrap_or_else(|| self.builtin(Builtin::AnySimple));
        Some(*self.simple_ids.entry(key).or_insert(made))
    }

    /// A simple type without a name.
    pub(super) fn inline_simple(&mut self, document: &'d Document, node: &'d Node) -> Option<SimpleId> {
        self.depth += 1;
        let made = (self.depth < super::DEPTH_MAX).then(|| self.simple(document, node, None, None));
        self.depth -= 1;
        made.flatten()
    }

    fn simple(
        &mut self,
        document: &'d Document,
        node: &'d Node,
        label: Option<String>,
        key: Option<&Key>,
    ) -> Option<SimpleId> {
        let how = xs(node).find(|child| matches!(child.name.as_str(), "restriction" | "list" | "union"))?;
        let documentation = documentation(node);
        match how.name.as_str() {
            "list" => {
                let item = match self.simple_at(document, how, "itemType", key) {
                    Some(item) => item,
                    None => self.inner(document, how)?,
                };
                Some(self.simples.add(Simple {
                    label,
                    variety: Variety::List(item),
                    base: None,
                    white: White::Collapse,
                    facets: Facets::default(),
                    documentation,
                }))
            }
            "union" => self.union(document, how, label, documentation),
            _ => {
                let base = match self.simple_at(document, how, "base", key) {
                    Some(base) => base,
                    None => self.inner(document, how)?,
                };
                self.restricted(document, how, base, label, documentation)
            }
        }
    }

    fn union(
        &mut self,
        document: &'d Document,
        node: &'d Node,
        label: Option<String>,
        documentation: Option<String>,
    ) -> Option<SimpleId> {
        let mut members = Vec::new();
        let named = node.get("memberTypes").unwrap_or_default();
        for spelled in named.split_whitespace() {
            let (prefix, local) = spelled.split_once(':').unwrap_or(("", spelled));
            let namespace = node.bound(prefix).map_or_else(String::new, ToString::to_string);
            let namespace = if namespace.is_empty() && document.chameleon {
                document.namespace.clone()
            } else {
                namespace
            };
            let found = if namespace == crate::xsd::XS {
                self.standard(local)
            } else {
                self.type_named(&namespace, local)
            };
            match found {
                Some(Type::Simple(member)) => members.push(member),
                _ => self.unresolved(document, node, "memberTypes", "simple type", (&namespace, local)),
            }
        }
        for child in xs(node).filter(|child| child.name == "simpleType") {
            members.extend(self.inline_simple(document, child));
        }
        Some(self.simples.add(Simple {
            label,
            variety: Variety::Union(members),
            base: None,
            white: White::Preserve,
            facets: Facets::default(),
            documentation,
        }))
    }

    /// A restriction of a simple type by the facets in a node.
    pub(super) fn restricted(
        &mut self,
        document: &'d Document,
        node: &'d Node,
        base: SimpleId,
        label: Option<String>,
        documentation: Option<String>,
    ) -> Option<SimpleId> {
        let (variety, mut white) = {
            let base = self.simples.get(base)?;
            (base.variety.clone(), base.white)
        };
        if let Some(given) = xs(node).find(|child| child.name == "whiteSpace") {
            let given = match given.get("value") {
                Some("collapse") => White::Collapse,
                Some("replace") => White::Replace,
                _ => White::Preserve,
            };
            white = white.max(given);
        }
        let facets = self.facets(document, node, white);
        Some(self.simples.add(Simple {
            label,
            variety,
            base: Some(base),
            white,
            facets,
            documentation,
        }))
    }

    /// The simple type that an attribute names. A redefinition may name itself and means what it redefines.
    fn simple_at(
        &mut self,
        document: &'d Document,
        node: &'d Node,
        attribute: &str,
        key: Option<&Key>,
    ) -> Option<SimpleId> {
        node.get(attribute)?;
        let redefined = key.filter(|key| key.2 > 0).cloned();
        if let Some((namespace, local, level)) = redefined
            && self.reference(document, node, attribute) == Some((namespace.clone(), local.clone()))
            && let Some(Type::Simple(base)) = self.type_below(&namespace, &local, Some(level))
        {
            return Some(base);
        }
        match self.type_at(document, node, attribute)? {
            Type::Simple(simple) => Some(simple),
            Type::Complex(_) => {
                let at = node.attribute(attribute).map_or(node.at.clone(), |a| a.at.clone());
                self.error("AH-M143", document, at, "a simple type is expected here");
                None
            }
        }
    }

    /// The simple type that is written into a node.
    fn inner(&mut self, document: &'d Document, node: &'d Node) -> Option<SimpleId> {
        let child = xs(node).find(|child| child.name == "simpleType")?;
        self.inline_simple(document, child)
    }
}
