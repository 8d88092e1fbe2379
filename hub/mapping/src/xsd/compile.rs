// SPDX-License-Identifier: EUPL-1.2
//! From the files of a schema to its model.

mod attributes;
mod complex;
mod elements;
mod facets;
mod particles;
mod simple;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use hub_message::{Code, Finding};

use super::builtin::{Builtin, White};
use super::documents::{Document, Documents};
use super::model::{Complex, ComplexId, Element, ElementId, Type};
use super::names::{NameId, Names};
use super::simple::{Facets, Simple, SimpleId, Simples, Variety};
use super::{XS, Xsd};
use crate::tree::Node;

/// Parts of content models, all in all.
const PARTICLES_MAX: usize = 500_000;
/// Groups and derivations may refer to each other this deep.
const DEPTH_MAX: usize = 100;

/// What a name may stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Element,
    Attribute,
    Type,
    Group,
    AttributeGroup,
}

/// A component at the top of a file.
#[derive(Debug, Clone, Copy)]
struct Component<'d> {
    document: &'d Document,
    node: &'d Node,
}

/// Namespace, local name, and which definition: `xs:redefine` adds further ones that refer to the one before.
type Key = (String, String, usize);

/// A complex type on its way.
enum Growing {
    Waiting,
    Begun,
    Done(Box<Complex>),
}

/// Everything that was made so far.
pub(super) struct Compiler<'d> {
    components: HashMap<(Kind, String, String), Vec<Component<'d>>>,
    names: Names,
    simples: Simples,
    builtins: HashMap<Builtin, SimpleId>,
    simple_ids: HashMap<Key, SimpleId>,
    simple_begun: HashSet<Key>,
    complexes: Vec<Growing>,
    complex_ids: HashMap<Key, ComplexId>,
    /// What each complex type is made from.
    sources: Vec<(Component<'d>, Option<Key>)>,
    elements: Vec<Element>,
    element_ids: HashMap<(String, String), ElementId>,
    global_attributes: HashMap<NameId, SimpleId>,
    /// Member → head.
    heads: Vec<(ElementId, ElementId)>,
    any_type: ComplexId,
    particles: usize,
    depth: usize,
    /// Groups that are being put in, with the definition that is.
    open: Vec<(Kind, Key)>,
    findings: Vec<Finding>,
}

/// Compiles a schema. `prefixes` are those by which findings spell names first. Findings stand in the schema's files.
pub(super) fn compile(documents: &Documents, prefixes: &[(String, String)]) -> (Xsd, Vec<Finding>) {
    let mut compiler = Compiler {
        components: HashMap::new(),
        names: Names::default(),
        simples: Simples::default(),
        builtins: HashMap::new(),
        simple_ids: HashMap::new(),
        simple_begun: HashSet::new(),
        complexes: Vec::new(),
        complex_ids: HashMap::new(),
        sources: Vec::new(),
        elements: Vec::new(),
        element_ids: HashMap::new(),
        global_attributes: HashMap::new(),
        heads: Vec::new(),
        any_type: ComplexId(0),
        particles: 0,
        depth: 0,
        open: Vec::new(),
        findings: Vec::new(),
    };
    for (prefix, namespace) in prefixes {
        compiler.names.spell(namespace, prefix);
    }
    compiler.index(&documents.list);
    compiler.add_any_type();
    for made in Builtin::all() {
        compiler.builtin(made);
    }
    compiler.all();
    compiler.finish()
}

impl<'d> Compiler<'d> {
    /// Finds everything that has a name.
    fn index(&mut self, documents: &'d [Document]) {
        for document in documents {
            for (prefix, namespace) in document.root.prefixes() {
                self.names.spell(namespace, prefix);
            }
            for node in xs(&document.root) {
                self.add(document, node);
            }
        }
        // What redefines comes behind what it redefines.
        for document in documents {
            for redefine in xs(&document.root).filter(|node| matches!(node.name.as_str(), "redefine" | "override")) {
                for node in xs(redefine) {
                    self.add(document, node);
                }
            }
        }
    }

    fn add(&mut self, document: &'d Document, node: &'d Node) {
        let kind = match node.name.as_str() {
            "element" => Kind::Element,
            "attribute" => Kind::Attribute,
            "simpleType" | "complexType" => Kind::Type,
            "group" => Kind::Group,
            "attributeGroup" => Kind::AttributeGroup,
            _ => return,
        };
        if let Some(name) = node.get("name") {
            let key = (kind, document.namespace.clone(), name.to_owned());
            let known = self.components.entry(key).or_default();
            known.push(Component { document, node });
        }
    }

    /// Compiles every component with a name.
    fn all(&mut self) {
        let mut keys: Vec<(Kind, String, String)> = self.components.keys().cloned().collect();
        keys.sort_by(|a, b| (&a.1, &a.2).cmp(&(&b.1, &b.2)));
        for (kind, namespace, local) in keys {
            match kind {
                Kind::Element => {
                    self.global_element(&namespace, &local);
                }
                Kind::Type => {
                    self.type_named(&namespace, &local);
                }
                Kind::Attribute => {
                    let name = self.names.intern(&namespace, &local);
                    if let Some((component, _)) = self.component(Kind::Attribute, &namespace, &local, None) {
                        let kind = self.attribute_type(component);
                        self.global_attributes.insert(name, kind);
                    }
                }
                Kind::Group | Kind::AttributeGroup => {}
            }
        }
        let mut next = 0;
        while next < self.complexes.len() {
            self.complex(ComplexId(next as u32));
            next += 1;
        }
    }

    fn finish(mut self) -> (Xsd, Vec<Finding>) {
        let any_type = self.any_type;
        let complexes = self.complexes.into_iter().map(|growing| match growing {
            Growing::Done(complex) => *complex,
            Growing::Waiting | Growing::Begun => complex::any_type(),
        });
        let mut globals: HashMap<_, _> = HashMap::new();
        for ((namespace, local), id) in &self.element_ids {
            globals.insert(self.names.intern(namespace, local), *id);
        }
        let types = self
            .complex_ids
            .into_iter()
            .map(|((namespace, local, level), id)| (level, (namespace, local), Type::Complex(id)));
        let simple_types = self
            .simple_ids
            .into_iter()
            .map(|((namespace, local, level), id)| (level, (namespace, local), Type::Simple(id)));
        let mut by_name: Vec<_> = types.chain(simple_types).collect();
        by_name.sort_by_key(|(level, ..)| *level);
        let mut xsd = Xsd {
            names: self.names,
            simples: self.simples,
            complexes: complexes.collect(),
            elements: self.elements,
            globals,
            global_attributes: self.global_attributes,
            types: by_name.into_iter().map(|(_, key, kind)| (key, kind)).collect(),
            builtins: self.builtins,
            any_type,
            ..Xsd::default()
        };
        xsd.join_groups(&self.heads);
        (xsd, self.findings)
    }

    fn error(&mut self, code: &'static str, document: &Document, at: Range<usize>, text: impl Into<String>) {
        let finding = Finding::error(Code::new(code), &document.file, at, text);
        self.findings.push(finding);
    }

    fn warning(&mut self, code: &'static str, document: &Document, at: Range<usize>, text: impl Into<String>) {
        let finding = Finding::warning(Code::new(code), &document.file, at, text);
        self.findings.push(finding);
    }

    /// The namespace and the local name that an attribute's value refers to.
    fn reference(&mut self, document: &'d Document, node: &'d Node, attribute: &str) -> Option<(String, String)> {
        let found = node.attribute(attribute)?;
        let text = found.value.trim();
        let (prefix, local) = text.split_once(':').unwrap_or(("", text));
        let namespace = match node.bound(prefix) {
            Some(namespace) => namespace.to_string(),
            None if prefix.is_empty() => String::new(),
            None => {
                let sentence = format!("the prefix `{prefix}` is not declared");
                self.error("AH-M141", document, found.at.clone(), sentence);
                return None;
            }
        };
        let namespace = if namespace.is_empty() && document.chameleon {
            document.namespace.clone()
        } else {
            namespace
        };
        Some((namespace, local.to_owned()))
    }

    /// A finding about a name that stands for nothing.
    fn unresolved(&mut self, document: &Document, node: &Node, attribute: &str, what: &str, name: (&str, &str)) {
        let at = node
            .attribute(attribute)
            .map_or(node.at.clone(), |found| found.at.clone());
        let spelled = node.get(attribute).unwrap_or(name.1).trim();
        let sentence = format!("the schema has no {what} `{spelled}`");
        let finding = Finding::error(Code::new("AH-M143"), &document.file, at, sentence);
        let kind = match what {
            "element" => Kind::Element,
            "attribute" => Kind::Attribute,
            "group" => Kind::Group,
            "attribute group" => Kind::AttributeGroup,
            _ => Kind::Type,
        };
        let known: Vec<&str> = self
            .components
            .keys()
            .filter(|(known, namespace, _)| *known == kind && namespace == name.0)
            .map(|(_, _, local)| local.as_str())
            .collect();
        let finding = if known.is_empty() && !name.0.is_empty() {
            finding.help(format!("no file of the schema declares the namespace `{}`", name.0))
        } else {
            finding.did_you_mean(name.1, known)
        };
        self.findings.push(finding);
    }

    /// The definition that counts, or the one before where a redefinition refers to what it redefines.
    fn component(
        &self,
        kind: Kind,
        namespace: &str,
        local: &str,
        below: Option<usize>,
    ) -> Option<(Component<'d>, usize)> {
        let key = (kind, namespace.to_owned(), local.to_owned());
        let all = self.components.get(&key)?;
        let level = match below {
            Some(level) => level.checked_sub(1)?,
            None => all.len() - 1,
        };
        all.get(level).map(|component| (*component, level))
    }

    /// Begins to put in a group. Within a redefinition its own name means what is redefined.
    fn enter(&mut self, kind: Kind, namespace: &str, local: &str) -> Option<Component<'d>> {
        let is_it = |(known, key): &&(Kind, Key)| *known == kind && key.0 == namespace && key.1 == local && key.2 > 0;
        let below = self.open.iter().rev().find(is_it).map(|(_, key)| key.2);
        let (component, level) = self.component(kind, namespace, local, below)?;
        self.open.push((kind, (namespace.to_owned(), local.to_owned(), level)));
        Some(component)
    }

    /// The simple type that the standard has.
    fn builtin(&mut self, made: Builtin) -> SimpleId {
        if let Some(known) = self.builtins.get(&made) {
            return *known;
        }
        let id = self.simples.add(Simple {
            label: Some(made.label()),
            variety: Variety::Atomic(made),
            base: None,
            white: made.white(),
            facets: Facets::default(),
            documentation: None,
        });
        self.builtins.insert(made, id);
        id
    }

    /// A type of the standard's own namespace.
    fn standard(&mut self, local: &str) -> Option<Type> {
        if local == "anyType" {
            return Some(Type::Complex(self.any_type));
        }
        if let Some(made) = Builtin::named(local) {
            return Some(Type::Simple(self.builtin(made)));
        }
        let item = Builtin::item_of(local)?;
        let item = self.builtin(item);
        let facets = Facets {
            min_length: Some(1),
            ..Facets::default()
        };
        Some(Type::Simple(self.simples.add(Simple {
            label: Some(format!("xs:{local}")),
            variety: Variety::List(item),
            base: None,
            white: White::Collapse,
            facets,
            documentation: None,
        })))
    }
}

/// The children that are of the standard.
fn xs(node: &Node) -> impl Iterator<Item = &Node> {
    node.children.iter().filter(|child| &*child.namespace == XS)
}

/// The text of `xs:documentation`.
fn documentation(node: &Node) -> Option<String> {
    let annotation = xs(node).find(|child| child.name == "annotation")?;
    let mut texts = Vec::new();
    for part in xs(annotation).filter(|child| child.name == "documentation") {
        collect_text(part, &mut texts);
    }
    let text = texts.join(" ");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

fn collect_text<'n>(node: &'n Node, texts: &mut Vec<&'n str>) {
    texts.push(node.text.as_str());
    for child in &node.children {
        collect_text(child, texts);
    }
}
