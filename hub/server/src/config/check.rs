// SPDX-License-Identifier: EUPL-1.2
//! What `amtshub check` looks at beside what a start needs: mappings that nobody names yet, the settings of connectors,
//! secrets that are not there.

use std::path::{Path, PathBuf};

use hub_message::{Code, Finding};
use serde_json::Value;

use super::connector::Connector;
use super::findings::Findings;
use super::library::Library;
use super::manifest;
use super::secret::Secret;
use super::settings::json_reference;
use super::{Reading, folder};

const SECRET: Code = Code::new("AH-K009");

/// Everything that can be known without running. `standards` are further folders with XML schemas.
pub(crate) fn check(folder: &Path, standards: &[PathBuf]) -> Findings {
    let mut reading = Reading {
        standards: standards.to_vec(),
        ..Reading::default()
    };
    // Order keys are made when messages are planned; nothing that is found depends on their key.
    let _ = reading.configuration(folder, b"check");
    let connectors: Vec<Connector> = reading.connectors.values().cloned().collect();
    let mut findings = reading.findings;
    findings.append(unnamed_mappings(folder, standards, &reading.named));
    let mut programs = manifest::Programs::default();
    for connector in &connectors {
        findings.append(missing_secrets(connector));
        // What our own programs say about settings is checked at every start; a program of somebody else's is only
        // started for it when a person asks.
        if connector.command.is_some() {
            findings.append(programs.check(connector));
        }
    }
    findings
}

/// Findings about mappings that no connector and no route names, as warnings: they do not keep the hub from starting.
fn unnamed_mappings(folder: &Path, standards: &[PathBuf], named: &[String]) -> Findings {
    let mut findings = Findings::default();
    let places = super::places(folder, &mut Findings::default()).with(standards);
    let mut library = Library::open(&places, &mut Findings::default());
    let ids: Vec<String> = library
        .ids()
        .filter(|id| !named.iter().any(|n| n == id))
        .map(str::to_owned)
        .collect();
    for id in ids {
        if let Some((file, _)) = library.file_of(&id) {
            folder::read(Path::new(file), &mut findings);
        }
        library.load(&id, &mut findings);
    }
    findings.into_warnings()
}

/// Findings about secrets to which the settings of a connector refer and which are not there.
fn missing_secrets(connector: &Connector) -> Findings {
    let mut findings = Findings::default();
    let Some((file, text)) = folder::read(Path::new(&connector.file), &mut findings) else {
        return findings;
    };
    for (pointer, secret) in secrets(&connector.settings, String::new()) {
        if let Err(fault) = secret.read() {
            let at = manifest::locate(&text, &pointer, false);
            let finding = Finding::warning(SECRET, file.as_str(), at, fault);
            findings.push(finding.help("it must be there where the hub runs"));
        }
    }
    findings
}

/// All secrets that settings refer to, with their places.
fn secrets(settings: &Value, pointer: String) -> Vec<(String, Secret)> {
    match settings {
        Value::Object(members) => match json_reference(members) {
            Some(secret) => vec![(pointer, secret)],
            None => members
                .iter()
                .flat_map(|(name, value)| secrets(value, format!("{pointer}/{}", manifest::escape(name))))
                .collect(),
        },
        Value::Array(items) => items
            .iter()
            .enumerate()
            .flat_map(|(index, value)| secrets(value, format!("{pointer}/{index}")))
            .collect(),
        _ => Vec::new(),
    }
}
