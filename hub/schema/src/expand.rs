// SPDX-License-Identifier: EUPL-1.2
//! Writes every `$ref` out, within a file and between the loaded files, so that what follows sees one plain tree.
//! References to anywhere else and circles are refused: a canonical document has a known greatest depth.

use std::collections::HashMap;
use std::ops::Range;

use hub_message::{Code, Finding};
use serde_json::{Map, Value};

use crate::keywords::{AT_THE_TOP, BESIDE_REF};
use crate::source::{Source, escape};

const REMOTE: Code = Code::new("AH-S010");
const NO_TARGET: Code = Code::new("AH-S011");
const CIRCLE: Code = Code::new("AH-S012");
const BESIDE: Code = Code::new("AH-S013");

/// A schema node with its references written out and the place where it was written.
#[derive(Debug)]
pub(crate) struct Node {
    /// Keywords, except those that hold other nodes.
    pub(crate) keywords: Map<String, Value>,
    /// `properties`, in order.
    pub(crate) properties: Vec<(String, Node)>,
    /// `items`.
    pub(crate) items: Option<Box<Node>>,
    /// Where the node stands.
    pub(crate) at: At,
}

/// A place in a schema file.
#[derive(Debug, Clone)]
pub(crate) struct At {
    /// Key of the file among the loaded ones: `invoice/1.schema.json`.
    pub(crate) file: String,
    /// JSON pointer.
    pub(crate) pointer: String,
}

/// The loaded files by their path below `schemas/`, with what is wrong with them.
pub(crate) struct Expander<'a> {
    pub(crate) files: &'a HashMap<String, Source>,
    pub(crate) findings: Vec<Finding>,
}

impl Expander<'_> {
    /// The whole file with its references written out.
    pub(crate) fn file(&mut self, key: &str) -> Option<Node> {
        let root = &self.files.get(key)?.root;
        let at = At {
            file: key.to_owned(),
            pointer: String::new(),
        };
        self.node(root, at, &mut Vec::new())
    }

    /// The place of something in a file's text.
    pub(crate) fn span(&self, at: &At) -> (String, Range<usize>) {
        self.files.get(&at.file).map_or((at.file.clone(), 0..0), |source| {
            (source.file.clone(), source.span(&at.pointer))
        })
    }

    /// Notes a finding at a place.
    pub(crate) fn find(&mut self, code: Code, at: &At, text: impl Into<String>) -> &mut Finding {
        let (file, span) = self.span(at);
        self.findings.push(Finding::error(code, file, span, text));
        let last = self.findings.len() - 1;
        // The vector was pushed to on the line above.
        #[allow(clippy::indexing_slicing)]
        &mut self.findings[last]
    }

    fn node(&mut self, value: &Value, at: At, open: &mut Vec<String>) -> Option<Node> {
        let Value::Object(members) = value else {
            self.find(NO_TARGET, &at, "a schema must be an object here");
            return None;
        };
        if members.contains_key("$ref") {
            return self.reference(members, at, open);
        }
        let mut node = Node {
            keywords: Map::new(),
            properties: Vec::new(),
            items: None,
            at,
        };
        for (key, below) in members {
            let pointer = format!("{}/{}", node.at.pointer, escape(key));
            let place = |pointer: String| At {
                file: node.at.file.clone(),
                pointer,
            };
            match (key.as_str(), below) {
                ("properties", Value::Object(properties)) => {
                    for (name, schema) in properties {
                        let place = place(format!("{pointer}/{}", escape(name)));
                        if let Some(child) = self.node(schema, place, open) {
                            node.properties.push((name.clone(), child));
                        }
                    }
                }
                ("items", schema) => node.items = self.node(schema, place(pointer), open).map(Box::new),
                ("$defs", _) => {}
                _ => {
                    node.keywords.insert(key.clone(), below.clone());
                }
            }
        }
        Some(node)
    }

    fn reference(&mut self, members: &Map<String, Value>, at: At, open: &mut Vec<String>) -> Option<Node> {
        let mut place = at.clone();
        place.pointer.push_str("/$ref");
        let text = members.get("$ref").and_then(Value::as_str).unwrap_or_default();
        let target = self.target(text, &place)?;
        let name = format!("{}#{}", target.file, target.pointer);
        if open.contains(&name) {
            self.find(CIRCLE, &place, "this reference leads back to itself").help =
                Some("write the levels out, up to a greatest depth".into());
            return None;
        }
        let files = self.files;
        let value = files
            .get(&target.file)
            .and_then(|source| source.root.pointer(&target.pointer));
        let Some(value) = value else {
            self.find(NO_TARGET, &place, format!("there is nothing at `{text}`"));
            return None;
        };
        open.push(name);
        let node = self.node(value, target, open);
        open.pop();
        let mut node = node?;
        // What a file says about itself is not said of the place that refers to it.
        node.keywords.retain(|key, _| !AT_THE_TOP.contains(&key.as_str()));
        for (key, value) in members.iter().filter(|(key, _)| *key != "$ref") {
            if BESIDE_REF.contains(&key.as_str()) || key.starts_with("x-") {
                node.keywords.insert(key.clone(), value.clone());
            } else {
                self.find(BESIDE, &at, format!("`{key}` cannot stand beside `$ref`"))
                    .help = Some("only titles, descriptions and `x-…` can".into());
            }
        }
        node.at = at;
        Some(node)
    }

    fn target(&mut self, text: &str, place: &At) -> Option<At> {
        let (path, pointer) = text.split_once('#').unwrap_or((text, ""));
        if path.contains(':') || path.starts_with('/') {
            self.find(REMOTE, place, format!("`{text}` leads out of the schema folder"));
            return None;
        }
        let file = if path.is_empty() {
            place.file.clone()
        } else {
            resolve(&place.file, path)
        };
        if !self.files.contains_key(&file) {
            let known: Vec<String> = self.files.keys().cloned().collect();
            let finding = self.find(NO_TARGET, place, format!("there is no schema file `{file}`"));
            *finding = finding.clone().did_you_mean(&file, known.iter().map(String::as_str));
            return None;
        }
        Some(At {
            file,
            pointer: pointer.to_owned(),
        })
    }
}

/// A relative path seen from a file, both with `/`.
fn resolve(from: &str, path: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn paths_are_relative_to_the_file() {
        assert_eq!(
            resolve("invoice/1.schema.json", "../case/1.schema.json"),
            "case/1.schema.json"
        );
        assert_eq!(
            resolve("invoice/1.schema.json", "./2.schema.json"),
            "invoice/2.schema.json"
        );
    }
}
