// SPDX-License-Identifier: EUPL-1.2
//! The settings of an SQL connector: the database, `[[settings.in]]`, `[settings.out]`.

mod intake;
mod outlet;
mod schema;

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::Duration;

use connector_sdk::SettingsFault;
use hub_message::Sensitive;
use serde::Deserialize;
use serde_json::Value;

use crate::database::Engine;

pub(crate) use intake::{After, IntakeSettings, MarkSettings};
pub(crate) use outlet::{Existing, OutletSettings};
pub(crate) use schema::schema;

/// How the database is reached.
#[derive(Debug, Clone)]
pub(crate) struct DatabaseSettings {
    pub url: String,
    pub password: Option<Sensitive<String>>,
    pub ca: Option<PathBuf>,
    connections: u32,
    connect_seconds: u64,
    statement_seconds: u64,
    plain_tcp: bool,
}

/// All settings; at least one side is given.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    url: String,
    password: Option<Sensitive<String>>,
    ca: Option<PathBuf>,
    #[serde(default = "connections")]
    connections: u32,
    #[serde(default = "connect_seconds")]
    connect_seconds: u64,
    #[serde(default = "statement_seconds")]
    statement_seconds: u64,
    #[serde(default)]
    dangerously_allow_plain_tcp: bool,
    /// Where it is kept how far tables that stay as they are have been read.
    pub cursor_folder: Option<PathBuf>,
    /// What is read.
    #[serde(default)]
    pub r#in: Vec<IntakeSettings>,
    /// Where deliveries go.
    pub out: Option<OutletSettings>,
}

fn connections() -> u32 {
    2
}

fn connect_seconds() -> u64 {
    10
}

fn statement_seconds() -> u64 {
    30
}

impl Settings {
    /// Reads the settings as the hub hands them over.
    pub(crate) fn read(value: &Value) -> Result<Self, SettingsFault> {
        let settings: Self = serde_json::from_value(value.clone()).map_err(|e| fault(&harmless(&e)))?;
        if settings.r#in.is_empty() && settings.out.is_none() {
            return Err(fault("keines von [[settings.in]] und [settings.out] ist angegeben."));
        }
        let database = settings.database();
        database.engine()?;
        database.wants_tls()?;
        let mut names = HashSet::new();
        for intake in &settings.r#in {
            intake.check()?;
            if !names.insert(intake.name.as_str()) {
                return Err(fault(&format!(
                    "settings.in: den Namen {} gibt es zweimal.",
                    intake.name
                )));
            }
            if settings.cursor_folder.is_none() && matches!(intake.after(), After::Keep) {
                return Err(fault(&format!(
                    "settings.cursor_folder fehlt: was in {} gelesen ist, muss irgendwo gemerkt werden, oder mark oder delete angeben.",
                    intake.name
                )));
            }
        }
        if let Some(out) = &settings.out {
            out.check()?;
        }
        Ok(settings)
    }

    /// How the database is reached.
    pub(crate) fn database(&self) -> DatabaseSettings {
        DatabaseSettings {
            url: self.url.clone(),
            password: self.password.clone(),
            ca: self.ca.clone(),
            connections: self.connections,
            connect_seconds: self.connect_seconds,
            statement_seconds: self.statement_seconds,
            plain_tcp: self.dangerously_allow_plain_tcp,
        }
    }
}

impl DatabaseSettings {
    /// The engine that the address names.
    pub(crate) fn engine(&self) -> Result<Engine, SettingsFault> {
        let (scheme, rest) = self.url.split_once(':').unwrap_or_default();
        let engine = match scheme {
            "postgres" | "postgresql" => Engine::Postgres,
            "mariadb" | "mysql" => Engine::MariaDb,
            "sqlite" if !rest.is_empty() => return Ok(Engine::Sqlite),
            _ => return Err(fault("settings.url beginnt mit postgres://, mariadb:// oder sqlite:.")),
        };
        let Some((user, place)) = rest.strip_prefix("//").and_then(|rest| rest.split_once('@')) else {
            return Err(fault(
                "settings.url hat die Form postgres://benutzer@rechner:port/datenbank.",
            ));
        };
        if user.contains(':') {
            return Err(fault(
                "settings.url: das Passwort gehört nach settings.password, nicht in die Adresse.",
            ));
        }
        if place.contains(['?', '#', '@']) || !place.contains('/') {
            return Err(fault("settings.url endet mit dem Namen der Datenbank, ohne ? und #."));
        }
        Ok(engine)
    }

    /// The file of an SQLite database.
    pub(crate) fn file(&self) -> &str {
        let rest = self.url.strip_prefix("sqlite:").unwrap_or_default();
        rest.strip_prefix("//").unwrap_or(rest)
    }

    /// Whether the line is encrypted: always, unless it does not leave this machine or somebody insists.
    pub(crate) fn wants_tls(&self) -> Result<bool, SettingsFault> {
        if self.engine()? == Engine::Sqlite || self.plain_tcp {
            return Ok(false);
        }
        let place = self.url.split_once('@').map(|(_, place)| place).unwrap_or_default();
        let is_here = ["localhost", "127.0.0.1", "[::1]"].iter().any(|here| {
            place
                .strip_prefix(here)
                .is_some_and(|rest| rest.starts_with([':', '/']))
        });
        Ok(self.ca.is_some() || !is_here)
    }

    pub(crate) fn connections(&self) -> u32 {
        self.connections.clamp(1, 4)
    }

    pub(crate) fn connect(&self) -> Duration {
        Duration::from_secs(self.connect_seconds.clamp(1, 600))
    }

    pub(crate) fn statement(&self) -> Duration {
        Duration::from_secs(self.statement_seconds.clamp(1, 3600))
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
    } else if text.starts_with("not a name") {
        "der Name einer Tabelle oder Spalte besteht aus Buchstaben, Ziffern und _.".to_owned()
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
