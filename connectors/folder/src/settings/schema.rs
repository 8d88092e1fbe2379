// SPDX-License-Identifier: EUPL-1.2
//! The settings as JSON Schema.

use serde_json::{Value, json};

use super::{hundred_mebibytes, one_minute, quarter_mebibyte, quarter_second, ten_minutes, two_seconds};

/// JSON Schema of the settings, so that `amtshub check` finds mistakes before anything runs.
pub fn schema() -> Value {
    let text = |description: &str| json!({"type": "string", "minLength": 1, "description": description});
    let millis = |description: &str, default: u64, most: u64| json!({"type": "integer", "minimum": 1, "maximum": most, "default": default, "description": description});
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": false,
        "anyOf": [{"required": ["in"]}, {"required": ["out"]}],
        "properties": {
            "in": {
                "type": "object",
                "additionalProperties": false,
                "required": ["path", "files"],
                "properties": {
                    "path": text("Hot folder; made if missing"),
                    "archive": text("Where accepted files go; default `archive` beside the hot folder, same file system"),
                    "error": text("Where refused files go, with a report; default `error` beside the hot folder, same file system"),
                    "stable_ms": millis("A file is complete when size and time did not change for so long", two_seconds(), 3_600_000),
                    "poll_ms": millis("Pause between two looks into the folder", quarter_second(), 500),
                    "watch": {"enum": ["auto", "poll"], "default": "auto", "description": "Whether the kernel tells of changes where it can, or the folder is looked at"},
                    "sidecar_wait_ms": millis("How long file and sidecar wait for each other", one_minute(), 86_400_000),
                    "max_bytes": {"type": "integer", "minimum": 1, "default": hundred_mebibytes(), "description": "Larger files go to the error folder at once"},
                    "batch": batch(),
                    "files": {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "type": "object",
                            "additionalProperties": false,
                            "required": ["pattern", "type"],
                            "properties": {
                                "pattern": text("File names: * any characters, ? one; letter case does not count"),
                                "type": {"type": "string", "pattern": "^[a-z0-9-]+(\\.[a-z0-9-]+)*\\.[0-9]+$", "description": "Message type"},
                                "media_type": text("Media type of the message; default by the ending"),
                                "records": records(),
                                "sidecar": text("Ending of the sidecar, which is then the message and the file its document")
                            }
                        }
                    }
                }
            },
            "out": {
                "type": "object",
                "additionalProperties": false,
                "required": ["path", "file_name"],
                "properties": {
                    "path": text("Target folder; made if missing"),
                    "file_name": text("Name of each file: {sequence} {delivery} {type} {date}"),
                    "documents": {"enum": ["beside", "none"], "default": "beside", "description": "Attachments as files beside, or not at all"},
                    "files_max": {"type": "integer", "minimum": 1, "description": "Files that may lie in the folder; with more of them deliveries wait at the hub"}
                }
            }
        }
    })
}

/// The schema of `[settings.in.files.records]`.
fn records() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "description": "The file is split, and each record is a message",
        "properties": {
            "header_lines": {"type": "integer", "minimum": 0, "maximum": 100, "default": 0, "description": "Lines at the top that stand before every record again"},
            "quote": {"type": "string", "minLength": 1, "maxLength": 1, "description": "Sign between which line ends do not count"},
            "lines": {"type": "integer", "minimum": 1, "maximum": 10000, "default": 1, "description": "Lines of a record"},
            "bytes": {"type": "integer", "minimum": 1, "maximum": quarter_mebibyte(), "description": "Bytes of a record, for files without line ends"},
            "max_bytes": {"type": "integer", "minimum": 1, "maximum": quarter_mebibyte(), "default": quarter_mebibyte(), "description": "The longest record"}
        }
    })
}

/// The schema of `[settings.in.batch]`.
fn batch() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["protocol", "file_column"],
        "description": "Files come in batches, each with a protocol that lists them",
        "properties": {
            "protocol": {"type": "string", "minLength": 1, "description": "Names of the protocols: * any characters, ? one"},
            "delimiter": {"type": "string", "minLength": 1, "maxLength": 1, "default": "|", "description": "What separates the columns"},
            "file_column": {"type": "integer", "minimum": 1, "maximum": 100, "description": "Column with the file's name, from 1"},
            "count_line": {"type": "boolean", "default": false, "description": "The first line says how many files there are: |12"},
            "wait_ms": {"type": "integer", "minimum": 1, "maximum": 86_400_000, "default": ten_minutes(), "description": "How long protocol and files wait for each other"}
        }
    })
}
