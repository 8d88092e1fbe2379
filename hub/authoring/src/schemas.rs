// SPDX-License-Identifier: EUPL-1.2
//! JSON Schemas of the files that people write, made of the same descriptions by which the parsers read them, so that
//! Taplo, Tombi and Even Better TOML complete and check them.
//!
//! Editors understand different parts of JSON Schema. Draft 7 is what all of them know. Taplo completes what stands in
//! `anyOf` and `oneOf` and does not look into `if`; it ignores what stands beside a `$ref`. So what depends on another
//! key stands twice where completing matters: loosely in `anyOf`, strictly in `if`.

mod canonical;
mod settings;

use hub_message::Shape;
use hub_message::keys::{Key, Keys, Says, Takes};
use serde_json::{Map, Value, json};

/// What an installation knows, to complete from.
#[derive(Debug, Default)]
pub struct Known<'a> {
    /// The canonical schemas by their ids.
    pub canonical: Vec<(&'a str, &'a Shape)>,
    /// The ids of the mappings.
    pub mappings: Vec<String>,
    /// The names of the connectors.
    pub connectors: Vec<String>,
    /// The kinds of connectors, and the schema of the settings of each.
    pub kinds: Vec<(String, Value)>,
}

/// How a schema introduces itself.
#[derive(Debug, Clone, Copy)]
pub struct Heading {
    /// Its `$id`.
    pub id: &'static str,
    /// Its title, in German.
    pub title: &'static str,
    /// What it describes, in English.
    pub description: &'static str,
}

/// The schema of mapping files.
pub fn mapping(known: &Known<'_>) -> Value {
    let heading = Heading {
        id: "urn:amtshub:schema:mapping:1",
        title: "Zuordnungsdatei",
        description: "A mapping file, version 1 of the mapping language.",
    };
    let mut maker = Maker::new(known);
    let mut root = maker.object(&hub_mapping::keys::MAPPING);
    canonical::add(&mut maker, &mut root);
    maker.finish(heading, root)
}

/// The schema of a file that holds these keys.
pub fn file(keys: &Keys, heading: Heading, known: &Known<'_>) -> Value {
    let mut maker = Maker::new(known);
    let mut root = maker.object(keys);
    settings::add(&mut maker, &mut root);
    maker.finish(heading, root)
}

/// Makes a schema, with what it refers to.
struct Maker<'k> {
    known: &'k Known<'k>,
    definitions: Map<String, Value>,
}

impl<'k> Maker<'k> {
    fn new(known: &'k Known<'k>) -> Self {
        Self {
            known,
            definitions: Map::new(),
        }
    }

    fn finish(self, heading: Heading, root: Map<String, Value>) -> Value {
        let mut schema = Map::new();
        schema.insert("$schema".into(), json!("http://json-schema.org/draft-07/schema#"));
        schema.insert("$id".into(), json!(heading.id));
        schema.insert("title".into(), json!(heading.title));
        schema.insert("description".into(), json!(heading.description));
        schema.extend(root);
        if !self.definitions.is_empty() {
            schema.insert("definitions".into(), Value::Object(self.definitions));
        }
        Value::Object(schema)
    }

    /// Makes a definition once and refers to it.
    fn refer(&mut self, name: &str, make: impl FnOnce(&mut Self) -> Value) -> Value {
        let name = &plain(name);
        if !self.definitions.contains_key(name) {
            // It may refer to itself.
            self.definitions.insert(name.to_owned(), Value::Null);
            let made = make(self);
            self.definitions.insert(name.to_owned(), made);
        }
        json!({ "$ref": format!("#/definitions/{name}") })
    }

    /// A table with these keys.
    fn object(&mut self, keys: &Keys) -> Map<String, Value> {
        let all = keys.all();
        let mut properties = Map::new();
        for key in &all {
            properties.insert(key.name.to_owned(), self.key(key));
        }
        let needed: Vec<&str> = all.iter().filter(|key| key.needed).map(|key| key.name).collect();
        let mut made = Map::new();
        made.insert("type".into(), json!("object"));
        made.insert("properties".into(), Value::Object(properties));
        if !needed.is_empty() {
            made.insert("required".into(), json!(needed));
        }
        let others = match keys.others {
            Some(Takes::Rows) => self.row_or_group(),
            Some(takes) => Value::Object(self.takes(takes)),
            None => json!(false),
        };
        made.insert("additionalProperties".into(), others);
        made
    }

    /// What stands under a key, with what people should know of it.
    fn key(&mut self, key: &Key) -> Value {
        let mut made = Map::new();
        made.insert(
            "description".into(),
            json!(format!("{}\n\n{}", key.german, key.english)),
        );
        // A word that only one table of several allows must not be offered by the others.
        made.extend(self.takes(&key.takes));
        if let Some(default) = key.default.and_then(|text| serde_json::from_str::<Value>(text).ok()) {
            made.insert("default".into(), default);
        }
        Value::Object(made)
    }

    fn takes(&mut self, takes: &Takes) -> Map<String, Value> {
        let made = match takes {
            Takes::Text(says) => self.text(*says),
            Takes::Word(words) => json!({ "type": "string", "enum": words }),
            Takes::Flag => json!({ "type": "boolean" }),
            Takes::Number(first, last) if first == last => json!({ "type": "integer", "enum": [first] }),
            Takes::Number(first, last) => json!({ "type": "integer", "minimum": first, "maximum": last }),
            Takes::Scalar => json!({ "type": ["string", "number", "boolean"] }),
            Takes::List(items) => json!({ "type": "array", "items": self.takes(items) }),
            Takes::Tuple(items) => {
                let count = items.len();
                let items: Vec<_> = items.iter().map(|item| self.takes(item)).collect();
                json!({ "type": "array", "items": items, "minItems": count, "maxItems": count })
            }
            Takes::Table(keys) if std::ptr::eq(*keys, &raw const hub_mapping::keys::LIST) => {
                self.refer("list", |maker| Value::Object(maker.object(keys)))
            }
            Takes::Table(keys) => Value::Object(self.object(keys)),
            Takes::Chosen { by, tables } => {
                let tables = tables.iter().map(|(word, keys)| {
                    let mut table = self.object(keys);
                    if let Some(Value::Object(key)) = table.get_mut("properties").and_then(|p| p.get_mut(*by)) {
                        key.insert("enum".into(), json!([word]));
                    }
                    table
                });
                json!({ "type": "object", "required": [by], "oneOf": tables.collect::<Vec<_>>() })
            }
            Takes::Named(_, takes) => json!({ "type": "object", "additionalProperties": self.takes(takes) }),
            Takes::Either(several) => {
                let several: Vec<_> = several.iter().map(|takes| self.takes(takes)).collect();
                json!({ "anyOf": several })
            }
            Takes::Rows => json!({ "type": "object", "additionalProperties": self.row_or_group() }),
            Takes::Values | Takes::Anything => json!({ "type": "object", "additionalProperties": true }),
        };
        match made {
            Value::Object(made) => made,
            _ => Map::new(),
        }
    }

    /// A text; what is known is offered, and anything else may stand there too: a schema file may be older than what it
    /// describes.
    fn text(&self, says: Says) -> Value {
        let known: Vec<&str> = match says {
            Says::Schema => self.known.canonical.iter().map(|(id, _)| *id).collect(),
            Says::Mapping => self.known.mappings.iter().map(String::as_str).collect(),
            Says::Connector => self.known.connectors.iter().map(String::as_str).collect(),
            Says::Kind => self.known.kinds.iter().map(|(kind, _)| kind.as_str()).collect(),
            _ => Vec::new(),
        };
        offered(&known)
    }

    /// A row: a text, a table, a table for each direction, or a list of places.
    fn row(&mut self) -> Value {
        use hub_mapping::keys::{PLACE_OF_SEVERAL, ROW, ROW_SPLIT};
        self.refer("row", |maker| {
            let row = maker.object(&ROW);
            let split = maker.object(&ROW_SPLIT);
            let place = maker.object(&PLACE_OF_SEVERAL);
            let places = json!({ "anyOf": [{ "type": "string" }, place] });
            json!({ "anyOf": [
                { "type": "string" }, row, split, { "type": "array", "items": places }
            ] })
        })
    }

    /// A row, or a group of rows: of what is no schema known here.
    fn row_or_group(&mut self) -> Value {
        let row = self.row();
        self.refer("rows", |_| {
            json!({ "anyOf": [row, { "type": "object", "additionalProperties": { "$ref": "#/definitions/rows" } }] })
        })
    }
}

/// A name that may stand in a reference as it is.
fn plain(name: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    name.chars().map(|c| if fits(c) { c } else { '-' }).collect()
}

/// A text with what is offered for it.
fn offered(known: &[&str]) -> Value {
    if known.is_empty() {
        json!({ "type": "string" })
    } else {
        json!({ "anyOf": [{ "type": "string", "enum": known }, { "type": "string" }] })
    }
}
