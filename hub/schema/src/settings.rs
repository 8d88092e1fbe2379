// SPDX-License-Identifier: EUPL-1.2
//! Checks the settings of a connector against the JSON Schema that its manifest brings (`config_schema`).

use jsonschema::error::ValidationErrorKind as Fault;
use jsonschema::{Draft, PatternOptions, ValidationError};
use serde_json::Value;

const FAULTS_MAX: usize = 50;
const PATTERN_BYTES_MAX: usize = 1 << 20;

/// What is wrong with settings. It names keys and what the schema wants, never the value that stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsFault {
    /// JSON Pointer (RFC 6901) to the value, or to the key that is not known.
    pub pointer: String,
    /// What is wrong.
    pub text: String,
    /// Whether the key itself is at fault, not its value.
    pub about_key: bool,
    /// The keys that the schema knows there, for a key that it does not know.
    pub known: Vec<String>,
}

/// Everything that is wrong with `settings`. The error is a sentence: the schema itself is none.
pub fn check_settings(schema: &Value, settings: &Value) -> Result<Vec<SettingsFault>, String> {
    let validator = jsonschema::options()
        .with_draft(Draft::Draft202012)
        .offline()
        .with_pattern_options(PatternOptions::regex().size_limit(PATTERN_BYTES_MAX))
        .build(schema)
        .map_err(|fault| format!("at {}: {fault}", fault.instance_path()))?;
    let errors = validator.iter_errors(settings).take(FAULTS_MAX);
    Ok(errors.flat_map(|error| faults(schema, &error)).collect())
}

fn faults(schema: &Value, error: &ValidationError<'_>) -> Vec<SettingsFault> {
    let pointer = error.instance_path().to_string();
    match error.kind() {
        Fault::AdditionalProperties { unexpected } | Fault::UnevaluatedProperties { unexpected } => {
            let known = known(schema, error.schema_path().as_str());
            let fault = |name: &String| SettingsFault {
                pointer: format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1")),
                text: format!("the connector knows no setting `{name}`"),
                about_key: true,
                known: known.clone(),
            };
            unexpected.iter().map(fault).collect()
        }
        Fault::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            vec![at_value(pointer, format!("the setting `{name}` is missing"))]
        }
        _ => vec![at_value(pointer, error.masked_with("the value").to_string())],
    }
}

fn at_value(pointer: String, text: String) -> SettingsFault {
    SettingsFault {
        pointer,
        text,
        about_key: false,
        known: Vec::new(),
    }
}

/// The properties beside the keyword at `path`.
fn known(schema: &Value, path: &str) -> Vec<String> {
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    let properties = schema.pointer(parent).and_then(|beside| beside.get("properties"));
    let names = properties
        .and_then(Value::as_object)
        .map(|p| p.keys().cloned().collect());
    names.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(settings: &Value, expected: &[(&str, &str, bool)]) {
        let schema = json!({
            "type": "object", "additionalProperties": false, "required": ["path"],
            "properties": { "path": { "type": "string", "minLength": 1 },
                            "in": { "type": "object", "additionalProperties": false,
                                    "properties": { "stable_ms": { "type": "integer", "minimum": 1 } } } }
        });
        let found = check_settings(&schema, settings).unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|f| (f.pointer.as_str(), f.text.as_str(), f.about_key))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn faults_point_at_keys_and_values_and_never_show_a_value() {
        check(&json!({ "path": "a" }), &[]);
        check(&json!({}), &[("", "the setting `path` is missing", false)]);
        check(
            &json!({ "path": "x", "pth": "geheim" }),
            &[("/pth", "the connector knows no setting `pth`", true)],
        );
        check(
            &json!({ "path": "a", "in": { "stable_ms": "geheim" } }),
            &[("/in/stable_ms", "the value is not of type \"integer\"", false)],
        );
        check(
            &json!({ "path": "a", "in": { "stable": 1 } }),
            &[("/in/stable", "the connector knows no setting `stable`", true)],
        );
    }

    #[test]
    fn what_is_known_is_told_and_a_broken_schema_is_an_error() {
        let schema = json!({ "additionalProperties": false, "properties": { "path": {}, "out": {} } });
        let found = check_settings(&schema, &json!({ "pth": 1 })).unwrap();
        assert_eq!(found[0].known, ["path", "out"]);
        assert!(check_settings(&json!({ "type": "strnig" }), &json!({})).is_err());
    }
}
