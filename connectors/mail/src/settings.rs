// SPDX-License-Identifier: EUPL-1.2
//! The settings of a mail connector: `[settings.imap]` and `[settings.in]`, `[settings.smtp]` and `[settings.out]`.

mod schema;

use std::path::PathBuf;

use connector_sdk::SettingsFault;
use hub_message::{MessageType, Sensitive};
use serde::Deserialize;
use serde_json::Value;

use crate::address;

pub(crate) use schema::schema;

/// All settings; at least one side is given.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// The server with the mailbox.
    pub imap: Option<ServerSettings>,
    /// What is taken out of the mailbox.
    #[serde(rename = "in")]
    pub intake: Option<InSettings>,
    /// The server that sends.
    pub smtp: Option<ServerSettings>,
    /// How deliveries become mails.
    pub out: Option<OutSettings>,
}

/// How a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Security {
    /// From its first byte.
    Tls,
    /// By `STARTTLS`, before anything else is said; a server without it gets nothing.
    Starttls,
    /// Not at all.
    None,
}

/// `[settings.imap]` and `[settings.smtp]`: a server and how it is logged in to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServerSettings {
    pub host: String,
    pub port: Option<u16>,
    pub security: Option<Security>,
    pub user: Option<String>,
    pub password: Option<Sensitive<String>>,
    /// Authorities that are trusted beside those of the system.
    pub ca: Option<PathBuf>,
    #[serde(default)]
    dangerously_allow_plain: bool,
}

/// What happens to automatic answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Automatic {
    /// Taken like every mail.
    Take,
    /// Set aside with a code.
    #[default]
    SetAside,
}

/// `[settings.in]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InSettings {
    #[serde(default = "inbox")]
    pub folder: String,
    #[serde(rename = "type")]
    pub kind: MessageType,
    /// Type of reports about deliveries of ours; without it they have that of all mails.
    pub bounce_type: Option<MessageType>,
    /// Where accepted mails are moved; without it they stay and get a keyword.
    pub accepted_folder: Option<String>,
    /// Where refused mails are moved; without it they stay and get a keyword.
    pub refused_folder: Option<String>,
    #[serde(default = "one_minute")]
    pub poll_seconds: u64,
    #[serde(default)]
    pub automatic_answers: Automatic,
    #[serde(default = "max_bytes")]
    pub max_bytes: u64,
    #[serde(default = "header_bytes")]
    pub max_header_bytes: usize,
    #[serde(default = "received_max")]
    pub received_max: usize,
}

/// `[settings.out]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OutSettings {
    /// Who sends: the address that bounces go to, and the author of mails that have no other.
    pub from: String,
    /// Right side of message ids; by default that of `from`.
    pub domain: Option<String>,
    /// For deliveries that are no mails.
    pub wrap: Option<WrapSettings>,
    /// Folder in which the server itself files whatever it sent.
    pub sent_folder: Option<String>,
    #[serde(default = "sent_seconds")]
    pub sent_seconds: u64,
    #[serde(default = "max_bytes")]
    pub max_bytes: u64,
}

/// `[settings.out.wrap]`: the mail around a delivery in another format.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrapSettings {
    pub to: String,
    pub subject: String,
    #[serde(default)]
    pub text: String,
}

fn inbox() -> String {
    "INBOX".to_owned()
}

fn one_minute() -> u64 {
    60
}

fn sent_seconds() -> u64 {
    30
}

fn max_bytes() -> u64 {
    50 << 20
}

fn header_bytes() -> usize {
    256 << 10
}

fn received_max() -> usize {
    30
}

impl Settings {
    /// Reads the settings as the hub hands them over.
    pub(crate) fn read(value: &Value) -> Result<Self, SettingsFault> {
        let settings: Self = serde_json::from_value(value.clone()).map_err(|e| fault(&harmless(&e)))?;
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), SettingsFault> {
        if self.intake.is_none() && self.out.is_none() {
            return Err(fault("weder [settings.in] noch [settings.out] ist angegeben."));
        }
        for (server, place) in [(&self.imap, "settings.imap"), (&self.smtp, "settings.smtp")] {
            if let Some(server) = server {
                server.check(place)?;
            }
        }
        if let Some(intake) = &self.intake {
            if self.imap.as_ref().is_none_or(|imap| imap.login().is_none()) {
                return Err(fault("[settings.in] braucht [settings.imap] mit user und password."));
            }
            intake.check()?;
        }
        if let Some(out) = &self.out {
            if self.smtp.is_none() {
                return Err(fault("[settings.out] braucht [settings.smtp]."));
            }
            if out.sent_folder.is_some() && self.imap.as_ref().is_none_or(|imap| imap.login().is_none()) {
                return Err(fault(
                    "settings.out.sent_folder braucht [settings.imap] mit user und password.",
                ));
            }
            out.check()?;
        }
        Ok(())
    }

    /// Right side of the message ids of what is sent.
    pub(crate) fn own_domain(&self) -> Option<&str> {
        self.out.as_ref().map(OutSettings::domain)
    }
}

impl ServerSettings {
    fn check(&self, place: &str) -> Result<(), SettingsFault> {
        if self.host.is_empty() || self.host.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(fault(&format!("{place}.host ist kein Rechnername.")));
        }
        if self.user.is_some() != self.password.is_some() {
            return Err(fault(&format!("{place}: user und password gehören zusammen.")));
        }
        let texts = [
            self.user.as_deref(),
            self.password.as_ref().map(|p| p.disclose().as_str()),
        ];
        if texts
            .into_iter()
            .flatten()
            .any(|text| text.chars().any(|c| matches!(c, '\0' | '\r' | '\n')))
        {
            return Err(fault(&format!(
                "{place}: user oder password enthält einen Zeilenumbruch; die Datei des Geheimnisses prüfen."
            )));
        }
        let is_here = matches!(self.host.as_str(), "localhost" | "127.0.0.1" | "::1");
        if self.security == Some(Security::None) && !is_here && !self.dangerously_allow_plain {
            return Err(fault(&format!(
                "{place}: ohne Verschlüsselung nur auf diesem Rechner (security = \"tls\" oder \"starttls\")."
            )));
        }
        Ok(())
    }

    /// User and password.
    pub(crate) fn login(&self) -> Option<(&str, &str)> {
        let password = self.password.as_ref()?.disclose();
        Some((self.user.as_deref()?, password))
    }
}

impl InSettings {
    fn check(&self) -> Result<(), SettingsFault> {
        let folders = [
            Some(&self.folder),
            self.accepted_folder.as_ref(),
            self.refused_folder.as_ref(),
        ];
        if folders.into_iter().flatten().any(|name| !is_folder(name)) {
            return Err(fault(
                "settings.in: ein Ordnername ist leer oder enthält Steuerzeichen.",
            ));
        }
        let same = |other: &Option<String>| other.as_ref() == Some(&self.folder);
        if same(&self.accepted_folder) || same(&self.refused_folder) {
            return Err(fault(
                "settings.in: accepted_folder und refused_folder müssen andere Ordner als folder sein.",
            ));
        }
        Ok(())
    }
}

impl OutSettings {
    fn check(&self) -> Result<(), SettingsFault> {
        if !address::is_plain(&self.from) {
            return Err(fault(
                "settings.out.from ist keine einfache Adresse (post@stadt.example).",
            ));
        }
        if !address::is_domain(self.domain()) {
            return Err(fault(
                "settings.out.domain ist kein Name (Buchstaben, Ziffern, `.` und `-`).",
            ));
        }
        if self.sent_folder.as_deref().is_some_and(|name| !is_folder(name)) {
            return Err(fault("settings.out.sent_folder ist leer oder enthält Steuerzeichen."));
        }
        if let Some(wrap) = &self.wrap {
            if address::all(&wrap.to).is_none_or(|all| all.is_empty()) {
                return Err(fault("settings.out.wrap.to enthält keine brauchbare Adresse."));
            }
            if wrap.subject.chars().any(char::is_control) {
                return Err(fault("settings.out.wrap.subject enthält Steuerzeichen."));
            }
        }
        Ok(())
    }

    /// Right side of message ids.
    pub(crate) fn domain(&self) -> &str {
        let of_address = || self.from.rsplit_once('@').map_or("", |(_, domain)| domain);
        self.domain.as_deref().unwrap_or_else(of_address)
    }
}

fn is_folder(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(char::is_control)
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
