// SPDX-License-Identifier: EUPL-1.2
//! The settings of a folder connector: `[settings.in]`, `[settings.out]`.

mod schema;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use connector_sdk::{Endpoints, SettingsFault};
use hub_message::MessageType;
use serde::Deserialize;
use serde_json::Value;

use crate::inbox::Inbox;
use crate::outbox::{Outbox, Template};
use crate::pattern::Pattern;
pub use schema::schema;

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
    #[serde(default)]
    pub watch: Watch,
    #[serde(default = "one_minute")]
    sidecar_wait_ms: u64,
    #[serde(default = "hundred_mebibytes")]
    pub max_bytes: u64,
    pub files: Vec<FileRule>,
    /// Files come in batches, each with a protocol that lists them.
    pub batch: Option<BatchSettings>,
}

/// `[settings.in.batch]`: files are held until the protocol that lists them has been held against them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BatchSettings {
    /// The names of the protocols.
    pub protocol: Pattern,
    /// What separates their columns.
    #[serde(default = "bar")]
    pub delimiter: char,
    /// The column with the file's name, from 1.
    pub file_column: NonZeroUsize,
    /// The first line says how many files there are.
    #[serde(default)]
    pub count_line: bool,
    #[serde(default = "ten_minutes")]
    pub wait_ms: u64,
}

impl BatchSettings {
    /// How long protocol and files wait for each other.
    pub(crate) fn wait(&self) -> Duration {
        Duration::from_millis(self.wait_ms)
    }
}

fn bar() -> char {
    '|'
}

fn ten_minutes() -> u64 {
    600_000
}

/// How it is noticed that something has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Watch {
    /// The kernel tells, where the file system can.
    #[default]
    Auto,
    /// By looking.
    Poll,
}

/// `[[settings.in.files]]`: which files are taken and as what. The first that fits counts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileRule {
    pub pattern: Pattern,
    #[serde(rename = "type")]
    pub kind: MessageType,
    pub media_type: Option<String>,
    /// How the file is split into records, each of which is a message.
    pub records: Option<Split>,
    /// Ending of the sidecar that stands beside each file; it is then the message, and the file its document.
    pub sidecar: Option<String>,
}

/// `[settings.in.files.records]`: the file is split, and each record is a message.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Split {
    /// Lines at the top that stand before every record again.
    #[serde(default)]
    pub header_lines: usize,
    /// The sign between which line ends do not count.
    #[serde(default, deserialize_with = "one_byte")]
    pub quote: Option<u8>,
    /// Lines of a record.
    #[serde(default = "one")]
    pub lines: NonZeroUsize,
    /// Bytes of a record, for files without line ends.
    #[serde(default)]
    pub bytes: Option<NonZeroUsize>,
    /// The longest record, in bytes.
    #[serde(default = "quarter_mebibyte")]
    pub max_bytes: usize,
}

fn one() -> NonZeroUsize {
    NonZeroUsize::MIN
}

fn quarter_mebibyte() -> usize {
    256 * 1024
}

fn one_byte<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<u8>, D::Error> {
    let text = String::deserialize(from)?;
    match text.as_bytes() {
        [byte] => Ok(Some(*byte)),
        _ => Err(serde::de::Error::custom("quote is one sign of ASCII")),
    }
}

/// `[settings.out]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OutSettings {
    pub path: PathBuf,
    pub file_name: Template,
    #[serde(default)]
    pub documents: DocumentsAs,
    /// Files that may lie in the folder; with more of them nothing is put into it.
    pub files_max: Option<NonZeroUsize>,
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
        let files = settings.inbox.iter().flat_map(|inbox| &inbox.files);
        if files
            .into_iter()
            .any(|rule| rule.records.is_some() && rule.sidecar.is_some())
        {
            return Err(fault(
                "records und sidecar schließen sich aus: eine Datei mit Begleitdatei ist eine Nachricht.",
            ));
        }
        Ok(settings)
    }
}

/// The sides of a folder connector.
pub fn open(settings: &Value) -> Result<Endpoints<Inbox, Outbox>, SettingsFault> {
    let settings = Settings::read(settings)?;
    Ok(Endpoints {
        source: settings.inbox.map(Inbox::open).transpose()?,
        sink: settings.outbox.map(Outbox::open).transpose()?,
        responder: None,
    })
}

/// A hot folder for another kind, from settings as `[settings.in]` has them.
pub fn hot_folder(settings: &Value) -> Result<Inbox, SettingsFault> {
    let settings = serde_json::from_value(settings.clone()).map_err(|e| fault(&e.to_string()))?;
    Inbox::open(settings)
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(settings: Value, expected: Result<(), &str>) {
        connector_testing::assert_settings(Settings::read(&settings), expected);
    }

    #[test]
    fn settings_are_read_or_the_mistake_is_named() {
        let files = json!([{"pattern": "*.xml", "type": "invoice.ubl.1"}]);
        check(json!({"in": {"path": "a", "files": files}}), Ok(()));
        check(json!({"out": {"path": "a", "file_name": "{sequence}.csv"}}), Ok(()));
        check(json!({}), Err("weder"));
        check(json!({"in": {"path": "a", "files": []}}), Err("files"));
        let with = |records: Value| json!({"in": {"path": "a", "files": [{"pattern": "*", "type": "a.1", "records": records}]}});
        check(with(json!({})), Ok(()));
        check(with(json!({"header_lines": 1, "quote": "\""})), Ok(()));
        check(with(json!({"quote": "ä"})), Err("one sign of ASCII"));
        check(with(json!({"lines": 0})), Err("nonzero"));
        check(
            json!({"in": {"path": "a", "files": [{"pattern": "*", "type": "a.1", "records": {}, "sidecar": ".json"}]}}),
            Err("schließen sich aus"),
        );
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
            "archive batch error files max_bytes path poll_ms sidecar_wait_ms stable_ms watch"
        );
        assert_eq!(
            keys("/properties/in/properties/files/items/properties"),
            "media_type pattern records sidecar type"
        );
        assert_eq!(keys("/properties/out/properties"), "documents file_name files_max path");
    }
}
