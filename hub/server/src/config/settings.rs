// SPDX-License-Identifier: EUPL-1.2
//! The `[settings]` of a connector: handed to it as they are, with secrets by reference only.

use std::path::Path;

use serde_json::Value;
use toml::Spanned;
use toml::de::DeValue;

use super::secret::{Secret, has_password, inline, refer};
use super::table::Source;

/// Whether a key is called like a secret: its last word is one of a few, and `key` only with a word that says which.
fn sounds_secret(key: &str) -> bool {
    let lower = key.to_lowercase();
    let words: Vec<&str> = lower.split(['_', '-', '.']).collect();
    match words.as_slice() {
        ["key"] => true,
        [.., which, "key"] => ["api", "access", "private", "secret", "signing", "shared"].contains(which),
        [.., last] => [
            "password",
            "passwort",
            "passphrase",
            "secret",
            "token",
            "seed",
            "apikey",
        ]
        .contains(last),
        [] => false,
    }
}

/// A value of `[settings]` as JSON, with findings about secrets that stand in it. References stay references, their
/// files made absolute.
pub(super) fn read(source: &Source, key: &str, value: &Spanned<DeValue<'_>>, folder: &Path) -> Value {
    if let Some(secret) = refer(source, value, folder) {
        return secret.to_json();
    }
    match value.get_ref() {
        DeValue::String(text) => {
            if sounds_secret(key) || has_password(text) {
                source.find(inline(source, key, value));
            }
            Value::String(text.to_string())
        }
        DeValue::Integer(integer) => {
            let number = i64::from_str_radix(integer.as_str(), integer.radix());
            number.map_or_else(|_| Value::String(integer.as_str().to_owned()), Value::from)
        }
        DeValue::Float(float) => {
            let number = float.as_str().parse::<f64>().ok();
            number.map_or(Value::Null, Value::from)
        }
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Datetime(time) => Value::String(time.to_string()),
        DeValue::Array(items) => items.iter().map(|item| read(source, key, item, folder)).collect(),
        DeValue::Table(table) => {
            let entries = table.iter();
            let object = entries.map(|(name, value)| {
                let name = name.get_ref().to_string();
                let value = read(source, &name, value, folder);
                (name, value)
            });
            Value::Object(object.collect())
        }
    }
}

/// Settings with every secret in the place of its reference. The error is a sentence without any secret.
pub(crate) fn resolve(settings: &Value) -> Result<Value, String> {
    match settings {
        Value::Object(members) => {
            if let Some(secret) = json_reference(members) {
                return Ok(Value::String(secret.read()?.into_disclosed()));
            }
            let resolved = members.iter().map(|(name, value)| Ok((name.clone(), resolve(value)?)));
            resolved
                .collect::<Result<serde_json::Map<_, _>, String>>()
                .map(Value::Object)
        }
        Value::Array(items) => items
            .iter()
            .map(resolve)
            .collect::<Result<Vec<_>, String>>()
            .map(Value::Array),
        other => Ok(other.clone()),
    }
}

pub(super) fn json_reference(members: &serde_json::Map<String, Value>) -> Option<Secret> {
    let (kind, name) = members.iter().next().filter(|_| members.len() == 1)?;
    Secret::of(kind, name.as_str()?, Path::new(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_sound_secret() {
        for yes in [
            "password",
            "imap_password",
            "api-key",
            "key",
            "seed",
            "access_token",
            "client_secret",
            "Passwort",
        ] {
            assert!(sounds_secret(yes), "{yes}");
        }
        for no in [
            "path",
            "primary_key",
            "order_key",
            "keys",
            "tokens",
            "password_file",
            "title",
        ] {
            assert!(!sounds_secret(no), "{no}");
        }
    }

    #[test]
    fn references_are_resolved_wherever_they_stand() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pw");
        std::fs::write(&file, "geheim\n").unwrap();
        let settings = serde_json::json!({ "a": [{ "password": { "file": file } }], "b": { "file": 1 }, "c": 2 });
        assert_eq!(
            resolve(&settings),
            Ok(serde_json::json!({ "a": [{ "password": "geheim" }], "b": { "file": 1 }, "c": 2 }))
        );
        let missing = serde_json::json!({ "p": { "env": "AMTSHUB_NO_SUCH_VARIABLE" } });
        assert_eq!(
            resolve(&missing),
            Err("the environment has no variable `AMTSHUB_NO_SUCH_VARIABLE`".into())
        );
    }
}
