// SPDX-License-Identifier: EUPL-1.2
//! The rules: schemas, mappings, connectors and routes, checked against each other. Immutable; swapped whole.

mod deliver;
mod lookup;
mod reach;
mod route;
mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use hub_mapping::Mapping;
use hub_message::{ConnectorName, Digest, Finding, MessageType, Recipient, Sensitive, Severity};
use hub_schema::Schemas;

use crate::lookup::Lookup;
use crate::route::{Route, RouteSource, Target};
use crate::written::Written;

/// What the rules are made of.
#[derive(Debug)]
pub struct RulesSource {
    /// The town's name, for `$site.name`.
    pub site: String,
    /// The key under which order keys are hashed. It is no part of the digest.
    pub order_key: Sensitive<Vec<u8>>,
    /// Digest of everything else: configuration, schemas, mappings, tables.
    pub digest: Digest,
    /// The canonical schemas.
    pub schemas: Schemas,
    /// Mappings by id; `None` for one that is there and does not load, about which findings have been made already.
    pub mappings: BTreeMap<String, Option<Arc<Mapping>>>,
    /// The connectors.
    pub connectors: Vec<ConnectorSource>,
    /// The routes, in the order of their files.
    pub routes: Vec<RouteSource>,
    /// Whether these are all connectors, types and routes. When some could not be read, nothing is said about what
    /// leads nowhere.
    pub complete: bool,
}

/// A connector, as far as the rules must know it.
#[derive(Debug, Clone)]
pub struct ConnectorSource {
    /// Its name.
    pub name: ConnectorName,
    /// What it sends.
    pub types: Vec<TypeSource>,
}

/// A type of messages that a connector sends, and the mapping that reads it.
#[derive(Debug, Clone)]
pub struct TypeSource {
    /// The type.
    pub kind: Written,
    /// The mapping.
    pub mapping: Option<Written>,
}

/// What came of checking rules.
#[derive(Debug)]
pub struct Checked {
    /// The rules, unless one of the findings is an error.
    pub rules: Option<Rules>,
    /// Everything that was found.
    pub findings: Vec<Finding>,
}

/// The checked rules.
pub struct Rules {
    pub(crate) site: String,
    pub(crate) order_key: Sensitive<Vec<u8>>,
    pub(crate) schemas: Schemas,
    pub(crate) routes: Vec<Route>,
    lookups: BTreeMap<String, Lookup>,
    digest: Digest,
    connectors: BTreeMap<ConnectorName, Sends>,
}

/// What a connector sends, and who may get something of it.
#[derive(Debug, Default)]
struct Sends {
    types: BTreeMap<MessageType, Arc<Mapping>>,
    recipients: BTreeSet<Recipient>,
}

impl Rules {
    /// Checks everything against everything. All findings at once.
    pub fn build(source: RulesSource) -> Checked {
        let mut findings = Vec::new();
        let mut connectors = types::check(&source, &mut findings);
        let checked = route::check_all(&source, &mut findings);
        reach::check(&connectors, &checked, &source, &mut findings);
        // What names a mapping that did not load is left out without a finding, because one was made about the mapping.
        let types = |connector: &ConnectorSource| connector.types.len();
        let complete = checked.len() == source.routes.len()
            && connectors.values().map(|sends| sends.types.len()).sum::<usize>()
                == source.connectors.iter().map(types).sum::<usize>();
        if !complete || findings.iter().any(|f| f.severity == Severity::Error) {
            return Checked { rules: None, findings };
        }
        let (routes, lookups) = route::apart(checked);
        for (name, sends) in &mut connectors {
            sends.recipients = recipients(name, sends, &routes);
        }
        let rules = Self {
            site: source.site,
            order_key: source.order_key,
            schemas: source.schemas,
            routes,
            lookups,
            digest: source.digest,
            connectors,
        };
        Checked {
            rules: Some(rules),
            findings,
        }
    }

    /// Digest over configuration, schemas and mappings; every message records it.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The connectors, in order of their names.
    pub fn connectors(&self) -> impl Iterator<Item = &ConnectorName> {
        self.connectors.keys()
    }

    /// The routes.
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// The look-up of this name.
    pub(crate) fn lookup(&self, name: &str) -> Option<&Lookup> {
        self.lookups.get(name)
    }

    /// The look-ups, in order of their names.
    pub fn lookups(&self) -> impl Iterator<Item = &Lookup> {
        self.lookups.values()
    }

    /// The canonical schemas.
    pub fn schemas(&self) -> &Schemas {
        &self.schemas
    }

    /// The types that the hub takes from a connector.
    pub fn types_of(&self, source: &ConnectorName) -> impl Iterator<Item = &MessageType> {
        self.connectors.get(source).into_iter().flat_map(|s| s.types.keys())
    }

    /// Whether the hub takes messages of this type from this connector.
    pub fn accepts(&self, source: &ConnectorName, kind: &MessageType) -> bool {
        self.mapping(source, kind).is_some()
    }

    /// Everybody who may get something of what a connector sends. The case store, which gets the record of every
    /// message, is among them.
    pub fn recipients_of(&self, source: &ConnectorName) -> impl Iterator<Item = &Recipient> {
        self.connectors
            .get(source)
            .into_iter()
            .flat_map(|s| s.recipients.iter())
    }

    /// Whether planning messages of this type needs what the case store knows about their case.
    pub fn asks_case(&self, source: &ConnectorName, kind: &MessageType) -> bool {
        let Some(mapping) = self.mapping(source, kind) else {
            return false;
        };
        self.routes
            .iter()
            .filter(|route| route.takes(source, mapping.canonical()))
            .any(|route| match &route.target {
                Target::Deliver(deliver) => deliver.mapping.as_ref().is_some_and(|m| m.asks_case()),
                Target::Drop { .. } => false,
            })
    }

    /// Whether the connector is in the configuration.
    pub(crate) fn knows(&self, source: &ConnectorName) -> bool {
        self.connectors.contains_key(source)
    }

    /// The mapping that reads messages of this type from this connector.
    pub(crate) fn mapping(&self, source: &ConnectorName, kind: &MessageType) -> Option<&Arc<Mapping>> {
        self.connectors.get(source)?.types.get(kind)
    }
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rules({})", self.digest.short())
    }
}

fn recipients(name: &ConnectorName, sends: &Sends, routes: &[Route]) -> BTreeSet<Recipient> {
    let taken = routes.iter().filter(|route| {
        sends
            .types
            .values()
            .any(|mapping| route.takes(name, mapping.canonical()))
    });
    let connectors = taken.filter_map(|route| match &route.target {
        Target::Deliver(deliver) => Some(Recipient::Connector(deliver.recipient.clone())),
        Target::Drop { .. } => None,
    });
    connectors.chain([Recipient::Cases]).collect()
}

#[cfg(test)]
mod tests;
