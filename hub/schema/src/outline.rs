// SPDX-License-Identifier: EUPL-1.2
//! From a written-out schema to its [`Shape`] and to the plain schema that documents are checked against; on the way
//! everything that a canonical schema must have is checked.

use hub_message::shape::{Leaf, Member};
use hub_message::{Code, LeafKind, Protection, Shape};
use serde_json::{Map, Value, json};

use crate::expand::{At, Expander, Node};
use crate::keywords::{ANYWHERE, AT_THE_TOP, FORMATS, of_type};

const TYPE: Code = Code::new("AH-S020");
const KEYWORD: Code = Code::new("AH-S021");
const OPEN: Code = Code::new("AH-S022");
const REQUIRED: Code = Code::new("AH-S023");
const FORMAT: Code = Code::new("AH-S024");
const PROTECTION: Code = Code::new("AH-S025");
const TITLE: Code = Code::new("AH-S026");
const DESCRIPTION: Code = Code::new("AH-S027");
const NAME: Code = Code::new("AH-S028");
const ENUM: Code = Code::new("AH-S029");

/// What a schema says about a place beside its shape: the number of the standard's term there.
pub(crate) type Terms = Vec<(String, String)>;

/// Draws the outline of a written-out schema.
pub(crate) struct Outline<'a, 'b> {
    expander: &'b mut Expander<'a>,
    path: String,
    terms: Terms,
}

impl<'a, 'b> Outline<'a, 'b> {
    pub(crate) fn of(expander: &'b mut Expander<'a>, root: &Node) -> (Option<Shape>, Value, Terms) {
        let mut outline = Self {
            expander,
            path: String::new(),
            terms: Vec::new(),
        };
        if root.keywords.get("type").and_then(Value::as_str) != Some("object") {
            outline
                .expander
                .find(TYPE, &root.at, "the top of a canonical schema must be an object");
        }
        let shape = outline.node(root, true);
        (shape, plain(root), outline.terms)
    }

    fn node(&mut self, node: &Node, top: bool) -> Option<Shape> {
        if let Some(term) = node.keywords.get("x-en16931").and_then(Value::as_str) {
            self.terms.push((self.path.clone(), term.to_owned()));
        }
        let Some(kind) = node.keywords.get("type").and_then(Value::as_str) else {
            self.expander.find(TYPE, &node.at, "a field needs one `type`");
            return None;
        };
        let Some(keywords) = of_type(kind) else {
            self.expander
                .find(
                    TYPE,
                    &node.at,
                    format!("`{kind}` cannot be the type of a canonical field"),
                )
                .help = Some("object, array, string, number, integer or boolean".into());
            return None;
        };
        self.keywords(node, keywords, top);
        match kind {
            "object" => Some(self.object(node)),
            "array" => self.array(node),
            kind => self.leaf(node, kind).map(Shape::Leaf),
        }
    }

    fn keywords(&mut self, node: &Node, allowed: &[&'static str], top: bool) {
        let top: &[&str] = if top { AT_THE_TOP } else { &[] };
        let known = || ANYWHERE.iter().chain(allowed).chain(top).copied();
        for key in node.keywords.keys() {
            if known().any(|k| k == key) || (key.starts_with("x-") && key != "x-case") {
                continue;
            }
            let at = below(&node.at, key);
            let finding = self
                .expander
                .find(KEYWORD, &at, format!("a canonical schema cannot use `{key}` here"));
            *finding = finding.clone().did_you_mean(key, known());
        }
    }

    fn object(&mut self, node: &Node) -> Shape {
        if node.keywords.get("additionalProperties") != Some(&Value::Bool(false)) {
            self.expander
                .find(OPEN, &node.at, "an object needs `\"additionalProperties\": false`");
        }
        let required: Vec<&str> = strings(&node.keywords, "required");
        for name in &required {
            if !node.properties.iter().any(|(n, _)| n == name) {
                let at = below(&node.at, "required");
                let finding = self
                    .expander
                    .find(REQUIRED, &at, format!("`{name}` is required but is no property"));
                *finding = finding
                    .clone()
                    .did_you_mean(name, node.properties.iter().map(|(n, _)| n.as_str()));
            }
        }
        let mut members = Vec::new();
        for (name, child) in &node.properties {
            if !is_name(name) {
                self.expander
                    .find(NAME, &child.at, format!("`{name}` cannot be a field's name"))
                    .help = Some("a small letter, then letters and digits".into());
            }
            let before = self.path.len();
            if before > 0 {
                self.path.push('.');
            }
            self.path.push_str(name);
            if let Some(shape) = self.node(child, false) {
                members.push(Member {
                    name: name.clone(),
                    required: required.contains(&name.as_str()),
                    shape,
                });
            }
            self.path.truncate(before);
        }
        Shape::Map(members)
    }

    fn array(&mut self, node: &Node) -> Option<Shape> {
        let Some(items) = &node.items else {
            self.expander.find(TYPE, &node.at, "an array needs `items`");
            return None;
        };
        self.node(items, false).map(|item| Shape::List(Box::new(item)))
    }

    fn leaf(&mut self, node: &Node, kind: &str) -> Option<Leaf> {
        let title = self.words(node, "title", TITLE, "a field needs a German `title`");
        let description = self.words(
            node,
            "description",
            DESCRIPTION,
            "a field needs an English `description`",
        );
        let protection = self.protection(node);
        let kind = self.kind(node, kind);
        let allowed = self.allowed(node);
        Some(Leaf {
            kind: kind?,
            protection: protection?,
            allowed,
            title: title?,
            description: description?,
        })
    }

    fn words(&mut self, node: &Node, key: &str, code: Code, text: &str) -> Option<String> {
        let words = node
            .keywords
            .get(key)
            .and_then(Value::as_str)
            .map(str::trim)
            .filter(|w| !w.is_empty());
        if words.is_none() {
            self.expander
                .find(code, &node.at, format!("{text}: `{}`", self.path.clone()));
        }
        words.map(str::to_owned)
    }

    fn protection(&mut self, node: &Node) -> Option<Protection> {
        let protection = match node.keywords.get("x-protection").and_then(Value::as_str) {
            Some("open") => Some(Protection::Open),
            Some("personal") => Some(Protection::Personal),
            Some("identifier") => Some(Protection::Identifier),
            Some("special") => Some(Protection::Special),
            _ => None,
        };
        if protection.is_none() {
            let text = format!("a field needs a protection class: `{}`", self.path);
            self.expander.find(PROTECTION, &node.at, text).help =
                Some("\"x-protection\": \"open\", \"personal\", \"identifier\" or \"special\"".into());
        }
        protection
    }

    fn kind(&mut self, node: &Node, kind: &str) -> Option<LeafKind> {
        let format = node.keywords.get("format").and_then(Value::as_str);
        match (kind, format) {
            ("string", None) => Some(LeafKind::Text),
            ("string", Some("date")) => Some(LeafKind::Date),
            ("string", Some("date-time")) => Some(LeafKind::DateTime),
            ("string", Some(format)) => {
                let at = below(&node.at, "format");
                let finding = self
                    .expander
                    .find(FORMAT, &at, format!("the format `{format}` is not checked here"));
                *finding = finding.clone().did_you_mean(format, FORMATS.iter().copied());
                None
            }
            ("number", _) => Some(LeafKind::Number),
            ("integer", _) => Some(LeafKind::Integer),
            _ => Some(LeafKind::Bool),
        }
    }

    fn allowed(&mut self, node: &Node) -> Option<Vec<String>> {
        if let Some(Value::String(only)) = node.keywords.get("const") {
            return Some(vec![only.clone()]);
        }
        let Value::Array(values) = node.keywords.get("enum")? else {
            self.expander.find(ENUM, &node.at, "`enum` needs a list of values");
            return None;
        };
        let text = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        values.iter().map(text).collect()
    }
}

/// The schema as the validator gets it: constraints only.
fn plain(node: &Node) -> Value {
    let mut out = Map::new();
    for (key, value) in &node.keywords {
        let annotation = key.starts_with("x-")
            || [
                "title",
                "description",
                "examples",
                "$id",
                "$schema",
                "$comment",
                "deprecated",
            ]
            .contains(&key.as_str());
        if !annotation {
            out.insert(key.clone(), value.clone());
        }
    }
    if !node.properties.is_empty() {
        let properties = node
            .properties
            .iter()
            .map(|(name, child)| (name.clone(), plain(child)))
            .collect();
        out.insert("properties".into(), Value::Object(properties));
    }
    if let Some(items) = &node.items {
        out.insert("items".into(), json!(plain(items)));
    }
    Value::Object(out)
}

fn strings<'a>(keywords: &'a Map<String, Value>, key: &str) -> Vec<&'a str> {
    let list = keywords.get(key).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).collect()
}

fn is_name(name: &str) -> bool {
    name.bytes().next().is_some_and(|b| b.is_ascii_lowercase()) && name.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn below(at: &At, key: &str) -> At {
    At {
        file: at.file.clone(),
        pointer: format!("{}/{}", at.pointer, crate::source::escape(key)),
    }
}
