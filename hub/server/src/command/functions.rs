// SPDX-License-Identifier: EUPL-1.2
//! `amtshub functions`: what the functions of the mapping language do.

use hub_mapping::function::{self, FUNCTIONS, reference};

use crate::exit::Exit;
use crate::terminal;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The functions to tell about; without any, all are listed.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// The whole reference as Markdown, as `mappings/FUNCTIONS.md` has it.
    #[arg(long, conflicts_with = "names")]
    markdown: bool,
}

/// Tells.
pub(crate) fn execute(arguments: &Arguments) -> Exit {
    if arguments.markdown {
        terminal::data(reference::markdown().as_bytes());
        return Exit::Ok;
    }
    if arguments.names.is_empty() {
        terminal::data(listing().as_bytes());
        return Exit::Ok;
    }
    for name in &arguments.names {
        let Some(found) = function::find(name) else {
            let near = hub_message::finding::closest(name, FUNCTIONS.iter().map(|known| known.name));
            let help = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
            terminal::message(&format!("error: there is no function `{name}`{help}"));
            return Exit::Usage;
        };
        terminal::data(format!("{}\n", found.page()).as_bytes());
    }
    Exit::Ok
}

/// A line for each function: its call, its law, the first sentence.
fn listing() -> String {
    let width = FUNCTIONS.iter().map(|known| known.call().chars().count()).max();
    let width = width.unwrap_or_default();
    let line = |known: &function::Function| {
        let first = known.english.split_inclusive(". ").next().unwrap_or_default().trim();
        format!("{:width$}  {:<11}  {first}\n", known.call(), known.law.in_words().1)
    };
    FUNCTIONS.iter().map(line).collect()
}
