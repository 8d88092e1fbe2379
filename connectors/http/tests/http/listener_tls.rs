// SPDX-License-Identifier: EUPL-1.2
//! Requests in over TLS, and senders that show a certificate.

use connector_testing::{Connector, Hub, eventually};
use reqwest::Client;
use serde_json::{Value, json};

use crate::KIND;
use crate::certificates::{Authority, Identity, client};
use crate::listener::{check_problem, free_port, settings};

struct Secured {
    hub: Hub,
    _connector: Connector,
    authority: Authority,
    url: String,
}

/// A listener with TLS; `client_ca` demands certificates of the authority.
async fn secured(client_ca: bool, credential: (&str, Value)) -> Secured {
    let (port, authority) = (free_port(), Authority::new());
    let server = authority.sign(&["localhost"], "Rathaus");
    let mut wanted = settings(port);
    wanted["listen"]["tls"] = json!({"certificate": "server.pem", "key": server.key});
    if client_ca {
        wanted["listen"]["tls"]["client_ca"] = json!("ca.pem");
    }
    wanted["listen"]["sources"][0]["token"] = Value::Null;
    wanted["listen"]["sources"][0][credential.0] = credential.1;
    let hub = Hub::start(KIND, wanted).await;
    server.write(&hub.path("server.pem"));
    std::fs::write(hub.path("ca.pem"), authority.pem()).unwrap();
    let connector = Connector::start(&hub);
    eventually("it listens", || {
        std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
    })
    .await;
    Secured {
        hub,
        _connector: connector,
        authority,
        url: format!("https://localhost:{port}/antraege"),
    }
}

async fn post(client: &Client, secured: &Secured) -> reqwest::Result<reqwest::Response> {
    let request = client.post(&secured.url).header("content-type", "application/json");
    request.bearer_auth("geheim").body("{}").send().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sender_with_a_token_comes_over_tls() {
    let mut secured = secured(false, ("token", json!("geheim"))).await;
    let trusting = client(Some(&secured.authority), None);
    assert_eq!(post(&trusting, &secured).await.unwrap().status(), 202);
    assert!(post(&client(None, None), &secured).await.is_err());
    let plain = secured.url.replace("https", "http");
    assert!(trusting.post(plain).body("{}").send().await.is_err());
    secured.hub.messages(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sender_is_known_by_its_certificate() {
    let mut secured = secured(true, ("client", json!("fachverfahren.example"))).await;
    let showing = |identity: Option<&Identity>| client(Some(&secured.authority), identity);
    let by_host = secured.authority.sign(&["fachverfahren.example"], "egal");
    assert_eq!(post(&showing(Some(&by_host)), &secured).await.unwrap().status(), 202);
    let by_name = secured.authority.sign(&["egal.example"], "fachverfahren.example");
    assert_eq!(post(&showing(Some(&by_name)), &secured).await.unwrap().status(), 202);
    let other = secured.authority.sign(&["anderes.example"], "fremd");
    check_problem(post(&showing(Some(&other)), &secured).await.unwrap(), 403, "AH-F203").await;
    assert!(post(&showing(None), &secured).await.is_err());
    let forged = Authority::new().sign(&["fachverfahren.example"], "egal");
    assert!(post(&showing(Some(&forged)), &secured).await.is_err());
    secured.hub.messages(2).await;
}
