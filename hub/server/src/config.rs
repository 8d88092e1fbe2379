// SPDX-License-Identifier: EUPL-1.2
//! The configuration: read raw, checked as a whole with all findings at once, then immutable.
//!
//! A folder holds `hub.toml`, `connectors/<name>.toml` and `routes/*.toml`; schemas and mappings lie beside it or where
//! `[paths]` says. Nothing here is used before everything is right: a reload is a load, and it is whole or not at all.

mod check;
mod connector;
mod findings;
pub(crate) mod folder;
mod hub;
mod keys;
pub(crate) mod library;
mod manifest;
mod offers;
mod route;
mod secret;
mod settings;
pub(crate) mod standards;
mod table;
mod tls;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hub_message::{Code, ConnectorName, Digest, Finding, Sensitive};
use hub_pipeline::{ConnectorSource, Rules, RulesSource, Written};

pub(crate) use check::check;
pub(crate) use connector::Connector;
pub(crate) use findings::Findings;
pub(crate) use hub::{Limits, Nats};
pub(crate) use offers::{Offers, schema_of_connector, schema_of_hub, schema_of_route};
pub(crate) use secret::{MaybeSecret, Secret};
pub(crate) use settings::resolve;

use library::{Library, Places};
use table::Source;

const NO_FOLDER: Code = Code::new("AH-K001");
const CROWDED: Code = Code::new("AH-K015");

/// Bytes that a small message takes in a stream, to see whether quotas and stream sizes go together.
const SMALL_MESSAGE_BYTES: u64 = 1024;

/// A configuration in which everything is right.
#[derive(Debug, Clone)]
pub(crate) struct Configuration {
    /// The folder that it was read from.
    pub(crate) folder: PathBuf,
    /// The town's name.
    pub(crate) site: String,
    /// The message bus.
    pub(crate) nats: Nats,
    /// Where the status listener listens.
    pub(crate) status: SocketAddr,
    /// Limits.
    pub(crate) limits: Limits,
    /// The case store: `sqlite` for a file in the data folder, or the address of a database.
    pub(crate) store: MaybeSecret,
    /// The document store: `file` for a folder in the data folder, or an address.
    pub(crate) documents: MaybeSecret,
    /// The connectors.
    pub(crate) connectors: BTreeMap<ConnectorName, Connector>,
    /// What shall happen to messages.
    pub(crate) rules: Arc<Rules>,
    /// What is worth a look, although it loads.
    pub(crate) warnings: Findings,
}

/// Loads the configuration in `folder`. `order_key` is the hub's key for order keys; it is no part of the digest.
pub(crate) fn load(folder: &Path, order_key: &[u8]) -> Result<Configuration, Findings> {
    let mut reading = Reading::default();
    reading.configuration(folder, order_key).ok_or(reading.findings)
}

/// What can be said of the files alone: no program is asked about its settings, no secret is looked for.
pub(crate) fn findings(folder: &Path) -> Findings {
    let mut reading = Reading::default();
    if let Some(hub) = reading.hub(folder) {
        reading.connectors(folder, &hub.limits);
        reading.routes(folder);
        reading.named = reading.mappings_named();
        let _ = reading.rules(&hub, &hub.places(folder), b"check");
        reading.quotas(folder, &hub.limits);
    }
    reading.findings
}

/// One connector, read alone: whatever else is wrong with the configuration does not matter. The error is all that is
/// wrong with its file.
pub(crate) fn connector(folder: &Path, name: &ConnectorName) -> Result<Connector, String> {
    let mut reading = Reading::default();
    reading.connectors(folder, &Limits::default());
    match reading.connectors.remove(name) {
        Some(connector) => Ok(connector),
        None if reading.findings.errors() > 0 => Err(reading.findings.render()),
        None => Err(format!("{} hat keinen Konnektor `{name}`.", folder.display())),
    }
}

/// Whether the hub runs its own nats-server, as far as `hub.toml` can be read.
pub(crate) fn has_own_server(folder: &Path) -> bool {
    let hub = Reading::default().hub(folder);
    hub.is_none_or(|hub| matches!(hub.nats, Nats::Embedded { .. }))
}

/// The names of all connectors, in order; what is wrong with their files is the error.
pub(crate) fn connectors(folder: &Path) -> Result<Vec<ConnectorName>, String> {
    let mut reading = Reading::default();
    reading.connectors(folder, &Limits::default());
    if reading.findings.errors() > 0 {
        return Err(reading.findings.render());
    }
    Ok(reading.connectors.into_keys().collect())
}

/// What the program of a kind says of its settings; `None` when there is no such program.
pub(crate) fn settings_of_kind(kind: &str) -> Option<serde_json::Value> {
    manifest::settings_of_words(&[crate::supervise::beside(&format!("amtshub-connector-{kind}"))])
}

/// Where the schemas and mappings of a configuration are, as far as its `hub.toml` can be read.
pub(crate) fn places(folder: &Path, findings: &mut Findings) -> Places {
    let mut reading = Reading::default();
    let hub = reading.hub(folder);
    findings.append(reading.findings);
    hub.map_or_else(|| Places::from(folder), |hub| hub.places(folder))
}

/// What has been read so far.
#[derive(Default)]
struct Reading {
    findings: Findings,
    connectors: BTreeMap<ConnectorName, Connector>,
    sources: Vec<ConnectorSource>,
    routes: Vec<hub_pipeline::RouteSource>,
    digests: Vec<(String, Digest)>,
    /// Folders with XML schemas that only this command knows of.
    standards: Vec<PathBuf>,
    /// The mappings that connectors and routes name.
    named: Vec<String>,
}

impl Reading {
    /// Reads everything. The findings stay here; only when none of them is an error there is a configuration.
    fn configuration(&mut self, folder: &Path, order_key: &[u8]) -> Option<Configuration> {
        let hub = self.hub(folder)?;
        self.connectors(folder, &hub.limits);
        self.routes(folder);
        self.named = self.mappings_named();
        let places = hub.places(folder).with(&self.standards);
        let rules = self.rules(&hub, &places, order_key);
        self.quotas(folder, &hub.limits);
        self.settings();
        if self.findings.errors() > 0 {
            return None;
        }
        Some(Configuration {
            folder: folder.to_path_buf(),
            site: hub.site,
            nats: hub.nats,
            status: hub.status,
            limits: hub.limits,
            store: hub.store,
            documents: hub.documents,
            connectors: self.connectors.clone(),
            rules: Arc::new(rules?),
            warnings: self.findings.clone(),
        })
    }

    /// Opens a file and notes its digest under its name in the configuration folder.
    fn open(&mut self, folder: &Path, path: &Path) -> Option<Source> {
        let (file, text) = folder::read(path, &mut self.findings)?;
        let name = path.strip_prefix(folder).unwrap_or(path).display().to_string();
        self.digests.push((name, Digest::of(text.as_bytes())));
        Some(Source::new(&file, text))
    }

    fn hub(&mut self, folder: &Path) -> Option<hub::Hub> {
        if !folder.is_dir() {
            let text = "there is no such configuration folder";
            self.findings
                .push(Finding::error(NO_FOLDER, folder.display().to_string(), 0..0, text));
            return None;
        }
        let source = self.open(folder, &folder.join("hub.toml"))?;
        let hub = hub::read(&source, folder);
        self.findings.extend(source.findings.into_inner());
        Some(hub)
    }

    fn connectors(&mut self, folder: &Path, limits: &Limits) {
        for path in folder::files(&folder.join("connectors"), ".toml", &mut self.findings) {
            let Some(source) = self.open(folder, &path) else {
                continue;
            };
            let stem = path
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned())
                .unwrap_or_default();
            let (connector, rules) = connector::read(&source, &stem, folder, limits);
            self.findings.extend(source.findings.into_inner());
            self.sources.extend(rules);
            self.connectors
                .extend(connector.map(|connector| (connector.name.clone(), connector)));
        }
    }

    fn routes(&mut self, folder: &Path) {
        for path in folder::files(&folder.join("routes"), ".toml", &mut self.findings) {
            let Some(source) = self.open(folder, &path) else {
                continue;
            };
            self.routes.extend(route::read(&source));
            self.findings.extend(source.findings.into_inner());
        }
    }

    fn rules(&mut self, hub: &hub::Hub, places: &Places, order_key: &[u8]) -> Option<Rules> {
        let mut library = Library::open(places, &mut self.findings);
        for id in &self.named {
            library.load(id, &mut self.findings);
        }
        if !library.complete {
            return None;
        }
        self.digests.extend(library.digests());
        let checked = Rules::build(RulesSource {
            site: hub.site.clone(),
            order_key: Sensitive::new(order_key.to_vec()),
            digest: digest(&mut self.digests),
            mappings: library.mappings(),
            schemas: library.into_schemas(),
            connectors: std::mem::take(&mut self.sources),
            routes: std::mem::take(&mut self.routes),
            complete: self.findings.errors() == 0,
        });
        self.findings.extend(checked.findings);
        checked.rules
    }

    /// The mappings that connectors and routes name. Others may lie in the folder, half finished: they must not keep
    /// the hub from starting.
    fn mappings_named(&self) -> Vec<String> {
        let read = self
            .sources
            .iter()
            .flat_map(|connector| &connector.types)
            .filter_map(|sent| sent.mapping.as_ref());
        let written = self.routes.iter().filter_map(|route| route.mapping.as_ref());
        let mut named: Vec<String> = read
            .chain(written)
            .map(|name: &Written| name.as_str().to_owned())
            .collect();
        named.sort();
        named.dedup();
        named
    }

    /// Checks the settings of our own kinds of connectors against what their programs say.
    fn settings(&mut self) {
        let mut programs = manifest::Programs::default();
        for connector in self.connectors.values().filter(|connector| connector.command.is_none()) {
            self.findings.append(programs.check(connector));
        }
    }

    /// Warns when the quotas alone would fill the stream: then one dead recipient stops everybody.
    fn quotas(&mut self, folder: &Path, limits: &Limits) {
        let waiting: u64 = self
            .connectors
            .values()
            .map(|connector| connector.quota)
            .fold(0, u64::saturating_add);
        if waiting.saturating_mul(SMALL_MESSAGE_BYTES) > limits.stream_bytes / 10 * 9 {
            let text = format!(
                "the recipients may let {waiting} messages wait together; of 1 KiB each they fill the stream of {} bytes",
                limits.stream_bytes
            );
            let file = folder.join("hub.toml").display().to_string();
            let finding = Finding::warning(CROWDED, file, 0..0, text);
            self.findings
                .push(finding.help("lower `quota` or [limits] recipient_quota, or raise stream_bytes"));
        }
    }
}

/// One digest over all parts, each by its name.
fn digest(parts: &mut [(String, Digest)]) -> Digest {
    use std::fmt::Write;
    parts.sort_by(|a, b| a.0.cmp(&b.0));
    let lines = parts.iter().fold(String::new(), |mut lines, (name, digest)| {
        let _ = writeln!(lines, "{digest} {name}");
        lines
    });
    Digest::of(lines.as_bytes())
}
