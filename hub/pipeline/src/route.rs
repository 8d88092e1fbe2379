// SPDX-License-Identifier: EUPL-1.2
//! Routes: who gets which canonical documents, which of their fields, in which form, why and by which law.

use std::collections::BTreeSet;
use std::sync::Arc;

use hub_mapping::Mapping;
use hub_message::{ConnectorName, MessageType, SchemaId};

use crate::condition::Condition;
use crate::release::Selection;
use crate::written::Written;

/// A route as it is written. What is missing or wrong is found by `Rules::build`.
#[derive(Debug, Clone)]
pub struct RouteSource {
    /// The `[[route]]` itself, for findings about what is missing.
    pub at: Written,
    /// `kind`: `delivery` or `lookup`.
    pub mode: Option<Written>,
    /// `name`
    pub name: Option<Written>,
    /// `from`
    pub from: Option<Vec<Written>>,
    /// `schema`
    pub schema: Option<Written>,
    /// `when`
    pub when: Option<Written>,
    /// `to`
    pub to: Option<Written>,
    /// `drop = true`; its text is `true` or `false`.
    pub drop: Option<Written>,
    /// `reason`
    pub reason: Option<Written>,
    /// `mapping`
    pub mapping: Option<Written>,
    /// `type`
    pub kind: Option<Written>,
    /// `purpose`
    pub purpose: Option<Written>,
    /// `legal_basis`
    pub legal_basis: Option<Written>,
    /// `fields`, with the whole list for findings about it.
    pub fields: Option<(Written, Vec<Written>)>,
    /// `question`, with the whole list for findings about it.
    pub question: Option<(Written, Vec<Written>)>,
    /// `documents`
    pub documents: Option<Written>,
    /// `retention`
    pub retention: Option<Written>,
    /// `protected_person`
    pub protected_person: Option<Written>,
}

/// A checked route.
#[derive(Debug, Clone)]
pub struct Route {
    pub(crate) name: String,
    pub(crate) from: Option<BTreeSet<ConnectorName>>,
    pub(crate) schema: SchemaId,
    pub(crate) when: Option<Condition>,
    pub(crate) target: Target,
    pub(crate) place: String,
}

impl Route {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The connectors whose documents it takes; `None` for all.
    pub fn from(&self) -> Option<&BTreeSet<ConnectorName>> {
        self.from.as_ref()
    }

    /// The schema of the documents that it takes.
    pub fn schema(&self) -> &SchemaId {
        &self.schema
    }

    /// Where its documents go.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// `file:line:column` of the route.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Whether it takes documents of `schema` from `source`, if its condition holds.
    pub(crate) fn takes(&self, source: &ConnectorName, schema: &SchemaId) -> bool {
        self.schema == *schema && self.from.as_ref().is_none_or(|from| from.contains(source))
    }
}

/// Where the documents of a route go.
#[derive(Debug, Clone)]
pub enum Target {
    /// To a recipient.
    Deliver(Box<Deliver>),
    /// Nowhere, by intent.
    Drop {
        /// Why, for people.
        reason: String,
    },
}

/// What a recipient gets.
#[derive(Debug, Clone)]
pub struct Deliver {
    /// The recipient.
    pub recipient: ConnectorName,
    /// The mapping that writes; `None` for canonical JSON as released.
    pub mapping: Option<Arc<Mapping>>,
    /// The type of the delivery.
    pub kind: MessageType,
    /// Why the recipient may have it.
    pub purpose: String,
    /// By which law.
    pub legal_basis: String,
    /// Which fields it may have.
    pub selection: Selection,
    /// Whether the documents that came with the message travel along.
    pub attachments: Attachments,
    /// How long the recipient keeps it, as an ISO 8601 duration in years, months and days.
    pub retention: Option<String>,
    /// What happens to documents about persons under protection.
    pub protected_person: ProtectedPerson,
}

/// Whether the documents that came with a message travel along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Attachments {
    /// They stay.
    #[default]
    None,
    /// All of them travel along.
    All,
}

/// What happens to documents about persons under protection (§§ 51, 52 BMG).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProtectedPerson {
    /// They are not delivered.
    #[default]
    Block,
    /// They are delivered.
    Allow,
}
