// SPDX-License-Identifier: EUPL-1.2
//! Deliveries to the program.

use connector_sdk::{Delivery, Done, Sink, SinkFault, Steps, Unavailable};
use hub_message::Header;
use hub_message::body::INLINE_BYTES_MAX;

use crate::files::Files;
use crate::program::{Program, Silence};
use crate::wire::{Content, Deliver, Document, Outcome, ToProgram};

const NOT_RUNNING: &str = "Das Programm hinter dem Konnektor läuft gerade nicht; es wird neu gestartet.";
const ENDED: &str = "Das Programm hinter dem Konnektor hat sich mitten in einer Zustellung beendet.";
const AWAY: &str = "Das Fachverfahren antwortet gerade nicht.";

/// The program as a sink.
#[derive(Debug)]
pub(crate) struct Deliveries {
    pub program: Program,
}

impl Sink for Deliveries {
    async fn deliver(&self, delivery: &Delivery, steps: &Steps) -> Result<Done, SinkFault> {
        let mut files = Files::default();
        let large = delivery
            .head
            .claim
            .as_ref()
            .is_some_and(|claim| claim.size > INLINE_BYTES_MAX as u64);
        let content = if large {
            Content::file(files.write("content", delivery.content()).await?)
        } else {
            let (mut bytes, mut reader) = (Vec::new(), delivery.content());
            while let Some(chunk) = reader.chunk().await? {
                bytes.extend_from_slice(&chunk);
            }
            Content::inline(&bytes)
        };
        let mut documents = Vec::with_capacity(delivery.head.documents.len());
        for (number, document) in delivery.head.documents.iter().enumerate() {
            documents.push(Document {
                path: files
                    .write(&format!("document-{}", number + 1), delivery.document(document))
                    .await?,
                media_type: document.media_type.clone(),
                name: document.name.as_ref().map(|name| name.disclose().clone()),
            });
        }
        let message = ToProgram::Deliver(Box::new(Deliver {
            delivery: &delivery.id,
            kind: &delivery.kind,
            media_type: delivery.headers.get(Header::ContentType),
            attempt: steps.attempt(),
            content,
            documents,
        }));
        let outcome = self.program.deliver(&delivery.id, &message).await;
        match outcome.map_err(silence)? {
            Outcome::Done { reference } => Ok(Done { reference }),
            Outcome::Rejected { class, code, text } => Err(SinkFault::Rejected { class, code, text }),
            Outcome::Unavailable { text } => Err(Unavailable(text.unwrap_or_else(|| AWAY.to_owned())).into()),
            Outcome::Unknown { text } => Err(SinkFault::Unknown(Unavailable(text.unwrap_or_else(|| AWAY.to_owned())))),
            Outcome::Absent => Err(Unavailable::new(AWAY).into()),
        }
    }

    async fn find(&self, delivery: &Delivery) -> Result<Option<Done>, Unavailable> {
        let find = ToProgram::Find { delivery: &delivery.id };
        match self.program.deliver(&delivery.id, &find).await {
            Ok(Outcome::Done { reference }) => Ok(Some(Done { reference })),
            Ok(Outcome::Absent) => Ok(None),
            Ok(_) => Err(Unavailable::new(AWAY)),
            Err(_) => Err(Unavailable::new(NOT_RUNNING)),
        }
    }
}

fn silence(silence: Silence) -> SinkFault {
    match silence {
        Silence::NotRunning => Unavailable::new(NOT_RUNNING).into(),
        Silence::Ended => SinkFault::Unknown(Unavailable::new(ENDED)),
    }
}
