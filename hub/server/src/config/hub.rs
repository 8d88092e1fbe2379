// SPDX-License-Identifier: EUPL-1.2
//! `hub.toml`: the town, the message bus, the limits, where things are kept.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use hub_message::Code;

use super::keys;
use super::library::Places;
use super::secret::{self, MaybeSecret, Secret};
use super::table::{Section, Source};
use super::tls::{self, Tls};

const ADDRESS: Code = Code::new("AH-K013");
const CONTRADICTION: Code = Code::new("AH-K014");

/// The message bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Nats {
    /// The hub starts its own server; without a port it takes a free one at the first start and keeps it.
    Embedded {
        /// Where it listens; without it on the loopback address.
        listen: Option<IpAddr>,
        /// Its port.
        port: Option<u16>,
        /// Its certificates.
        tls: Tls,
        /// Lets the server acknowledge before it has written through: a power failure then loses messages.
        dangerously_allow_unsynced: bool,
    },
    /// A server or cluster that somebody else runs.
    Foreign {
        /// Its address.
        url: MaybeSecret,
        /// The hub's key.
        seed: Secret,
        /// The key of the system user, to see that the server syncs every write.
        system_seed: Option<Secret>,
        /// Certificates of the hub and its connectors.
        tls: Tls,
        /// Accepts a server that acknowledges before it has written through.
        dangerously_allow_unsynced: bool,
    },
}

impl Default for Nats {
    fn default() -> Self {
        Self::Embedded {
            listen: None,
            port: None,
            tls: Tls::default(),
            dangerously_allow_unsynced: false,
        }
    }
}

/// Limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Largest native body that the hub works on, in bytes.
    pub(crate) body_bytes: u64,
    /// Largest document in the document store, in bytes.
    pub(crate) document_bytes: u64,
    /// How many messages may wait for a recipient that names no quota of its own.
    pub(crate) recipient_quota: u64,
    /// Size of each stream, in bytes.
    pub(crate) stream_bytes: u64,
    /// Bytes that stay free on the disks of the data folder.
    pub(crate) disk_reserve_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 10 * 1024 * 1024,
            document_bytes: 1024 * 1024 * 1024,
            recipient_quota: 100_000,
            stream_bytes: 2 * 1024 * 1024 * 1024,
            disk_reserve_bytes: 512 * 1024 * 1024,
        }
    }
}

/// What `hub.toml` says.
#[derive(Debug)]
pub(super) struct Hub {
    pub(super) site: String,
    pub(super) nats: Nats,
    pub(super) status: SocketAddr,
    pub(super) limits: Limits,
    pub(super) store: MaybeSecret,
    pub(super) documents: MaybeSecret,
    pub(super) schemas: Option<PathBuf>,
    pub(super) mappings: Option<PathBuf>,
    pub(super) standards: Vec<PathBuf>,
}

impl Hub {
    /// Where schemas and mappings are: where `[paths]` says, else beside or above the configuration.
    pub(super) fn places(&self, folder: &Path) -> Places {
        let near = Places::from(folder);
        Places {
            schemas: self.schemas.clone().unwrap_or(near.schemas),
            mappings: self.mappings.clone().unwrap_or(near.mappings),
            standards: self.standards.clone(),
        }
    }
}

/// Reads the file. What is wrong is a finding and replaced by its default, so that the rest can be checked.
pub(super) fn read(source: &Source, folder: &Path) -> Hub {
    let table = source.parse();
    let mut file = Section::new(source, table.get_ref(), 0..0, &keys::HUB);
    let site = site(&mut file);
    let nats = file
        .section("nats")
        .map_or(Nats::default(), |section| nats(section, folder));
    let status = file.section("status").and_then(status).unwrap_or_else(default_status);
    let (schemas, mappings, standards) = file
        .section("paths")
        .map(|section| paths(section, folder))
        .unwrap_or_default();
    let limits = file.section("limits").map(limits).unwrap_or_default();
    let store = file.section("store").and_then(|section| url(section, folder));
    let documents = file.section("documents").and_then(|section| url(section, folder));
    file.finish();
    Hub {
        site,
        nats,
        status,
        limits,
        store: store.unwrap_or_else(|| MaybeSecret::Plain("sqlite".into())),
        documents: documents.unwrap_or_else(|| MaybeSecret::Plain("file".into())),
        schemas,
        mappings,
        standards,
    }
}

fn site(file: &mut Section<'_>) -> String {
    let Some(mut section) = file.section("site") else {
        file.missing("[site] name");
        return String::new();
    };
    let name = section.need("name").and_then(|_| section.filled("name"));
    section.finish();
    name.map(|name| name.as_str().to_owned()).unwrap_or_default()
}

fn nats(mut section: Section<'_>, folder: &Path) -> Nats {
    let port = section.number("port").and_then(|port| u16::try_from(port).ok());
    let dangerously_allow_unsynced = section
        .flag("dangerously_allow_unsynced")
        .is_some_and(|(allow, _)| allow);
    let foreign = section.entry("url").is_some();
    let listen = listen(&mut section);
    let tls = section
        .section("tls")
        .map(|tls| tls::read(tls, folder, !foreign))
        .unwrap_or_default();
    let url = secret::address(&mut section, "url", folder);
    let seed = secret::reference(&mut section, "seed", folder);
    let system_seed = secret::reference(&mut section, "system_seed", folder);
    if foreign {
        for own in ["port", "listen"] {
            if let Some((key, _)) = section.entry(own) {
                let written = section.source().written(key.span(), own);
                let text = format!("`{own}` belongs to the hub's own server, `url` names another");
                let finding = written.error(CONTRADICTION, text);
                section.source().find(finding.help("take away one of them"));
            }
        }
        if section.entry("seed").is_none() {
            section.missing("seed");
        }
    }
    section.finish();
    match (url, seed) {
        (Some(url), Some(seed)) => Nats::Foreign {
            url,
            seed,
            system_seed,
            tls,
            dangerously_allow_unsynced,
        },
        _ => Nats::Embedded {
            listen,
            port,
            tls,
            dangerously_allow_unsynced,
        },
    }
}

/// An own server that others reach must speak TLS: passwords there are none, but every message would be readable.
fn listen(section: &mut Section<'_>) -> Option<IpAddr> {
    let listen = section.text("listen")?;
    let parsed: Option<IpAddr> = listen.as_str().parse().ok();
    match parsed {
        None => {
            let finding = listen.error(ADDRESS, format!("`{}` is no address to listen on", listen.as_str()));
            section
                .source()
                .find(finding.help("an IP address: `10.1.2.3`, or `0.0.0.0` for all"));
        }
        Some(address) if !address.is_loopback() && section.entry("tls").is_none() => {
            let text = "other machines would reach the server, and every message would cross the network readable";
            let finding = listen.error(CONTRADICTION, text);
            section
                .source()
                .find(finding.help("add [nats.tls], or listen on 127.0.0.1"));
        }
        Some(_) => {}
    }
    parsed
}

fn default_status() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 8480))
}

fn status(mut section: Section<'_>) -> Option<SocketAddr> {
    let listen = section.text("listen");
    let source = section.source();
    section.finish();
    let listen = listen?;
    let parsed = listen.as_str().parse();
    if parsed.is_err() {
        let finding = listen.error(ADDRESS, format!("`{}` is no address to listen on", listen.as_str()));
        source.find(finding.help("an IP address and a port: `127.0.0.1:8480`"));
    }
    parsed.ok()
}

fn paths(mut section: Section<'_>, folder: &Path) -> (Option<PathBuf>, Option<PathBuf>, Vec<PathBuf>) {
    let mut path = |key| section.text(key).map(|path| folder.join(path.as_str()));
    let (schemas, mappings) = (path("schemas"), path("mappings"));
    let standards = section.texts("standards").map_or_else(Vec::new, |(_, paths)| paths);
    section.finish();
    let standards = standards.iter().map(|path| folder.join(path.as_str()));
    (schemas, mappings, standards.collect())
}

fn limits(mut section: Section<'_>) -> Limits {
    let default = Limits::default();
    let limits = Limits {
        body_bytes: section.number("body_bytes").unwrap_or(default.body_bytes),
        document_bytes: section.number("document_bytes").unwrap_or(default.document_bytes),
        recipient_quota: section.number("recipient_quota").unwrap_or(default.recipient_quota),
        stream_bytes: section.number("stream_bytes").unwrap_or(default.stream_bytes),
        disk_reserve_bytes: section
            .number("disk_reserve_bytes")
            .unwrap_or(default.disk_reserve_bytes),
    };
    section.finish();
    limits
}

fn url(mut section: Section<'_>, folder: &Path) -> Option<MaybeSecret> {
    let url = secret::address(&mut section, "url", folder);
    section.finish();
    url
}
