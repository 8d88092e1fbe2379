// SPDX-License-Identifier: EUPL-1.2
//! What a schema says of places, for whoever writes a mapping: completion and hover in an editor.

use std::collections::HashMap;

use super::{Child, Down, SimpleId, Type, UNBOUNDED, Xsd};
use crate::beside::Beside;
use crate::language::file::pairs;
use crate::language::place::{Name, Place};
use crate::language::value;
use crate::report::Report;

/// Values that are listed of an enumeration.
const VALUES_MAX: usize = 100;

/// A place and what its schema says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceDoc {
    /// As the mapping spells it: `cbc:ID`, `@currencyID`.
    pub name: String,
    /// How often it must stand there.
    pub min: u32,
    /// How often it may; `None`: without limit.
    pub max: Option<u32>,
    /// Its type: `xs:date`, `udt:AmountType`; empty for a type without name.
    pub kind: String,
    /// The values that the schema enumerates, the first hundred of them.
    pub values: Vec<String>,
    /// The schema's own words.
    pub documentation: String,
    /// Whether elements or attributes stand below it.
    pub has_more: bool,
}

/// The places of the schema that a mapping names.
#[derive(Debug)]
pub struct SchemaPlaces {
    xsd: Xsd,
    root: Type,
    /// Prefix → namespace.
    namespaces: HashMap<String, String>,
    /// Short name → place.
    short: HashMap<String, String>,
}

impl SchemaPlaces {
    /// Loads the schema of a mapping file, which need not load itself: `[format]` must say kind, root and schema. `None`
    /// where it does not, or where the schema has no such root.
    pub fn of(text: &str, beside: Beside<'_>) -> Option<Self> {
        let mut silent = Report::new("");
        let file = value::parse(text, &mut silent);
        let format = file.table("format", &mut silent)?;
        let schema = format.text("schema", &mut silent)?;
        let root = format.text("root", &mut silent)?;
        let namespaces: Vec<(String, String)> = pairs(format.table("ns", &mut silent), &mut silent)
            .into_iter()
            .map(|(prefix, uri)| (prefix.value, uri.value))
            .collect();
        let (xsd, _) = Xsd::load(&schema.value, &namespaces, beside.schema).ok()?;
        let namespaces: HashMap<_, _> = namespaces.into_iter().collect();
        let place = Place::parse(&root.value).ok()?;
        let step = place.steps.first()?;
        let namespace = namespace_of(&namespaces, &step.name)?;
        let root = xsd.element(xsd.global(namespace, &step.name.local)?)?.kind;
        let short = pairs(file.table("at", &mut silent), &mut silent);
        Some(Self {
            xsd,
            root,
            namespaces,
            short: short
                .into_iter()
                .map(|(name, place)| (name.value, place.value))
                .collect(),
        })
    }

    /// What may stand directly below a place (`cac:Party/cbc:Name`, `{seller}`, empty for the root): elements in the
    /// order of the schema, then attributes.
    pub fn below(&self, place: &str) -> Vec<PlaceDoc> {
        let Some(kind) = self.kind_at(place, 0) else {
            return Vec::new();
        };
        let xsd = &self.xsd;
        let mut found: Vec<PlaceDoc> = xsd
            .children(kind)
            .iter()
            .filter_map(|child| self.element(*child))
            .collect();
        found.extend(xsd.attributes(kind).iter().map(|attribute| PlaceDoc {
            name: format!("@{}", xsd.names.label(attribute.name)),
            min: u32::from(attribute.required),
            max: Some(1),
            kind: xsd.simples.label(attribute.kind),
            values: self.values(attribute.kind),
            documentation: attribute.documentation.clone().unwrap_or_default(),
            has_more: false,
        }));
        found
    }

    /// What the schema says of one place.
    pub fn at(&self, place: &str) -> Option<PlaceDoc> {
        let (above, last) = match place.rsplit_once('/') {
            Some((above, last)) => (above, last),
            None => ("", place),
        };
        let last = last.split('[').next().unwrap_or(last);
        self.below(above).into_iter().find(|doc| doc.name == last)
    }

    fn element(&self, child: Child) -> Option<PlaceDoc> {
        let xsd = &self.xsd;
        let element = xsd.element(child.element)?;
        let text = xsd.text_of(element.kind);
        let of_type = match element.kind {
            Type::Complex(id) => xsd.complex(id).and_then(|complex| complex.documentation.clone()),
            Type::Simple(id) => xsd.simples.get(id).and_then(|simple| simple.documentation.clone()),
        };
        let kind = match (element.kind, text) {
            (Type::Complex(id), _) if xsd.complex(id).is_some_and(|complex| complex.label.is_some()) => {
                xsd.complex(id).and_then(|complex| complex.label.clone())
            }
            (_, Some(text)) => Some(xsd.simples.label(text)),
            _ => None,
        };
        Some(PlaceDoc {
            name: xsd.names.label(element.name),
            min: child.min,
            max: (child.max != UNBOUNDED).then_some(child.max),
            kind: kind.unwrap_or_default(),
            values: text.map_or_else(Vec::new, |text| self.values(text)),
            documentation: element.documentation.clone().or(of_type).unwrap_or_default(),
            has_more: xsd.model(element.kind).is_some() || !xsd.attributes(element.kind).is_empty(),
        })
    }

    fn values(&self, kind: SimpleId) -> Vec<String> {
        let allowed = self.xsd.simples.allowed(kind).unwrap_or_default();
        allowed.into_iter().take(VALUES_MAX).map(str::to_owned).collect()
    }

    fn kind_at(&self, place: &str, depth: usize) -> Option<Type> {
        let place = place.trim();
        if place.is_empty() || place == "." {
            return Some(self.root);
        }
        let parsed = Place::parse(place).ok()?;
        let mut kind = self.root;
        if let Some(at) = &parsed.at {
            let short = self.short.get(&at.local).filter(|_| depth < 8)?;
            kind = self.kind_at(short, depth + 1)?;
        }
        for step in &parsed.steps {
            let namespace = namespace_of(&self.namespaces, &step.name)?;
            let Down::To(child) = self.xsd.step(kind, namespace, &step.name.local) else {
                return None;
            };
            kind = self.xsd.element(child.element)?.kind;
        }
        Some(kind)
    }
}

fn namespace_of<'n>(namespaces: &'n HashMap<String, String>, name: &Name) -> Option<&'n str> {
    match &name.prefix {
        None => Some(""),
        Some(prefix) => namespaces.get(prefix).map(String::as_str),
    }
}
