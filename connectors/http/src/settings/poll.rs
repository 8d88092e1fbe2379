// SPDX-License-Identifier: EUPL-1.2
//! `[[settings.poll]]`: an address that is asked again and again for what is new.

use std::path::PathBuf;
use std::time::Duration;

use connector_sdk::SettingsFault;
use hub_message::MessageType;
use reqwest::Url;
use serde::Deserialize;

use super::access::{self, Access, BasicSettings, ClientCertificate, OAuthSettings};
use super::{Secret, fault};

/// `[[settings.poll]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PollSettings {
    /// What the status page and the cursor's file call it.
    pub name: String,
    url: String,
    #[serde(rename = "type")]
    pub kind: MessageType,
    #[serde(default = "one_minute")]
    every_seconds: u64,
    /// Where in the answer the records stand; without it the whole answer is one record.
    pub records: Option<String>,
    id: Option<Pointers>,
    pub media_type: Option<String>,
    pub cursor: Option<CursorSettings>,
    /// Where the answer names its next page: a JSON pointer, or `Link` for the header.
    pub next: Option<String>,
    #[serde(default = "super::listen::ten_mebibytes")]
    pub max_bytes: u64,
    token: Option<Secret>,
    basic: Option<BasicSettings>,
    oauth2: Option<OAuthSettings>,
    client_certificate: Option<ClientCertificate>,
    ca: Option<PathBuf>,
    #[serde(default = "access::connect_seconds")]
    connect_seconds: u64,
    #[serde(default = "access::call_seconds")]
    answer_seconds: u64,
    #[serde(default)]
    dangerously_allow_plain_http: bool,
}

/// What is asked for next time: only what came after the last record.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CursorSettings {
    /// The parameter of the query.
    pub parameter: String,
    /// Where its next value stands in the answer.
    pub from: Option<String>,
    /// Where its next value stands in the last record.
    pub from_last: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Pointers {
    One(String),
    Many(Vec<String>),
}

/// That the header names the next page.
pub(crate) const LINK: &str = "Link";

pub(super) fn one_minute() -> u64 {
    60
}

impl PollSettings {
    /// The address, without a cursor.
    pub(crate) fn url(&self) -> Result<Url, SettingsFault> {
        access::url(&self.url, self.dangerously_allow_plain_http, &self.place())
    }

    /// Pause between two rounds.
    pub(crate) fn every(&self) -> Duration {
        Duration::from_secs(self.every_seconds.clamp(1, 86_400))
    }

    /// Where in a record stands what makes it the same one when it comes again.
    pub(crate) fn id(&self) -> &[String] {
        match &self.id {
            None => &[],
            Some(Pointers::One(pointer)) => std::slice::from_ref(pointer),
            Some(Pointers::Many(pointers)) => pointers,
        }
    }

    pub(crate) fn access(&self) -> Access {
        Access {
            token: self.token.clone(),
            basic: self.basic.clone(),
            oauth2: self.oauth2.clone(),
            client_certificate: self.client_certificate.clone(),
            ca: self.ca.clone(),
            connect: access::seconds(self.connect_seconds),
            answer: access::seconds(self.answer_seconds),
            plain_http: self.dangerously_allow_plain_http,
            keep_connections: true,
        }
    }

    fn place(&self) -> String {
        format!("settings.poll, {}", self.name)
    }

    pub(super) fn check(&self) -> Result<(), SettingsFault> {
        let refused = |what: &str| Err(fault(&format!("{}: {what}.", self.place())));
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.name.is_empty() || self.name.len() > 60 || !self.name.chars().all(is_name) {
            return refused("name besteht aus höchstens 60 kleinen Buchstaben, Ziffern und -");
        }
        self.url()?;
        let cursor = self.cursor.as_ref();
        let inside = cursor
            .into_iter()
            .flat_map(|cursor| [cursor.from.as_ref(), cursor.from_last.as_ref()]);
        let next = self.next.as_ref().filter(|next| *next != LINK);
        let in_json: Vec<&String> = inside.flatten().chain(next).chain(self.id()).collect();
        if self.records.is_none() && (!in_json.is_empty() || cursor.is_some()) {
            return refused("id, cursor und ein JSON-Pointer in next brauchen records");
        }
        // The empty pointer is the whole answer.
        let is_pointer = |pointer: &String| pointer.is_empty() || pointer.starts_with('/');
        if !in_json.into_iter().chain(&self.records).all(is_pointer) {
            return refused("ein JSON-Pointer beginnt mit / (und next kann auch Link sein)");
        }
        if cursor
            .is_some_and(|cursor| cursor.parameter.is_empty() || cursor.from.is_some() == cursor.from_last.is_some())
        {
            return refused("cursor braucht parameter und genau eines von from und from_last");
        }
        if self.max_bytes == 0 {
            return refused("max_bytes muss größer als 0 sein");
        }
        self.access().check(&self.place())
    }
}
