// SPDX-License-Identifier: EUPL-1.2
//! The connector of the kind `journal`: takes files out of a spool folder, and writes a line for each delivery into a
//! journal that can be asked whether a delivery arrived.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use connector_sdk::source::{Content, Limits, Record, Refusal, Taken};
use connector_sdk::{Delivery, Done, Endpoints, SettingsFault, Sink, SinkFault, Source, Steps, Unavailable};
use hub_message::{Manifest, TargetClass};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Clone, Deserialize)]
struct Settings {
    spool: PathBuf,
    journal: PathBuf,
}

#[derive(Debug)]
struct Spool(PathBuf);

impl Source for Spool {
    type Ticket = PathBuf;

    async fn take(&mut self, limits: Limits) -> Result<Taken<PathBuf>, Unavailable> {
        let mut files: Vec<PathBuf> = fs::read_dir(&self.0)
            .map_err(away)?
            .flatten()
            .map(|file| file.path())
            .collect();
        files.sort();
        let mut taken = Taken::default();
        for file in files.into_iter().take(limits.records) {
            let native = fs::read(&file).map_err(away)?;
            taken.records.push(Record {
                identity: vec![file.as_os_str().as_encoded_bytes().to_vec(), native.clone()],
                kind: "spool.file.1"
                    .to_owned()
                    .try_into()
                    .map_err(|_| Unavailable::new("no type"))?,
                media_type: "text/plain".to_owned(),
                time: None,
                name: None,
                hints: Vec::new(),
                native: Content::inline(native),
                documents: Vec::new(),
                ticket: file,
            });
        }
        if taken.records.is_empty() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Ok(taken)
    }

    async fn confirm(&mut self, files: &[PathBuf]) -> Result<(), Unavailable> {
        files
            .iter()
            .filter(|file| file.exists())
            .try_for_each(fs::remove_file)
            .map_err(away)
    }

    async fn refuse(&mut self, file: &PathBuf, _: &Refusal) -> Result<(), Unavailable> {
        fs::rename(file, file.with_extension("refused")).map_err(away)
    }
}

#[derive(Debug)]
struct Journal(PathBuf);

impl Sink for Journal {
    async fn deliver(&self, delivery: &Delivery, _: &Steps) -> Result<Done, SinkFault> {
        let mut first = Vec::new();
        let mut content = delivery.content();
        while let Some(chunk) = content.chunk().await? {
            first.extend(chunk.iter().take(if first.is_empty() { 200 } else { 0 }));
        }
        let first = String::from_utf8_lossy(&first);
        let line = format!("{}\t{}\n", delivery.id, first.lines().next().unwrap_or_default());
        // Before it is open nothing can have happened; after that perhaps it has.
        let mut journal = fs::File::options().append(true).open(&self.0).map_err(away)?;
        let written = journal.write_all(line.as_bytes()).and_then(|()| journal.sync_all());
        written
            .map(|()| Done::default())
            .map_err(|fault| SinkFault::Unknown(away(fault)))
    }

    async fn find(&self, delivery: &Delivery) -> Result<Option<Done>, Unavailable> {
        let lines = fs::read_to_string(&self.0).map_err(away)?;
        Ok(lines
            .lines()
            .any(|line| line.starts_with(delivery.id.as_str()))
            .then(Done::default))
    }
}

fn away(error: io::Error) -> Unavailable {
    Unavailable(format!("Spool oder Journal antwortet nicht ({}).", error.kind()))
}

fn main() -> ExitCode {
    let path = json!({"type": "string"});
    let manifest = Manifest {
        name: "journal".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        vendor: "Amtshub".to_owned(),
        target_class: Some(TargetClass::Queryable),
        config_schema: json!({"type": "object", "required": ["spool", "journal"], "additionalProperties": false,
                              "properties": {"spool": path.clone(), "journal": path}}),
        ..Manifest::nameless()
    };
    connector_sdk::run(manifest, |settings: &Value| {
        let settings: Settings = serde_json::from_value(settings.clone()).map_err(|e| SettingsFault(e.to_string()))?;
        Ok(Endpoints {
            source: Some(Spool(settings.spool)),
            sink: Some(Journal(settings.journal)),
            responder: None::<connector_sdk::NoResponder>,
        })
    })
}
