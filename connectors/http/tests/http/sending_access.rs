// SPDX-License-Identifier: EUPL-1.2
//! Deliveries out: how the connector shows who it is, and whom it trusts.

use std::sync::Arc;

use connector_testing::{Connector, Hub};
use hub_message::Outcome;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use serde_json::json;

use crate::KIND;
use crate::certificates::Authority;
use crate::sending::{body, created, settings};
use crate::sending_faults::says;
use crate::target::{Reply, Target, status};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_are_fetched_kept_and_fetched_again_when_refused() {
    let target = Target::start(|seen, before| match seen.path.as_str() {
        "/token" => {
            let token = json!({"access_token": format!("t{before}"), "token_type": "Bearer", "expires_in": 3600});
            Reply::Answer(200, Vec::new(), token.to_string())
        }
        // The first token is good for two deliveries only.
        _ if seen.headers["authorization"] == "Bearer t0" && seen.body[0] == b'2' => status(401),
        _ => created("a"),
    })
    .await;
    let mut wanted = settings(target.port);
    wanted["send"]["oauth2"] = json!({
        "token_url": format!("http://127.0.0.1:{}/token", target.port),
        "client_id": "amts hub", "client_secret": "ge:heim", "scope": "cases.write",
    });
    let mut hub = Hub::start(KIND, wanted).await;
    hub.deliver((0..4).map(|n| KIND.delivery(n, "a", &body(n))).collect())
        .await;
    let _connector = Connector::start(&hub);
    for receipt in hub.receipts(4).await {
        assert!(
            matches!(receipt.outcome, Outcome::Done { .. }) && receipt.attempts == 1,
            "{receipt:?}"
        );
    }
    let tokens = target.seen("/token");
    assert_eq!(tokens.len(), 2);
    // `amts+hub:ge%3Aheim`, encoded as RFC 6749 wants it.
    assert_eq!(tokens[0].headers["authorization"], "Basic YW10cytodWI6Z2UlM0FoZWlt");
    assert_eq!(tokens[0].body, "grant_type=client_credentials&scope=cases.write");
    let shown: Vec<_> = target
        .seen("/api")
        .iter()
        .map(|seen| seen.headers["authorization"].clone())
        .collect();
    assert_eq!(shown, ["Bearer t0", "Bearer t0", "Bearer t0", "Bearer t1", "Bearer t1"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_that_is_refused_is_said_and_nothing_is_sent() {
    let target = Target::start(|seen, _| {
        if seen.path == "/token" {
            status(401)
        } else {
            created("a")
        }
    })
    .await;
    let mut wanted = settings(target.port);
    wanted["send"]["oauth2"] = json!({
        "token_url": format!("http://127.0.0.1:{}/token", target.port),
        "client_id": "amt", "client_secret": "geheim", "secret_in_form": true,
    });
    let mut hub = Hub::start(KIND, wanted).await;
    hub.deliver(vec![KIND.delivery(0, "a", &body(0))]).await;
    let mut connector = Connector::start(&hub);
    says(&hub, "Anmeldedienst (OAuth2): Der Zugang wird verweigert").await;
    assert!(target.seen("/api").is_empty());
    let form = &target.seen("/token")[0];
    assert_eq!(
        form.body,
        "grant_type=client_credentials&client_id=amt&client_secret=geheim"
    );
    let mut basic = settings(target.port);
    basic["send"]["basic"] = json!({"user": "amt", "password": "geheim"});
    hub.configure(basic);
    connector.restart(&hub).await;
    assert!(matches!(hub.receipts(1).await[0].outcome, Outcome::Done { .. }));
    assert_eq!(
        target.seen("/api")[0].headers["authorization"],
        "Basic YW10OmdlaGVpbQ=="
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_target_that_does_not_let_us_in_is_a_matter_of_settings() {
    let target = Target::start(|seen, _| match seen.headers.get("authorization") {
        Some(token) if token == "Bearer richtig" => created("a"),
        _ => status(401),
    })
    .await;
    let mut wanted = settings(target.port);
    wanted["send"]["token"] = json!("falsch");
    let mut hub = Hub::start(KIND, wanted.clone()).await;
    hub.deliver(vec![KIND.delivery(0, "a", &body(0))]).await;
    let mut connector = Connector::start(&hub);
    says(
        &hub,
        "Der Zugang wird verweigert; Zugangsdaten und Rechte prüfen (HTTP 401)",
    )
    .await;
    wanted["send"]["token"] = json!("richtig");
    hub.configure(wanted);
    connector.restart(&hub).await;
    assert!(matches!(hub.receipts(1).await[0].outcome, Outcome::Done { .. }));
}

/// TLS of a target; with `clients` it demands certificates of this authority.
fn tls(authority: &Authority, clients: bool) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let (chain, key) = authority.sign(&["localhost"], "Ziel").parts();
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = if clients {
        let mut roots = RootCertStore::empty();
        roots.add(authority.der()).unwrap();
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        builder.with_client_cert_verifier(verifier.build().unwrap())
    } else {
        builder.with_no_client_auth()
    };
    builder.with_single_cert(chain, key).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_is_not_trusted_gets_nothing() {
    let authority = Authority::new();
    let target = Target::secured(tls(&authority, false), |_, _| created("a")).await;
    let mut wanted = settings(target.port);
    wanted["send"]["base"] = json!(format!("https://localhost:{}", target.port));
    let mut hub = Hub::start(KIND, wanted.clone()).await;
    std::fs::write(hub.path("ca.pem"), authority.pem()).unwrap();
    hub.deliver(vec![KIND.delivery(0, "a", &body(0))]).await;
    let mut connector = Connector::start(&hub);
    says(
        &hub,
        "Zielsystem: Das Zertifikat wird nicht anerkannt; es wird nichts übertragen.",
    )
    .await;
    assert!(target.seen("/").is_empty());
    wanted["send"]["ca"] = json!("ca.pem");
    hub.configure(wanted);
    connector.restart(&hub).await;
    assert!(matches!(hub.receipts(1).await[0].outcome, Outcome::Done { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_connector_is_known_by_its_certificate() {
    let authority = Authority::new();
    let target = Target::secured(tls(&authority, true), |_, _| created("a")).await;
    let mut wanted = settings(target.port);
    wanted["send"]["base"] = json!(format!("https://localhost:{}", target.port));
    wanted["send"]["ca"] = json!("ca.pem");
    let mut hub = Hub::start(KIND, wanted.clone()).await;
    std::fs::write(hub.path("ca.pem"), authority.pem()).unwrap();
    let ours = authority.sign(&["amtshub.example"], "Amtshub");
    ours.write(&hub.path("client.pem"));
    hub.deliver(vec![KIND.delivery(0, "a", &body(0))]).await;
    let mut connector = Connector::start(&hub);
    says(
        &hub,
        "Zielsystem: Das Zertifikat des Konnektors fehlt oder wird abgelehnt.",
    )
    .await;
    wanted["send"]["client_certificate"] = json!({"certificate": "client.pem", "key": ours.key});
    hub.configure(wanted);
    connector.restart(&hub).await;
    assert!(matches!(hub.receipts(1).await[0].outcome, Outcome::Done { .. }));
    assert_eq!(target.seen("/").len(), 1);
}
