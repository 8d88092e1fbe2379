// SPDX-License-Identifier: EUPL-1.2
//! A sample in JSON.

use hub_mapping::strict::decode_json;
use serde_json::Value;

use super::sample::{Place, Sample};

/// Reads a sample.
pub(super) fn read(bytes: &[u8]) -> Result<Sample, String> {
    let text = decode_json(bytes).map_err(|fault| fault.to_string())?;
    let value: Value = serde_json::from_str(&text).map_err(|fault| format!("this is no JSON: {fault}"))?;
    if !value.is_object() {
        return Err("the top of a JSON document must be an object".to_owned());
    }
    let mut root = Place::default();
    fill(&mut root, &value);
    Ok(Sample {
        format: "[format]\nkind = \"json\"\n".to_owned(),
        root,
        note: None,
    })
}

fn fill(place: &mut Place, value: &Value) {
    match value {
        Value::Null => {}
        Value::Bool(flag) => place.value(&flag.to_string()),
        Value::Number(number) => place.value(&number.to_string()),
        Value::String(text) => place.value(text),
        Value::Object(members) => {
            for (name, member) in members {
                let below = place.enter(name);
                match member {
                    Value::Array(items) => {
                        below.repeated = true;
                        for item in items {
                            fill(below, item);
                        }
                    }
                    other => fill(below, other),
                }
            }
        }
        // An array inside an array is an occurrence of the outer key whose items are called `item`.
        Value::Array(items) => {
            let below = place.enter("item");
            below.repeated = true;
            for item in items {
                fill(below, item);
            }
        }
    }
}
