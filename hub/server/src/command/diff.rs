// SPDX-License-Identifier: EUPL-1.2
//! `amtshub diff`: what a change of a mapping does to its outputs, over a folder of documents, field by field.

mod outputs;
mod render;
mod side;

use std::path::PathBuf;

use hub_mapping::comparison::{Effect, Showing};

use super::given::{self, Fault};
use crate::cli::Output;
use crate::config::Findings;
use crate::config::library::Library;
use crate::exit::Exit;
use crate::terminal;
use outputs::{Compared, Way};
use side::Side;

/// What the command takes.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit codes: 0 nothing differs, 1 something does, 2 wrong usage, 3 a mapping does not load.\n\
                        Shows values of fields that the schema calls open; others are masked by their shape."
)]
pub(crate) struct Arguments {
    /// The mapping before: its id, its file, or a folder that holds its file.
    #[arg(value_name = "OLD")]
    old: String,
    /// The mapping after: its id, its file, or a folder that holds its file.
    #[arg(value_name = "NEW")]
    new: String,
    /// Files, or folders of them.
    #[arg(long, value_name = "PATH", required = true, num_args = 1..)]
    data: Vec<PathBuf>,
    /// Which mapping is meant, where the folders hold several: its id.
    #[arg(long, value_name = "ID")]
    mapping: Option<String>,
    /// Compare what this mapping writes out of what OLD and NEW read: its id or its file.
    #[arg(long, value_name = "ID|FILE", conflicts_with_all = ["reverse", "via"])]
    to: Option<String>,
    /// Compare what OLD and NEW write; the documents are canonical JSON.
    #[arg(long)]
    reverse: bool,
    /// Compare what OLD and NEW write; the documents are those that this mapping reads: its id or its file.
    #[arg(long, value_name = "ID|FILE", conflicts_with = "reverse")]
    via: Option<String>,
    /// Show the values of all fields, of protected ones too.
    #[arg(long)]
    values: bool,
    /// The configuration folder beside or above which schemas and mappings are looked for; else the working folder.
    #[arg(long, value_name = "DIR")]
    config: Option<PathBuf>,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

/// Compares.
pub(crate) fn execute(arguments: &Arguments) -> Exit {
    let (effect, title) = match compare(arguments) {
        Ok(compared) => compared,
        Err(fault) => return fault.end(),
    };
    match arguments.output {
        Output::Table => terminal::data(render::table(&title, &effect).as_bytes()),
        Output::Json => terminal::data(format!("{:#}\n", serde_json::json!(effect)).as_bytes()),
    }
    if effect.is_nothing() { Exit::Ok } else { Exit::Findings }
}

fn compare(arguments: &Arguments) -> Result<(Effect, String), Fault> {
    let mut findings = Findings::default();
    let names = [arguments.old.as_str(), arguments.new.as_str()];
    let places = given::places(names, arguments.config.as_deref(), &mut findings);
    let choice = arguments.mapping.as_deref();
    let old = Side::open(&arguments.old, choice, &places, &mut findings)?;
    let new = Side::open(&arguments.new, choice, &places, &mut findings)?;
    let mut library = Library::open(&places, &mut findings);
    let way = match (&arguments.to, &arguments.via, arguments.reverse) {
        (Some(to), ..) => Way::Onward(given::mapping(&mut library, to, &mut findings)?),
        (None, Some(via), _) => Way::Via(given::mapping(&mut library, via, &mut findings)?),
        (None, None, true) => Way::Back,
        (None, None, false) => Way::Read,
    };
    way.fits(&old, &new)?;
    let title = format!("{} -> {}", old.mapping.file(), new.mapping.file());
    let mut compared = Compared::new(&old, &new, &way);
    let mut effect = Effect::default();
    for file in given::files(&arguments.data)? {
        let input = given::input(&file)?;
        let outcome = compared.file(&input)?;
        let name = file.display().to_string();
        if arguments.values {
            effect.add(&name, outcome, &Showing::All);
        } else {
            effect.add(&name, outcome, &Showing::Open(&|field| compared.is_open(field)));
        }
    }
    compared.unmapped(&mut effect);
    Ok((effect.finish(), title))
}
