// SPDX-License-Identifier: EUPL-1.2
//! `[settings.listen]`: where is listened, and what is taken from whom.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use connector_sdk::SettingsFault;
use hub_message::MessageType;
use serde::Deserialize;

use super::{Secret, fault};

/// `[settings.listen]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListenSettings {
    pub address: SocketAddr,
    pub tls: Option<TlsSettings>,
    #[serde(default)]
    pub sources: Vec<SourceSettings>,
    #[serde(default)]
    pub lookups: Vec<LookupSettings>,
    #[serde(default = "answer_seconds")]
    answer_seconds: u64,
    #[serde(default = "read_seconds")]
    read_seconds: u64,
    #[serde(default = "connections_max")]
    pub connections_max: usize,
    #[serde(default = "waiting_max")]
    pub waiting_max: usize,
    #[serde(default)]
    dangerously_allow_plain_http: bool,
}

/// `[settings.listen.tls]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TlsSettings {
    /// The certificate chain, PEM.
    pub certificate: PathBuf,
    /// Its key, PEM.
    pub key: Secret,
    /// Whoever connects must show a certificate of one of these authorities.
    pub client_ca: Option<PathBuf>,
}

/// `[[settings.listen.sources]]`: one path, what it takes and from whom.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceSettings {
    pub path: String,
    #[serde(rename = "type")]
    pub kind: MessageType,
    pub accept: Vec<String>,
    token: Option<Secret>,
    hmac: Option<HmacSettings>,
    client: Option<String>,
    #[serde(default = "ten_mebibytes")]
    pub max_bytes: u64,
    #[serde(default = "idempotency_header")]
    pub idempotency_header: String,
    pub per_minute: Option<u32>,
}

/// `[[settings.listen.lookups]]`: one path, at which something is looked up at another system.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LookupSettings {
    pub path: String,
    /// The hub's route of the kind `lookup`.
    pub lookup: String,
    /// The purpose that the route states, word by word.
    pub purpose: String,
    /// The header that says for whom is asked.
    #[serde(default = "actor_header")]
    pub actor_header: String,
    token: Option<Secret>,
    client: Option<String>,
}

/// A signature over the whole body, with a secret that both sides have.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HmacSettings {
    pub secret: Secret,
    #[serde(default = "signature_header")]
    pub header: String,
    #[serde(default = "signature_prefix")]
    pub prefix: String,
}

/// How a sender shows who it is.
#[derive(Debug, Clone)]
pub(crate) enum Credential {
    /// `Authorization: Bearer …`.
    Token(Secret),
    /// A signature over the body.
    Hmac(HmacSettings),
    /// A client certificate with this name.
    Client(String),
}

pub(super) fn answer_seconds() -> u64 {
    20
}

pub(super) fn read_seconds() -> u64 {
    60
}

pub(super) fn connections_max() -> usize {
    256
}

pub(super) fn waiting_max() -> usize {
    64
}

pub(super) fn ten_mebibytes() -> u64 {
    10 * 1024 * 1024
}

pub(super) fn idempotency_header() -> String {
    "Idempotency-Key".to_owned()
}

pub(super) fn actor_header() -> String {
    "X-Actor".to_owned()
}

pub(super) fn signature_header() -> String {
    "X-Hub-Signature-256".to_owned()
}

pub(super) fn signature_prefix() -> String {
    "sha256=".to_owned()
}

impl ListenSettings {
    /// How long a sender waits for the stream's acknowledgement.
    pub(crate) fn answer(&self) -> Duration {
        Duration::from_secs(self.answer_seconds.clamp(1, 600))
    }

    /// How long a sender may take for its body.
    pub(crate) fn read(&self) -> Duration {
        Duration::from_secs(self.read_seconds.clamp(1, 3600))
    }

    pub(super) fn check(&self) -> Result<(), SettingsFault> {
        if self.sources.is_empty() && self.lookups.is_empty() {
            return Err(fault(
                "[[settings.listen.sources]] und [[settings.listen.lookups]] fehlen: nichts würde je angenommen.",
            ));
        }
        if self.tls.is_none() && !self.address.ip().is_loopback() && !self.dangerously_allow_plain_http {
            return Err(fault(
                "settings.listen nimmt ohne [settings.listen.tls] nur Verbindungen dieses Rechners an (127.0.0.1).",
            ));
        }
        if self.connections_max == 0 || self.waiting_max == 0 {
            return Err(fault("connections_max und waiting_max müssen größer als 0 sein."));
        }
        let mut paths = HashSet::new();
        for source in &self.sources {
            if !paths.insert(source.path.as_str()) {
                return Err(fault(&format!(
                    "settings.listen: der Pfad {} steht zweimal da.",
                    source.path
                )));
            }
            source.check(self.tls.as_ref())?;
        }
        for point in &self.lookups {
            if !paths.insert(point.path.as_str()) {
                return Err(point.fault("der Pfad steht zweimal da"));
            }
            point.check(self.tls.as_ref())?;
        }
        Ok(())
    }
}

impl LookupSettings {
    /// How whoever asks shows who it is. The settings are checked: one of the two is there.
    pub(crate) fn credential(&self) -> Credential {
        match (&self.token, &self.client) {
            (Some(token), _) => Credential::Token(token.clone()),
            (None, client) => Credential::Client(client.clone().unwrap_or_default()),
        }
    }

    fn check(&self, tls: Option<&TlsSettings>) -> Result<(), SettingsFault> {
        if !is_path(&self.path) {
            return Err(self.fault("ein Pfad beginnt mit / und besteht aus Buchstaben, Ziffern und - . _ ~"));
        }
        if !is_token(&self.actor_header) {
            return Err(self.fault("actor_header ist kein Name eines Headers"));
        }
        if !hub_message::lookup::is_lookup_name(&self.lookup) || self.purpose.trim().is_empty() {
            return Err(self.fault("lookup muss der Name einer Route sein, purpose deren Zweck"));
        }
        match (&self.token, &self.client) {
            (Some(token), None) if !token.disclose().is_empty() => Ok(()),
            (None, Some(client)) if client.is_empty() => Err(self.fault("client ist leer")),
            (None, Some(_)) if tls.is_none_or(|tls| tls.client_ca.is_none()) => {
                Err(self.fault("client braucht client_ca in [settings.listen.tls]"))
            }
            (None, Some(_)) => Ok(()),
            _ => Err(self.fault("genau eines von token und client muss angegeben sein")),
        }
    }

    fn fault(&self, what: &str) -> SettingsFault {
        fault(&format!("settings.listen.lookups, Pfad {}: {what}.", self.path))
    }
}

impl SourceSettings {
    /// How its sender shows who it is.
    pub(crate) fn credential(&self) -> Result<Credential, SettingsFault> {
        match (&self.token, &self.hmac, &self.client) {
            (Some(token), None, None) => Ok(Credential::Token(token.clone())),
            (None, Some(hmac), None) => Ok(Credential::Hmac(hmac.clone())),
            (None, None, Some(client)) => Ok(Credential::Client(client.clone())),
            _ => Err(self.fault("genau eines von token, hmac und client muss angegeben sein")),
        }
    }

    fn check(&self, tls: Option<&TlsSettings>) -> Result<(), SettingsFault> {
        if !is_path(&self.path) {
            return Err(self.fault("ein Pfad beginnt mit / und besteht aus Buchstaben, Ziffern und - . _ ~"));
        }
        if self.accept.is_empty() || !self.accept.iter().all(|kind| is_media_type(kind)) {
            return Err(self.fault("accept muss Medientypen ohne Parameter nennen, etwa application/json"));
        }
        if self.max_bytes == 0 || self.per_minute == Some(0) {
            return Err(self.fault("max_bytes und per_minute müssen größer als 0 sein"));
        }
        let headers = [
            Some(&self.idempotency_header),
            self.hmac.as_ref().map(|hmac| &hmac.header),
        ];
        if !headers.into_iter().flatten().all(|name| is_token(name)) {
            return Err(self.fault("das ist kein Name eines Headers"));
        }
        let secret = match self.credential()? {
            Credential::Token(token) => token,
            Credential::Hmac(hmac) => hmac.secret,
            Credential::Client(_) if tls.is_none_or(|tls| tls.client_ca.is_none()) => {
                return Err(self.fault("client braucht client_ca in [settings.listen.tls]"));
            }
            Credential::Client(name) => Secret::new(name),
        };
        if secret.disclose().is_empty() {
            return Err(self.fault("das Geheimnis oder der Name ist leer"));
        }
        Ok(())
    }

    fn fault(&self, what: &str) -> SettingsFault {
        fault(&format!("settings.listen, Pfad {}: {what}.", self.path))
    }
}

/// A path that needs no encoding.
fn is_path(path: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-._~".contains(c);
    path.starts_with('/') && path.chars().all(plain)
}

/// `type/subtype` without parameters.
fn is_media_type(text: &str) -> bool {
    text.split_once('/')
        .is_some_and(|(kind, sub)| is_token(kind) && is_token(sub))
}

/// A token of RFC 9110: what names of headers and media types are made of.
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c))
}
