// SPDX-License-Identifier: EUPL-1.2
//! The settings of a folder connector: `[settings.in]`, `[settings.out]`.

use std::path::PathBuf;
use std::time::Duration;

use connector_sdk::SettingsFault;
use hub_message::MessageType;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::outbox::Template;
use crate::pattern::Pattern;

/// All settings; at least one side is given.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// The hot folder that files are taken from.
    #[serde(rename = "in")]
    pub inbox: Option<InSettings>,
    /// The folder that deliveries are put into.
    #[serde(rename = "out")]
    pub outbox: Option<OutSettings>,
}

/// `[settings.in]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InSettings {
    pub path: PathBuf,
    archive: Option<PathBuf>,
    error: Option<PathBuf>,
    #[serde(default = "two_seconds")]
    stable_ms: u64,
    #[serde(default = "quarter_second")]
    poll_ms: u64,
    #[serde(default = "one_minute")]
    sidecar_wait_ms: u64,
    #[serde(default = "hundred_mebibytes")]
    pub max_bytes: u64,
    pub files: Vec<FileRule>,
}

/// `[[settings.in.files]]`: which files are taken and as what. The first that fits counts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileRule {
    pub pattern: Pattern,
    #[serde(rename = "type")]
    pub kind: MessageType,
    pub media_type: Option<String>,
    /// Ending of the sidecar that stands beside each file; it is then the message, and the file its document.
    pub sidecar: Option<String>,
}

/// `[settings.out]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OutSettings {
    pub path: PathBuf,
    pub file_name: Template,
    #[serde(default)]
    pub documents: DocumentsAs,
}

/// What becomes of a delivery's documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DocumentsAs {
    /// Files beside the delivery: `<stem>.<n>-<name>`.
    #[default]
    Beside,
    /// They are left out.
    None,
}

fn two_seconds() -> u64 {
    2_000
}

fn quarter_second() -> u64 {
    250
}

fn one_minute() -> u64 {
    60_000
}

fn hundred_mebibytes() -> u64 {
    100 * 1024 * 1024
}

impl Settings {
    /// Reads the settings as the hub hands them over. Serde's words name keys and places, never values that are
    /// secret: a folder has no secrets.
    pub(crate) fn read(value: &Value) -> Result<Self, SettingsFault> {
        let settings: Self = serde_path(value)?;
        if settings.inbox.is_none() && settings.outbox.is_none() {
            return Err(fault("weder [settings.in] noch [settings.out] ist angegeben."));
        }
        if settings.inbox.as_ref().is_some_and(|inbox| inbox.files.is_empty()) {
            return Err(fault("[[settings.in.files]] fehlt: keine Datei würde je angenommen."));
        }
        Ok(settings)
    }
}

fn serde_path(value: &Value) -> Result<Settings, SettingsFault> {
    serde_json::from_value(value.clone()).map_err(|e| fault(&e.to_string()))
}

/// A fault of the settings, as the status page says it.
pub(crate) fn fault(text: &str) -> SettingsFault {
    SettingsFault(format!("Die Einstellungen sind fehlerhaft: {text}"))
}

impl InSettings {
    /// The archive: by default `archive` beside the folder.
    pub(crate) fn archive(&self) -> PathBuf {
        self.archive
            .clone()
            .unwrap_or_else(|| self.path.with_file_name("archive"))
    }

    /// The error folder: by default `error` beside the folder.
    pub(crate) fn error(&self) -> PathBuf {
        self.error.clone().unwrap_or_else(|| self.path.with_file_name("error"))
    }

    /// How long size and time of a file must stay the same.
    pub(crate) fn stable(&self) -> Duration {
        Duration::from_millis(self.stable_ms)
    }

    /// Pause between two looks; at most half a second, so that the connector stays responsive.
    pub(crate) fn poll(&self) -> Duration {
        Duration::from_millis(self.poll_ms.clamp(10, 500))
    }

    /// How long a file waits for its sidecar, or a sidecar for its file.
    pub(crate) fn sidecar_wait(&self) -> Duration {
        Duration::from_millis(self.sidecar_wait_ms)
    }
}

/// JSON Schema of the settings, so that `amtshub check` finds mistakes before anything runs.
pub(crate) fn schema() -> Value {
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
                    "sidecar_wait_ms": millis("How long file and sidecar wait for each other", one_minute(), 86_400_000),
                    "max_bytes": {"type": "integer", "minimum": 1, "default": hundred_mebibytes(), "description": "Larger files go to the error folder at once"},
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
                    "documents": {"enum": ["beside", "none"], "default": "beside", "description": "Attachments as files beside, or not at all"}
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(settings: Value, expected: Result<(), &str>) {
        match (Settings::read(&settings), expected) {
            (Ok(_), Ok(())) => {}
            (Err(fault), Err(part)) => assert!(fault.0.contains(part), "{fault}"),
            (read, expected) => panic!("{read:?} is not {expected:?}"),
        }
    }

    #[test]
    fn settings_are_read_or_the_mistake_is_named() {
        let files = json!([{"pattern": "*.xml", "type": "invoice.ubl.1"}]);
        check(json!({"in": {"path": "a", "files": files}}), Ok(()));
        check(json!({"out": {"path": "a", "file_name": "{sequence}.csv"}}), Ok(()));
        check(json!({}), Err("weder"));
        check(json!({"in": {"path": "a", "files": []}}), Err("files"));
        check(
            json!({"in": {"path": "a", "files": files, "stable": 1}}),
            Err("unknown field `stable`"),
        );
        check(
            json!({"in": {"path": "a", "files": [{"pattern": "*", "type": "x"}]}}),
            Err("no message type"),
        );
        check(json!({"out": {"path": "a", "file_name": "{seq}.csv"}}), Err("{seq}"));
        check(json!({"out": {"path": "a", "file_name": "../x"}}), Err("/"));
        check(
            json!({"out": {"path": "a", "file_name": "x", "documents": "zip"}}),
            Err("unknown variant"),
        );
    }

    #[test]
    fn archive_and_error_stand_beside_the_folder() {
        let settings = json!({"in": {"path": "scan/in", "files": [{"pattern": "*", "type": "a.1"}]}});
        let inbox = Settings::read(&settings).unwrap().inbox.unwrap();
        assert_eq!(inbox.archive(), PathBuf::from("scan/archive"));
        assert_eq!(inbox.error(), PathBuf::from("scan/error"));
        assert_eq!(inbox.stable(), Duration::from_secs(2));
    }

    #[test]
    fn the_schema_names_every_setting() {
        let schema = schema();
        let keys = |pointer: &str| {
            let mut keys: Vec<_> = schema
                .pointer(pointer)
                .unwrap()
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect();
            keys.sort();
            keys.join(" ")
        };
        assert_eq!(keys("/properties"), "in out");
        assert_eq!(
            keys("/properties/in/properties"),
            "archive error files max_bytes path poll_ms sidecar_wait_ms stable_ms"
        );
        assert_eq!(
            keys("/properties/in/properties/files/items/properties"),
            "media_type pattern sidecar type"
        );
        assert_eq!(keys("/properties/out/properties"), "documents file_name path");
    }
}
