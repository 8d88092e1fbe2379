// SPDX-License-Identifier: EUPL-1.2
//! Which keywords of JSON Schema 2020-12 a canonical schema may use, and where. A schema must say of every field
//! what it is, so whatever makes the shape depend on values (`oneOf`, `if`, `patternProperties` …) is refused.

/// Allowed everywhere.
pub(crate) const ANYWHERE: &[&str] = &["type", "title", "description", "$comment", "examples", "deprecated"];

/// Allowed at the top of a file.
pub(crate) const AT_THE_TOP: &[&str] = &["$schema", "$id", "$defs", "x-case"];

/// Allowed at an object.
pub(crate) const OBJECT: &[&str] = &[
    "properties",
    "required",
    "additionalProperties",
    "minProperties",
    "maxProperties",
];

/// Allowed at an array.
pub(crate) const ARRAY: &[&str] = &["items", "minItems", "maxItems", "uniqueItems"];

/// Allowed at a string.
pub(crate) const STRING: &[&str] = &["format", "pattern", "minLength", "maxLength", "enum", "const"];

/// Allowed at a number or an integer.
pub(crate) const NUMBER: &[&str] = &[
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "enum",
    "const",
];

/// Allowed at a boolean.
pub(crate) const BOOLEAN: &[&str] = &["const"];

/// Allowed beside `$ref`: annotations, which then win over those of the target. Constraints would have to be combined.
pub(crate) const BESIDE_REF: &[&str] = &["title", "description", "$comment", "examples", "deprecated"];

/// The keywords of a type.
pub(crate) fn of_type(name: &str) -> Option<&'static [&'static str]> {
    match name {
        "object" => Some(OBJECT),
        "array" => Some(ARRAY),
        "string" => Some(STRING),
        "number" | "integer" => Some(NUMBER),
        "boolean" => Some(BOOLEAN),
        _ => None,
    }
}

/// Formats that are enforced.
pub(crate) const FORMATS: &[&str] = &["date", "date-time"];
