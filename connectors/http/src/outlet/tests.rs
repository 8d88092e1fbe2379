// SPDX-License-Identifier: EUPL-1.2
//! Asking a target whether a delivery arrived: the hub asks only targets of a class that the settings cannot yet choose.

use hub_message::{Body, Head};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::settings::Settings;

const ID: &str = "0123456789abcdef0123456789abcdef";

/// What a target that answers so is found to have.
async fn found(answer: &'static str) -> Result<Option<Done>, Unavailable> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = json!({"send": {
        "base": format!("http://{}/api", listener.local_addr().unwrap()), "path": "/x",
        "target_class": "queryable", "query": {"path": "/x?key={delivery}", "reference": "/id"},
    }});
    let outlet = Outlet::open(Settings::read(&settings).unwrap().send.unwrap()).unwrap();
    let body = Body::new(Head::default(), "");
    let delivery = Delivery::alone(ID.parse().unwrap(), "posting.csv.1".parse().unwrap(), 1, body);
    let target = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = vec![0; 4096];
        let read = stream.read(&mut head).await.unwrap();
        stream.write_all(answer.as_bytes()).await.unwrap();
        head.truncate(read);
        String::from_utf8(head).unwrap()
    };
    let (found, head) = tokio::join!(outlet.find(&delivery), target);
    assert!(head.starts_with(&format!("GET /api/x?key={ID} HTTP/1.1\r\n")), "{head}");
    found
}

#[tokio::test]
async fn a_target_is_asked_whether_a_delivery_arrived() {
    let there = found("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{\"id\": 17}").await;
    let reference = Some("17".to_owned());
    assert_eq!(there, Ok(Some(Done { reference })));
    assert_eq!(
        found("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").await,
        Ok(None)
    );
    for nothing in [
        "HTTP/1.1 500 x\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 302 x\r\nlocation: /\r\n\r\n",
        "",
    ] {
        assert!(found(nothing).await.is_err(), "{nothing}");
    }
}
