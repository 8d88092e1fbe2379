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
            // Towns of several tests run beside each other.
            let text = text.replace("127.0.0.1:8481", &free_address());
            town.configure(&format!("{part}/{name}"), &text);
        }
    }
    let secrets = town.config().with_file_name("secrets");
    std::fs::create_dir_all(&secrets).expect("a folder for secrets");
    std::fs::write(secrets.join("portal.token"), PORTAL_TOKEN).expect("a secret");
    town
}

/// With which the portal shows who it is.
pub const PORTAL_TOKEN: &str = "portal-of-the-tests";

fn free_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").to_string()
}

/// Where the portal of a town sends its requests.
pub fn portal(town: &Town) -> String {
    let text = std::fs::read_to_string(town.config().join("connectors/portaldienst.toml")).expect("its file");
    let address = text.lines().find_map(|line| line.strip_prefix("address = "));
    format!("http://{}", address.expect("an address").trim_matches('"'))
}

/// Puts the demonstration's documents of one door into its hot folder.
pub fn drop(town: &Town, door: Door) {
    for file in crate::town::files(&documents().join(door.folder())) {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let content = std::fs::read(&file).expect("a document of the demonstration");
        town.drop_file(&format!("{}/in", door.folder()), &name, &content);
    }
}
