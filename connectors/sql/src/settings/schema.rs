// SPDX-License-Identifier: EUPL-1.2
//! JSON Schema of the settings, so that `amtshub check` finds mistakes before anything runs.

use serde_json::{Value, json};

use super::{intake, outlet};

const NAME: &str = "^[\\p{L}_][\\p{L}\\p{N}_]*$";
const TABLE: &str = "^[\\p{L}_][\\p{L}\\p{N}_]*(\\.[\\p{L}_][\\p{L}\\p{N}_]*)?$";

/// The whole schema.
pub(crate) fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": false,
        "required": ["url"],
        "anyOf": [{"required": ["in"]}, {"required": ["out"]}],
        "properties": {
            "url": {"type": "string", "pattern": "^((postgres|postgresql|mariadb|mysql)://[^:@?#]+@[^@?#]+/[^@?#/]+|sqlite:.+)$",
                    "description": "postgres://user@host:port/database, mariadb://user@host:port/database or sqlite:file; without a password"},
            "password": {"type": "string", "minLength": 1, "x-secret": true, "description": "The user's password"},
            "ca": text("File with authorities that are trusted beside those of the system, PEM"),
            "connections": number(2, 4, "Connections at once"),
            "connect_seconds": number(super::connect_seconds(), 600, "How long a connection may take"),
            "statement_seconds": number(super::statement_seconds(), 3600, "How long a statement may take"),
            "dangerously_allow_plain_tcp": {"type": "boolean", "default": false, "description": "Also connect without TLS to other machines"},
            "cursor_folder": text("Folder in which it is kept how far tables that stay as they are have been read; made if missing"),
            "in": {"type": "array", "minItems": 1, "items": reader()},
            "out": writer()
        }
    })
}

fn text(description: &str) -> Value {
    json!({"type": "string", "minLength": 1, "description": description})
}

fn column(description: &str) -> Value {
    json!({"type": "string", "pattern": NAME, "maxLength": 63, "description": description})
}

fn table(description: &str) -> Value {
    json!({"type": "string", "pattern": TABLE, "description": description})
}

fn number(default: u64, most: u64, description: &str) -> Value {
    json!({"type": "integer", "minimum": 1, "maximum": most, "default": default, "description": description})
}

fn object(required: &[&str], properties: Value) -> Value {
    json!({"type": "object", "additionalProperties": false, "required": required, "properties": properties})
}

fn reader() -> Value {
    let mark = object(
        &["column"],
        json!({
            "column": column("Column that says whether the row was taken"),
            "open": {"type": "string", "description": "What stands there before; NULL by default"},
            "done": {"type": "string", "description": "What is written when the hub has the row; the present time by default"},
            "refused": {"type": "string", "description": "What is written when the row will never be taken"}
        }),
    );
    object(
        &["name", "table", "type", "key"],
        json!({
            "name": {"type": "string", "pattern": "^[a-z0-9-]{1,60}$", "description": "What the status page calls it"},
            "table": table("Table or view, perhaps with its schema"),
            "type": {"type": "string", "pattern": "^[a-z0-9-]+(\\.[a-z0-9-]+)*\\.[0-9]+$", "description": "Message type"},
            "key": {"type": ["string", "array"], "pattern": NAME, "items": column("Column"), "description": "Column, or several, by which a row is known"},
            "watermark": column("Column that grows with each change of a row"),
            "settle_seconds": {"type": "integer", "minimum": 0, "maximum": 3600, "default": 0, "description": "Rows whose watermark is younger wait; for columns with a time zone"},
            "columns": {"type": "array", "minItems": 1, "items": column("Column"), "description": "Columns that are read; all by default"},
            "payload": column("Column whose content is the message; without it the row is, as JSON"),
            "record_name": column("Column with the record's name"),
            "media_type": text("Media type; JSON by default"),
            "mark": mark,
            "delete": {"type": "boolean", "default": false, "description": "Delete the row when the hub has it"},
            "every_seconds": number(intake::ten_seconds(), 86_400, "Pause between two rounds"),
            "batch": number(u64::from(intake::five_hundred()), 1000, "Rows that are read at once")
        }),
    )
}

fn writer() -> Value {
    object(
        &["table"],
        json!({
            "table": table("Table, perhaps with its schema"),
            "delivery": column("Column that gets the delivery's id; with a unique key"),
            "row": column("Column that gets the row's number within its delivery, from 1"),
            "key": {"type": "array", "minItems": 1, "items": column("Column"), "description": "Columns of the business key"},
            "existing": {"enum": ["update", "keep"], "default": "update", "description": "What becomes of a row whose business key is there already"},
            "ledger": table("Table in which each delivery is noted in the same transaction; it has a unique column `delivery`"),
            "payload": column("Column that gets the delivery's bytes; without it the delivery is JSON, one member for each column"),
            "max_bytes": {"type": "integer", "minimum": 1, "default": outlet::sixteen_mebibytes(), "description": "Larger deliveries are refused"}
        }),
    )
}
