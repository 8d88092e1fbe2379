// SPDX-License-Identifier: EUPL-1.2
//! The set of canonical schemas, and the documents that were found valid by one of them.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use hub_message::{Code, Finding, SchemaId, Shape, Tree};
use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::Value;

use crate::case_view::{self, CaseView};
use crate::expand::{At, Expander, Node};
use crate::instance::{Instance, TreeJson};
use crate::outline::{Outline, Terms};
use crate::report;
use crate::source::Source;

const TWICE: Code = Code::new("AH-S003");
const DIALECT: Code = Code::new("AH-S004");
const COMPILE: Code = Code::new("AH-S005");
const DIALECT_URI: &str = "https://json-schema.org/draft/2020-12/schema";
const PATTERN_BYTES_MAX: usize = 1 << 20;

/// A schema file as the caller read it.
#[derive(Debug, Clone)]
pub struct SchemaFile {
    /// Its id: `invoice/1` for `schemas/invoice/1.schema.json`.
    pub id: SchemaId,
    /// Its path, for findings.
    pub file: String,
    /// Its text.
    pub text: String,
}

/// The canonical schemas of an installation. Immutable.
#[derive(Debug, Default)]
pub struct Schemas {
    by_id: BTreeMap<SchemaId, Schema>,
}

impl Schemas {
    /// Loads schemas that may refer to each other by relative path. All findings in all files at once.
    pub fn load(files: Vec<SchemaFile>) -> Result<Self, Vec<Finding>> {
        let mut findings = Vec::new();
        let mut sources = HashMap::new();
        let mut ids = Vec::new();
        for SchemaFile { id, file, text } in files {
            let key = format!("{id}.schema.json");
            if sources.contains_key(&key) {
                findings.push(Finding::error(
                    TWICE,
                    file,
                    0..0,
                    format!("the schema `{id}` is there twice"),
                ));
                continue;
            }
            match Source::parse(&file, &text) {
                Ok(source) => {
                    sources.insert(key.clone(), source);
                    ids.push((id, key));
                }
                Err(found) => findings.extend(found),
            }
        }
        let mut expander = Expander {
            files: &sources,
            findings,
        };
        let loaded: Vec<_> = ids
            .into_iter()
            .map(|(id, key)| Schema::load(id, &key, &mut expander))
            .collect();
        if !expander.findings.is_empty() {
            return Err(expander.findings);
        }
        let by_id = loaded
            .into_iter()
            .flatten()
            .map(|schema| (schema.id.clone(), schema))
            .collect();
        Ok(Self { by_id })
    }

    /// The schema with this id.
    pub fn get(&self, id: &SchemaId) -> Option<&Schema> {
        self.by_id.get(id)
    }

    /// All ids, in order.
    pub fn ids(&self) -> impl Iterator<Item = &SchemaId> {
        self.by_id.keys()
    }
}

/// One canonical schema.
pub struct Schema {
    id: SchemaId,
    shape: Shape,
    validator: Validator<TreeJson>,
    case_view: Option<CaseView>,
    terms: Terms,
}

impl Schema {
    fn load(id: SchemaId, key: &str, expander: &mut Expander<'_>) -> Option<Self> {
        let root = expander.file(key)?;
        if root.keywords.get("$schema").and_then(Value::as_str) != Some(DIALECT_URI) {
            expander.find(DIALECT, &root.at, format!("`$schema` must be `{DIALECT_URI}`"));
        }
        let (shape, plain, terms) = Outline::of(expander, &root);
        let shape = shape?;
        // A keyword that was refused above would be refused again by the validator's compiler.
        let compiled = if expander.findings.is_empty() {
            compile(&plain, &root, expander)
        } else {
            None
        };
        let case_view = root.keywords.get("x-case").and_then(|raw| {
            let faults = match case_view::check(raw, &shape) {
                Ok(view) => return Some(view),
                Err(faults) => faults,
            };
            let at = At {
                file: root.at.file.clone(),
                pointer: "/x-case".into(),
            };
            for fault in faults {
                expander.find(fault.code, &at, fault.text).help = fault.help;
            }
            None
        });
        Some(Self {
            id,
            shape,
            validator: compiled?,
            case_view,
            terms,
        })
    }

    /// Its id.
    pub fn id(&self) -> &SchemaId {
        &self.id
    }

    /// Its shape, for mappings, routes and masking.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// What its documents mean for a case; `None` where the schema says nothing about it.
    pub fn case_view(&self) -> Option<&CaseView> {
        self.case_view.as_ref()
    }

    /// The term of the standard (`x-en16931`) at every field and group that names one, by dotted path, in the
    /// schema's order.
    pub fn terms(&self) -> &[(String, String)] {
        &self.terms
    }

    /// Checks a document. A rejection holds all findings.
    pub fn validate(&self, tree: Tree) -> Result<Valid, hub_message::Rejection> {
        let Some(root) = tree.root() else {
            return Err(report::empty());
        };
        // The quick look costs a fraction of the full report, and nearly every document is valid.
        if !self.validator.is_valid(Instance::At(root)) {
            let errors = self.validator.iter_errors(Instance::At(root));
            if let Some(rejection) = report::rejection(errors, &self.shape) {
                return Err(rejection);
            }
        }
        Ok(Valid {
            schema: self.id.clone(),
            tree,
        })
    }
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Schema({})", self.id)
    }
}

fn compile(plain: &Value, root: &Node, expander: &mut Expander<'_>) -> Option<Validator<TreeJson>> {
    let built = jsonschema::options_for::<TreeJson>()
        .with_draft(Draft::Draft202012)
        .offline()
        .should_validate_formats(true)
        .should_ignore_unknown_formats(false)
        .with_pattern_options(PatternOptions::regex().size_limit(PATTERN_BYTES_MAX))
        .build(plain);
    match built {
        Ok(validator) => Some(validator),
        Err(fault) => {
            let at = At {
                file: root.at.file.clone(),
                pointer: fault.instance_path().as_str().to_owned(),
            };
            expander.find(COMPILE, &at, format!("the schema does not compile: {fault}"));
            None
        }
    }
}

/// A canonical document that is valid by its schema. Only [`Schema::validate`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Valid {
    schema: SchemaId,
    tree: Tree,
}

impl Valid {
    /// The schema that found it valid.
    pub fn schema(&self) -> &SchemaId {
        &self.schema
    }

    /// The document.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Takes the document out, to fill its buffers again.
    pub fn into_tree(self) -> Tree {
        self.tree
    }
}
