// SPDX-License-Identifier: EUPL-1.2
//! The target: each delivery becomes one request with the delivery's id as its idempotency key.
//!
//! What the answer means is said by [`judgement`]. Without one it depends on whether the request can have been on its
//! way: before that nothing arrived, after that nobody knows.

mod judgement;
mod payload;
mod reference;
mod template;

use std::time::Duration;

use connector_sdk::{Delivery, Done, SettingsFault, Sink, SinkFault, Steps, Unavailable, failpoint};
use hub_message::TargetClass;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::{Response, StatusCode};

use crate::caller::{Caller, Patience};
use crate::settings::{QuerySettings, SendSettings};
use judgement::{Judgement, judge};
use payload::Payload;
pub(crate) use template::Template;

const ROLE: &str = "Zielsystem";
/// Slowest line that a large delivery may take, in bytes a second.
const SLOWEST: u64 = 128 * 1024;

/// The target as a sink.
#[derive(Debug)]
pub(crate) struct Outlet {
    settings: SendSettings,
    caller: Caller,
    patience: Patience,
    /// Time for a request and its answer, without that for a large body.
    time: Duration,
}

impl Outlet {
    /// Checks everything that the settings name; the target itself is not called.
    pub(crate) fn open(settings: SendSettings) -> Result<Self, SettingsFault> {
        let access = settings.access();
        Ok(Self {
            caller: Caller::open(&access, ROLE)?,
            patience: Patience::default(),
            time: access.connect + access.answer,
            settings,
        })
    }

    fn url(&self, path: &Template, delivery: &Delivery) -> String {
        format!("{}{}", self.settings.base.trim_end_matches('/'), path.path(delivery))
    }

    async fn send(&self, delivery: &Delivery, payload: &Payload) -> Result<Response, SinkFault> {
        let url = self.url(&self.settings.path, delivery);
        let time = self.time + Duration::from_secs(payload.size / SLOWEST);
        let response = self.caller.call(|client| {
            client
                .request(self.settings.method(), &url)
                .timeout(time)
                .header(self.settings.idempotency_header.as_str(), delivery.id.as_str())
                .header(CONTENT_TYPE, &payload.media_type)
                .header(CONTENT_LENGTH, payload.size)
                .body(payload.body())
        });
        Ok(response.await?)
    }

    /// What an answer that is no success means for the status page; the target's wish to be left alone is heeded.
    fn trouble(&self, judgement: Judgement, response: &Response) -> Unavailable {
        let status = response.status().as_u16();
        let what = match judgement {
            Judgement::Denied => "Der Zugang wird verweigert; Zugangsdaten und Rechte prüfen",
            Judgement::Misconfigured => "Die Adresse oder die Methode stimmt nicht; die Einstellungen prüfen",
            Judgement::Unknown => "Ein Zwischenrechner meldet, dass das Zielsystem nicht geantwortet hat",
            _ => "Es wird gerade nichts angenommen; es wird weiter versucht",
        };
        let trouble = Unavailable(format!("{}: {what} (HTTP {status}).", self.caller.role()));
        self.patience.heed(response, &trouble);
        trouble
    }

    async fn ask(&self, query: &QuerySettings, delivery: &Delivery) -> Result<Option<Done>, Unavailable> {
        self.patience.check()?;
        let url = self.url(&query.path, delivery);
        let answer = self.caller.call(|client| client.get(&url).timeout(self.time)).await;
        let response = answer.map_err(crate::caller::CallFault::into_unavailable)?;
        match response.status() {
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(None),
            status if status.is_success() => Ok(Some(Done {
                reference: reference::of(response, query.reference.as_deref()).await,
            })),
            status => Err(self.trouble(judge(status, false), &response)),
        }
    }
}

impl Sink for Outlet {
    fn class(&self) -> Option<TargetClass> {
        Some(self.settings.class())
    }

    async fn deliver(&self, delivery: &Delivery, _: &Steps) -> Result<Done, SinkFault> {
        self.patience.check()?;
        let payload = Payload::of(delivery, self.settings.documents).await?;
        failpoint::reach("out-read");
        let response = self.send(delivery, &payload).await?;
        failpoint::reach("out-answered");
        let status = response.status();
        match judge(status, self.settings.conflict_is_done()) {
            Judgement::Done => Ok(Done {
                reference: reference::of(response, self.settings.reference.as_deref()).await,
            }),
            Judgement::Rejected(class) => Err(SinkFault::Rejected {
                class,
                code: format!("HTTP {}", status.as_u16()),
                text: judgement::sentence(class).to_owned(),
            }),
            judgement @ Judgement::Unknown => Err(SinkFault::Unknown(self.trouble(judgement, &response))),
            judgement => Err(self.trouble(judgement, &response).into()),
        }
    }

    async fn find(&self, delivery: &Delivery) -> Result<Option<Done>, Unavailable> {
        match &self.settings.query {
            Some(query) => self.ask(query, delivery).await,
            // The settings are checked for it: whoever cannot be asked must not be told twice.
            None => Err(Unavailable(format!(
                "{ROLE}: Es ist nicht eingestellt, wie es gefragt wird (query)."
            ))),
        }
    }
}

#[cfg(test)]
mod tests;
