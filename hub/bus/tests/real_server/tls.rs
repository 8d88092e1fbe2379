// SPDX-License-Identifier: EUPL-1.2
//! Certificates on the bus, and keys that are replaced while others go on.

use std::path::{Path, PathBuf};
use std::time::Duration;

use hub_bus::connector::{ConnectorBus, ConnectorSettings};
use hub_bus::{Bus, BusSettings, ClientTls, Embedded, EmbeddedSettings, ServerTls};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use crate::town::{CONNECTORS, bus_settings, emit, name, settings, topology, town, wait_until};

/// Certificates of a test, as files.
struct Paper {
    folder: PathBuf,
    authority: CertifiedIssuer<'static, KeyPair>,
}

impl Paper {
    fn new(folder: &Path, of: &str) -> Self {
        let folder = folder.join(of);
        std::fs::create_dir(&folder).unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        std::fs::write(folder.join("ca.pem"), authority.pem()).unwrap();
        Self { folder, authority }
    }

    fn ca(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// A certificate for this name, and its key.
    fn sign(&self, name: &str) -> (PathBuf, PathBuf) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.authority).unwrap();
        let (file, key_file) = (
            self.folder.join(format!("{name}.pem")),
            self.folder.join(format!("{name}.key")),
        );
        std::fs::write(&file, certificate.pem()).unwrap();
        std::fs::write(&key_file, key.serialize_pem()).unwrap();
        (file, key_file)
    }

    fn client(&self, name: &str) -> ClientTls {
        ClientTls {
            authority: Some(self.ca()),
            certificate: Some(self.sign(name)),
        }
    }
}

/// Whether a connector with these certificates gets in.
async fn gets_in(server: &Embedded, tls: ClientTls) -> bool {
    let settings = ConnectorSettings {
        name: name("scan"),
        url: server.url(),
        seed_file: server.keys().connector_file(&name("scan")),
        tls,
    };
    tokio::time::timeout(Duration::from_secs(6), ConnectorBus::connect(&settings))
        .await
        .is_ok_and(|connected| connected.is_ok())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_certificates_only_those_that_the_authority_signed_get_in() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (Paper::new(folder.path(), "ours"), Paper::new(folder.path(), "theirs"));
    let (certificate, key) = ours.sign("127.0.0.1");
    let server = Embedded::start(EmbeddedSettings {
        tls: Some(ServerTls {
            certificate,
            key,
            authority: ours.ca(),
            verify_clients: true,
        }),
        ..settings(folder.path().join("nats"))
    })
    .unwrap();
    assert!(server.url().starts_with("tls://"));
    let bus = Bus::connect(&BusSettings {
        tls: ours.client("hub"),
        ..bus_settings(&server)
    })
    .await
    .unwrap();
    bus.prepare(&topology(64 << 20)).await.unwrap();
    assert!(gets_in(&server, ours.client("scan")).await);
    let without = ClientTls {
        authority: Some(ours.ca()),
        certificate: None,
    };
    assert!(!gets_in(&server, without).await, "no certificate");
    let foreign = ClientTls {
        authority: Some(ours.ca()),
        certificate: Some(theirs.sign("scan")),
    };
    assert!(!gets_in(&server, foreign).await, "a certificate of somebody else");
    let deceived = ClientTls {
        authority: Some(theirs.ca()),
        certificate: Some(ours.sign("again")),
    };
    assert!(
        !gets_in(&server, deceived).await,
        "a server that the connector does not know"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_replaced_while_others_go_on() {
    let mut town = town().await;
    let scan = town.connector("scan").await;
    let finance = town.connector("finance").await;
    let (lives_of_scan, lives_of_finance) = (scan.connected(), finance.connected());
    let (before, others) = (*lives_of_scan.borrow(), *lives_of_finance.borrow());
    town.server.keys().replace_connector(&name("scan")).unwrap();
    town.server.set_connectors(CONNECTORS.map(name).to_vec()).unwrap();
    scan.emit(vec![emit(1)]).await.unwrap();
    assert_eq!(
        *lives_of_scan.borrow(),
        before,
        "the old key still counts, and its connection stays"
    );
    let renewed = town.connector("scan").await;
    renewed.emit(vec![emit(2)]).await.unwrap();
    assert!(town.server.keys().forget_old(&name("scan")).unwrap());
    town.server.set_connectors(CONNECTORS.map(name).to_vec()).unwrap();
    renewed.emit(vec![emit(3)]).await.unwrap();
    // The old key's connection is cut; it cannot come back.
    wait_until("the connection with the old key ends", || !scan.is_connected());
    finance.emit(vec![emit(4)]).await.unwrap();
    assert_eq!(
        *lives_of_finance.borrow(),
        others,
        "the other connector was never disconnected"
    );
}
