// SPDX-License-Identifier: EUPL-1.2
//! How a system that is called is reached, and how the connector shows who it is.

use std::path::PathBuf;
use std::time::Duration;

use connector_sdk::SettingsFault;
use reqwest::Url;
use serde::Deserialize;

use super::{Secret, fault};

/// User and password.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BasicSettings {
    pub user: String,
    pub password: Secret,
}

/// A token of an OAuth2 service, by client credentials.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OAuthSettings {
    pub token_url: String,
    pub client_id: String,
    pub client_secret: Secret,
    pub scope: Option<String>,
    /// Id and secret in the form instead of the header, for services that want it so.
    #[serde(default)]
    pub secret_in_form: bool,
}

/// A client certificate.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClientCertificate {
    pub certificate: PathBuf,
    pub key: Secret,
}

/// All of it, taken out of the settings of one side.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    pub token: Option<Secret>,
    pub basic: Option<BasicSettings>,
    pub oauth2: Option<OAuthSettings>,
    pub client_certificate: Option<ClientCertificate>,
    pub ca: Option<PathBuf>,
    pub connect: Duration,
    pub answer: Duration,
    pub plain_http: bool,
    /// Whether a connection may serve several requests.
    pub keep_connections: bool,
}

pub(super) fn connect_seconds() -> u64 {
    10
}

pub(super) fn call_seconds() -> u64 {
    60
}

/// A number of seconds that is neither nothing nor for ever.
pub(super) fn seconds(number: u64) -> Duration {
    Duration::from_secs(number.clamp(1, 3600))
}

impl Access {
    pub(super) fn check(&self, place: &str) -> Result<(), SettingsFault> {
        let ways = [self.token.is_some(), self.basic.is_some(), self.oauth2.is_some()];
        if ways.into_iter().filter(|given| *given).count() > 1 {
            return Err(fault(&format!(
                "{place}: höchstens eines von token, basic und oauth2 angeben."
            )));
        }
        if let Some(oauth2) = &self.oauth2 {
            url(&oauth2.token_url, self.plain_http, &format!("{place}, token_url"))?;
        }
        Ok(())
    }
}

/// An address that may be called: encrypted, unless it is this machine or somebody insists.
pub(crate) fn url(text: &str, plain_http: bool, place: &str) -> Result<Url, SettingsFault> {
    let refused = |why: &str| Err(fault(&format!("{place}: {why}.")));
    let Ok(url) = Url::parse(text) else {
        return refused("das ist keine Adresse");
    };
    let is_loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    match url.scheme() {
        "https" => {}
        "http" if is_loopback || plain_http => {}
        _ => return refused("die Adresse muss mit https:// beginnen (http:// nur auf diesem Rechner)"),
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return refused("Zugangsdaten und # haben in der Adresse nichts zu suchen");
    }
    Ok(url)
}
