// SPDX-License-Identifier: EUPL-1.2
//! The connector that a test is about, and what it is given.

use hub_bus::Publish;
use hub_message::{
    Body, ConnectorName, DeliveryId, Digest, DocumentRef, Header, Headers, MessageId, Recipient, Sensitive,
};

use crate::blobs;

/// The connector under test.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Its name in the test, usually that of its kind.
    pub name: &'static str,
    /// Its binary: `env!("CARGO_BIN_EXE_…")`.
    pub program: &'static str,
}

impl Kind {
    /// Its name.
    pub fn connector(&self) -> ConnectorName {
        self.name.parse().unwrap()
    }

    /// The connector as a recipient.
    pub fn recipient(&self) -> Recipient {
        Recipient::Connector(self.connector())
    }

    /// The id of the `number`-th delivery.
    pub fn delivery_id(&self, number: usize) -> DeliveryId {
        let message = MessageId::keyed(b"test", &[&number.to_be_bytes()]);
        DeliveryId::derive(&"scan".parse().unwrap(), &message, 0, &self.recipient(), "r")
    }

    /// The `number`-th delivery, a CSV posting, in this lane.
    pub fn delivery(&self, number: usize, lane: &str, body: &Body) -> Publish {
        let id = self.delivery_id(number);
        Publish {
            subject: format!("out.{}.posting.csv.1", self.name),
            id: id.to_string(),
            headers: Headers::default()
                .with(Header::Delivery, id.as_str())
                .with(Header::ContentType, "text/csv; charset=utf-8")
                .with(Header::Order, lane),
            body: body.encode(),
        }
    }

    /// A reference to a document that the connector may read.
    pub fn readable(&self, content: &[u8], name: &str) -> DocumentRef {
        let sha256 = Digest::of(content);
        DocumentRef {
            capability: Some(blobs::capability(&sha256, &self.connector())),
            sha256,
            size: content.len() as u64,
            media_type: "application/pdf".to_owned(),
            name: Some(Sensitive::new(name.to_owned())),
        }
    }
}
