// SPDX-License-Identifier: EUPL-1.2
//! JSON Schema of the settings, so that `amtshub check` finds mistakes before anything runs.

use serde_json::{Value, json};

use super::listen;

/// The whole schema.
pub(crate) fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": false,
        "anyOf": [{"required": ["listen"]}],
        "properties": {
            "listen": listener()
        }
    })
}

fn text(description: &str) -> Value {
    json!({"type": "string", "minLength": 1, "description": description})
}

fn defaulted(default: &str, description: &str) -> Value {
    json!({"type": "string", "default": default, "description": description})
}

fn secret(description: &str) -> Value {
    json!({"type": "string", "minLength": 1, "x-secret": true, "description": description})
}

fn number(default: u64, most: u64, description: &str) -> Value {
    json!({"type": "integer", "minimum": 1, "maximum": most, "default": default, "description": description})
}

fn flag(description: &str) -> Value {
    json!({"type": "boolean", "default": false, "description": description})
}

fn message_type() -> Value {
    json!({"type": "string", "pattern": "^[a-z0-9-]+(\\.[a-z0-9-]+)*\\.[0-9]+$", "description": "Message type"})
}

fn object(required: &[&str], properties: Value) -> Value {
    json!({"type": "object", "additionalProperties": false, "required": required, "properties": properties})
}

fn listener() -> Value {
    object(
        &["address", "sources"],
        json!({
            "address": text("Address and port, 0.0.0.0:8443"),
            "tls": object(&["certificate", "key"], json!({
                "certificate": text("File with the certificate chain, PEM"),
                "key": secret("Key of the certificate, PEM"),
                "client_ca": text("File with authorities, PEM; whoever connects must show a certificate of one of them")
            })),
            "answer_seconds": number(listen::answer_seconds(), 600, "How long a sender waits for the acknowledgement; then 503"),
            "read_seconds": number(listen::read_seconds(), 3600, "How long a sender may take for its body"),
            "connections_max": number(listen::connections_max() as u64, 10_000, "Connections at once"),
            "waiting_max": number(listen::waiting_max() as u64, 10_000, "Requests that wait for the hub at once; more get 429"),
            "dangerously_allow_plain_http": flag("Also listen without TLS where others can connect"),
            "sources": {"type": "array", "minItems": 1, "items": source()}
        }),
    )
}

fn source() -> Value {
    let hmac = object(
        &["secret"],
        json!({
            "secret": secret("The secret that both sides have"),
            "header": defaulted(&listen::signature_header(), "Header with the signature"),
            "prefix": defaulted(&listen::signature_prefix(), "What stands before the hexadecimal digits")
        }),
    );
    object(
        &["path", "type", "accept"],
        json!({
            "path": {"type": "string", "pattern": "^/[A-Za-z0-9/._~-]*$", "description": "The exact path"},
            "type": message_type(),
            "accept": {"type": "array", "minItems": 1, "items": text("Media type without parameters"), "description": "Media types that are taken"},
            "token": secret("The sender shows `Authorization: Bearer` with this token"),
            "hmac": hmac,
            "client": text("The sender shows a client certificate with this name (CN or SAN); needs client_ca"),
            "max_bytes": {"type": "integer", "minimum": 1, "default": listen::ten_mebibytes(), "description": "Larger bodies are refused with 413"},
            "idempotency_header": defaulted(&listen::idempotency_header(), "Header with the sender's key: the same key is the same message"),
            "per_minute": {"type": "integer", "minimum": 1, "description": "Requests a minute; more get 429. No limit by default"}
        }),
    )
}
