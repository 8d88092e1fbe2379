// SPDX-License-Identifier: EUPL-1.2
//! The settings of a scan connector.

mod schema;

use std::path::{Path, PathBuf};
use std::time::Duration;

use amtshub_connector_folder::Pattern;
use connector_sdk::SettingsFault;
use hub_message::MessageType;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::codes::Format;
pub(crate) use schema::schema;

/// All settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// `[settings.in]`: the scanner's folder, as the kind `folder` has it.
    #[serde(rename = "in")]
    pub inbox: Value,
    /// Where files are worked on; beside the scanner's folder unless it is said.
    work: Option<PathBuf>,
    /// Type of the messages.
    #[serde(rename = "type")]
    pub kind: MessageType,
    /// Type of the message that holds a stack as it was scanned.
    stack_type: Option<MessageType>,
    /// Languages of the recognition, as tesseract names them: `deu+eng`.
    #[serde(default = "german")]
    pub languages: String,
    /// Dots per inch at which pages of PDF files are drawn.
    #[serde(default = "three_hundred")]
    pub dpi: u32,
    /// Below this a page is not legible enough to be filed unseen.
    #[serde(default = "three_quarters")]
    pub confidence_min: f64,
    /// Files with more pages are refused.
    #[serde(default = "two_thousand")]
    pub pages_max: u32,
    /// Kinds of barcodes that are looked for.
    #[serde(default = "Format::usual")]
    pub formats: Vec<Format>,
    /// How stacks are divided.
    #[serde(default)]
    pub split: Dividing,
    /// Which barcodes fill index fields.
    #[serde(default)]
    pub keys: Vec<KeyRule>,
    /// What the tools may use.
    #[serde(default)]
    pub limits: ToolLimits,
}

/// `[settings.split]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Dividing {
    /// Text of the barcodes that begin a document.
    pub barcode: Option<Pattern>,
    /// What becomes of the page with it.
    pub separator: Separator,
    /// What blank pages mean.
    pub blank: Blank,
}

/// What becomes of a separator page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Separator {
    /// It belongs to no document.
    #[default]
    Drop,
    /// It is the first page of the document that it begins.
    Keep,
}

/// What a blank page means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Blank {
    /// Nothing: it is a page as any other.
    #[default]
    Keep,
    /// It ends a document and belongs to none.
    Separate,
}

/// `[[settings.keys]]`: a barcode that begins with `prefix` fills the index field `name` with what stands behind it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyRule {
    pub prefix: String,
    pub name: String,
}

/// `[settings.limits]`: what one step over one page may use.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ToolLimits {
    /// Seconds of computing time.
    pub seconds: u64,
    /// Bytes of memory.
    pub memory_bytes: u64,
    /// Bytes of each file that is written.
    pub file_bytes: u64,
}

impl Default for ToolLimits {
    fn default() -> Self {
        Self {
            seconds: 60,
            memory_bytes: 1 << 30,
            file_bytes: 512 << 20,
        }
    }
}

impl ToolLimits {
    /// How long one step may take by the clock: it may have to wait for the machine, but not for ever.
    pub(crate) fn patience(&self) -> Duration {
        Duration::from_secs(3 * self.seconds + 10)
    }
}

fn german() -> String {
    "deu".to_owned()
}

fn three_hundred() -> u32 {
    300
}

fn three_quarters() -> f64 {
    0.75
}

fn two_thousand() -> u32 {
    2_000
}

/// A fault of the settings, as the status page says it.
pub(crate) fn fault(text: &str) -> SettingsFault {
    SettingsFault(format!("Die Einstellungen sind fehlerhaft: {text}"))
}

impl Settings {
    /// Reads the settings as the hub hands them over.
    pub(crate) fn read(value: &Value) -> Result<Self, SettingsFault> {
        let settings: Self = serde_json::from_value(value.clone()).map_err(|e| fault(&e.to_string()))?;
        let languages = settings.languages.bytes();
        if settings.languages.is_empty()
            || !languages
                .into_iter()
                .all(|b| b.is_ascii_alphabetic() || b == b'+' || b == b'_')
        {
            return Err(fault(
                "languages nennt Sprachen von tesseract, mit + verbunden: deu+eng.",
            ));
        }
        if !(0.0..=1.0).contains(&settings.confidence_min) {
            return Err(fault("confidence_min liegt zwischen 0 und 1."));
        }
        if !(72..=600).contains(&settings.dpi) {
            return Err(fault("dpi liegt zwischen 72 und 600."));
        }
        if settings
            .keys
            .iter()
            .any(|key| key.prefix.is_empty() || key.name.is_empty())
        {
            return Err(fault("[[settings.keys]] braucht prefix und name."));
        }
        Ok(settings)
    }

    /// The settings of the scanner's folder: every file is taken, and what it is shows its content.
    pub(crate) fn folder(&self) -> Value {
        let mut folder = self.inbox.clone();
        if let Some(folder) = folder.as_object_mut() {
            folder.insert(
                "files".to_owned(),
                json!([{"pattern": "*", "type": self.kind.as_str()}]),
            );
        }
        folder
    }

    /// Where files are worked on.
    pub(crate) fn work(&self) -> PathBuf {
        let path = self.inbox.get("path").and_then(Value::as_str).unwrap_or_default();
        self.work
            .clone()
            .unwrap_or_else(|| Path::new(path).with_file_name("work"))
    }

    /// Type of the message that holds a stack as it was scanned.
    pub(crate) fn stack_type(&self) -> &MessageType {
        self.stack_type.as_ref().unwrap_or(&self.kind)
    }

    /// What the result of reading a page depends on.
    pub(crate) fn of_reading(&self) -> String {
        format!("1 {} {} {:?}", self.languages, self.dpi, self.formats)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(settings: Value, expected: Result<(), &str>) {
        connector_testing::assert_settings(Settings::read(&settings), expected);
    }

    #[test]
    fn settings_are_read_or_the_mistake_is_named() {
        let with = |key: &str, value: Value| {
            let mut settings = json!({"in": {"path": "scan/in"}, "type": "scan.document.1"});
            settings[key] = value;
            settings
        };
        check(with("dpi", json!(200)), Ok(()));
        check(with("dpi", json!(20)), Err("dpi"));
        check(with("languages", json!("deu+eng")), Ok(()));
        check(with("languages", json!("../x")), Err("languages"));
        check(with("confidence_min", json!(75)), Err("zwischen 0 und 1"));
        check(with("formats", json!(["qr"])), Ok(()));
        check(with("formats", json!(["morse"])), Err("unknown variant"));
        check(with("split", json!({"barcode": "TRENN*", "blank": "separate"})), Ok(()));
        check(with("split", json!({"separator": "shred"})), Err("unknown variant"));
        check(with("keys", json!([{"prefix": "", "name": "x"}])), Err("prefix"));
        check(with("colour", json!(1)), Err("unknown field `colour`"));
        check(json!({"in": {"path": "a"}}), Err("missing field `type`"));
    }

    #[test]
    fn the_work_folder_stands_beside_the_scanners() {
        let settings = Settings::read(&json!({"in": {"path": "scan/in"}, "type": "scan.document.1"})).unwrap();
        assert_eq!(settings.work(), PathBuf::from("scan/work"));
        assert_eq!(settings.folder()["files"][0]["pattern"], "*");
        assert_eq!(settings.stack_type().as_str(), "scan.document.1");
    }

    #[test]
    fn the_schema_knows_what_is_read() {
        let schema = schema();
        let names: Vec<_> = schema["properties"].as_object().unwrap().keys().collect();
        let expected = [
            "in",
            "work",
            "type",
            "stack_type",
            "languages",
            "dpi",
            "confidence_min",
            "pages_max",
            "formats",
            "split",
            "keys",
            "limits",
        ];
        assert_eq!(names, expected);
        let folder = schema["properties"]["in"]["properties"].as_object().unwrap();
        assert!(folder.contains_key("stable_ms") && !folder.contains_key("files"));
    }
}
