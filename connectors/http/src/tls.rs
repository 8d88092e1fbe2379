// SPDX-License-Identifier: EUPL-1.2
//! TLS: certificates and keys from PEM, and what the listener and the callers do with them.

pub(crate) mod peer;

use std::path::Path;
use std::sync::Arc;

use connector_sdk::SettingsFault;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};

use crate::settings::{Access, Secret, TlsSettings, fault};

/// The cryptography that both directions use.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// What the listener shows and demands.
pub(crate) fn server(settings: &TlsSettings) -> Result<ServerConfig, SettingsFault> {
    let unusable = |what: &str| fault(&format!("settings.listen.tls: {what}."));
    let builder = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|_| unusable("TLS ist nicht verfügbar"))?;
    let builder = match &settings.client_ca {
        None => builder.with_no_client_auth(),
        Some(file) => {
            let mut roots = RootCertStore::empty();
            add(&mut roots, file)?;
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider())
                .build()
                .map_err(|_| unusable("client_ca enthält keine brauchbare Zertifizierungsstelle"))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let mut config = builder
        .with_single_cert(certificates(&settings.certificate)?, key(&settings.key)?)
        .map_err(|_| unusable("Zertifikat und Schlüssel gehören nicht zusammen"))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// Whom a caller trusts and what it shows: the authorities of the system, and those of `ca` beside them.
pub(crate) fn client(access: &Access) -> Result<ClientConfig, SettingsFault> {
    let mut roots = RootCertStore::empty();
    // One that cannot be read is one that is not trusted.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(file) = &access.ca {
        add(&mut roots, file)?;
    }
    let builder = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|_| fault("TLS ist nicht verfügbar."))?
        .with_root_certificates(roots);
    match &access.client_certificate {
        None => Ok(builder.with_no_client_auth()),
        Some(shown) => builder
            .with_client_auth_cert(certificates(&shown.certificate)?, key(&shown.key)?)
            .map_err(|_| fault("client_certificate: Zertifikat und Schlüssel gehören nicht zusammen.")),
    }
}

/// Adds the authorities of a file.
pub(crate) fn add(roots: &mut RootCertStore, file: &Path) -> Result<(), SettingsFault> {
    for certificate in certificates(file)? {
        roots
            .add(certificate)
            .map_err(|_| fault(&format!("{} enthält ein unbrauchbares Zertifikat.", file.display())))?;
    }
    Ok(())
}

/// The certificates of a PEM file, at least one.
pub(crate) fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, SettingsFault> {
    let unusable = |what: &str| fault(&format!("{}: {what}.", file.display()));
    let pem = std::fs::read(file).map_err(|e| unusable(&format!("nicht lesbar ({})", e.kind())))?;
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|_| unusable("kein Zertifikat im Format PEM"))?;
    if certificates.is_empty() {
        return Err(unusable("kein Zertifikat im Format PEM"));
    }
    Ok(certificates)
}

/// A private key from PEM.
pub(crate) fn key(pem: &Secret) -> Result<PrivateKeyDer<'static>, SettingsFault> {
    PrivateKeyDer::from_pem_slice(pem.disclose().as_bytes())
        .map_err(|_| fault("der Schlüssel eines Zertifikats ist nicht im Format PEM."))
}
