// SPDX-License-Identifier: EUPL-1.2
//! The settings as JSON Schema.

use serde_json::{Value, json};

use super::{ToolLimits, german, three_hundred, three_quarters, two_thousand};

/// What of `[settings.in]` of the kind `folder` makes no sense here: everything that comes is a scan.
const NOT_HERE: [&str; 3] = ["files", "sidecar_wait_ms", "batch"];
const TYPE: &str = "^[a-z0-9-]+(\\.[a-z0-9-]+)*\\.[0-9]+$";

/// JSON Schema of the settings, so that `amtshub check` finds mistakes before anything runs.
pub(crate) fn schema() -> Value {
    let text = |description: &str| json!({"type": "string", "minLength": 1, "description": description});
    let kind = |description: &str| json!({"type": "string", "pattern": TYPE, "description": description});
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": false,
        "required": ["in", "type"],
        "properties": {
            "in": folder(),
            "work": text("Where files are worked on; default `work` beside the scanner's folder"),
            "type": kind("Message type of the documents"),
            "stack_type": kind("Message type of stacks as they were scanned; default as `type`"),
            "languages": {"type": "string", "pattern": "^[A-Za-z_+]+$", "default": german(), "description": "Languages of the recognition, as tesseract names them: deu+eng"},
            "dpi": {"type": "integer", "minimum": 72, "maximum": 600, "default": three_hundred(), "description": "Dots per inch at which pages of PDF files are drawn"},
            "confidence_min": {"type": "number", "minimum": 0, "maximum": 1, "default": three_quarters(), "description": "Below this a page is to be looked at by a person"},
            "pages_max": {"type": "integer", "minimum": 1, "maximum": 10000, "default": two_thousand(), "description": "Files with more pages are refused"},
            "formats": {"type": "array", "items": {"enum": ["code-128", "code-39", "ean-13", "itf", "qr", "data-matrix"]}, "description": "Barcodes that are looked for; default code-128, qr, data-matrix"},
            "split": split(),
            "keys": keys(),
            "limits": limits()
        }
    })
}

fn folder() -> Value {
    let mut folder = amtshub_connector_folder::schema()
        .pointer("/properties/in")
        .cloned()
        .unwrap_or_default();
    if let Some(properties) = folder.get_mut("properties").and_then(Value::as_object_mut) {
        for name in NOT_HERE {
            properties.remove(name);
        }
    }
    if let Some(keys) = folder.as_object_mut() {
        keys.insert("required".to_owned(), json!(["path"]));
    }
    folder
}

fn split() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "description": "How a stack is divided into documents",
        "properties": {
            "barcode": {"type": "string", "minLength": 1, "description": "Text of the barcodes that begin a document: * any characters, ? one"},
            "separator": {"enum": ["drop", "keep"], "default": "drop", "description": "What becomes of the page with it"},
            "blank": {"enum": ["keep", "separate"], "default": "keep", "description": "What blank pages mean"}
        }
    })
}

fn keys() -> Value {
    json!({
        "type": "array",
        "description": "Barcodes that fill index fields",
        "items": {
            "type": "object",
            "additionalProperties": false,
            "required": ["prefix", "name"],
            "properties": {
                "prefix": {"type": "string", "minLength": 1, "description": "How the barcode's text begins; what stands behind it is the value"},
                "name": {"type": "string", "minLength": 1, "description": "Name of the index field: Aktenzeichen"}
            }
        }
    })
}

fn limits() -> Value {
    let default = ToolLimits::default();
    let number = |default: u64, least: u64, description: &str| json!({"type": "integer", "minimum": least, "default": default, "description": description});
    json!({
        "type": "object",
        "additionalProperties": false,
        "description": "What a tool may use for one step",
        "properties": {
            "seconds": number(default.seconds, 1, "Seconds of computing time"),
            "memory_bytes": number(default.memory_bytes, 256 << 20, "Bytes of memory"),
            "file_bytes": number(default.file_bytes, 1 << 20, "Bytes of each file that it writes")
        }
    })
}
