// SPDX-License-Identifier: EUPL-1.2
//! The settings of an HTTP connector: `[settings.listen]`, `[[settings.poll]]`, `[settings.send]`.

mod access;
mod listen;
mod poll;
mod schema;
mod send;

use std::collections::HashSet;
use std::path::PathBuf;

use connector_sdk::SettingsFault;
use hub_message::Sensitive;
use serde::Deserialize;
use serde_json::Value;

pub(crate) use access::{Access, BasicSettings, OAuthSettings};
pub(crate) use listen::{Credential, HmacSettings, ListenSettings, LookupSettings, SourceSettings, TlsSettings};
pub(crate) use poll::{CursorSettings, LINK, PollSettings};
pub(crate) use schema::schema;
pub(crate) use send::{DocumentsAs, QuerySettings, SendSettings};

/// A secret, as the hub resolved it.
pub(crate) type Secret = Sensitive<String>;

/// All settings; at least one side is given.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// The listener that others send to.
    pub listen: Option<ListenSettings>,
    /// Addresses that are asked for what is new.
    #[serde(default)]
    pub poll: Vec<PollSettings>,
    /// Where it is kept how far they have been read.
    pub cursor_folder: Option<PathBuf>,
    /// The system that deliveries go to.
    pub send: Option<SendSettings>,
}

impl Settings {
    /// Reads the settings as the hub hands them over.
    pub(crate) fn read(value: &Value) -> Result<Self, SettingsFault> {
        let settings: Self = serde_json::from_value(value.clone()).map_err(|e| fault(&harmless(&e)))?;
        if settings.listen.is_none() && settings.poll.is_empty() && settings.send.is_none() {
            return Err(fault(
                "keines von [settings.listen], [[settings.poll]] und [settings.send] ist angegeben.",
            ));
        }
        if let Some(listen) = &settings.listen {
            listen.check()?;
        }
        let mut names = HashSet::new();
        for poll in &settings.poll {
            poll.check()?;
            if !names.insert(poll.name.as_str()) {
                return Err(fault(&format!(
                    "settings.poll: den Namen {} gibt es zweimal.",
                    poll.name
                )));
            }
        }
        if settings.cursor_folder.is_none() && settings.poll.iter().any(|poll| poll.cursor.is_some()) {
            return Err(fault(
                "settings.cursor_folder fehlt: ein Stand (cursor) muss irgendwo gemerkt werden.",
            ));
        }
        if let Some(send) = &settings.send {
            send.check()?;
        }
        Ok(settings)
    }
}

/// Serde's words where they name keys only. All others may hold a value, and that may be a secret.
fn harmless(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let names_keys_only = ["missing field", "unknown field", "duplicate field"]
        .iter()
        .any(|start| text.starts_with(start));
    if names_keys_only {
        text
    } else {
        "ein Wert hat nicht die erwartete Form; `amtshub check` nennt die Stelle.".to_owned()
    }
}

/// A fault of the settings, as the status page says it.
pub(crate) fn fault(text: &str) -> SettingsFault {
    SettingsFault(format!("Die Einstellungen sind fehlerhaft: {text}"))
}

#[cfg(test)]
mod tests;
