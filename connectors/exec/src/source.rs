// SPDX-License-Identifier: EUPL-1.2
//! Records of the program.

use std::time::Duration;

use connector_sdk::source::{Attachment, Limits, Record, Taken};
use connector_sdk::{Content, Lookups, Refusal, Source, Unavailable};
use hub_message::Sensitive;
use tokio::sync::mpsc;
use unicode_normalization::UnicodeNormalization;

use crate::files;
use crate::program::Program;
use crate::wire::{Emit, Place, ToProgram};

/// How long a look takes when the program sends nothing.
const LOOK: Duration = Duration::from_millis(900);

/// The program as a source. A ticket is the id that the program gave the record.
#[derive(Debug)]
pub(crate) struct Records {
    pub program: Program,
    pub emits: mpsc::Receiver<Emit>,
}

impl Source for Records {
    type Ticket = String;

    fn attach(&mut self, lookups: Lookups) {
        self.program.attach(lookups);
    }

    async fn take(&mut self, limits: Limits) -> Result<Taken<String>, Unavailable> {
        let mut taken = Taken::default();
        let first = tokio::time::timeout(LOOK, self.emits.recv()).await;
        let Ok(Some(first)) = first else {
            return self
                .program
                .trouble()
                .map_or(Ok(taken), |trouble| Err(Unavailable(trouble)));
        };
        let mut next = Some(first);
        let mut bytes = 0;
        while let Some(emit) = next {
            let id = emit.id.clone();
            if let Ok(Some(record)) = tokio::task::spawn_blocking(|| record(emit)).await {
                if let Content::Inline(native) = &record.native {
                    bytes += native.disclose().len();
                }
                taken.records.push(record);
            } else {
                taken.refused += 1;
                self.refuse(&id, &unreadable()).await?;
            }
            let more = taken.records.len() < limits.records && bytes < limits.inline_bytes;
            next = if more { self.emits.try_recv().ok() } else { None };
        }
        Ok(taken)
    }

    async fn confirm(&mut self, tickets: &[String]) -> Result<(), Unavailable> {
        for id in tickets {
            // A program that has ended sends the record again, under the same id.
            let _ = self.program.tell(&ToProgram::Confirmed { id }).await;
        }
        Ok(())
    }

    async fn refuse(&mut self, ticket: &String, refusal: &Refusal) -> Result<(), Unavailable> {
        let refused = ToProgram::Refused {
            id: ticket,
            code: refusal.code,
            text: &refusal.english,
        };
        let _ = self.program.tell(&refused).await;
        Ok(())
    }
}

fn unreadable() -> Refusal {
    Refusal {
        code: "AH-F301",
        german: "Der Datensatz hat keinen Inhalt, oder seine Datei ist nicht lesbar.".to_owned(),
        english: "the record has no content, or its file cannot be read".to_owned(),
        remedy: "Genau eines von text, base64 und path angeben; Dateien müssen für den Konnektor lesbar sein."
            .to_owned(),
    }
}

/// The record that the program means; `None` when its content cannot be had.
fn record(emit: Emit) -> Option<Record<String>> {
    let native = match emit.content.place()? {
        Place::Here(bytes) => Content::inline(bytes),
        Place::File(path) => files::content(&path).ok()?,
    };
    let documents = emit.documents.into_iter().map(|document| {
        Some(Attachment {
            content: files::content(&document.path).ok()?,
            media_type: document.media_type,
            name: document.name.as_deref().map(composed),
        })
    });
    Some(Record {
        identity: vec![emit.id.clone().into_bytes()],
        kind: emit.kind,
        media_type: emit.media_type,
        time: emit.time,
        name: emit.name.as_deref().map(composed),
        hints: emit.hints,
        native,
        documents: documents.collect::<Option<_>>()?,
        ticket: emit.id,
    })
}

/// Names with their umlauts composed (NFC), as everybody else writes them.
fn composed(name: &str) -> Sensitive<String> {
    Sensitive::new(name.nfc().collect())
}
