// SPDX-License-Identifier: EUPL-1.2
//! Whom the connector trusts: the authorities of the system, and those of `ca` beside them.

use std::path::Path;
use std::sync::Arc;

use connector_sdk::SettingsFault;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::settings::{ServerSettings, fault};

/// How a server is verified.
pub(crate) fn client(settings: &ServerSettings) -> Result<Arc<ClientConfig>, SettingsFault> {
    let mut roots = RootCertStore::empty();
    // One that cannot be read is one that is not trusted.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(file) = &settings.ca {
        add(&mut roots, file)?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| fault("TLS ist nicht verfügbar."))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn add(roots: &mut RootCertStore, file: &Path) -> Result<(), SettingsFault> {
    let unusable = |what: &str| fault(&format!("{}: {what}.", file.display()));
    let pem = std::fs::read(file).map_err(|e| unusable(&format!("nicht lesbar ({})", e.kind())))?;
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|_| unusable("kein Zertifikat im Format PEM"))?;
    if certificates.is_empty() {
        return Err(unusable("kein Zertifikat im Format PEM"));
    }
    for certificate in certificates {
        roots
            .add(certificate)
            .map_err(|_| unusable("enthält ein unbrauchbares Zertifikat"))?;
    }
    Ok(())
}
