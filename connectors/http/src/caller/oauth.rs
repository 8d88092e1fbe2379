// SPDX-License-Identifier: EUPL-1.2
//! Tokens of an OAuth2 service by client credentials (RFC 6749, 4.4): fetched once, kept until shortly before they expire.

use std::time::{Duration, Instant};

use connector_sdk::Unavailable;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Client, RequestBuilder, Url};
use serde::Deserialize;
use tokio::sync::Mutex;

use super::answer_bytes;
use super::fault::CallFault;
use crate::settings::{OAuthSettings, Secret};

const ROLE: &str = "Anmeldedienst (OAuth2)";
/// Tokens are not used in their last moments.
const MARGIN: Duration = Duration::from_secs(30);
/// For services that do not say how long their tokens are good.
const UNSTATED: u64 = 300;
/// Nobody's tokens are longer.
const ANSWER_BYTES: usize = 64 * 1024;

/// The tokens of one system.
#[derive(Debug)]
pub(crate) struct Tokens {
    settings: OAuthSettings,
    kept: Mutex<Option<Kept>>,
}

#[derive(Debug)]
struct Kept {
    token: Secret,
    until: Instant,
}

#[derive(Deserialize)]
struct Answer {
    access_token: Secret,
    expires_in: Option<u64>,
}

impl Tokens {
    pub(crate) fn new(settings: OAuthSettings) -> Self {
        Self {
            settings,
            kept: Mutex::new(None),
        }
    }

    /// A token that is good; whoever comes while one is fetched gets that one.
    pub(crate) async fn token(&self, client: &Client) -> Result<Secret, Unavailable> {
        let mut kept = self.kept.lock().await;
        if let Some(kept) = &*kept
            && Instant::now() < kept.until
        {
            return Ok(kept.token.clone());
        }
        let answer = self.fetch(client).await?;
        let good = Duration::from_secs(answer.expires_in.unwrap_or(UNSTATED).min(24 * 3600));
        *kept = Some(Kept {
            token: answer.access_token.clone(),
            until: Instant::now() + good.saturating_sub(MARGIN),
        });
        Ok(answer.access_token)
    }

    /// The system did not accept this token: another one is fetched next time.
    pub(crate) async fn forget(&self, refused: &Secret) {
        let mut kept = self.kept.lock().await;
        if kept.as_ref().is_some_and(|kept| kept.token == *refused) {
            *kept = None;
        }
    }

    async fn fetch(&self, client: &Client) -> Result<Answer, Unavailable> {
        let refused = |what: &str| Unavailable(format!("{ROLE}: {what}"));
        let response = self.request(client).send().await;
        let response = response.map_err(|error| CallFault::of(&error, ROLE).into_unavailable())?;
        let status = response.status();
        if !status.is_success() {
            return Err(match status.as_u16() {
                400 | 401 | 403 => refused("Der Zugang wird verweigert; client_id, client_secret und scope prüfen."),
                other => refused(&format!("Es wird kein Token ausgestellt (HTTP {other}).")),
            });
        }
        let bytes = answer_bytes(response, ANSWER_BYTES).await;
        let answer: Option<Answer> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        answer
            .filter(|answer| HeaderValue::from_str(answer.access_token.disclose()).is_ok())
            .ok_or_else(|| refused("Die Antwort enthält kein brauchbares Token."))
    }

    fn request(&self, client: &Client) -> RequestBuilder {
        let OAuthSettings {
            token_url,
            client_id,
            client_secret,
            scope,
            secret_in_form,
        } = &self.settings;
        let mut fields = vec![("grant_type", "client_credentials")];
        fields.extend(scope.as_ref().map(|scope| ("scope", scope.as_str())));
        let mut request = client.post(token_url);
        if *secret_in_form {
            fields.push(("client_id", client_id));
            fields.push(("client_secret", client_secret.disclose()));
        } else {
            request = request.basic_auth(form(&[("", client_id)]), Some(form(&[("", client_secret.disclose())])));
        }
        request
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form(&fields))
    }
}

/// Fields as a form writes them; without a name only the value, as the header wants it (RFC 6749, 2.3.1).
fn form(fields: &[(&str, &str)]) -> String {
    // The query of an address is written by the same rules.
    let Ok(mut url) = Url::parse("http://form/") else {
        return String::new();
    };
    url.query_pairs_mut().extend_pairs(fields);
    url.query().unwrap_or_default().trim_start_matches('=').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_written_as_forms() {
        assert_eq!(form(&[("a", "1 2"), ("b", "&=ü")]), "a=1+2&b=%26%3D%C3%BC");
        assert_eq!(form(&[("", "a b:c")]), "a+b%3Ac");
    }
}
