// SPDX-License-Identifier: EUPL-1.2
//! `[nats.tls]`: certificates of the bus, for connectors on other machines.

use std::path::{Path, PathBuf};

use hub_bus::{ClientTls, ServerTls};
use hub_message::Code;

use super::table::Section;

const UNREADABLE: Code = Code::new("AH-K019");

/// The certificates of the bus.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tls {
    /// Of the hub's own server: certificate and key.
    server: Option<(PathBuf, PathBuf)>,
    /// The authority that signed the server's certificate, and those of clients.
    authority: Option<PathBuf>,
    /// With which the hub, and the connectors that it starts, show who they are.
    client: Option<(PathBuf, PathBuf)>,
    /// Whether every client must show a certificate.
    verify_clients: bool,
}

impl Tls {
    /// For the hub's own server; `None` where it shall not speak TLS.
    pub(crate) fn server(&self) -> Option<ServerTls> {
        let ((certificate, key), authority) = (self.server.clone()?, self.authority.clone()?);
        Some(ServerTls {
            certificate,
            key,
            authority,
            verify_clients: self.verify_clients,
        })
    }

    /// For the hub and the connectors that it starts.
    pub(crate) fn client(&self) -> ClientTls {
        ClientTls {
            authority: self.authority.clone(),
            certificate: self.client.clone(),
        }
    }
}

/// Reads `[nats.tls]`. `own` is whether the hub runs the server itself.
pub(super) fn read(mut section: Section<'_>, folder: &Path, own: bool) -> Tls {
    let mut file = |key: &'static str| {
        let written = section.text(key)?;
        let path = std::path::absolute(folder.join(written.as_str())).unwrap_or_else(|_| folder.join(written.as_str()));
        if std::fs::File::open(&path).is_err() {
            let finding = written.error(UNREADABLE, format!("`{}` cannot be read", written.as_str()));
            section
                .source()
                .find(finding.help("paths are relative to the configuration folder; the file is PEM"));
        }
        Some(path)
    };
    let (certificate, key) = (file("certificate"), file("key"));
    let authority = file("ca");
    let (client_certificate, client_key) = (file("client_certificate"), file("client_key"));
    let verify_clients = section.flag("verify_clients").is_some_and(|(verify, _)| verify);
    if own {
        for (key, there) in [
            ("certificate", certificate.is_some()),
            ("key", key.is_some()),
            ("ca", authority.is_some()),
        ] {
            if !there && section.entry(key).is_none() {
                section.missing(key);
            }
        }
        if verify_clients && client_certificate.is_none() && section.entry("client_certificate").is_none() {
            section.missing("client_certificate");
        }
    }
    section.finish();
    Tls {
        server: certificate.zip(key),
        authority,
        client: client_certificate.zip(client_key),
        verify_clients,
    }
}
