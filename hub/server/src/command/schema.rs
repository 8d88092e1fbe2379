// SPDX-License-Identifier: EUPL-1.2
//! `amtshub schema`: JSON Schemas of the files that people write, for the editors that complete and check them.

use std::path::PathBuf;

use clap::ValueEnum;
use hub_authoring::schemas::{self, Known};
use hub_message::SchemaId;

use crate::config::{self, Findings, Offers};
use crate::exit::Exit;
use crate::terminal;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Of which files.
    #[arg(value_enum)]
    of: File,
    /// A configuration folder: its mappings, connectors and kinds of connectors are offered too.
    #[arg(long, value_name = "DIR")]
    config: Option<PathBuf>,
    /// Offers only the fields of these canonical schemas, for example `invoice/1`; of mapping files.
    #[arg(long, value_name = "ID")]
    canonical: Vec<String>,
}

/// The files of which there are schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum File {
    /// `mappings/<id>/<id>.map.toml`
    Mapping,
    /// `hub.toml`
    Hub,
    /// `connectors/<name>.toml`
    Connector,
    /// `routes/<name>.toml`
    Route,
}

/// Writes the schema to standard output.
pub(crate) fn execute(arguments: &Arguments) -> Exit {
    let mut findings = Findings::default();
    let around = match &arguments.config {
        Some(folder) => Offers::of(folder, &mut findings),
        None => Offers::here(&mut findings),
    };
    if findings.errors() > 0 {
        terminal::findings(&findings.render());
        return Exit::Configuration;
    }
    let library = &around.library;
    let canonical = library.schemas().ids().filter(|id| offered(arguments, id));
    let known = Known {
        canonical: canonical
            .filter_map(|id| Some((id.as_str(), library.schemas().get(id)?.shape())))
            .collect(),
        mappings: around.mappings.clone(),
        connectors: around.connectors.clone(),
        kinds: around.kinds.clone(),
    };
    if let Some(unknown) = arguments
        .canonical
        .iter()
        .find(|id| !known.canonical.iter().any(|(k, _)| k == id))
    {
        let near = hub_message::finding::closest(unknown, library.schemas().ids().map(SchemaId::as_str));
        let help = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
        terminal::message(&format!("error: there is no schema `{unknown}`{help}"));
        return Exit::Usage;
    }
    let schema = match arguments.of {
        File::Mapping => schemas::mapping(&known),
        File::Hub => config::schema_of_hub(&known),
        File::Connector => config::schema_of_connector(&known),
        File::Route => config::schema_of_route(&known),
    };
    terminal::data(format!("{schema:#}\n").as_bytes());
    Exit::Ok
}

fn offered(arguments: &Arguments, id: &SchemaId) -> bool {
    arguments.canonical.is_empty() || arguments.canonical.iter().any(|wanted| wanted == id.as_str())
}
