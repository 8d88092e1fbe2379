// SPDX-License-Identifier: EUPL-1.2
//! The demonstration town as a town of the tests: the shipped configuration over a data folder of its own.

use std::path::PathBuf;

use crate::town::Town;

/// Where documents come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// `rechnungseingang`.
    Invoices,
    /// `scanner`.
    Scanner,
    /// `portal`.
    Portal,
    /// `gewerbe`.
    Trade,
}

impl Door {
    fn folder(self) -> &'static str {
        match self {
            Self::Invoices => "rechnungseingang",
            Self::Scanner => "scanner",
            Self::Portal => "portal",
            Self::Trade => "gewerbe",
        }
    }
}

/// The folder of the demonstration's documents.
pub fn documents() -> PathBuf {
    crate::root().join("deploy/demo/documents")
}

/// A town with the demonstration's connectors and routes.
pub fn town() -> Town {
    let town = Town::new();
    let shipped = crate::root().join("deploy/demo/config");
    for part in ["connectors", "routes"] {
        for file in crate::town::files(&shipped.join(part)) {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&file).expect("a shipped configuration file");
            // The configuration is a copy; the systems that it names stay where they are.
            let systems = crate::root().join("deploy/demo/systems").display().to_string();
            let text = text.replace("../systems", &systems);
            town.configure(&format!("{part}/{name}"), &text);
        }
    }
    town
}

/// Puts the demonstration's documents of one door into its hot folder.
pub fn drop(town: &Town, door: Door) {
    for file in crate::town::files(&documents().join(door.folder())) {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let content = std::fs::read(&file).expect("a document of the demonstration");
        town.drop_file(&format!("{}/in", door.folder()), &name, &content);
    }
}
