// SPDX-License-Identifier: EUPL-1.2
//! Calls to other systems: how they are reached, how the connector shows who it is, and what becomes of a call. No
//! redirect is ever followed: where a request goes is said by the settings alone.

mod fault;
mod oauth;
mod retry_after;

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use connector_sdk::SettingsFault;
use reqwest::{Client, RequestBuilder, Response, StatusCode};

use crate::settings::{Access, BasicSettings, Secret, fault};
use crate::tls;
pub(crate) use fault::CallFault;
use oauth::Tokens;
pub(crate) use retry_after::Patience;

/// Idle connections that are kept.
const IDLE: usize = 8;
/// How long they are kept; other ends often close theirs after 5 s.
const IDLE_TIME: Duration = Duration::from_secs(4);
const USER_AGENT: &str = concat!("amtshub-connector-http/", env!("CARGO_PKG_VERSION"));

/// Calls one system.
#[derive(Debug)]
pub(crate) struct Caller {
    client: Client,
    credential: Credential,
    /// How the status page names the system.
    role: String,
}

#[derive(Debug)]
enum Credential {
    None,
    Token(Secret),
    Basic(BasicSettings),
    OAuth2(Tokens),
}

impl Caller {
    /// A caller of the system that the status page names `role`.
    pub(crate) fn open(access: &Access, role: &str) -> Result<Self, SettingsFault> {
        let client = Client::builder()
            .tls_backend_preconfigured(tls::client(access)?)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .user_agent(USER_AGENT)
            .connect_timeout(access.connect)
            .timeout(access.connect + access.answer)
            .pool_max_idle_per_host(if access.keep_connections { IDLE } else { 0 })
            .pool_idle_timeout(IDLE_TIME)
            .build()
            .map_err(|_| fault(&format!("{role}: Verbindungen lassen sich so nicht einrichten.")))?;
        let credential = match (&access.token, &access.basic, &access.oauth2) {
            (Some(token), _, _) => Credential::Token(token.clone()),
            (_, Some(basic), _) => Credential::Basic(basic.clone()),
            (_, _, Some(oauth2)) => Credential::OAuth2(Tokens::new(oauth2.clone())),
            _ => Credential::None,
        };
        Ok(Self {
            client,
            credential,
            role: role.to_owned(),
        })
    }

    /// How the status page names the system.
    pub(crate) fn role(&self) -> &str {
        &self.role
    }

    /// Makes a call. A token that the system does not accept any more is fetched anew once, for which the request is
    /// made again.
    pub(crate) async fn call(
        &self,
        request: impl Fn(&Client) -> RequestBuilder + Send + Sync,
    ) -> Result<Response, CallFault> {
        let Credential::OAuth2(tokens) = &self.credential else {
            return self.send(self.shown(request(&self.client))).await;
        };
        let token = tokens.token(&self.client).await.map_err(CallFault::Unsent)?;
        let response = self.send(request(&self.client).bearer_auth(token.disclose())).await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            return Ok(response);
        }
        drop(response);
        tokens.forget(&token).await;
        let token = tokens.token(&self.client).await.map_err(CallFault::Unsent)?;
        self.send(request(&self.client).bearer_auth(token.disclose())).await
    }

    fn shown(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.credential {
            Credential::Token(token) => request.bearer_auth(token.disclose()),
            Credential::Basic(basic) => request.basic_auth(&basic.user, Some(basic.password.disclose())),
            Credential::None | Credential::OAuth2(_) => request,
        }
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, CallFault> {
        request.send().await.map_err(|error| CallFault::of(&error, &self.role))
    }
}

/// The body of an answer; `None` when it is larger or breaks off.
pub(crate) async fn answer_bytes(mut response: Response, max: usize) -> Option<Bytes> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        if bytes.len() + chunk.len() > max {
            return None;
        }
        bytes.extend_from_slice(&chunk);
    }
    Some(bytes.freeze())
}
