// SPDX-License-Identifier: EUPL-1.2
//! Lets the validator read our trees as they are, without a copy: the traits of `jsonschema::json` over [`NodeRef`].

use std::borrow::Cow;

use hub_message::{Children, Kind, NodeRef};
use jsonschema::JsonType;
use jsonschema::json::{Array, Json, JsonNumber, Node, NodeIdentity, Object};
use serde_json::{Number, Value};

/// The representation "canonical tree".
#[derive(Debug)]
pub(crate) struct TreeJson;

/// A value of a tree, or a key that is looked at as a value.
#[derive(Debug, Clone)]
pub(crate) enum Instance<'a> {
    At(NodeRef<'a>),
    Key(Cow<'a, str>),
}

impl Json for TreeJson {
    type Node<'a> = Instance<'a>;
    type PreparedKey = String;
    type StringBuffer = ();
    /// A look-up walks over the members, so a pass over all of them is never dearer.
    const KEYS_PER_LOOKUP: usize = 32;
    const ACYCLIC: bool = true;

    fn prepare_key(key: &str) -> String {
        key.to_owned()
    }

    fn with_string_node<T>((): &mut (), string: &str, f: impl FnOnce(Instance<'_>) -> T) -> T {
        f(Instance::Key(Cow::Borrowed(string)))
    }
}

impl<'a> Instance<'a> {
    fn of_kind(&self, kind: Kind) -> Option<NodeRef<'a>> {
        match self {
            Self::At(node) if node.kind() == kind => Some(*node),
            _ => None,
        }
    }
}

impl<'a> Node<'a, TreeJson> for Instance<'a> {
    type Object = Members<'a>;
    type Array = Items<'a>;
    type Number = Digits<'a>;

    fn as_object(&self) -> Option<Members<'a>> {
        self.of_kind(Kind::Map).map(Members)
    }

    fn as_array(&self) -> Option<Items<'a>> {
        self.of_kind(Kind::List).map(Items)
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        match self {
            Self::Key(key) => Some(key.clone()),
            Self::At(_) => self.of_kind(Kind::Text)?.text().map(Cow::Borrowed),
        }
    }

    fn as_number(&self) -> Option<Digits<'a>> {
        self.of_kind(Kind::Number)?.text().map(Digits)
    }

    fn as_boolean(&self) -> Option<bool> {
        self.of_kind(Kind::Bool)?.text().map(|text| text == "true")
    }

    fn is_null(&self) -> bool {
        self.of_kind(Kind::Null).is_some()
    }

    fn json_type(&self) -> JsonType {
        match self {
            Self::Key(_) => JsonType::String,
            Self::At(node) => match node.kind() {
                Kind::Map => JsonType::Object,
                Kind::List => JsonType::Array,
                Kind::Text => JsonType::String,
                Kind::Number => JsonType::Number,
                Kind::Bool => JsonType::Boolean,
                Kind::Null => JsonType::Null,
            },
        }
    }

    fn equals_value(&self, expected: &Value) -> bool {
        match expected {
            Value::String(text) => self.as_string().is_some_and(|own| own == text.as_str()),
            Value::Bool(flag) => self.as_boolean() == Some(*flag),
            _ => jsonschema::json::cmp::equal(&self.to_value(), expected),
        }
    }

    fn to_value(&self) -> Cow<'a, Value> {
        Cow::Owned(match self {
            Self::Key(key) => Value::String(key.to_string()),
            Self::At(node) => value(*node),
        })
    }

    /// Schemas are written out before they get here: without `$ref` nothing needs to be recognised again.
    fn identity(&self) -> Option<NodeIdentity> {
        None
    }
}

fn value(node: NodeRef<'_>) -> Value {
    let text = || node.text().unwrap_or_default();
    match node.kind() {
        Kind::Map => {
            let member = |child: NodeRef<'_>| (child.key().unwrap_or_default().to_owned(), value(child));
            Value::Object(node.children().map(member).collect())
        }
        Kind::List => Value::Array(node.children().map(value).collect()),
        Kind::Text => Value::String(text().to_owned()),
        Kind::Number => number(text()).map_or(Value::Null, Value::Number),
        Kind::Bool => Value::Bool(text() == "true"),
        Kind::Null => Value::Null,
    }
}

fn number(digits: &str) -> Option<Number> {
    serde_json::from_str(digits).ok()
}

/// The members of a map.
pub(crate) struct Members<'a>(NodeRef<'a>);

impl<'a> Object<'a, TreeJson> for Members<'a> {
    type Node = Instance<'a>;
    type MemberName = &'a str;
    type MembersIter = Pairs<'a>;

    fn len(&self) -> usize {
        self.0.children().count()
    }

    fn get(&self, key: &String) -> Option<Instance<'a>> {
        self.0.get(key).map(Instance::At)
    }

    fn members(&self) -> Pairs<'a> {
        Pairs(self.0.children())
    }
}

/// Keys with their values.
pub(crate) struct Pairs<'a>(Children<'a>);

impl<'a> Iterator for Pairs<'a> {
    type Item = (&'a str, Instance<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0
            .next()
            .map(|node| (node.key().unwrap_or_default(), Instance::At(node)))
    }
}

/// The items of a list.
pub(crate) struct Items<'a>(NodeRef<'a>);

impl<'a> Array<'a, TreeJson> for Items<'a> {
    type Node = Instance<'a>;
    type ElementsIter = Elements<'a>;

    fn len(&self) -> usize {
        self.0.children().count()
    }

    fn elements(&self) -> Elements<'a> {
        Elements(self.0.children())
    }
}

/// Items one after the other.
pub(crate) struct Elements<'a>(Children<'a>);

impl<'a> Iterator for Elements<'a> {
    type Item = Instance<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(Instance::At)
    }
}

/// A number as its decimal text.
pub(crate) struct Digits<'a>(&'a str);

impl JsonNumber for Digits<'_> {
    fn as_u64(&self) -> Option<u64> {
        self.0.parse().ok()
    }

    fn as_i64(&self) -> Option<i64> {
        self.0.parse().ok()
    }

    fn as_f64(&self) -> Option<f64> {
        self.0.parse().ok()
    }

    fn as_str(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.0)
    }

    fn to_number(&self) -> Cow<'_, Number> {
        Cow::Owned(number(self.0).unwrap_or_else(|| Number::from(0)))
    }
}
