// SPDX-License-Identifier: EUPL-1.2
//! What an installation offers to the editors of its files, and the schemas of the configuration files themselves.

use std::collections::BTreeMap;
use std::path::Path;

use hub_authoring::schemas::{self, Heading, Known};
use hub_message::ConnectorName;
use serde_json::Value;

use super::findings::Findings;
use super::library::{Library, Places};
use super::{Reading, keys, manifest};

/// What an installation offers.
pub(crate) struct Offers {
    /// Its canonical schemas and mappings.
    pub(crate) library: Library,
    /// The ids of its mappings.
    pub(crate) mappings: Vec<String>,
    /// The names of its connectors.
    pub(crate) connectors: Vec<String>,
    /// The kinds of its connectors, and what their programs say of their settings.
    pub(crate) kinds: Vec<(String, Value)>,
}

impl Offers {
    /// Without a configuration: the canonical schemas here or above.
    pub(crate) fn here(findings: &mut Findings) -> Self {
        Self {
            library: Library::open(&Places::from(Path::new("")), findings),
            mappings: Vec::new(),
            connectors: Vec::new(),
            kinds: Vec::new(),
        }
    }

    /// Of the installation with this configuration folder. Programs are asked for the schemas of their settings; what
    /// is wrong with connectors is the business of `check`.
    pub(crate) fn of(folder: &Path, findings: &mut Findings) -> Self {
        let places = super::places(folder, findings);
        let library = Library::open(&places, findings);
        let mut reading = Reading::default();
        reading.connectors(folder, &super::Limits::default());
        let mut kinds = BTreeMap::new();
        for connector in reading.connectors.values() {
            if !kinds.contains_key(&connector.kind) {
                kinds.extend(manifest::settings_of(connector).map(|schema| (connector.kind.clone(), schema)));
            }
        }
        Self {
            mappings: library.ids().map(str::to_owned).collect(),
            connectors: reading.connectors.keys().map(ConnectorName::to_string).collect(),
            kinds: kinds.into_iter().collect(),
            library,
        }
    }
}

/// The schema of `hub.toml`.
pub(crate) fn schema_of_hub(known: &Known<'_>) -> Value {
    let heading = Heading {
        id: "urn:amtshub:schema:hub",
        title: "hub.toml",
        description: "The configuration of the hub itself.",
    };
    schemas::file(&keys::HUB, heading, known)
}

/// The schema of `connectors/<name>.toml`.
pub(crate) fn schema_of_connector(known: &Known<'_>) -> Value {
    let heading = Heading {
        id: "urn:amtshub:schema:connector",
        title: "Konnektor",
        description: "A connector: what runs beside the hub, what it sends and how that is read.",
    };
    schemas::file(&keys::CONNECTOR, heading, known)
}

/// The schema of `routes/*.toml`.
pub(crate) fn schema_of_route(known: &Known<'_>) -> Value {
    let heading = Heading {
        id: "urn:amtshub:schema:route",
        title: "Routen",
        description: "Routes: who gets which documents, which of their fields, in which form, why and by which law.",
    };
    schemas::file(&keys::ROUTES, heading, known)
}
