// SPDX-License-Identifier: EUPL-1.2
//! JSON Schema of the settings, so that `amtshub check` finds mistakes before anything runs.

use serde_json::{Value, json};

use super::{access, listen, poll};

/// The whole schema.
pub(crate) fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": false,
        "anyOf": [{"required": ["listen"]}, {"required": ["poll"]}, {"required": ["send"]}],
        "properties": {
            "listen": listener(),
            "poll": {"type": "array", "items": poller()},
            "cursor_folder": text("Folder in which it is kept how far addresses have been read; made if missing"),
            "send": sender()
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
        &["address"],
        json!({
            "address": {"type": "string", "pattern": "^.+:[0-9]{1,5}$", "description": "Address and port, 0.0.0.0:8443"},
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
            "sources": {"type": "array", "minItems": 1, "items": source()},
            "lookups": {"type": "array", "minItems": 1, "items": lookup()}
        }),
    )
}

/// An object of which exactly one of `ways` must be there.
fn with_one_of(ways: &[&str], mut object: Value) -> Value {
    if let Some(object) = object.as_object_mut() {
        let ways = ways.iter().map(|way| json!({"required": [way]}));
        object.insert("oneOf".to_owned(), ways.collect());
    }
    object
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
    let source = object(
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
    );
    with_one_of(&["token", "hmac", "client"], source)
}

fn lookup() -> Value {
    let lookup = object(
        &["path", "lookup", "purpose"],
        json!({
            "path": {"type": "string", "pattern": "^/[A-Za-z0-9/._~-]*$", "description": "The exact path"},
            "lookup": text("Name of the route of the kind lookup"),
            "purpose": text("The purpose that the route states, word by word"),
            "actor_header": defaulted(&listen::actor_header(), "Header that says for whom is asked"),
            "token": secret("Whoever asks shows `Authorization: Bearer` with this token"),
            "client": text("Whoever asks shows a client certificate with this name (CN or SAN); needs client_ca")
        }),
    );
    with_one_of(&["token", "client"], lookup)
}

fn poller() -> Value {
    let cursor = object(
        &["parameter"],
        json!({
            "parameter": text("Parameter of the query that says from where on"),
            "from": {"type": "string", "description": "JSON pointer to its next value in the answer"},
            "from_last": {"type": "string", "description": "JSON pointer to its next value in the last record"}
        }),
    );
    with_access(object(
        &["name", "url", "type"],
        json!({
            "name": {"type": "string", "pattern": "^[a-z0-9-]{1,60}$", "description": "What the status page calls it"},
            "url": text("Address that is asked"),
            "type": message_type(),
            "every_seconds": number(poll::one_minute(), 86_400, "Pause between two rounds"),
            "records": {"type": "string", "description": "JSON pointer to the list of records; without it the whole answer is one record"},
            "id": {"type": ["string", "array"], "items": {"type": "string"}, "description": "JSON pointer, or several, to what makes a record the same one; by default its content"},
            "media_type": text("Media type of each record; by default JSON, or what the answer says"),
            "cursor": cursor,
            "next": text("JSON pointer to the address of the next page, or Link for the header"),
            "max_bytes": {"type": "integer", "minimum": 1, "default": listen::ten_mebibytes(), "description": "Larger answers are not read"}
        }),
    ))
}

fn sender() -> Value {
    let query = object(
        &["path"],
        json!({
            "path": text("Path that answers 200 when the delivery is there and 404 when not: {type} {delivery}"),
            "reference": text("JSON pointer to the id in the answer")
        }),
    );
    with_access(object(
        &["base", "path"],
        json!({
            "base": text("Address that all paths are below, https://host/prefix"),
            "path": text("Path for each delivery: {type} {delivery}"),
            "method": {"enum": ["POST", "PUT", "PATCH"], "default": "POST", "description": "Method"},
            "documents": {"enum": ["none", "multipart"], "default": "none", "description": "Attachments not at all, or message and attachments as the parts of one form"},
            "conflict": {"enum": ["rejected", "done"], "default": "rejected", "description": "What 409 means: refused, or there already"},
            "reference": text("JSON pointer to the id in the answer; by default the end of Location"),
            "query": query,
            "target_class": {"enum": ["idempotent", "queryable", "neither"], "default": "neither", "description": "What the target does with a repetition: heeds the key, can be asked by `query`, neither"},
            "idempotency_header": defaulted(&listen::idempotency_header(), "Header with the delivery's id")
        }),
    ))
}

/// The schema of something that is called, with how it is reached.
fn with_access(mut schema: Value) -> Value {
    let access = json!({
        "token": secret("Shown as `Authorization: Bearer`"),
        "basic": object(&["user", "password"], json!({"user": text("User"), "password": secret("Password")})),
        "oauth2": object(&["token_url", "client_id", "client_secret"], json!({
            "token_url": text("Where tokens are fetched, by client credentials"),
            "client_id": text("Client"),
            "client_secret": secret("Its secret"),
            "scope": text("Scope that is asked for"),
            "secret_in_form": flag("Client and secret in the form instead of the header")
        })),
        "client_certificate": object(&["certificate", "key"], json!({
            "certificate": text("File with the certificate chain that is shown, PEM"),
            "key": secret("Its key, PEM")
        })),
        "ca": text("File with authorities that are trusted beside those of the system, PEM"),
        "connect_seconds": number(access::connect_seconds(), 3600, "How long a connection may take"),
        "answer_seconds": number(access::call_seconds(), 3600, "How long an answer may take, the time for large bodies aside"),
        "dangerously_allow_plain_http": flag("Also call http:// on other machines")
    });
    if let (Some(properties), Value::Object(access)) =
        (schema.get_mut("properties").and_then(Value::as_object_mut), access)
    {
        properties.extend(access);
    }
    schema
}
