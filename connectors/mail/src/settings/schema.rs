// SPDX-License-Identifier: EUPL-1.2
//! JSON Schema of the settings, so that `amtshub check` finds mistakes before anything runs.

use serde_json::{Value, json};

/// The whole schema.
pub(crate) fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": false,
        "anyOf": [{"required": ["imap", "in"]}, {"required": ["smtp", "out"]}],
        "dependentRequired": {"in": ["imap"], "out": ["smtp"]},
        "properties": {
            "imap": server("IMAP", 993, 143, "tls"),
            "in": intake(),
            "smtp": server("SMTP", 465, 587, "starttls"),
            "out": out()
        }
    })
}

fn text(description: &str) -> Value {
    json!({"type": "string", "minLength": 1, "description": description})
}

fn number(default: u64, least: u64, most: u64, description: &str) -> Value {
    json!({"type": "integer", "minimum": least, "maximum": most, "default": default, "description": description})
}

fn message_type(description: &str) -> Value {
    json!({"type": "string", "pattern": "^[a-z0-9-]+(\\.[a-z0-9-]+)*\\.[0-9]+$", "description": description})
}

fn object(required: &[&str], properties: Value) -> Value {
    json!({"type": "object", "additionalProperties": false, "required": required, "properties": properties})
}

fn server(protocol: &str, tls: u16, starttls: u16, default: &str) -> Value {
    object(
        &["host"],
        json!({
            "host": text(&format!("Name of the {protocol} server; its certificate must bear it")),
            "port": {"type": "integer", "minimum": 1, "maximum": 65535,
                     "description": format!("Port; by default {tls} with security = \"tls\", else {starttls}")},
            "security": {"enum": ["tls", "starttls", "none"], "default": default,
                         "description": "Encrypted from the first byte, by STARTTLS, or not at all (this machine only)"},
            "user": text("User"),
            "password": {"type": "string", "minLength": 1, "x-secret": true, "description": "Password"},
            "ca": text("File with authorities that are trusted beside those of the system, PEM"),
            "dangerously_allow_plain": {"type": "boolean", "default": false,
                                        "description": "Allow security = \"none\" to other machines: everybody on the way reads mails and password"}
        }),
    )
}

fn intake() -> Value {
    object(
        &["type"],
        json!({
            "folder": {"type": "string", "minLength": 1, "default": "INBOX", "description": "Folder that mails are taken from"},
            "type": message_type("Message type of the mails"),
            "bounce_type": message_type("Message type of reports about mails that were sent from here; by default `type`"),
            "accepted_folder": text("Folder that accepted mails are moved to; without it they stay and get the keyword AmtshubTaken"),
            "refused_folder": text("Folder that refused mails are moved to; without it they stay with their keywords"),
            "poll_seconds": number(super::one_minute(), 1, 3600, "Longest pause between two looks; where the server has IDLE it tells at once"),
            "automatic_answers": {"enum": ["take", "set-aside"], "default": "set-aside",
                                  "description": "Automatic answers such as absence notices (Auto-Submitted: auto-replied): take them, or set them aside"},
            "max_bytes": number(super::max_bytes(), 1, 1 << 30, "Larger mails are refused"),
            "max_header_bytes": number(super::header_bytes() as u64, 1024, 4 << 20, "Mails with a larger header, of themselves or of a part, are refused"),
            "received_max": number(super::received_max() as u64, 1, 200, "Mails that went through more servers are taken for a loop and refused")
        }),
    )
}

fn out() -> Value {
    object(
        &["from"],
        json!({
            "from": text("Address that bounces go to, and the author of mails that name none"),
            "domain": text("Right side of message ids; by default that of `from`"),
            "sent_folder": text("Folder in which the server by itself files all it has sent: then it can be asked whether a mail went out"),
            "sent_seconds": number(super::sent_seconds(), 1, 600, "How long it may take until a sent mail is in sent_folder"),
            "max_bytes": number(super::max_bytes(), 1, 1 << 30, "Larger mails are not sent"),
            "wrap": object(&["to", "subject"], json!({
                "to": text("To whom deliveries go that are no mails, as an attachment"),
                "subject": text("Their subject"),
                "text": {"type": "string", "default": "", "description": "Their text"}
            }))
        }),
    )
}
