// SPDX-License-Identifier: EUPL-1.2
//! The settings that every kind of connector has: taken out before the kind sees its own.

use hub_message::Manifest;
use serde_json::{Value, json};

use crate::fault::SettingsFault;

/// Days after which the ledger forgets a delivery that is done.
const LEDGER_DAYS: u32 = 90;
const KEY: &str = "ledger_days";

/// The manifest with these settings in its schema.
pub(crate) fn offered(mut manifest: Manifest) -> Manifest {
    if let Some(properties) = manifest
        .config_schema
        .get_mut("properties")
        .and_then(Value::as_object_mut)
    {
        properties.insert(
            KEY.to_owned(),
            json!({"type": "integer", "minimum": 1, "maximum": 3650, "default": LEDGER_DAYS,
                   "description": "Days after which a delivery that is done is forgotten; a repetition after that is a new delivery"}),
        );
    }
    manifest
}

/// Takes these settings out: the days of the ledger, and what is left for the kind.
pub(crate) fn split(settings: &Value) -> Result<(u32, Value), SettingsFault> {
    let mut own = match settings {
        Value::Null => json!({}),
        settings => settings.clone(),
    };
    let days = own.as_object_mut().and_then(|own| own.remove(KEY));
    let days = match days {
        None => Some(LEDGER_DAYS),
        Some(days) => days
            .as_u64()
            .and_then(|days| u32::try_from(days).ok())
            .filter(|days| (1..=3650).contains(days)),
    };
    match days {
        Some(days) => Ok((days, own)),
        None => Err(SettingsFault(
            "Die Einstellungen sind fehlerhaft: ledger_days ist keine Zahl von 1 bis 3650.".to_owned(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(settings: Value, expected: Option<(u32, Value)>) {
        assert_eq!(split(&settings).ok(), expected);
    }

    #[test]
    fn the_common_settings_are_taken_out() {
        check(json!({"a": 1}), Some((90, json!({"a": 1}))));
        check(json!({"a": 1, "ledger_days": 7}), Some((7, json!({"a": 1}))));
        check(Value::Null, Some((90, json!({}))));
        for bad in [json!(0), json!("7"), json!(4000), json!(-1)] {
            check(json!({ "ledger_days": bad }), None);
        }
    }
}
