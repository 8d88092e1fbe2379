// SPDX-License-Identifier: EUPL-1.2
//! From what the validator found to a [`Rejection`]: a sentence a keyword, the field's path, and never a value unless
//! the schema says that the field is open.

use std::fmt::Write;

use hub_message::{Code, Protection, Rejection, Shape};
use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Fault;
use jsonschema::paths::LocationSegment;
use serde_json::Value;

/// More findings than these help nobody.
const FINDINGS_MAX: usize = 50;
const SHOWN_CHARS_MAX: usize = 60;

const MISSING: Code = Code::new("AH-S101");
const TYPE: Code = Code::new("AH-S102");
const UNKNOWN: Code = Code::new("AH-S103");
const CHOICE: Code = Code::new("AH-S104");
const FORMAT: Code = Code::new("AH-S105");
const PATTERN: Code = Code::new("AH-S106");
const LENGTH: Code = Code::new("AH-S107");
const RANGE: Code = Code::new("AH-S108");
const COUNT: Code = Code::new("AH-S109");
const OTHER: Code = Code::new("AH-S199");

/// An empty document: nothing was read.
pub(crate) fn empty() -> Rejection {
    Rejection::new(
        Code::new("AH-S100"),
        "the document is empty",
        "Check whether the mapping fits this kind of document.",
    )
}

/// All findings as one rejection; `None` if there are none.
pub(crate) fn rejection<'a>(errors: impl Iterator<Item = ValidationError<'a>>, shape: &Shape) -> Option<Rejection> {
    Rejection::all(errors.take(FINDINGS_MAX).flat_map(|error| one(&error, shape)).collect())
}

fn one(error: &ValidationError<'_>, shape: &Shape) -> Vec<Rejection> {
    let place = Place::of(error, shape);
    match error.kind() {
        Fault::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            vec![place.member(name).rejection(MISSING, "is required but missing")]
        }
        Fault::AdditionalProperties { unexpected } => unexpected
            .iter()
            .map(|_| place.rejection(UNKNOWN, "holds a field that the schema does not know"))
            .collect(),
        Fault::Type { .. } => vec![place.rejection(TYPE, &format!("must be {}", place.wanted(shape)))],
        Fault::Enum { .. } | Fault::Constant { .. } => {
            vec![place.rejection(CHOICE, "is none of the values that the schema allows")]
        }
        Fault::Format { format } if format == "date" => vec![place.rejection(FORMAT, "is no date (YYYY-MM-DD)")],
        Fault::Format { .. } => vec![place.rejection(FORMAT, "is no time with date and offset (RFC 3339)")],
        Fault::Pattern { pattern } => vec![place.rejection(PATTERN, &format!("does not fit the pattern `{pattern}`"))],
        Fault::MinLength { limit } => vec![place.rejection(LENGTH, &format!("needs at least {limit} characters"))],
        Fault::MaxLength { limit } => vec![place.rejection(LENGTH, &format!("has more than {limit} characters"))],
        Fault::Minimum { limit } => vec![place.rejection(RANGE, &format!("must be at least {limit}"))],
        Fault::Maximum { limit } => vec![place.rejection(RANGE, &format!("must be at most {limit}"))],
        Fault::ExclusiveMinimum { limit } => vec![place.rejection(RANGE, &format!("must be more than {limit}"))],
        Fault::ExclusiveMaximum { limit } => vec![place.rejection(RANGE, &format!("must be less than {limit}"))],
        Fault::MinItems { limit } => vec![place.rejection(COUNT, &format!("needs at least {limit} items"))],
        Fault::MaxItems { limit } => vec![place.rejection(COUNT, &format!("has more than {limit} items"))],
        other => vec![place.rejection(OTHER, &format!("breaks `{}` of the schema", other.keyword()))],
    }
}

/// Where an error is, and what may be said of the value there.
struct Place {
    path: String,
    plain: String,
    shown: Option<String>,
}

impl Place {
    fn of(error: &ValidationError<'_>, shape: &Shape) -> Self {
        let (mut path, mut plain) = (String::new(), String::new());
        for segment in error.instance_path() {
            match segment {
                LocationSegment::Index(index) => {
                    let _ = write!(path, "[{index}]");
                }
                LocationSegment::Property(name) => {
                    for text in [&mut path, &mut plain] {
                        if !text.is_empty() {
                            text.push('.');
                        }
                        text.push_str(&name);
                    }
                }
            }
        }
        let open = matches!(shape.at(&plain), Some(Shape::Leaf(leaf)) if leaf.protection == Protection::Open);
        let shown = match error.instance().as_ref() {
            Value::String(text) if open && text.chars().count() <= SHOWN_CHARS_MAX => Some(text.clone()),
            Value::Number(number) if open => Some(number.to_string()),
            _ => None,
        };
        Self { path, plain, shown }
    }

    fn member(&self, name: &str) -> Self {
        let join = |path: &str| {
            if path.is_empty() {
                name.to_owned()
            } else {
                format!("{path}.{name}")
            }
        };
        Self {
            path: join(&self.path),
            plain: join(&self.plain),
            shown: None,
        }
    }

    fn wanted(&self, shape: &Shape) -> &'static str {
        use hub_message::LeafKind;
        match shape.at(&self.plain) {
            Some(Shape::Map(_)) => "an object",
            Some(Shape::List(_)) if !self.path.ends_with(']') => "a list",
            Some(Shape::List(item)) if matches!(**item, Shape::Map(_)) => "an object",
            Some(Shape::Leaf(leaf)) => match leaf.kind {
                LeafKind::Number => "a number",
                LeafKind::Integer => "a number without fraction",
                LeafKind::Bool => "true or false",
                LeafKind::Text | LeafKind::Date | LeafKind::DateTime => "a text",
            },
            _ => "of another type",
        }
    }

    fn rejection(&self, code: Code, text: &str) -> Rejection {
        let subject = if self.path.is_empty() {
            "the document"
        } else {
            &self.path
        };
        let value = self
            .shown
            .as_ref()
            .map(|shown| format!(" (`{shown}`)"))
            .unwrap_or_default();
        let remedy = "Correct the document, or the mapping if it reads the wrong place, then replay the message.";
        let rejection = Rejection::new(code, format!("{subject} {text}{value}"), remedy);
        if self.path.is_empty() {
            rejection
        } else {
            rejection.at_field(&self.path)
        }
    }
}
