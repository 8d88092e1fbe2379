// SPDX-License-Identifier: EUPL-1.2
//! `[settings.send]`: where deliveries go, and how.

use std::path::PathBuf;

use connector_sdk::SettingsFault;
use hub_message::TargetClass;
use reqwest::Method;
use serde::Deserialize;

use super::access::{self, Access, BasicSettings, ClientCertificate, OAuthSettings};
use super::listen::is_token;
use super::{Secret, fault};
use crate::outlet::Template;

/// `[settings.send]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SendSettings {
    pub base: String,
    pub path: Template,
    #[serde(default)]
    method: Verb,
    #[serde(default)]
    pub documents: DocumentsAs,
    #[serde(default)]
    conflict: Conflict,
    /// Where in the answer the id stands that the delivery got.
    pub reference: Option<String>,
    pub query: Option<QuerySettings>,
    #[serde(default = "neither")]
    target_class: TargetClass,
    #[serde(default = "super::listen::idempotency_header")]
    pub idempotency_header: String,
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

/// How the target is asked whether a delivery arrived.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuerySettings {
    pub path: Template,
    pub reference: Option<String>,
}

/// What becomes of a delivery's documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DocumentsAs {
    /// They are left out.
    #[default]
    None,
    /// Message and documents as the parts of one form.
    Multipart,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
enum Verb {
    #[default]
    #[serde(rename = "POST")]
    Post,
    #[serde(rename = "PUT")]
    Put,
    #[serde(rename = "PATCH")]
    Patch,
}

/// What 409 means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Conflict {
    #[default]
    Rejected,
    Done,
}

fn neither() -> TargetClass {
    TargetClass::Neither
}

impl SendSettings {
    /// How the target behaves when a delivery is repeated.
    pub(crate) fn class(&self) -> TargetClass {
        self.target_class
    }

    pub(crate) fn method(&self) -> Method {
        match self.method {
            Verb::Post => Method::POST,
            Verb::Put => Method::PUT,
            Verb::Patch => Method::PATCH,
        }
    }

    /// Whether 409 says that the delivery is there already.
    pub(crate) fn conflict_is_done(&self) -> bool {
        self.conflict == Conflict::Done
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
            // A kept connection may be closed at the other end in the moment in which a request goes out, and nobody
            // knows then whether it was read. Where that ends in doubt, each delivery gets a connection of its own.
            keep_connections: self.class() != TargetClass::Neither,
        }
    }

    pub(super) fn check(&self) -> Result<(), SettingsFault> {
        let place = "settings.send";
        let base = access::url(&self.base, self.dangerously_allow_plain_http, &format!("{place}.base"))?;
        if base.query().is_some() {
            return Err(fault(
                "settings.send.base: die Adresse darf kein ? enthalten; es gehört in path.",
            ));
        }
        if !is_token(&self.idempotency_header) {
            return Err(fault("settings.send.idempotency_header ist kein Name eines Headers."));
        }
        let pointers = [
            &self.reference,
            &self.query.as_ref().and_then(|query| query.reference.clone()),
        ];
        if pointers.into_iter().flatten().any(|pointer| !pointer.starts_with('/')) {
            return Err(fault(
                "settings.send: reference ist ein JSON-Pointer und beginnt mit /.",
            ));
        }
        if self.target_class == TargetClass::Queryable && self.query.is_none() {
            return Err(fault("settings.send: target_class = \"queryable\" braucht query.path."));
        }
        self.access().check(place)
    }
}
